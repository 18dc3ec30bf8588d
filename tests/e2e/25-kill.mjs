// kill -9 at random moments while the office writes over HTTP: what was acknowledged is there, and the file is whole.
// ROUNDS (20): how often.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { start } from './lib/processes.mjs';
import { Server } from './lib/server.mjs';
import { BUILD, run, test, until, wait } from './lib/testing.mjs';

const ROUNDS = Number(process.env.ROUNDS || 20), WRITERS = 8, ACKS_MAX = 60, DELAY_MAX_MS = 30;
const acknowledged = new Set(), erased = new Set();
let number = 0;

/** Writers keep their connections; a request whose server died is no answer. */
class Office {
  constructor(server) {
    this.agent = new Agent({ keepAlive: true, maxSockets: WRITERS });
    this.port = server.adminPort;
    this.token = readFileSync(join(server.folder, 'data', 'admin.token'), 'utf8').trim();
  }

  ask(method, path, body) {
    const text = body && JSON.stringify(body);
    const headers = { authorization: `Bearer ${this.token}`, ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}) };
    return new Promise((resolve) => {
      const req = request({ host: '127.0.0.1', port: this.port, method, path: `/api/v1${path}`, headers, agent: this.agent }, (answer) => {
        let said = '';
        answer.setEncoding('utf8');
        answer.on('data', (data) => (said += data));
        answer.on('end', () => resolve({ status: answer.statusCode, json: said && answer.complete ? JSON.parse(said) : undefined }));
        answer.on('error', () => resolve({ status: 0 }));
      });
      req.on('error', () => resolve({ status: 0 }));
      req.end(text);
    });
  }

  /** Every page of a list. */
  async codes(path) {
    const all = new Set();
    for (let next = ''; next !== null;) {
      const { status, json } = await this.ask('GET', `${path}?limit=200${next && `&after=${encodeURIComponent(next)}`}`);
      assert.equal(status, 200);
      json.items.forEach((item) => all.add(item.code));
      next = json.next;
    }
    return all;
  }
}

/** People come, and one of forty is erased again, until the server dies. */
async function write(office) {
  for (;;) {
    const n = ++number, code = `K${n}`;
    const { status } = await office.ask('PUT', `/schools/S/people/${code}`, { name: `学生 ${code}` });
    if (status !== 200) return;
    acknowledged.add(code);
    if (n % 40) continue;
    acknowledged.delete(code); // from now on either may be
    if ((await office.ask('POST', `/schools/S/people/${code}/erase`)).status !== 204) return;
    erased.add(code);
  }
}

async function killWhileWriting(server) {
  const office = new Office(server);
  const enough = acknowledged.size + 1 + Math.random() * ACKS_MAX;
  const writers = Array.from({ length: WRITERS }, () => write(office));
  await until('some rows', () => acknowledged.size >= enough);
  await wait(Math.random() * DELAY_MAX_MS);
  await server.killHard();
  await Promise.all(writers);
  office.agent.destroy();
}

await run(async () => {
  const server = await Server.start({ lessons: [] });
  const first = new Office(server);
  assert.equal((await first.ask('PUT', '/schools/S', { name: '学校' })).status, 200);
  first.agent.destroy();

  await test(`${ROUNDS} kills lose no row that was acknowledged, and bring nobody back who was erased`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await killWhileWriting(server);
      await server.start();
      const office = new Office(server);
      const there = await office.codes('/schools/S/people');
      const lost = [...acknowledged].filter((code) => !there.has(code));
      assert.deepEqual(lost, [], `round ${round}`);
      assert.deepEqual([...erased].filter((code) => there.has(code)), [], `round ${round}`);
      office.agent.destroy();
    }
    console.log(`# ${acknowledged.size} rows, ${erased.size} erasures`);
    assert.ok(acknowledged.size > ROUNDS && erased.size > 0);
  }, ROUNDS * 4500);

  await test('the database is whole after it', async () => {
    const p = start(join(BUILD, 'airclassctl'), ['--data', join(server.folder, 'data'), 'check']);
    const { code } = await until('airclassctl', () => p.hasEnded && p.ended);
    assert.equal(code, 0, p.lines.join('\n'));
  });
});
