// The layout of the teach page in Chromium, state by state, with a stand-in for the broadcast. The whole of it: tests/e2e/50-teach-page.mjs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, isInstalled } from '../browser.mjs';
import { faults } from '../faults.mjs';
import { openState, serveTeachPage, STATES } from '../teach-page.mjs';

describe('the teach page', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, served;
  before(async () => {
    browser = await chromium();
    served = await serveTeachPage();
  });
  after(async () => {
    await browser.close();
    served.close();
  });
  const open = (name, options) => openState(browser, served.url, name, options);
  const text = (page, selector) => page.textContent(selector);

  for (const [width, height] of [[360, 740], [1280, 800]]) {
    for (const locale of ['zh-CN', 'en-US']) {
      test(`every state is whole at ${width} px in ${locale}`, async () => {
        for (const name of Object.keys(STATES)) {
          const page = await open(name, { viewport: { width, height }, locale });
          const blank = await page.$$eval('select', (lists) => lists.filter((list) => list.options.length && list.selectedIndex < 0).map(({ id }) => id));
          assert.deepEqual([...await page.evaluate(faults), ...page.complaints, ...blank], [], name);
          await page.context().close();
        }
      });
    }
  }

  test('muted can\'t be mistaken: another word, another colour, pressed, and the status says so', async () => {
    const page = await open('air'), colour = () => page.$eval('#mute', (e) => getComputedStyle(e).backgroundColor);
    const before = [await text(page, '#muteState'), await colour()];
    await page.click('#mute');
    await page.waitForFunction(() => document.getElementById('mute').getAttribute('aria-pressed') === 'true');
    const after = [await text(page, '#muteState'), await colour()];
    assert.ok(before.every((b, i) => b !== after[i]));
    assert.match(await text(page, '#status'), /已静音/);
    await page.evaluate(() => (window.fake.loudness = 0.8));
    await page.waitForSelector('#notes .note.bad'); // speaking all the same
    await page.context().close();
  });

  test('what was written over a picture lies on that picture after a reload, too', async () => {
    const page = await open('air'), colour = () => page.$eval('#pad', (e) => [...e.getContext('2d').getImageData(20, 20, 1, 1).data].slice(0, 3));
    await page.waitForFunction(() => document.getElementById('self').videoWidth > 0);
    await page.click('#tools button:last-child');
    await page.waitForSelector('#stage[data-base=picture]');
    await page.waitForTimeout(200);
    const before = await colour();
    await page.evaluate(() => (sessionStorage.ground = '#c00000')); // what the camera shows by then
    await page.reload();
    await page.click('#allow');
    await page.waitForSelector('#allow', { state: 'hidden' });
    await page.evaluate((view) => window.fake.set(view), STATES.air.view);
    await page.waitForFunction(() => document.getElementById('self').videoWidth > 0);
    await page.evaluate(() => window.fake.board([0, 7, 1, 0, 0, 1, 0, 1, 12, 100, 4, 0, 3]));
    await page.waitForSelector('#stage[data-base=picture]');
    await page.waitForTimeout(300);
    const after = await colour();
    assert.ok(before.every((c, i) => Math.abs(c - after[i]) < 8), `${before} and then ${after}`);
    await page.context().close();
  });

  test('the end is asked for once, and staying is the answer at hand', async () => {
    const page = await open('air'), calls = () => page.evaluate(() => window.fake.calls);
    await page.click('#end');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'askNo');
    await page.keyboard.press('Enter');
    assert.ok(!(await calls()).includes('end'));
    await page.click('#end');
    await page.keyboard.press('Escape');
    await page.click('#end');
    await page.click('#askYes');
    assert.equal((await calls()).filter((c) => c === 'end').length, 1);
    await page.context().close();
  });

  test('who ends the lesson while the line is away is told that pupils don\'t know yet, and when they do', async () => {
    const page = await open('away'), note = () => text(page, '#notes .note.calm');
    await page.click('#end');
    await page.click('#askYes');
    await page.waitForSelector('#notes .note.calm');
    assert.match(await note(), /学生还不知道/);
    await page.evaluate(() => window.fake.set({ phase: 'open' }));
    await page.waitForFunction(() => /已经看到/.test(document.getElementById('notes').textContent));
    await page.context().close();
  });

  test('without a connection a rehearsal says that, at once, and blames no microphone', async () => {
    const page = await open('ready');
    await page.evaluate(() => {
      window.fake.uplinkKbps = 0;
      window.fake.set({ phase: 'away' });
    });
    await page.click('#rehearse');
    await page.click('#trialGo');
    await page.waitForSelector('.verdicts', { timeout: 10000 });
    assert.match(await text(page, '.verdicts'), /检查网络/);
    assert.doesNotMatch(await text(page, '.verdicts'), /听不到声音/);
    await page.context().close();
  });

  test('the keyboard reaches everything, the big button last', async () => {
    const page = await open('ready', { viewport: { width: 1280, height: 800 } }), reached = [];
    await page.focus('#language');
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName));
      if (reached[reached.length - 1] === 'go') break;
    }
    assert.equal(reached.filter((id) => id === 'tile').length, 5);
    for (const id of ['camera', 'microphone', 'watch', 'breakAfter', 'SUMMARY', 'rehearse', 'go']) assert.ok(reached.includes(id), id + ' of ' + reached);
    await page.context().close();
  });

  test('a break is offered, and agreed to for another forty minutes', async () => {
    const page = await open('break');
    assert.match(await text(page, '#notes'), /40 分钟/);
    await page.click('#notes .note button:last-child');
    await page.waitForSelector('#notes .note', { state: 'detached' });
    await page.context().close();
  });

  test('a break begins and ends by keyboard, and the focus goes with it', async () => {
    const page = await open('break'), at = () => page.evaluate(() => document.activeElement.id);
    await page.focus('#rest5');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'restEnd');
    assert.equal(await text(page, '#restLeft'), '5:00');
    assert.match(await text(page, '#status'), /课间休息/);
    await page.waitForSelector('#notes .note', { state: 'detached' });
    await page.keyboard.press('Enter');
    await page.waitForSelector('#resting', { state: 'hidden' });
    assert.equal(await at(), 'rest5');
    assert.deepEqual(await page.evaluate(() => window.fake.calls.filter((c) => /^rest/.test(c))), ['rest 5', 'rest 0']);
    await page.context().close();
  });

  test('what the microphone or the camera refuses is said in words, with a way on', async () => {
    const page = await open('first');
    await page.evaluate(() => (window.fake.refusal = { what: 'microphone', why: 'denied' }));
    await page.click('#go');
    await page.waitForSelector('#notes .note[role=alert]');
    assert.match(await text(page, '#notes .note'), /麦克风.*允许/);
    await page.evaluate(() => (window.fake.refusal = undefined));
    await page.click('#notes .note button');
    await page.waitForFunction(() => window.fake.view.isTeaching);
    await page.waitForSelector('#notes .note', { state: 'detached' });
    await page.context().close();
  });

  test('another microphone than the one that was chosen is named, in the list, too', async () => {
    const page = await open('air');
    await page.selectOption('#microphone', 'b');
    await page.waitForFunction(() => window.fake.microphoneId === 'b' && document.getElementById('microphone').value === 'b');
    assert.equal(await text(page, '#notes'), '');
    await page.evaluate(() => (window.fake.microphoneId = 'a')); // b was unplugged
    await page.waitForSelector('#notes .note.warn');
    assert.match(await text(page, '#notes'), /内置麦克风/);
    assert.equal(await page.inputValue('#microphone'), 'a');
    await page.click('#notes .note button');
    await page.waitForSelector('#notes .note', { state: 'detached' });
    await page.context().close();
  });

  test('where the browser takes its permission back, no microphone is said to be in the place of the old one', async () => {
    const page = await open('air');
    await page.evaluate(() => {
      window.fake.devices = async () => ({ microphones: [{ id: '', label: '' }], cameras: [] }); // as browsers list those that one may not know
      window.fake.microphoneId = '';
      window.fake.set({ troubles: [{ what: 'microphone', why: 'denied' }] });
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    });
    await page.waitForFunction(() => document.getElementById('microphone').options.length === 1);
    await page.waitForTimeout(300);
    assert.match(await text(page, '#notes'), /麦克风的权限/);
    assert.doesNotMatch(await text(page, '#notes'), /原来的麦克风/);
    await page.context().close();
  });

  test('a microphone that gives nothing for long is told of where everybody looks', async () => {
    const page = await open('air');
    await page.evaluate(() => (window.fake.loudness = 0));
    await page.waitForSelector('#notes .note.warn');
    assert.match(await text(page, '#notes'), /几乎没有声音/);
    await page.evaluate(() => (window.fake.loudness = 0.6));
    await page.waitForSelector('#notes .note', { state: 'detached' });
    await page.context().close();
  });

  test('a file that can\'t be opened, or none, leaves the picture that is shown, and what is remembered', async () => {
    const page = await open('air'), width = () => page.$eval('#shown', (e) => e.naturalWidth), kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('airclass.teach') || '{}').kind);
    await page.click('#sources .tile:nth-last-child(3)');
    assert.equal(await kept(), undefined);
    const buffer = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVQI12P4DwQACfsD/Q3eKvgAAAAASUVORK5CYII=', 'base64');
    await page.setInputFiles('#file', { name: 'a.png', mimeType: 'image/png', buffer });
    await page.waitForFunction(() => document.getElementById('shown').naturalWidth > 0);
    const before = await width();
    assert.equal(await kept(), 'picture');
    await page.evaluate(() => (window.fake.refusal = { what: 'picture', why: 'unreadable' }));
    await page.setInputFiles('#file', { name: 'b.heic', mimeType: 'image/heic', buffer: Buffer.from('no picture') });
    await page.waitForSelector('#notes .note.warn');
    assert.equal(await width(), before);
    await page.context().close();
  });

  test('a page that is full says so instead of writing nothing, and offers another; after fifty there is none', async () => {
    const page = await open('board');
    await page.evaluate(() => {
      const pad = document.getElementById('pad'), { left, top, width, height } = pad.getBoundingClientRect();
      const say = (type, i) => pad.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, clientX: left + i * 0.61 % width, clientY: top + 40 + i % 2 * 9 }));
      pad.setPointerCapture = () => undefined;
      for (let i = 0; i < 11000; i++) say(i % 8 ? i % 8 === 7 ? 'pointerup' : 'pointermove' : 'pointerdown', i);
    });
    await page.waitForSelector('#notes .note.warn');
    assert.match(await text(page, '#notes'), /写满/);
    await page.click('#notes .note button');
    await page.waitForSelector('#notes .note', { state: 'detached' });
    for (let i = 2; i < 50; i++) await page.click('#tools [aria-label=加一页]');
    await page.waitForFunction(() => document.querySelector('#tools [aria-label=加一页]').disabled);
    assert.match(await text(page, '#tools'), /50\/50/);
    await page.context().close();
  });

  test('a lesson that was interrupted goes on with one click', async () => {
    const page = await open('continue');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'sheetYes');
    await page.click('#sheetYes');
    await page.waitForFunction(() => window.fake.calls.includes('start'));
    await page.waitForSelector('#sheet', { state: 'hidden' });
    await page.context().close();
  });

  test('the stream key is masked until it is asked for', async () => {
    const page = await open('rtmp'), type = () => page.$eval('#rtmpKey', (e) => e.type);
    assert.equal(await type(), 'password');
    await page.click('#rtmpShow');
    await page.waitForFunction(() => document.getElementById('rtmpKey').type === 'text');
    assert.equal(await page.inputValue('#rtmpKey'), 'a-key-to-look-with');
    await page.context().close();
  });

  test('what is pasted becomes the key, and nonsense is refused', async () => {
    const page = await open('key');
    await page.fill('#sheetKey', 'nonsense!');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#sheetBad:not([hidden])');
    await page.fill('#sheetKey', served.url.replace(/=.*/, '=another-key-here'));
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#k=another-key-here' && window.fake?.calls.includes('open'));
    await page.context().close();
  });
});
