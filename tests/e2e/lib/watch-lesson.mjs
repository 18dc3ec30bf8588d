// What a pupil sees and hears in a lesson, whatever the browser: each claim is a test.

import assert from 'node:assert/strict';
import { teach } from './teacher.mjs';
import { test, until } from './testing.mjs';
import { WatchPage } from './watch-page.mjs';

const LIVE = /^正在直播$|^已跳到最新的地方$/;

/** In an open page that plays. */
export async function testPlaying(name, w) {
  await test(`${name}: the lesson sounds, and frames are shown`, async () => {
    await w.plays();
    await w.shows('video');
    const { framesShown } = await w.facts();
    await w.assertSounds(3);
    await w.until('ten more frames', (f) => f.framesShown > framesShown + 10);
    await w.says(LIVE);
    assert.ok(await w.evaluate(() => document.querySelector('video').videoWidth > 0));
  });

  await test(`${name}: to save data a still is drawn, and the voice goes on`, async () => {
    await w.watchSound();
    await w.choose('save');
    await w.shows('still');
    await w.until('a still', (f) => f.stillsShown > 0 && f.why === 'choice');
    const size = await w.evaluate(() => {
      const img = document.querySelector('#stage img');
      return [img.naturalWidth, img.naturalHeight, img.getBoundingClientRect().width];
    });
    assert.ok(size[0] === 960 && size[1] === 540 && size[2] > 100, `still of ${size}`);
    await w.says(/^省流量：语音和静止画面$/);
    await w.assertSounds();
    await w.assertNoSilence();
  });

  await test(`${name}: voice only is a voice without pictures`, async () => {
    await w.watchSound();
    await w.choose('voice');
    await w.shows('none');
    await w.says(/^仅语音：正在听课$/);
    await w.assertSounds();
    await w.assertNoSilence();
  });

  await test(`${name}: back to auto the video comes back`, async () => {
    await w.watchSound();
    await w.choose('auto');
    await w.shows('video');
    const { framesShown } = await w.facts();
    await w.until('frames', (f) => f.framesShown > framesShown + 5);
    await w.assertNoSilence();
  });

  await test(`${name}: a hidden page is sent the voice alone, and sounds on`, async () => {
    await w.watchSound();
    await w.hide(true);
    await w.until('the rung for who does not look', (f) => f.why === 'hidden' && f.picture !== 'video');
    await w.assertSounds();
    await w.hide(false);
    await w.shows('video');
    await w.assertNoSilence();
  });
}

/** Where things fail. `teacher` is the running encoder; the one that teaches afterwards is returned. */
export async function testFailures(name, w, server, teacher) {
  let next = teacher;
  await test(`${name}: when the encoder dies it says so, and goes on by itself when it is back`, async () => {
    teacher.kill('SIGKILL');
    await w.says(/^老师正在重新连接…$/, 5000);
    next = teach(server.rtmpUrl('demo'));
    await w.says(LIVE);
    await w.soundsAgain();
    await w.shows('video');
  });

  await test(`${name}: when the codec process dies the sound goes on and the picture comes back`, async () => {
    const ended = server.events('worker.ended').length, [pid] = server.workers();
    await w.watchSound();
    process.kill(pid, 'SIGKILL');
    await server.logged('worker.ended', {}, ended + 1);
    const { framesShown } = await w.facts();
    await w.until('frames', (f) => f.framesShown > framesShown + 10);
    await w.assertSounds();
    await w.assertNoSilence(3000);
  });
  return next;
}

/** A lesson that needs its key. */
export async function testAccess(name, browser, server, lesson, key) {
  await test(`${name}: a closed lesson does not let in who lacks the key`, async () => {
    const w = await WatchPage.join(browser, server, { lesson });
    const words = () => w.evaluate(() => [...document.querySelectorAll('.sheet:not([hidden]) h1')].map((h) => h.textContent).join());
    await until('the notice', async () => /这个链接不能进入/.test(await words()));
    assert.equal((await w.facts()).voiceClockMs > 0, false);
    await w.page.close();
  });

  await test(`${name}: the key in the link opens it, and is never sent with a request`, async () => {
    const w = await WatchPage.blank(browser), asked = [];
    w.page.on('request', (request) => asked.push(request.url()));
    await w.page.goto(`http://localhost:${server.port}/watch/${lesson}#k=${key}`);
    await w.page.click('#enter');
    await w.plays();
    await w.assertSounds();
    assert.deepEqual(asked.filter((url) => url.split('#')[0].includes(key)), []);
    await w.page.close();
  });
}

export async function testManners(name, w, server) {
  await test(`${name}: no host but ours was asked, and the page made no complaint`, async () => {
    assert.deepEqual([...w.hosts].filter((host) => host !== `localhost:${server.port}`), []);
    assert.deepEqual(w.complaints, []);
  });
}
