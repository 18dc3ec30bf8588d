// Sessions end, begin again and are removed, while people are in them.

import assert from 'node:assert/strict';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test, until } from './lib/testing.mjs';

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'other' }], settings: { 'session.linger': '1s' } });
  const urlOf = ({ stream_key }) => `rtmp://127.0.0.1:${server.rtmpPort}/live/${stream_key}`;
  teach(server.rtmpUrl('other'));
  const neighbour = await Pupil.join(server, { lesson: 'other', name: 'neighbour' });
  await neighbour.hears(1000);
  neighbour.watchVoice();

  await test('a teacher who stays away longer than pupils wait ends the session; they stay, and are there when it begins again', async () => {
    const teacher = teach(server.rtmpUrl('demo'));
    const pupil = await Pupil.join(server);
    await pupil.hears(1500);
    teacher.kill('SIGKILL');
    await pupil.untilState('ended');
    await until('its codec process has ended', async () => server.workers().length === 1);
    const { packets } = pupil.voice;
    teach(server.rtmpUrl('demo'));
    await pupil.untilState('live');
    await pupil.until('voice', (p) => p.voice.packets > packets + 20);
    assert.deepEqual(pupil.states.map((s) => s.state).slice(-4), ['live', 'reconnecting', 'ended', 'live']);
    pupil.leave();
  });

  await test('a removed lesson can be made again at once, and is a new one', async () => {
    for (let i = 0; i < 4; i++) {
      const { status, json } = await server.admin('POST', '/api/v1/lessons', { id: 'again', open: true });
      assert.equal(status, 201);
      const teacher = teach(urlOf(json));
      const pupil = await Pupil.join(server, { lesson: 'again', name: `again-${i}` });
      if (i % 2) await pupil.hears(500);
      else await pupil.untilState('live');
      assert.equal((await server.admin('DELETE', '/api/v1/lessons/again')).status, 204);
      assert.equal((await pupil.untilClosed()).code, 4004);
      assert.notEqual((await teacher.ended).code, 0);
    }
    await until('two codec processes are left', () => server.workers().length === 2);
    assert.equal((await server.admin('GET', '/api/v1/sessions/again')).status, 404);
  });

  await test('a new stream key sends the old teacher away, not the pupils', async () => {
    const { json: lesson } = await server.admin('POST', '/api/v1/lessons', { id: 'rekeyed', open: true });
    const teacher = teach(urlOf(lesson));
    const pupil = await Pupil.join(server, { lesson: 'rekeyed' });
    await pupil.hears(500);
    const { json: changed } = await server.admin('POST', '/api/v1/lessons/rekeyed/keys');
    assert.notEqual(changed.stream_key, lesson.stream_key);
    assert.equal(changed.watch_key, lesson.watch_key);
    assert.notEqual((await teacher.ended).code, 0);
    await server.logged('rtmp.closed', { why: 'kicked' });
    assert.notEqual((await teach(urlOf(lesson)).ended).code, 0);
    await server.logged('rtmp.closed', { why: 'bad_key' });
    teach(urlOf(changed));
    await pupil.untilState('live');
    await pupil.hears(500);
    assert.equal(pupil.closed, undefined);
  });

  await test('no key, old or new, is in the log', async () => {
    const keys = (await server.admin('GET', '/api/v1/lessons')).json.lessons.flatMap((l) => [l.stream_key, l.watch_key]).filter(Boolean);
    assert.ok(keys.length >= 3);
    assert.deepEqual(keys.filter((key) => server.process.lines.some((line) => line.includes(key))), []);
  });

  await test('the lesson beside it had no gap', async () => {
    await neighbour.hears(500);
    assert.deepEqual(neighbour.voiceGap().holes, []);
  });
});
