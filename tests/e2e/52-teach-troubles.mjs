// What goes wrong on a teacher's desk, in real Chromium against the real server: each has a plain sentence and a way on. And a lesson without a mouse.
// browser: encodes in one

import assert from 'node:assert/strict';
import { ALL, Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teacherBrowser, TeachPage } from './lib/teach-page.mjs';
import { run, skip, test } from './lib/testing.mjs';
import { whyNot } from './lib/watch-page.mjs';

/** A page whose devices the test can take away: window.refusals says what asking for them brings. */
function withDevices(refusals) {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.refusals = refusals;
  window.given = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    for (const kind of ['audio', 'video']) if (wanted[kind] && window.refusals[kind]) throw new DOMException('by the test', window.refusals[kind]);
    const stream = await ask(wanted);
    window.given.push(...stream.getTracks());
    return stream;
  };
}

const open = (browser, server, lesson, prepare, argument) => TeachPage.open(browser, server, { lesson, prepare: prepare && ((page) => page.addInitScript(prepare, argument)) });

async function testCamera(browser, server) {
  await test('a camera that another program has: the voice goes on air, and the board is a way on', async () => {
    const pupil = await Pupil.join(server, { lesson: 'a' }), t = await open(browser, server, 'a', withDevices, { video: 'NotReadableError' });
    await t.notes(/摄像头正被别的程序占用/);
    await t.click('#go');
    await t.isOnAir();
    await pupil.hears(500);
    await t.click('.note button:nth-of-type(2)');
    await t.until('the board', () => t.evaluate(() => document.getElementById('stage').dataset.shows === 'board'));
    await t.until('no trouble', async () => !await t.text('#notes'));
    await t.close();
  });
}

async function testHeadset(browser, server) {
  await test('a headset that is unplugged in the lesson: told at once, silence goes on, and plugged in again it is heard', async () => {
    const pupil = await Pupil.join(server, { lesson: 'b' }), t = await open(browser, server, 'b', withDevices, {});
    await t.seesItself();
    await t.click('#go');
    await t.isOnAir();
    await pupil.hears(500);
    await t.evaluate(() => {
      window.refusals.audio = 'NotFoundError';
      window.given.filter((track) => track.kind === 'audio').forEach((track) => {
        track.stop();
        track.dispatchEvent(new Event('ended')); // which browsers leave out where a page stops it itself
      });
    });
    await t.notes(/麦克风断开了/);
    await t.says(/学生听不到你/);
    await pupil.hears(1000);
    await t.evaluate(() => {
      delete window.refusals.audio;
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    });
    await t.isOnAir();
    await t.until('no trouble', async () => !await t.text('#notes'));
    await pupil.hears(1000);
    assert.deepEqual([pupil.closed, pupil.states.at(-1).state], [undefined, 'live']);
    await t.close();
  });
}

async function testBoardMoves(browser, server) {
  await test('the board goes along to another device and back, and into the next lesson, and nothing that was drawn is lost', async () => {
    const pupil = await Pupil.join(server, { lesson: 'e', can: [...ALL, 'ink'] }), laptop = await open(browser, server, 'e');
    const inks = (count) => pupil.until(`${count} strokes`, () => pupil.ink.shown === 'page 1' && pupil.ink.ids.length === count);
    await laptop.seesItself();
    await laptop.choose('board');
    await laptop.draw(); // before the lesson
    await laptop.click('#go');
    await laptop.isOnAir();
    await inks(1);
    const phone = await open(browser, server, 'e');
    await phone.seesItself();
    await phone.choose('board');
    await phone.draw(); // before it takes over: no place on the laptop's page
    for (const [from, to, count] of [[laptop, phone, 2], [phone, laptop, 3]]) {
      if (to === phone) await to.click('#go');
      await to.until('asked', () => to.isSeen('#sheetYes'));
      await to.click('#sheetYes');
      await to.isOnAir();
      await to.until('the board', () => to.evaluate(() => document.getElementById('stage').dataset.shows === 'board'));
      to.strokes = from.strokes;
      await to.draw();
      await inks(count);
      await to.until('two pages', async () => /1\/2/.test(await to.text('#tools')));
      if (to === phone) await to.notes(/接在后面：第 2 页/);
    }
    await laptop.click('#tools [aria-label=下一页]');
    await pupil.until('what was drawn on the phone before', () => pupil.ink.shown === 'page 2' && pupil.ink.ids.length === 1);
    await laptop.click('#tools [aria-label=上一页]');
    await inks(3);
    await laptop.end();
    await pupil.untilState('ended');
    await laptop.click('#go');
    await laptop.isOnAir();
    await inks(3);
    await laptop.close();
    await phone.close();
  });
}

async function testOld(browser, server) {
  await test('a browser that lacks everything: a sentence, and what a streaming app needs', async () => {
    const t = await open(browser, server, 'c', () => ['AudioEncoder', 'VideoEncoder', 'MediaRecorder', 'AudioWorkletNode'].forEach((name) => delete window[name]));
    await t.asks(/这个浏览器不能上课/);
    await t.until('the address', async () => await t.page.inputValue('#appServer') === `rtmp://localhost:${server.rtmpPort}/live`);
    await t.close();
  });
}

async function testMuteEnds(browser, server) {
  await test('a microphone that was off at the end of a lesson is on in the next one, also after a reload; pupils were told of the end, whatever becomes of the line', async () => {
    const t = await open(browser, server, 'f'), isMuted = () => t.evaluate(() => document.getElementById('mute').getAttribute('aria-pressed') === 'true');
    await t.seesItself();
    await t.click('#go');
    await t.isOnAir();
    await t.click('#mute');
    await t.says(/已静音/);
    await t.end();
    await t.notes(/下课了/);
    assert.equal(await isMuted(), false);
    await t.evaluate(() => (localStorage['airclass.muted'] = '1')); // of a page that was closed before the end
    await t.page.reload();
    await t.seesItself();
    await t.click('#go');
    await t.isOnAir();
    await (await Pupil.join(server, { lesson: 'f' })).hears(500); // else there is nothing to go on with
    await t.page.reload();
    await t.asks(/这节课还在继续/);
    await t.click('#sheetYes');
    await t.isOnAir();
    assert.equal(await isMuted(), false);
    await t.end();
    await t.says(/已经结束/);
    await t.page.context().setOffline(true);
    await t.says(/连不上服务器/);
    assert.match(await t.text('#notes'), /学生已经看到/, 'who has been told knows it still');
    await t.close();
  });
}

async function testKeyboard(browser, server) {
  await test('with the keyboard alone: from the address on air, muted and not, and to the end', async () => {
    const pupil = await Pupil.join(server, { lesson: 'd' }), t = await open(browser, server, 'd'), { keyboard } = t.page;
    const reach = async (id) => {
      for (let i = 0; i < 60; i++) {
        if (await t.evaluate(() => document.activeElement.id) === id) return;
        await keyboard.press('Tab');
      }
      assert.fail('the keyboard does not reach #' + id);
    };
    await t.seesItself();
    await reach('go');
    await keyboard.press('Enter');
    await t.isOnAir();
    await pupil.hears(500);
    await reach('mute');
    await keyboard.press('Space');
    await t.says(/已静音/);
    await keyboard.press('Space');
    await t.isOnAir();
    await reach('end');
    await keyboard.press('Enter');
    await reach('askYes');
    await keyboard.press('Enter');
    await pupil.untilState('ended');
    await t.close();
  });
}

await run(async () => {
  const reason = whyNot('chromium');
  if (reason) return skip('troubles of the teach page in Chromium', reason);
  const server = await Server.start({ lessons: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id })) }), browser = await teacherBrowser();
  for (const each of [testCamera, testHeadset, testBoardMoves, testOld, testMuteEnds, testKeyboard]) await each(browser, server);
});
