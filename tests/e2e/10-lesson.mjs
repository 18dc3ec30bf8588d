// A lesson from an ordinary encoder, over RTMP, through the codec process, to players of every kind.

import assert from 'node:assert/strict';
import { ALL, Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach, teachCamera } from './lib/teacher.mjs';
import { run, test, until } from './lib/testing.mjs';

const isVideo = (rung) => rung.picture === 'video';
const without = (...codecs) => ALL.filter((c) => !codecs.includes(c));
const BUNDLE_MS = 600;

/** All of the voice is there; where another rendition goes on, the first bundle may repeat what the player skips. */
function assertContiguous(pupil, changes) {
  const { holes, repeats } = pupil.voice;
  assert.deepEqual(holes, []);
  assert.ok(repeats.length <= changes && repeats.every((r) => r.ms < BUNDLE_MS), `repeats ${JSON.stringify(repeats)} after ${changes} changes`);
}

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo', title: '分数 · Fractions' }, { id: 'other' }, { id: 'closed', watchKey: 'let-me-in-please' }] });
  let pupil;

  await test('who comes before the teacher waits, and hears the lesson when it begins', async () => {
    pupil = await Pupil.join(server, { name: 'first' });
    await pupil.untilState('waiting');
    assert.equal(pupil.welcome.title, '分数 · Fractions');
    teach(server.rtmpUrl('demo'));
    await pupil.untilState('live');
    await pupil.hears(1000);
    assert.equal(pupil.voice.config.codec, 'opus');
  });

  await test('who saves data gets a still, whole, and never video', async () => {
    const saver = await Pupil.join(server, { name: 'saver', mode: 'save' });
    await saver.until('a still', (p) => p.still.whole.length);
    const { format, bytes } = saver.still.whole[0];
    assert.equal(format, 'avif');
    assert.equal(bytes.toString('latin1', 4, 12), 'ftypavif');
    await saver.hears(5000);
    assert.deepEqual([saver.rung.picture, saver.frames], ['still', 0]);
    saver.leave();
  });

  await test('on a good link it climbs to the best rung, video from a keyframe on', async () => {
    await pupil.untilRung((r) => r.rung === 'R7');
    const { frames } = pupil;
    await pupil.until('30 frames of R7', (p) => p.frames > frames + 30);
    assert.ok(pupil.video.configs.some((c) => c.width === 1280 && c.height === 720));
    assert.ok(pupil.rungs.every((r) => r.why !== 'weak'), JSON.stringify(pupil.rungs));
  });

  await test('the voice has no hole, through all these rungs', async () => {
    await pupil.hears(3000);
    assertContiguous(pupil, pupil.voice.configs.length - 1);
    const { content } = await server.session('demo');
    assert.equal(content, 'slides');
  });

  await test('on the same rung two viewers get the same bytes', async () => {
    const second = await Pupil.join(server, { name: 'second' });
    await second.untilRung((r) => r.rung === 'R7');
    await second.hears(3000);
    const common = [...second.hash].filter(([key]) => pupil.hash.has(key));
    const count = (track) => common.filter(([key]) => key.startsWith(track)).length;
    assert.ok(count('voice') >= 10 && count('video') >= 15, `${count('voice')} bundles, ${count('video')} frames in common`);
    assert.deepEqual(common.filter(([key, hash]) => pupil.hash.get(key) !== hash), []);
    second.leave();
  });

  await test('who comes late has sound, a still and a keyframe at once', async () => {
    const late = await Pupil.join(server, { name: 'late' });
    const welcomedAt = Date.now();
    await late.until('voice', (p) => p.voice.packets > 0, 3000);
    await late.until('a still', (p) => p.still.whole.length, 5000);
    assert.ok(late.welcome.pts - late.voice.first < 3000, `voice begins ${late.welcome.pts - late.voice.first} ms back`);
    await late.untilRung(isVideo, 10000);
    await late.until('a keyframe', (p) => p.video.keys, 5000);
    assert.ok(Date.now() - welcomedAt < 15000);
    assertContiguous(late, late.voice.configs.length - 1);
    late.leave();
  });

  await test('hidden, it gets the voice alone; shown again, the video comes back', async () => {
    pupil.watchVoice();
    const { configs } = pupil.voice;
    const changes = configs.length;
    pupil.hide(true);
    await pupil.untilRung((r) => r.picture === 'none' && r.why === 'hidden', 3000);
    await pupil.until('the gap', (p) => p.video.gaps > 0);
    const { frames } = pupil;
    await pupil.hears(2000);
    assert.equal(pupil.frames, frames, 'no frames while hidden');
    pupil.hide(false);
    await pupil.untilRung(isVideo, 15000);
    await pupil.until('frames', (p) => p.frames > frames + 5);
    assertContiguous(pupil, configs.length - changes);
  });

  await test('to save data, it gets voice and stills; voice only is voice alone', async () => {
    pupil.watchVoice();
    const { configs } = pupil.voice;
    const changes = configs.length, { whole, named } = pupil.still, stills = whole.length + named.length;
    pupil.choose('save');
    await pupil.untilRung((r) => r.picture === 'still' && r.why === 'choice', 3000);
    await pupil.until('a still, or the name of one', () => whole.length + named.length > stills);
    pupil.choose('voice');
    await pupil.untilRung((r) => r.picture === 'none' && r.why === 'choice', 3000);
    await pupil.hears(2000);
    const { frames } = pupil, before = whole.length + named.length;
    await pupil.hears(2000);
    assert.deepEqual([pupil.frames, whole.length + named.length], [frames, before]);
    assertContiguous(pupil, configs.length - changes);
  });

  await test('voice only stays within its promise of bytes', async () => {
    const from = pupil.bytes, begin = pupil.voice.end;
    await pupil.hears(10000);
    const kbps = (pupil.bytes - from) * 8 / (pupil.voice.end - begin);
    assert.ok(kbps < 13, `${kbps.toFixed(1)} kbit/s`);
  });

  await test('a player without Opus gets AAC, one without AVIF gets WebP', async () => {
    const tv = await Pupil.join(server, { name: 'tv', mode: 'save', can: without('opus', 'avif') });
    await tv.hears(3000);
    assert.equal(tv.voice.config.codec, 'aac');
    assert.ok(tv.voice.config.asc.length >= 2);
    await tv.until('a still', (p) => p.still.whole.length);
    const { format, bytes } = tv.still.whole[0];
    assert.deepEqual([format, bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 12)], ['webp', 'RIFF', 'WEBP']);
    assertContiguous(tv, tv.voice.configs.length - 1);
    tv.leave();
  });

  await test('a player that shows no pictures gets none', async () => {
    const radio = await Pupil.join(server, { name: 'radio', can: ['opus'] });
    await radio.hears(5000);
    assert.deepEqual([radio.frames, radio.still.id], [0, -1]);
    radio.leave();
  });

  await test('who resumes goes on where it was, without a hole or a repetition', async () => {
    const before = await Pupil.join(server, { name: 'before', mode: 'voice' });
    await before.hears(2000);
    before.socket.terminate();
    const resumed = await Pupil.join(server, { name: 'resumed', mode: 'voice', pts: Math.round(before.voice.end) });
    await resumed.hears(1000);
    const jump = resumed.voice.first - before.voice.end;
    assert.ok(Math.abs(jump) < 600, `it goes on ${jump} ms from where it was`);
    assert.ok(resumed.voice.first <= before.voice.end + 2, `a hole of ${jump} ms`);
    resumed.leave();
  });

  await test('a camera lesson is told from slides, and gets the camera rungs', async () => {
    teachCamera(server.rtmpUrl('other'));
    const viewer = await Pupil.join(server, { lesson: 'other' });
    await viewer.untilRung(isVideo);
    await viewer.until('camera rungs', (p) => p.rungs.some((r) => ['R4', 'R5'].includes(r.rung)) || p.video.configs.some((c) => c.width === 854));
    await until('camera', async () => (await server.session('other')).content === 'camera');
    viewer.leave();
  });

  await test('a closed lesson opens to its watch key alone', async () => {
    for (const key of [undefined, 'let-me-in-pleasE', 'closed-teaches-here']) {
      const stranger = await Pupil.join(server, { lesson: 'closed', key });
      assert.equal((await stranger.untilClosed()).code, 4003);
      assert.equal(stranger.bytes, 0);
    }
    const member = await Pupil.join(server, { lesson: 'closed', key: 'let-me-in-please' });
    await member.untilState('waiting');
    const lost = await Pupil.join(server, { lesson: 'nowhere' });
    assert.equal((await lost.untilClosed()).code, 4004);
  });

  await test('a lesson made through the admin API can be taught at once, and its end is told', async () => {
    const { status, json } = await server.admin('POST', '/api/v1/lessons', { id: 'new', open: true });
    assert.equal(status, 201);
    teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${json.stream_key}`);
    const viewer = await Pupil.join(server, { lesson: 'new' });
    await viewer.untilState('live');
    await viewer.hears(500);
    assert.equal((await server.admin('DELETE', '/api/v1/lessons/new')).status, 204);
    assert.equal((await viewer.untilClosed()).code, 4004);
  });
});
