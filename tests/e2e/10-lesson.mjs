// A lesson from an ordinary encoder, over RTMP, through the codec process, to two players on a good link.

import assert from 'node:assert/strict';
import { assertContiguous, Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test } from './lib/testing.mjs';

const isVideo = (rung) => rung.picture === 'video';

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo', title: '分数 · Fractions' }] });
  let pupil, second;

  await test('who comes before the teacher waits, and hears the lesson when it begins', async () => {
    pupil = await Pupil.join(server, { name: 'first' });
    await pupil.untilState('waiting');
    assert.equal(pupil.welcome.title, '分数 · Fractions');
    teach(server.rtmpUrl('demo'));
    await pupil.untilState('live');
    await pupil.hears(1000);
    assert.equal(pupil.voice.config.codec, 'opus');
  });

  await test('on a good link it climbs to the best rung, video from a keyframe on', async () => {
    second = await Pupil.join(server, { name: 'second' });
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
    await second.untilRung((r) => r.rung === 'R7');
    await second.hears(3000);
    const common = [...second.hash].filter(([key]) => pupil.hash.has(key));
    const count = (track) => common.filter(([key]) => key.startsWith(track)).length;
    assert.ok(count('voice') >= 10 && count('video') >= 15, `${count('voice')} bundles, ${count('video')} frames in common`);
    assert.deepEqual(common.filter(([key, hash]) => pupil.hash.get(key) !== hash), []);
    second.leave();
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
});
