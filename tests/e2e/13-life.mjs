// Settings, start, and the two ends: SIGTERM and kill -9.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, start } from './lib/processes.mjs';
import { Pupil } from './lib/pupil.mjs';
import { freePorts, PROGRAM, Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { makeFolder, ROOT, run, test, until, VERSION } from './lib/testing.mjs';

async function airclass(args) {
  const p = start(PROGRAM, args);
  const { code } = await until('airclass to end', () => p.hasEnded && p.ended);
  return { code, said: p.lines.join('\n') };
}

const isRefused = (port) => fetch(`http://127.0.0.1:${port}/healthz`).then(() => false, () => true);

/** A listening socket of our own. */
const takePort = () => new Promise((resolve) => {
  const taken = createServer().listen(0, '127.0.0.1', () => resolve({ port: taken.address().port, close: () => taken.close() }));
});

await run(async () => {
  const folder = makeFolder();

  await test('the documented configuration is the default, and every printed one is read back the same', async () => {
    const documented = await airclass(['--config', join(ROOT, 'config', 'airclass.conf'), '--check']);
    assert.equal(documented.code, 0, documented.said);
    const file = join(folder, 'printed.conf');
    const settings = ['--set', 'server.port=8123', '--set', 'viewer.stall=45s', '--set', 'viewer.send-buffer=32KiB', '--set', 'server.log-level=debug'];
    const printed = await airclass(['--config', join(ROOT, 'config', 'airclass.conf'), ...settings, '--print-config']);
    writeFileSync(file, printed.said + '\n');
    const again = await airclass(['--config', file, '--print-config']);
    assert.equal(again.code, 0, again.said);
    assert.equal(again.said, printed.said);
    assert.match(again.said, /port = 8123/);
    assert.match(again.said, /send-buffer = 32KiB/);
  });

  await test('a right configuration is checked without a word and without a server', async () => {
    const file = join(folder, 'right.conf');
    writeFileSync(file, '[lesson a]\nopen = yes\nstream-key = long-enough\n');
    const data = join(folder, 'never-made');
    assert.deepEqual(await airclass(['--config', file, '--set', `server.data-dir=${data}`, '--check']), { code: 0, said: '' });
    assert.equal(existsSync(data), false);
  });

  await test('wrong arguments are told apart from trouble', async () => {
    assert.equal((await airclass(['--nonsense'])).code, 2);
    assert.equal((await airclass(['--set', 'server.port'])).code, 2);
    assert.equal((await airclass(['--config', join(folder, 'not-there.conf')])).code, 2);
    assert.deepEqual(await airclass(['--version']), { code: 0, said: `airclass ${VERSION}` });
    assert.equal((await airclass(['--help'])).code, 0);
  });

  for (const key of ['server.port', 'server.admin-port', 'rtmp.port']) {
    await test(`a taken ${key} is told, and the others are given back`, async () => {
      const taken = await takePort();
      const { code, said } = await airclass([...freePorts, '--set', `server.data-dir=${join(folder, 'taken')}`, '--set', `${key}=${taken.port}`]);
      taken.close();
      assert.equal(code, 1, said);
      assert.ok(said.includes(`${taken.port}`) && /in use|taken/.test(said), said);
      assert.doesNotMatch(said, /app\.started/);
    });
  }

  await test('a congestion control that the kernel lacks is told by its name', async () => {
    const { code, said } = await airclass([...freePorts, '--set', `server.data-dir=${join(folder, 'slow')}`, '--set', 'viewer.congestion=telepathy']);
    assert.equal(code, 2, said);
    assert.match(said, /viewer\.congestion: .*'telepathy'/);
  });

  const options = { lessons: [{ id: 'demo' }, { id: 'other' }, { id: 'third' }], folder: makeFolder() };
  let server, pupil, teacher;

  async function fill() {
    teacher = teach(server.rtmpUrl('demo'));
    teach(server.rtmpUrl('other'));
    teach(server.rtmpUrl('third'));
    pupil = await Pupil.join(server);
    await pupil.untilRung((r) => r.picture === 'video');
    await pupil.hears(1000);
    await until('three codec processes', () => server.workers().length === 3);
  }

  await test('SIGTERM ends it in order, with players, encoders and codec processes connected', async () => {
    server = await Server.start(options);
    await fill();
    const workers = server.workers(), idle = await takeIdle(server);
    await server.close();
    assert.equal((await pupil.untilClosed()).code, 1001);
    assert.equal(server.events('app.stopped').length, 1);
    assert.deepEqual(workers.filter(isAlive), []);
    assert.ok(await isRefused(server.port));
    assert.notEqual((await teacher.ended).code, 0);
    idle.destroy();
  });

  await test('it ends as well in the middle of coming and going', async () => {
    for (let i = 0; i < 5; i++) {
      const busy = await Server.start(options);
      teach(busy.rtmpUrl('demo'));
      const other = teach(busy.rtmpUrl('other'));
      await busy.logged('session.state', { to: 'live' });
      if (i % 2) other.kill('SIGKILL');
      if (i > 2) busy.workers().forEach((pid) => process.kill(pid, 'SIGKILL'));
      await busy.close();
    }
  });

  await test('what was told as kept is there after kill -9, readable by its owner alone', async () => {
    server = await Server.start(options);
    const made = await server.admin('POST', '/api/v1/lessons', { id: 'kept', title: '留下', open: true });
    assert.equal(made.status, 201);
    const token = readFileSync(join(server.folder, 'data', 'admin.token'), 'utf8');
    await fill();
    const workers = server.workers();
    process.kill(workers[0], 'SIGSTOP'); // it can't see its socket's end
    await server.killHard();
    await until('no codec process', () => !workers.some(isAlive), 3000);
    for (const name of ['admin.token', 'airclass.db', 'airclass.db-wal', 'airclass.db-shm', 'airclass.lock']) {
      assert.equal(statSync(join(server.folder, 'data', name)).mode & 0o777, 0o600, name);
    }
    server = await Server.start(options);
    assert.equal(readFileSync(join(server.folder, 'data', 'admin.token'), 'utf8'), token);
    const { json } = await server.admin('GET', '/api/v1/lessons/kept/keys');
    assert.deepEqual([json.title, json.stream_key, json.open], ['留下', made.json.stream_key, true]);
  });

  await test('a server that comes back teaches the same lesson to a pupil who resumes', async () => {
    const before = pupil;
    teach(server.rtmpUrl('demo'));
    const back = await Pupil.join(server, { pts: Math.round(before.voice.end) });
    await back.untilState('live');
    await back.hears(1000);
    back.leave();
  });

  await test('a second signal ends it at once', async () => {
    server.expected.push(/LeakSanitizer/); // nothing is given back then
    server.process.kill('SIGSTOP');
    server.process.kill('SIGTERM');
    server.process.kill('SIGINT');
    server.process.kill('SIGCONT');
    const { code } = await until('the end', () => server.process.hasEnded && server.process.ended);
    assert.equal(code, 1);
    assert.equal(server.events('app.cut-short').length, 1);
  });
});

/** A connection that says nothing. */
async function takeIdle(server) {
  const { connect } = await import('node:net');
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.on('connect', resolve));
  return socket;
}
