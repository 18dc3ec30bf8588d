// A system that grants few file descriptors, and more who want one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Raw } from './lib/attack.mjs';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test, until, wait } from './lib/testing.mjs';

const FILES = 160;

/** Processor time it has used, in ticks of 10 ms. */
function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8'), fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

const crowdOf = (n, port) => Promise.all(Array.from({ length: n }, () => Raw.connect(port)));

await run(async () => {
  const server = await Server.start({ files: FILES, settings: { 'rtmp.hello-timeout': '60s' } });
  const few = server.events('app.few-files')[0];
  teach(server.rtmpUrl('demo'));
  const pupil = await Pupil.join(server);
  await pupil.hears(1000);
  pupil.watchVoice();

  await test('connections and encoders are told to share what there is', () => {
    assert.equal(Number(few.limit), FILES);
    assert.ok(Number(few.needed) > 20000);
    assert.ok(Number(few.max_connections) + 3 * Number(few.rtmp_max_connections) < FILES);
  });

  await test('with all places taken the lesson goes on, and nothing spins', async () => {
    const crowd = [...await crowdOf(200, server.port), ...await crowdOf(50, server.rtmpPort)];
    await server.logged('net.full', { lacking: 'max-connections' });
    await server.logged('rtmp.closed', { why: 'full' });
    const { packets } = pupil.voice, before = ticksOf(server.pid);
    await wait(2000);
    assert.ok(pupil.voice.packets > packets);
    assert.ok(ticksOf(server.pid) - before < 100, `${ticksOf(server.pid) - before} ticks in 2 s`);
    assert.equal(server.events('net.full', { lacking: 'descriptors' }).length, 0);
    assert.equal(server.events('rtmp.accept-failed').length, 0);
    crowd.forEach((raw) => raw.close());
  });

  await test('and they are free again afterwards', async () => {
    await until('places', async () => await server.metric('airclass_connections') <= 2);
    const late = await Pupil.join(server, { name: 'late' });
    await late.hears(500);
    late.leave();
  });
});
