// The watch page in real browsers, against the stand-in server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, chromiumTabs, firefox, isInstalled } from '../browser.mjs';
import { serve } from '../fake-server.mjs';
import { until, wait } from '../until.mjs';

const state = (page) => page.evaluate(() => JSON.parse(JSON.stringify(window.airclass)));
const statusText = (page) => page.evaluate(() => document.getElementById('status').textContent);

const sawPicture = (page, kind) => until('picture ' + kind, async () => (await state(page)).picture === kind);

/** Watches from inside the page for how long the sound stood still at most, and the page itself did. */
const watchSound = (page) => page.evaluate(() => {
  const audio = document.getElementById('voice'), w = (window.watched = { silence: 0, lag: 0 });
  let last = audio.currentTime, at = performance.now(), looked = at;
  clearInterval(window.silenceTimer);
  window.silenceTimer = setInterval(() => {
    const now = performance.now();
    if (audio.currentTime !== last) at = now;
    last = audio.currentTime;
    w.silence = Math.max(w.silence, now - at);
    w.lag = Math.max(w.lag, now - looked);
    looked = now;
  }, 20);
});

/** Since watchSound(), but for what a busy machine took. */
async function assertNoSilence(page, ms) {
  const { silence, lag } = await page.evaluate(() => window.watched);
  assert.ok(silence < ms + 3 * lag, `${silence} ms without sound, the page stood still for ${lag} ms`);
}

async function assertSounds(page, seconds = 1.5) {
  const from = (await state(page)).voiceClockMs;
  await until(`${seconds} s more of the voice`, async () => (await state(page)).voiceClockMs >= from + seconds * 1000);
}

const isNear = (server, page, ms) => until(`no more than ${ms} ms behind`, async () => server.lesson.clock() - (await state(page)).voiceClockMs < ms);

/** Opens the lesson and taps the button; complaints of the page are collected. */
async function join(browser, server, { mode, ...options } = {}) {
  const page = await browser.open(server.origin + '/watch/demo', options);
  page.complaints = [];
  page.on('pageerror', (e) => page.complaints.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && page.complaints.push(m.text()));
  if (mode) await page.click(`input[name=mode][value=${mode}]`);
  await page.click('#enter');
  await until('diagnostics', () => page.evaluate(() => !!window.airclass));
  return page;
}

for (const [kind, launch] of [['chromium', chromium], ['firefox', firefox]]) {
  describe(kind, { skip: isInstalled(kind) ? false : kind + ' is not installed' }, () => {
    let browser, server, page;
    before(async () => {
      server = await serve();
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      server?.close();
    });

    test('the voice plays, frames are shown, and neither waits long', async () => {
      page = await join(browser, server);
      await until('sound', async () => (await state(page)).voiceClockMs > 0);
      await sawPicture(page, 'video');
      await wait(3000);
      const { framesShown } = await state(page);
      await watchSound(page);
      await assertSounds(page, 3);
      await until('frames', async () => (await state(page)).framesShown > framesShown + 15);
      await isNear(server, page, 4000);
      await assertNoSilence(page, 400);
      const skew = await page.evaluate(() => document.getElementById('voice').currentTime - document.querySelector('video').currentTime);
      assert.ok(Math.abs(skew) < 0.3, `picture and voice are ${skew} s apart`);
    });

    test('when video is withdrawn the voice goes on and a still appears', async () => {
      await watchSound(page);
      server.lesson.setSlide(1);
      server.lesson.setRung('R2', 'weak');
      await sawPicture(page, 'still');
      assert.equal(await statusText(page), '网络较弱：语音和静止画面');
      await assertSounds(page);
      assert.ok((await state(page)).stillsShown >= 1);
      await assertNoSilence(page, 400);
    });

    test('voice only says so and sounds on', async () => {
      server.lesson.setRung('R0', 'weak');
      await sawPicture(page, 'none');
      assert.equal(await statusText(page), '网络较弱：仅语音');
      await assertSounds(page);
    });

    test('video comes back in another size, and changes size at keyframes', async () => {
      for (const [rung, width] of [['R4', 320], ['R6', 640], ['R4', 320]]) {
        server.lesson.setRung(rung, 'good');
        await until(`${width} wide`, () => page.evaluate((w) => document.querySelector('video').videoWidth === w, width));
        await sawPicture(page, 'video');
      }
      const { framesShown } = await state(page);
      await assertSounds(page);
      assert.ok((await state(page)).framesShown > framesShown + 5);
    });

    test('a lost connection resumes where it was', async () => {
      server.lesson.heard.length = 0;
      await watchSound(page);
      const { voiceEndPts } = await state(page);
      server.lesson.cut();
      const hello = await until('hello', async () => server.lesson.heard.find((m) => m.t === 'hello'));
      assert.ok(hello.pts >= voiceEndPts && hello.pts < voiceEndPts + 2000);
      await until('open', async () => (await state(page)).phase === 'open');
      await assertSounds(page);
      await assertNoSilence(page, 1500);
      await sawPicture(page, 'video');
    });

    test('the page made no complaints', () => {
      const own = page.complaints.filter((c) => !/WebSocket|ws:\/\//.test(c)); // a cut connection is reported by the browser
      assert.deepEqual(own, []);
    });
  });
}

describe('in Chromium alone', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, server;
  const fresh = async (options) => {
    server?.close();
    server = await serve();
    return (page = await join(browser, server, options));
  };
  let page;
  before(async () => (browser = await chromium()));
  after(async () => {
    await browser?.close();
    server?.close();
  });

  test('a freeze of the link is got over, and more is kept in hand afterwards', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    await wait(2500);
    const before = (await state(page)).targetMs;
    server.lesson.hold(true);
    await wait(3500);
    server.lesson.hold(false);
    await wait(1000);
    await assertSounds(page);
    const s = await state(page);
    assert.equal(s.voiceStalls, 1);
    assert.ok(s.targetMs > before + 300, `${before} then ${s.targetMs}`);
  });

  test('after an outage too long to be made good it is live again and says so', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    server.lesson.resumeMs = 1000;
    server.isAway = server.lesson.isAway = true;
    server.lesson.cut();
    await until('away', async () => (await statusText(page)).startsWith('连接断了'));
    await wait(6000);
    server.lesson.isAway = false;
    await until('skipped', async () => (await statusText(page)) === '已跳到最新的地方');
    await assertSounds(page);
    await isNear(server, page, 3000);
  });

  test('while the teacher is away the page says so and waits; then the lesson goes on', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    server.lesson.setState('reconnecting');
    await until('words', async () => (await statusText(page)) === '老师正在重新连接…', 2000);
    await wait(3000);
    server.lesson.setState('live');
    await until('live', async () => (await statusText(page)) === '正在直播');
    await wait(1000);
    await assertSounds(page);
    await sawPicture(page, 'video');
    assert.equal((await state(page)).voiceStalls, 0);
  });

  test('a lesson that has not begun begins by itself', async () => {
    server?.close();
    server = await serve();
    server.lesson.state = 'waiting';
    page = await join(browser, server);
    assert.match(await statusText(page), /还没有开始/);
    server.lesson.setState('live');
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    await assertSounds(page);
  });

  test('the connection is there before the tap, and says nothing until then', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/watch/demo');
    await until('a connection', () => server.connections() === 1);
    assert.deepEqual(server.lesson.heard, []);
    await page.click('#enter');
    await until('hello', () => server.lesson.heard.some((m) => m.t === 'hello'));
    await until('sound', () => page.evaluate(() => document.getElementById('voice').currentTime > 0));
    assert.equal(server.connections(), 1);
  });

  test('an early connection that was closed meanwhile is made anew at the tap', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/watch/demo');
    await until('a connection', () => server.connections() === 1);
    server.hangUp();
    await until('its end', () => page.evaluate(() => window.airclass_link.readyState === 3));
    await page.click('#enter');
    await until('sound', () => page.evaluate(() => document.getElementById('voice').currentTime > 0));
  });

  test('sound and stills need no other part of the page, and the parts wait for them', async () => {
    server?.close();
    server = await serve();
    server.lesson.rung = 'R2';
    server.lesson.isStillHeld = true;
    const asked = [];
    page = await browser.open('about:blank');
    await page.route(/\.(js|css)$/, (route) => asked.push(route.request().url()) && route.abort());
    await page.goto(server.origin + '/watch/demo');
    await page.click('#enter');
    await until('sound', () => page.evaluate(() => document.body.classList.contains('sounding')));
    await wait(2000);
    assert.deepEqual(asked, []);
    server.lesson.all((s) => s.sendStill());
    await until('a still', () => page.evaluate(() => document.getElementById('stage').dataset.picture === 'still'));
    await until('the first part', () => asked.length > 0, 3000);
  });

  test('who gets stills never loads what plays video', async () => {
    await fresh({ mode: 'save' });
    const parts = await page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name).join());
    assert.ok(/rest-.*controls-.*device-/.test(parts) && !/video-/.test(parts), parts);
  });

  test('what the lesson will cost is said before the tap, for the mode that is chosen', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/watch/demo');
    assert.equal(await page.textContent('#cost'), '40 分钟约 4–114 MB');
    await page.click('input[value=save]');
    assert.equal(await page.textContent('#cost'), '40 分钟约 5 MB');
    await page.click('#language');
    await until('English', async () => (await page.textContent('#cost')) === 'About 5 MB for 40 minutes');
  });

  test('the menu tells the server, and is remembered', async () => {
    await fresh({ mode: 'save' });
    assert.equal(server.lesson.heard[0].mode, 'save');
    await sawPicture(page, 'still');
    assert.equal(await statusText(page), '省流量：语音和静止画面');
    await page.click('#panel input[name=mode][value=voice]');
    await until('mode', async () => server.lesson.heard.some((m) => m.t === 'mode' && m.mode === 'voice'));
    await sawPicture(page, 'none');
    assert.equal(await page.evaluate(() => localStorage.getItem('airclass.mode')), 'voice');
  });

  test('what the device asks for counts until the pupil has chosen', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/');
    const visit = async (isSaving, change) => {
      await page.addInitScript((saveData) => Object.defineProperty(navigator, 'connection', { value: { saveData }, configurable: true }), isSaving);
      await page.goto(server.origin + '/watch/demo');
      if (change) await page.click(`input[value=${change}]`);
      server.lesson.heard.length = 0;
      await page.click('#enter');
      return (await until('hello', async () => server.lesson.heard[0])).mode;
    };
    assert.equal(await visit(true), 'save');
    assert.equal(await visit(false), 'auto');
    assert.equal(await visit(true, 'auto'), 'auto');
    assert.equal(await visit(true), 'auto');
  });

  test('the lock screen gets a title, a picture and buttons', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/');
    await page.addInitScript(() => {
      window.actions = {};
      MediaSession.prototype.setActionHandler = (name, act) => (window.actions[name] = act);
    });
    await page.goto(server.origin + '/watch/demo');
    await page.click('#enter');
    const { title, artist, size } = await until('metadata', () => page.evaluate(async () => {
      const m = navigator.mediaSession.metadata;
      if (!m || !window.airclass) return undefined;
      const image = new Image();
      image.src = m.artwork[0].src;
      await image.decode();
      return { title: m.title, artist: m.artist, size: image.width };
    }));
    assert.deepEqual([title, artist, size], [server.lesson.title, '空中课堂', 256]);
    await page.evaluate(() => window.actions.pause());
    await until('pause', () => page.evaluate(() => document.getElementById('voice').paused));
    await page.evaluate(() => window.actions.play());
    await until('sound', () => page.evaluate(() => !document.getElementById('voice').paused));
    await assertSounds(page);
  });

  test('frames in parts are shown as whole ones are', async () => {
    server?.close();
    server = await serve();
    server.lesson.partBytes = 700;
    page = await join(browser, server);
    await sawPicture(page, 'video');
    await wait(1000);
    const { framesShown } = await state(page);
    await assertSounds(page, 3);
    assert.ok((await state(page)).framesShown > framesShown + 15);
    assert.deepEqual(page.complaints, []);
  });

  test('a hidden page says so at once', async () => {
    await fresh();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await until('report', async () => server.lesson.heard.some((m) => m.t === 'report' && m.hidden), 1000);
  });

  for (const [code, words] of [[4004, '没有这节课'], [4003, '这个链接不能进入'], [4029, '连接太多了'], [4011, '你已在另一台设备上听课'], [4000, '连接出了问题']]) {
    test(`refused with ${code} it says: ${words}`, async () => {
      server?.close();
      server = await serve();
      server.lesson.refuse = code;
      page = await browser.open(server.origin + '/watch/demo');
      await page.click('#enter');
      await until('notice', () => page.evaluate((w) => !!document.querySelector('.sheet:not([hidden]) h1')
        && [...document.querySelectorAll('.sheet:not([hidden]) h1')].some((h) => h.textContent === w), words));
      assert.ok(await page.evaluate(() => document.activeElement.matches('.notice .main')));
      await wait(1500);
      assert.equal(server.lesson.heard.filter((m) => m.t === 'hello').length, 1, 'it does not come back by itself');
    });
  }

  test('a message that is no message ends the connection with a notice, not the page', async () => {
    await fresh();
    server.lesson.all((s) => s.socket.send(Buffer.from([0x7f, 0, 0, 1, 0])));
    await until('notice', () => page.evaluate(() => [...document.querySelectorAll('.sheet:not([hidden]) h1')].some((h) => h.textContent === '连接出了问题')));
    server.lesson.heard.length = 0;
    await page.click('.sheet:not([hidden]) .main');
    await until('hello', async () => server.lesson.heard.some((m) => m.t === 'hello'));
    await assertSounds(page);
  });

  test('broken video costs the picture, never the voice', async () => {
    await fresh();
    await sawPicture(page, 'video');
    await watchSound(page);
    const good = server.lesson.media.high.frames;
    server.lesson.media.high.frames = good.map((f) => ({ isKey: f.isKey, data: Buffer.alloc(f.data.length, 0xa5) }));
    await wait(6000);
    await assertSounds(page);
    await assertNoSilence(page, 500);
  });

  test('packets of silence without bytes are played as silence', async () => {
    await fresh();
    server.lesson.media.opus = server.lesson.media.opus.map((p, i) => (i % 3 ? Buffer.from(i % 2 ? [0x58] : []) : p));
    await wait(1500);
    await watchSound(page);
    await assertSounds(page, 3);
    await assertNoSilence(page, 500);
    assert.deepEqual(page.complaints, []);
  });

  test('AAC is asked for and played where Opus is not', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/');
    await page.addInitScript(() => {
      const real = MediaSource.isTypeSupported;
      MediaSource.isTypeSupported = (type) => !/opus/.test(type) && real.call(MediaSource, type);
    });
    await page.goto(server.origin + '/watch/demo');
    await page.click('#enter');
    await until('diagnostics', () => page.evaluate(() => !!window.airclass));
    assert.deepEqual(server.lesson.heard[0].can, ['aac', 'h264', 'avif', 'webp', 'ink']);
    await wait(1000);
    await watchSound(page);
    await assertSounds(page, 4);
    await assertNoSilence(page, 300);
  });

  test('a browser that claims Opus and stays silent gets AAC after three seconds', async () => {
    server?.close();
    server = await serve();
    page = await browser.open(server.origin + '/');
    await page.addInitScript(() => {
      const rate = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'playbackRate');
      let isDeaf = false;
      const { addSourceBuffer } = MediaSource.prototype;
      MediaSource.prototype.addSourceBuffer = function (type) {
        isDeaf = /opus/.test(type);
        if (isDeaf) rate.set.call(document.getElementById('voice'), 0);
        return addSourceBuffer.call(this, type);
      };
      Object.defineProperty(HTMLMediaElement.prototype, 'playbackRate', {
        get() { return rate.get.call(this) || 1; },
        set(v) { if (!isDeaf || this.id !== 'voice') rate.set.call(this, v); },
      });
    });
    await page.goto(server.origin + '/watch/demo');
    await page.click('#enter');
    const again = await until('a second hello', async () => server.lesson.heard.filter((m) => m.t === 'hello')[1], 8000);
    assert.ok(!again.can.includes('opus') && again.can.includes('aac'));
    await until('sound', () => page.evaluate(() => window.airclass && window.airclass.voiceClockMs > 0));
    await assertSounds(page);
  });

  const isSeen = (selector) => page.evaluate((s) => [...document.querySelectorAll(s)].some((e) => e.checkVisibility({ checkVisibilityCSS: true })), selector);
  const says = (selector, words) => until(`${selector} says ${words}`, async () => await isSeen(selector) && words.test(await page.textContent(selector)));

  test('in a break there is something to do for the eyes, nothing is asked for, and the lesson goes on by itself', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    server.lesson.rest(272000);
    await says('.rest', /休息一下.*4:[23]\d.*看远处/);
    assert.ok(!await isSeen('.info') && !await isSeen('#panel'));
    await page.click('#language');
    await says('.rest', /Look far away/);
    const asked = [], connections = server.connections();
    page.on('request', (request) => asked.push(request.url()));
    await wait(9000); // longer than a lesson may be silent
    assert.deepEqual(asked, []);
    assert.equal(server.connections(), connections);
    server.lesson.rest(0);
    await until('no break', async () => !await isSeen('.rest'));
    await until('sound again', async () => (await state(page)).voiceBufferedMs > 300);
    await assertSounds(page);
    await sawPicture(page, 'video');
    assert.equal((await state(page)).voiceStalls, 0);
    assert.deepEqual(page.complaints, []);
  });

  test('who comes in during a break sees it, also in full screen, and hears the lesson after it', async () => {
    server?.close();
    server = await serve();
    server.lesson.restMs = 60000;
    page = await join(browser, server);
    await says('.rest', /休息一下/);
    await page.evaluate(() => document.getElementById('stage').requestFullscreen());
    await says('.rest', /0:[1-5]\d/);
    server.lesson.rest(0);
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    assert.ok(!await isSeen('.rest'));
  });

  test('the day\'s minutes are a calm line', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    server.lesson.all((s) => s.text({ t: 'day', group: 54, voice: 0, limit: 60 }));
    await says('.note:last-child p', /还剩 6 分钟/);
    server.lesson.all((s) => s.text({ t: 'day', group: 60, voice: 0, limit: 60, voiceOnly: true }));
    await says('.note:last-child p', /画面停了，声音继续/);
    await assertSounds(page);
  });

  test('what is told beside the lesson is seen in full screen, too, and so is a failure', async () => {
    const isSeenInFull = (selector) => page.evaluate((s) => [...document.fullscreenElement.querySelectorAll(s)].some((e) => e.checkVisibility({ checkVisibilityCSS: true })), selector);
    await fresh();
    await page.waitForSelector('.bar .round');
    await page.evaluate(() => document.getElementById('stage').requestFullscreen());
    server.lesson.all((s) => s.text({ t: 'day', group: 54, voice: 0, limit: 60 }));
    await until('the minutes', () => isSeenInFull('.note p'));
    server.lesson.all((s) => s.text({ t: 'timetable' }));
    await until('the timetable', () => isSeenInFull('.note .quiet'));
    await page.evaluate(() => document.exitFullscreen());
    await until('both are back below the status', () => page.evaluate(() => document.querySelectorAll('.info .note:not([hidden])').length === 2));
    await page.evaluate(() => document.getElementById('stage').requestFullscreen());
    server.lesson.all((s) => s.socket.close(4004, 'no lesson'));
    await until('the failure', () => isSeenInFull('[role=alertdialog] a'));
  });

  test('another timetable is told, and what is left of today is asked for by a tap alone', async () => {
    await fresh();
    await page.evaluate(() => localStorage.setItem('airclass.known', 'pupil'));
    const lesson = (title, hours) => ({ title, start: new Date(Date.now() + hours * 3600000).toISOString(), end: new Date(Date.now() + (hours + 0.6) * 3600000).toISOString() });
    const asked = [];
    await page.route('**/api/v1/me/lessons', (route) => {
      asked.push(route.request().url());
      return asked.length === 1 ? route.abort() : route.fulfill({ json: { items: [lesson('早上的课', -2), lesson('<b>科学', 1)] } });
    });
    server.lesson.all((s) => s.text({ t: 'timetable' }));
    await until('a note', () => isSeen('.note ul'));
    assert.equal(asked.length, 0);
    await page.click('.note:last-child .quiet');
    await until('it is told that it did not come', async () => /再点一次/.test(await page.textContent('.note:last-child')));
    await page.click('.note:last-child .quiet');
    await until('what is left', async () => /今天还有这些课.*<b>科学/.test(await page.textContent('.note:last-child')));
    assert.doesNotMatch(await page.textContent('.note:last-child'), /早上/);
    await page.click('.note:last-child .quiet:last-child');
    await until('it is gone', async () => !await isSeen('.note'));
    await assertSounds(page);
  });

  test('who was put out by a newer device is sent to enter the code, whose other page took over may come back', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    server.lesson.all((s) => s.socket.close(4011, 'another device'));
    await says('[role=alertdialog]', /另一台设备.*输入入班码/);
    assert.equal(await page.getAttribute('[role=alertdialog] a', 'href'), '/enter');
    assert.ok(!await isSeen('[role=alertdialog] button'));
    await fresh();
    await page.route('**/api/v1/me', (route) => route.fulfill({ json: { kind: 'pupil' } }));
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    server.lesson.all((s) => s.socket.close(4011, 'another device'));
    await says('[role=alertdialog]', /另一个页面/);
    await page.click('[role=alertdialog] button');
    await until('open', async () => (await state(page)).phase === 'open');
    await assertSounds(page);
  });

  test('the other language is one tap away and is remembered', async () => {
    await fresh();
    await page.click('#language');
    await until('English', async () => (await statusText(page)) === 'Live');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    assert.ok(await page.evaluate(() => document.getElementById('panel').textContent.includes('Data used')));
    await page.reload();
    await until('English', () => page.evaluate(() => document.querySelector('#enter b').textContent === 'Join the class'));
  });

  test('a lesson that is over leads home, and so does the sign in the head', async () => {
    await fresh();
    await page.waitForSelector('.head a[href="/"]');
    assert.ok(await page.isHidden('#controls > .main'));
    await page.evaluate(() => localStorage.setItem('airclass.known', 'pupil'));
    await page.reload();
    await page.click('#enter');
    server.lesson.setState('ended');
    await page.waitForSelector('#controls > .main[href="/home"]');
    await page.waitForSelector('.head a[href="/home"] b');
  });

  test('mute, volume and full screen work, also by keyboard', async () => {
    await fresh();
    await page.focus('[aria-label=静音]');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.getElementById('voice').muted), true);
    await page.focus('[aria-label=音量]');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.getElementById('voice').muted), false);
    await page.click('[aria-label=全屏]');
    await until('full screen', () => page.evaluate(() => !!document.fullscreenElement || !!document.querySelector('.stage.fill')));
    await page.click('[aria-label=退出全屏]');
    await until('left', () => page.evaluate(() => !document.fullscreenElement && !document.querySelector('.stage.fill')));
    await assertSounds(page);
  });

  test('paused by the device, it offers to go on and is live again', async () => {
    await fresh();
    await until('sound', async () => (await state(page)).voiceClockMs > 0);
    await page.evaluate(() => document.getElementById('voice').pause());
    await page.waitForSelector('.notice');
    await wait(6000);
    await page.click('.notice .main');
    await wait(1500);
    await assertSounds(page);
    await isNear(server, page, 2500);
  });

  test('a lesson with moving pictures and no voice is shown all the same', async () => {
    server?.close();
    server = await serve();
    server.lesson.isMute = true;
    page = await join(browser, server);
    await sawPicture(page, 'video');
    const { framesShown } = await state(page);
    await wait(3000);
    assert.ok((await state(page)).framesShown > framesShown + 15);
  });

  test('a browser that cannot run the page is told so', async () => {
    page = await browser.open('about:blank');
    await page.addInitScript('delete window.URLSearchParams');
    await page.goto(server.origin + '/watch/demo');
    assert.match(await page.textContent('#enter'), /请更新浏览器/);
  });

  test('the front page leads to the lesson that was typed', async () => {
    page = await browser.open(server.origin + '/');
    await page.fill('#lesson', 'not a lesson!');
    await page.click('#enter .main');
    assert.ok(await page.isVisible('#bad'));
    await page.fill('#lesson', 'https://school.example/watch/maths-3#k=secret');
    await page.click('#enter .main');
    await page.waitForURL('**/watch/maths-3#k=secret');
    assert.equal(await page.textContent('#join #lesson'), 'maths-3');
  });
});

describe('behind another tab of Chromium', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, server, page;
  before(async () => {
    server = await serve();
    browser = await chromiumTabs();
    page = await join(browser, server);
    await sawPicture(page, 'video');
    await browser.open('about:blank');
    await until('hidden', () => page.evaluate(() => document.hidden));
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  test('the voice goes on, and the server is told that nobody looks', async () => {
    await assertSounds(page, 5);
    assert.equal((await state(page)).voiceStalls, 0);
    assert.equal(server.lesson.heard.filter((m) => m.t === 'report').at(-1).hidden, true);
  });

  test('a lost connection comes back', async () => {
    server.lesson.heard.length = 0;
    server.lesson.cut();
    await until('hello', async () => server.lesson.heard.some((m) => m.t === 'hello'), 20000);
    await assertSounds(page, 3);
  });

  test('a silence is got over', async () => {
    server.lesson.hold(true);
    await wait(5000);
    server.lesson.hold(false);
    await wait(2000);
    await assertSounds(page, 3);
  });

  test('in front again it is there, picture and all', async () => {
    await page.bringToFront();
    await sawPicture(page, 'video');
    const { framesShown } = await state(page);
    await assertSounds(page, 2);
    assert.ok((await state(page)).framesShown > framesShown + 5);
  });
});
