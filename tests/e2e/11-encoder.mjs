// Encoders come, go, and are refused; nobody else notices.

import assert from 'node:assert/strict';
import { Pupil } from './lib/pupil.mjs';
import { Encoder } from './lib/rtmp.mjs';
import { keyOf, Server } from './lib/server.mjs';
import { teach, teachPictureOnly, teachSoundOnly } from './lib/teacher.mjs';
import { run, test } from './lib/testing.mjs';

const AVC_CONFIG = [0x17, 0, 0, 0, 0, 1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1e, 1, 0, 2, 0x68, 0xce];
const AVC_GARBAGE = [0x17, 1, 0, 0, 0, 0, 0, 0, 2, 0x65, 0x88];

/** Codecs that encoders offer and we can't take: [what it is, audio or video, tag]. */
const FOREIGN = [
  ['HEVC as enhanced RTMP', 'video', [0x90, ...Buffer.from('hvc1'), 1, 2, 3]],
  ['HEVC as codec 12', 'video', [0x1c, 0, 0, 0, 0, 1]],
  ['AV1 as enhanced RTMP', 'video', [0x90, ...Buffer.from('av01'), 1, 2, 3]],
  ['VP6', 'video', [0x14, 0, 1, 2, 3]],
  ['MP3', 'audio', [0x2f, 0xff, 0xfb, 0x90]],
];

await run(async () => {
  const server = await Server.start({ lessons: ['demo', 'other', 'silent', 'blind', 'empty'].map((id) => ({ id })) });
  let teacher = teach(server.rtmpUrl('demo'));
  teach(server.rtmpUrl('other'));
  const pupil = await Pupil.join(server);
  const neighbour = await Pupil.join(server, { lesson: 'other', name: 'neighbour' });
  await pupil.untilRung((r) => r.picture === 'video');
  await pupil.until('frames', (p) => p.frames > 0);
  await neighbour.hears(2000);
  neighbour.watchVoice();

  await test('when an encoder dies, viewers stay and are told', async () => {
    teacher.kill('SIGKILL');
    await pupil.untilState('reconnecting');
    await server.logged('session.source-closed', { lesson: 'demo', why: 'lost' });
  });

  await test('when it comes back the lesson goes on, later on the same clock', async () => {
    const { end } = pupil.voice, { frames, last } = pupil.video;
    pupil.watchVoice();
    teacher = teach(server.rtmpUrl('demo'));
    await pupil.untilState('live');
    await pupil.hears(2000);
    assert.ok(pupil.voice.end > end);
    assert.deepEqual(pupil.voice.repeats, []);
    assert.ok(pupil.voice.holes.length <= 1, JSON.stringify(pupil.voice.holes));
    await pupil.until('frames', (p) => p.video.last > last && p.frames !== frames);
    assert.equal(pupil.closed, undefined);
    assert.equal((await server.session('demo')).viewers, 1);
  });

  await test('one that merely falls silent is as good as gone, until it speaks again', async () => {
    teacher.kill('SIGSTOP');
    await pupil.untilState('reconnecting', 5000);
    teacher.kill('SIGCONT');
    await pupil.untilState('live', 5000);
    await pupil.hears(1000);
  });

  await test('a second encoder with the same key is refused, and the first stays', async () => {
    const from = server.events('session.source-closed').length;
    const second = await Encoder.publish(server.rtmpPort, keyOf('demo'));
    assert.equal(second.status, 'NetStream.Publish.BadName');
    await second.untilClosed();
    await server.logged('rtmp.closed', { why: 'busy' });
    await pupil.hears(1000);
    assert.equal(pupil.state, 'live');
    assert.equal(server.events('session.source-closed').length, from);
  });

  await test('ffmpeg with a key that nobody has ends with an error', async () => {
    const stranger = teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/no-such-key-here`);
    const { code } = await stranger.ended;
    assert.notEqual(code, 0);
    const { peer } = await server.logged('rtmp.closed', { why: 'bad_key' });
    assert.ok(peer);
    assert.equal(await server.metric('airclass_rtmp_closed_total{reason="bad_key"}'), 1);
  });

  for (const [name, track, tag] of FOREIGN) {
    await test(`${name} is refused with words that help`, async () => {
      const before = server.events('rtmp.closed', { why: 'codec' }).length;
      const encoder = await Encoder.publish(server.rtmpPort, keyOf('empty'));
      assert.equal(encoder.status, 'NetStream.Publish.Start');
      encoder[track](0, tag);
      await encoder.untilClosed();
      assert.equal(encoder.status, 'NetStream.Publish.Rejected');
      assert.match(encoder.text(), /not supported: set the encoder to H\.264 video and AAC audio/);
      const { detail } = await server.logged('rtmp.closed', { why: 'codec' }, before + 1);
      assert.ok(detail);
    });
  }

  await test('pictures alone are a lesson', async () => {
    teachPictureOnly(server.rtmpUrl('silent'));
    const viewer = await Pupil.join(server, { lesson: 'silent' });
    await viewer.untilState('live');
    await viewer.until('a still', (p) => p.still.whole.length);
    await viewer.untilRung((r) => r.picture === 'video');
    await viewer.until('frames', (p) => p.frames > 20);
    assert.equal(viewer.voice.packets, 0);
    viewer.leave();
  });

  await test('sound alone is a lesson, without a promise of pictures', async () => {
    teachSoundOnly(server.rtmpUrl('blind'));
    const viewer = await Pupil.join(server, { lesson: 'blind' });
    await viewer.hears(4000);
    assert.deepEqual([viewer.frames, viewer.still.id], [0, -1]);
    assert.deepEqual(viewer.voice.holes, []);
    viewer.leave();
  });

  await test('pictures that can not be decoded harm their own lesson alone', async () => {
    const encoder = await Encoder.publish(server.rtmpPort, keyOf('empty'));
    encoder.video(0, AVC_CONFIG);
    for (let i = 0; i < 50; i++) encoder.video(i * 40, AVC_GARBAGE);
    await server.logged('session.state', { lesson: 'empty', to: 'live' });
    await pupil.hears(2000);
    encoder.close();
    await server.logged('session.state', { lesson: 'empty', to: 'reconnecting' });
  });

  await test('none of this was heard in the other lesson', async () => {
    await neighbour.hears(1000);
    neighbour.assertNoGap();
    assert.equal(neighbour.state, 'live');
  });

  await test('an encoder that says goodbye has stopped, not got lost', async () => {
    teacher.kill('SIGTERM');
    await server.logged('session.source-closed', { lesson: 'demo', why: 'stopped' });
    await pupil.untilState('reconnecting');
  });
});
