// The codec process of a lesson dies, again and again; the lesson goes on.

import assert from 'node:assert/strict';
import { isAlive } from './lib/processes.mjs';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { isSanitized, run, test } from './lib/testing.mjs';

const CRASHES = 5;
/** Without a sign of life for so long a process is a hanging one. Under a sanitizer beside a compiler one that works has been silent for more than 1 s. */
const HEARTBEAT_MS = isSanitized ? 8000 : 2000;
/** The voice of so long waits for the next process (3 s, server/worker/backlog.h, of which a busy machine needs some to notice); of a longer hang the rest is lost. */
const KEPT_MS = 2000;

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'other' }],
    settings: { 'codec.crashes': CRASHES + 3, 'codec.heartbeat': HEARTBEAT_MS + 'ms' } });
  server.expected.push(/AddressSanitizer: SEGV/); // sent by us
  teach(server.rtmpUrl('demo'));
  const pupil = await Pupil.join(server);
  await pupil.hears(500);
  teach(server.rtmpUrl('other'));
  const neighbour = await Pupil.join(server, { lesson: 'other', name: 'neighbour' });
  await neighbour.hears(500);
  await pupil.untilRung((r) => r.picture === 'video');
  await pupil.until('frames', (p) => p.frames > 5);
  await neighbour.hears(2000);
  neighbour.watchVoice();
  const workers = (lesson) => server.events('worker.ready', { lesson });
  const workerOf = (lesson) => Number(workers(lesson).pop().pid);
  await server.logged('worker.ready', { lesson: 'other' });
  const neighbours = workerOf('other');

  /** The process that is there at this moment is sent it; waits for the next. */
  async function kill(signal) {
    const ended = server.events('worker.ended', { lesson: 'demo' }).length, ready = workers('demo').length;
    process.kill(workerOf('demo'), signal);
    const line = await server.logged('worker.ended', { lesson: 'demo' }, ended + 1);
    await server.logged('worker.ready', { lesson: 'demo' }, ready + 1);
    return line;
  }

  async function hit(signal, why) {
    const { frames } = pupil;
    pupil.watchVoice();
    assert.equal((await kill(signal)).why, why);
    const endedAt = Date.now();
    const at = pupil.video.last;
    await pupil.until('the picture', (p) => p.video.last > at + 200 && p.frames > frames);
    const backMs = Date.now() - endedAt;
    await pupil.hears(1500);
    return { backMs, ...pupil.voiceGap() };
  }

  for (const [signal, why] of [['SIGSEGV', isSanitized ? 'exit' : 'signal'], ['SIGKILL', 'signal'], ['SIGSTOP', 'hang'], ['SIGSYS', 'sandbox']]) {
    await test(`after ${signal} picture and voice are back, and no voice is lost`, async () => {
      const result = await hit(signal, why);
      console.log(`# ${signal}: picture after ${result.backMs} ms, nothing heard for ${result.longestWaitMs} ms, ${result.missingMs} ms of voice lost`);
      const beyond = why === 'hang' ? HEARTBEAT_MS - KEPT_MS : 0;
      assert.ok(result.missingMs < 1000 + beyond, `holes ${JSON.stringify(result.holes)}`);
      assert.equal(pupil.state, 'live');
    });
  }

  await test('the other lesson has no gap and its process lives on', async () => {
    neighbour.assertNoGap();
    assert.ok(isAlive(neighbours));
    assert.equal(server.events('worker.ended', { lesson: 'other' }).length, 0);
  });

  await test('deaths are counted by cause', async () => {
    const metrics = await server.metrics();
    const count = (reason) => metrics[`airclass_worker_restarts_total{reason="${reason}"}`];
    assert.equal(count('hang'), 1);
    assert.equal(count('sandbox'), 1);
    assert.equal(count('signal') + count('exit'), 2);
    assert.equal(metrics.airclass_worker_running, 2);
  });

  await test('dying too often costs the lesson its picture, not its voice, and an operator is told', async () => {
    for (let i = 0; i < CRASHES + 3 && !server.events('worker.no-picture').length; i++) {
      await kill('SIGKILL');
    }
    const told = await server.logged('worker.no-picture', { lesson: 'demo' });
    assert.equal(told.level, 'error');
    await pupil.untilRung((r) => r.picture === 'none' && r.why === 'source');
    assert.equal((await server.session('demo')).has_picture, false);
    await pupil.hears(3000);
    const { frames } = pupil;
    await pupil.hears(3000);
    assert.equal(pupil.frames, frames);
    assert.equal(pupil.state, 'live');
  });

  await test('who joins such a lesson hears it', async () => {
    const late = await Pupil.join(server, { name: 'late' });
    await late.hears(2000);
    assert.deepEqual([late.rung.picture, late.frames], ['none', 0]);
    late.leave();
  });

  await test('none of it reached the other lesson', async () => {
    await neighbour.hears(1000);
    neighbour.assertNoGap();
    const { frames } = neighbour;
    await neighbour.until('frames', (p) => p.frames > frames);
  });
});
