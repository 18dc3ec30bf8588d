// Players of every kind, who come to lessons that have begun: each looks after itself, all at the same time.

import assert from 'node:assert/strict';
import { ALL, assertContiguous, Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach, teachCamera } from './lib/teacher.mjs';
import { run, test, until } from './lib/testing.mjs';

const isVideo = (rung) => rung.picture === 'video';
const without = (...codecs) => ALL.filter((c) => !codecs.includes(c));

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'other' }, { id: 'closed', watchKey: 'let-me-in-please' }] });
  const first = await Pupil.join(server, { name: 'first' });
  teach(server.rtmpUrl('demo'));
  await first.untilRung(isVideo);

  await Promise.all([
    test('who saves data gets a still, whole, and never video', async () => {
      const saver = await Pupil.join(server, { name: 'saver', mode: 'save' });
      await saver.until('a still', (p) => p.still.whole.length);
      const { format, bytes } = saver.still.whole[0];
      assert.equal(format, 'avif');
      assert.equal(bytes.toString('latin1', 4, 12), 'ftypavif');
      await saver.hears(5000);
      assert.deepEqual([saver.rung.picture, saver.frames], ['still', 0]);
      saver.leave();
    }),

    test('who comes late has sound, a still and a keyframe at once', async () => {
      const late = await Pupil.join(server, { name: 'late' });
      await late.until('voice', (p) => p.voice.packets > 0);
      await late.until('a still', (p) => p.still.whole.length);
      assert.ok(late.welcome.pts - late.voice.first < 3000, `voice begins ${late.welcome.pts - late.voice.first} ms back`);
      await late.untilRung(isVideo);
      await late.until('a keyframe', (p) => p.video.keys);
      assertContiguous(late, late.voice.configs.length - 1);
      late.leave();
    }),

    test('a player without Opus gets AAC, one without AVIF gets WebP', async () => {
      const tv = await Pupil.join(server, { name: 'tv', mode: 'save', can: without('opus', 'avif') });
      await tv.hears(3000);
      assert.equal(tv.voice.config.codec, 'aac');
      assert.ok(tv.voice.config.asc.length >= 2);
      await tv.until('a still', (p) => p.still.whole.length);
      const { format, bytes } = tv.still.whole[0];
      assert.deepEqual([format, bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 12)], ['webp', 'RIFF', 'WEBP']);
      assertContiguous(tv, tv.voice.configs.length - 1);
      tv.leave();
    }),

    test('a player that shows no pictures gets none', async () => {
      const radio = await Pupil.join(server, { name: 'radio', can: ['opus'] });
      await radio.hears(5000);
      assert.deepEqual([radio.frames, radio.still.id], [0, -1]);
      radio.leave();
    }),

    test('voice only stays within its promise of bytes', async () => {
      const listener = await Pupil.join(server, { name: 'listener', mode: 'voice' });
      await listener.hears(2000);
      const from = listener.bytes, begin = listener.voice.end;
      await listener.hears(10000);
      const kbps = (listener.bytes - from) * 8 / (listener.voice.end - begin);
      assert.ok(kbps < 13, `${kbps.toFixed(1)} kbit/s`);
      listener.leave();
    }),

    test('who resumes goes on where it was, without a hole or a repetition', async () => {
      const before = await Pupil.join(server, { name: 'before', mode: 'voice' });
      await before.hears(2000);
      before.socket.terminate();
      const resumed = await Pupil.join(server, { name: 'resumed', mode: 'voice', pts: Math.round(before.voice.end) });
      await resumed.hears(1000);
      const jump = resumed.voice.first - before.voice.end;
      assert.ok(Math.abs(jump) < 600, `it goes on ${jump} ms from where it was`);
      assert.ok(resumed.voice.first <= before.voice.end + 2, `a hole of ${jump} ms`);
      resumed.leave();
    }),

    test('a camera lesson is told from slides, and gets the camera rungs', async () => {
      teachCamera(server.rtmpUrl('other'));
      const viewer = await Pupil.join(server, { lesson: 'other' });
      await viewer.untilRung(isVideo);
      await viewer.until('camera rungs', (p) => p.rungs.some((r) => ['R4', 'R5'].includes(r.rung)) || p.video.configs.some((c) => c.width === 854));
      await until('camera', async () => (await server.session('other')).content === 'camera');
      viewer.leave();
    }),

    test('a closed lesson opens to its watch key alone', async () => {
      for (const key of [undefined, 'let-me-in-pleasE', 'closed-teaches-here']) {
        const stranger = await Pupil.join(server, { lesson: 'closed', key });
        assert.equal((await stranger.untilClosed()).code, 4003);
        assert.equal(stranger.bytes, 0);
      }
      const member = await Pupil.join(server, { lesson: 'closed', key: 'let-me-in-please' });
      await member.untilState('waiting');
      const lost = await Pupil.join(server, { lesson: 'nowhere' });
      assert.equal((await lost.untilClosed()).code, 4004);
    }),

    test('a lesson made through the admin API can be taught at once, and its end is told', async () => {
      const { status, json } = await server.admin('POST', '/api/v1/lessons', { id: 'new', open: true });
      assert.equal(status, 201);
      teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${json.stream_key}`);
      const viewer = await Pupil.join(server, { lesson: 'new' });
      await viewer.untilState('live');
      await viewer.hears(500);
      assert.equal((await server.admin('DELETE', '/api/v1/lessons/new')).status, 204);
      assert.equal((await viewer.untilClosed()).code, 4004);
    }),
  ]);
});
