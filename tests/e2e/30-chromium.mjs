// The watch page in real Chromium, against the real server, taught by real ffmpeg.
// browser: what a page plays has no holes

import assert from 'node:assert/strict';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { atEnd, run, skip, test } from './lib/testing.mjs';
import { testAccess, testFailures, testManners, testPlaying } from './lib/watch-lesson.mjs';
import { launch, WatchPage, whyNot } from './lib/watch-page.mjs';

const FIRST_SOUND_BYTES = 12000;
const PAGE_BYTES = 60000;
const KEY = 'only-for-class-7b';

/** Notes when the first sound was heard, from before any script of the page. */
const noteFirstSound = () => {
  document.addEventListener('DOMContentLoaded', () => {
    const audio = document.getElementById('voice');
    audio?.addEventListener('timeupdate', () => (window.soundAt = window.soundAt || (audio.currentTime > 0 ? performance.now() : 0)));
  });
};

/** Bodies as they came over the wire: [{name, bytes, at}]. */
const loaded = () => ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
  .filter((e) => e.encodedBodySize).map((e) => ({ name: e.name, bytes: e.encodedBodySize, at: e.responseEnd }));

async function testBudget(browser, server) {
  await test('the first sound needs no more than 12 kB of page, all of it no more than 60 kB', async () => {
    const w = await WatchPage.blank(browser);
    let wireBytes = 0;
    w.page.on('requestfinished', async (request) => {
      const sizes = await request.sizes().catch(() => undefined);
      if (sizes) wireBytes += sizes.responseBodySize + sizes.responseHeadersSize;
    });
    await w.page.addInitScript(noteFirstSound);
    await w.page.goto(`http://localhost:${server.port}/watch/demo`);
    await w.page.click('#enter');
    await w.plays();
    await w.shows('video');
    const files = await w.evaluate(loaded), soundAt = await w.evaluate(() => window.soundAt);
    const sum = (list) => list.reduce((s, f) => s + f.bytes, 0);
    const first = sum(files.filter((f) => f.at <= soundAt));
    console.log(`# ${first} bytes before the first sound, ${sum(files)} in all, ${wireBytes} with headers`);
    assert.ok(soundAt > 0 && first > 5000 && first <= FIRST_SOUND_BYTES, `${first} bytes`);
    assert.ok(sum(files) > first && wireBytes <= PAGE_BYTES, `${sum(files)} bytes, ${wireBytes} with headers`);
    await w.page.close();
  });
}

async function testEnglish(browser, server) {
  await test('who speaks English reads English, and can change to Chinese', async () => {
    const w = await WatchPage.join(browser, server, { options: { locale: 'en-GB' } });
    await w.plays();
    await w.says(/^(Live|Skipped ahead to live)$/);
    assert.equal(await w.evaluate(() => document.documentElement.lang), 'en');
    await w.page.click('#language');
    await w.says(/^(正在直播|已跳到最新的地方)$/);
    assert.equal(await w.evaluate(() => document.documentElement.lang), 'zh-CN');
    assert.deepEqual(w.complaints, []);
    await w.page.close();
  });
}

async function testPhone(browser, server) {
  await test('on a phone the stage is as wide as the screen, and nothing sticks out', async () => {
    const w = await WatchPage.join(browser, server, { options: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true } });
    await w.plays();
    await w.shows('video');
    const [stage, scroll] = await w.evaluate(() => [document.getElementById('stage').getBoundingClientRect().width, document.documentElement.scrollWidth]);
    assert.ok(stage > 300 && scroll <= 360, `stage ${stage}, page ${scroll}`);
    await w.page.close();
  });
}

/** The server dies and comes back on the same port: the page finds it by itself. */
async function testServerDeath(w, server) {
  await test('after kill -9 of the server the page is back by itself when the server is', async () => {
    await server.killHard();
    await w.says(/^连接断了/);
    const again = await Server.start({ lessons: [{ id: 'demo' }], settings: { 'server.port': server.port } });
    teach(again.rtmpUrl('demo'));
    await again.logged('session.state', { to: 'live' });
    await w.says(/^(正在直播|已跳到最新的地方)$/);
    await w.soundsAgain();
    await w.assertSounds();
  });
}

await run(async () => {
  const reason = whyNot('chromium');
  if (reason) return skip('the watch page in Chromium', reason);
  const server = await Server.start({ lessons: [{ id: 'demo', title: '分数 · Fractions' }, { id: 'closed', watchKey: KEY }] });
  const browser = await launch('chromium');
  atEnd(() => browser.close());

  await test('before the lesson the page waits, and begins by itself', async () => {
    const early = await WatchPage.join(browser, server);
    await early.says(/^还没有开始/);
    server.teacher = teach(server.rtmpUrl('demo'));
    await early.plays();
    await early.assertSounds();
    await early.page.close();
  });
  await testBudget(browser, server);
  const w = await WatchPage.join(browser, server);
  await testPlaying('Chromium', w);
  await testFailures('Chromium', w, server, server.teacher);
  await testManners('Chromium', w, server);
  teach(server.rtmpUrl('closed'));
  await testAccess('Chromium', browser, server, 'closed', KEY);
  await testEnglish(browser, server);
  await testPhone(browser, server);
  await testServerDeath(w, server);
});
