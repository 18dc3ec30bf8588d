// airclassctl beside the real server: backup while it serves, restore on an empty machine, and what it refuses.

import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './lib/processes.mjs';
import { freePorts, PROGRAM, Server } from './lib/server.mjs';
import { BUILD, makeFolder, run, test, until, VERSION } from './lib/testing.mjs';

async function runProgram(program, args) {
  const p = start(program, args);
  const { code } = await until(`${program} to end`, () => p.hasEnded && p.ended);
  return { code, said: p.lines.join('\n') };
}
const ctl = (...args) => runProgram(join(BUILD, 'airclassctl'), args);

await run(async () => {
  const folder = makeFolder();
  const file = join(folder, 'backup.db');
  const server = await Server.start({ lessons: [{ id: 'demo' }], folder: makeFolder() });
  const data = join(server.folder, 'data');
  const make = async (id) => assert.equal((await server.admin('POST', '/api/v1/lessons', { id })).status, 201);

  await test('a backup of a serving server is one whole file for its owner', async () => {
    await make('before');
    const { code, said } = await ctl('--data', data, 'backup', file);
    assert.equal(code, 0, said);
    assert.ok(said.includes(file) && said.includes('whole'), said);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await make('after');
  });

  await test('the data folder may be named by the configuration as well', async () => {
    const config = join(folder, 'named.conf');
    writeFileSync(config, `[server]\ndata-dir = ${data}\n`);
    assert.equal((await ctl('--config', config, 'check')).code, 0);
    writeFileSync(config, 'nonsense\n');
    const { code, said } = await ctl('--config', config, 'check');
    assert.equal(code, 2);
    assert.ok(said.includes(`${config}:1`), said);
  });

  await test('the audit log goes on from what was verified before', async () => {
    const { code, said } = await ctl('--data', data, 'audit', 'verify');
    assert.equal(code, 0, said);
    assert.match(said, /^2:[0-9a-f]{64}$/);
    await make('more');
    const later = await ctl('--data', data, 'audit', 'verify', said);
    assert.equal(later.code, 0, later.said);
    assert.match(later.said, /^3:/);
    const wrong = await ctl('--data', data, 'audit', 'verify', `2:${'0'.repeat(64)}`);
    assert.equal(wrong.code, 1);
    assert.match(wrong.said, /entry 2 .*tampered/);
  });

  await test('what would destroy something is refused', async () => {
    const again = await ctl('--data', data, 'backup', file);
    assert.equal(again.code, 1);
    assert.match(again.said, /there already/);
    const inUse = await ctl('--data', data, 'restore', file);
    assert.equal(inUse.code, 1);
    assert.match(inUse.said, /stop the server/);
  });

  await test('a second server on the same data does not start, and says why', async () => {
    const { code, said } = await runProgram(PROGRAM, [...freePorts, '--set', `server.data-dir=${data}`]);
    assert.equal(code, 1);
    assert.match(said, /in use by another airclass/);
    assert.doesNotMatch(said, /net\.listen/);
  });

  await test('wrong use is told apart from trouble', async () => {
    for (const args of [[], ['nonsense'], ['backup'], ['check', 'x'], ['audit'], ['--what']]) {
      const { code, said } = await ctl('--data', data, ...args);
      assert.equal(code, 2, args.join(' '));
      assert.ok(said.length > 0);
    }
    assert.equal((await ctl('--help')).code, 0);
    assert.deepEqual(await ctl('--version'), { code: 0, said: `airclassctl ${VERSION}` });
    assert.equal((await ctl('--data', join(folder, 'nowhere'), 'check')).code, 1);
  });

  await test('a secret that is cut short is told with its file', async () => {
    const short = makeFolder();
    writeFileSync(join(short, 'admin.token'), 'abc');
    const { code, said } = await runProgram(PROGRAM, [...freePorts, '--set', `server.data-dir=${short}`]);
    assert.equal(code, 1, said);
    assert.ok(said.includes(`${short}/admin.token holds less than 16 letters`), said);
    assert.doesNotMatch(said, /net\.listen/);
  });

  await test('a server on an empty machine has what was backed up, and only that', async () => {
    const elsewhere = makeFolder();
    const { code, said } = await ctl('--data', join(elsewhere, 'data'), 'restore', file);
    assert.equal(code, 0, said);
    const other = await Server.start({ lessons: [{ id: 'demo' }], folder: elsewhere });
    assert.equal((await other.admin('GET', '/api/v1/lessons/before/keys')).status, 200);
    assert.equal((await other.admin('GET', '/api/v1/lessons/after/keys')).status, 404);
    await other.close();
  });

  await test('a server does not start on a damaged database, and does after a restore', async () => {
    const db = join(data, 'airclass.db');
    await server.close();
    const fd = openSync(db, 'r+');
    writeSync(fd, Buffer.alloc(4096, 0x5a), 0, 4096, statSync(db).size - 4096);
    closeSync(fd);
    assert.equal((await ctl('--data', data, 'check')).code, 1);
    const { code, said } = await runProgram(PROGRAM, server.args);
    assert.equal(code, 1, said);
    assert.match(said, /is damaged .*airclassctl restore/);
    assert.doesNotMatch(said, /net\.listen/);
    assert.equal((await ctl('--data', data, 'restore', file)).code, 0);
    assert.ok(existsSync(`${db}.before-restore`));
    await server.start();
    assert.equal((await server.admin('GET', '/api/v1/lessons/before/keys')).status, 200);
    assert.equal(readFileSync(join(data, 'admin.token'), 'utf8').length, 26);
    await server.close();
  });
});
