// /enter, /home and the front page in Chromium, against a stand-in for the server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, isInstalled } from '../browser.mjs';
import { lesson, NOON, serveHome } from '../home-server.mjs';

const CODE = 'C5XD-WVD1-N9DV';
const PUPIL = { kind: 'pupil', name: '张小雨', school: { code: 's1', name: '石咀小学' }, roles: [{ role: 'student', class_name: '五（2）班' }], device: 'phone' };
const TEACHER = { kind: 'staff', name: '王建国', school: { code: 's1', name: '石咀小学' }, code: 't1', roles: [{ role: 'lecturer', school: 's1' }] };
const NOBODY = [401, { error: { code: 'unauthorized', message: '' } }];
const day = (...items) => ({ date: '2026-11-25', items });
const ON = lesson('分数的加法', -4);

describe('enter and home in Chromium', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, server, page, clock = NOON;
  before(async () => {
    browser = await chromium({ viewport: { width: 360, height: 740 } });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(path, answers, { known = true, ...options } = {}) {
    await page?.context().close();
    server?.close();
    server = await serveHome(answers, () => clock);
    page = await browser.open('about:blank', options);
    page.complaints = [];
    page.on('pageerror', (e) => page.complaints.push(String(e)));
    if (known) await page.addInitScript("if (localStorage.getItem('airclass.known') === null) localStorage['airclass.known'] = 'pupil'");
    await page.goto(server.origin + path);
  }
  async function says(pattern, selector = 'main') {
    const all = new RegExp(pattern, 's'), said = () => page.$$eval(selector, (list) => list.map((e) => e.textContent).join());
    const end = Date.now() + 15000;
    while (!all.test(await said())) {
      if (Date.now() > end) assert.fail(`never: ${pattern}; ${selector} says: ${await said()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const times = (what) => server.asked.filter((a) => a.what === what).length;

  test('a newcomer’s front page asks the server nothing, and shows the ways in', async () => {
    await open('/', {}, { known: false });
    assert.deepEqual(await page.$$eval('#ways a', (list) => list.map((a) => a.pathname)), ['/enter', '/sign-in']);
    assert.equal(server.asked.length, 0);
    assert.ok(await page.isHidden('#back'));
  });

  test('a slip in the code is told while it is typed, and not sent', async () => {
    await open('/enter', {}, { known: false });
    await page.type('#code', 'c5xdwvd1n9dx');
    assert.equal(await page.inputValue('#code'), 'C5XD-WVD1-N9DX');
    await says(/打错了/, '#hint');
    await page.click('#go');
    assert.equal(times('POST door/enter'), 0);
  });

  test('a scanned code needs one tap, leaves the address, and leads home', async () => {
    await open('/enter#' + CODE, { 'POST door/enter': PUPIL, 'GET me': PUPIL, 'GET me/lessons': day(ON) }, { known: false });
    assert.equal(new URL(page.url()).hash, '');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/home');
    assert.deepEqual(server.asked.find((a) => a.what === 'POST door/enter').body, { code: CODE.replace(/-/g, ''), device: 'phone' });
    await says(/张小雨，你好/);
  });

  test('a refusal stays on the page with what to do', async () => {
    await open('/enter#' + CODE, { 'POST door/enter': [429, { error: { code: 'wait' } }, { 'retry-after': '20' }] }, { known: false });
    await page.click('#go');
    await says(/请等 20 秒/, '#bad');
    await page.click('#other');
    server.answers['POST door/guest'] = NOBODY;
    await page.click('#go');
    await says(/访客码已经失效/, '#bad');
  });

  test('a scanned day pass opens the guests’ door', async () => {
    const guest = { kind: 'guest', name: '李督学', school: PUPIL.school, roles: [] };
    await open('/enter#guest=' + CODE, { 'POST door/guest': guest, 'GET me': guest, 'GET me/lessons': day(ON) }, { known: false });
    await says(/访客进入/);
    await page.click('#go');
    await says(/李督学，你好.*只能看/);
    assert.deepEqual(server.asked[0].body, { code: CODE.replace(/-/g, '') });
  });

  test('the remote’s arrows type a code on a TV', async () => {
    await open('/enter', { 'POST door/enter': PUPIL, 'GET me': PUPIL, 'GET me/lessons': day() },
      { known: false, viewport: { width: 1920, height: 1080 }, userAgent: 'Mozilla/5.0 (Linux; Android 9; MiTV-MSSP1) AppleWebKit/537.36 Chrome/68.0' });
    const letters = await page.$$eval('#keypad button', (keys) => keys.map((k) => k.textContent));
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    await page.focus('#code');
    await page.keyboard.press('ArrowDown');
    for (const letter of CODE.replace(/-/g, '')) {
      const place = (l) => [Math.floor(letters.indexOf(l) / 10), letters.indexOf(l) % 10], to = place(letter);
      for (let from = place(await focused()), i = 0; i < 20 && from.join() !== to.join(); i++, from = place(await focused())) {
        const key = from[0] !== to[0] ? (to[0] > from[0] ? 'ArrowDown' : 'ArrowUp') : to[1] > from[1] ? 'ArrowRight' : 'ArrowLeft';
        await page.keyboard.press(key);
      }
      await page.keyboard.press('Enter');
    }
    assert.equal(await page.inputValue('#code'), CODE);
    for (let i = 0; i < 8 && (await page.evaluate(() => document.activeElement.id)) !== 'go'; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/home');
    assert.equal(server.asked.find((a) => a.what === 'POST door/enter').body.device, 'tv');
  });

  test('the big button leads a pupil to the lesson that is on', async () => {
    await open('/home', { 'GET me': PUPIL, 'GET me/lessons': day(ON), [`GET me/lessons/${ON.id}`]: { link: '/watch/l4' } });
    await says(/正在上课.*分数的加法.*省流量约 5 MB/, '.now');
    await page.click('.now .main');
    await page.waitForURL('**/watch/l4');
  });

  test('the server’s clock counts, whatever the device’s says', async () => {
    clock = NOON + 3600000;
    await open('/home', { 'GET me': PUPIL, 'GET me/lessons': day(ON, lesson('英语', 120)) });
    await says(/下一节课.*英语.*今天 14:00/, '.next');
    clock = NOON;
  });

  test('with no more lessons today, the next day that has some is told', async () => {
    await open('/home', { 'GET me': PUPIL, 'GET me/lessons': (url) => (url.searchParams.get('days') ? day(lesson('英语', 1440)) : day()) });
    await says(/下一节课.*英语.*明天 12:00/, '.next');
    assert.ok(server.asked.some((a) => a.query === '?date=2026-11-26&days=7'), JSON.stringify(server.asked));
  });

  test('who is close to the day’s limit is warned above the lessons', async () => {
    await open('/home', { 'GET me': PUPIL, 'GET me/lessons': { ...day(lesson('英语', 120)), minutes: { group: 54, voice: 10, limit: 60, percent: 90 } } });
    await says(/还剩 6 分钟/, '.warning');
    assert.ok(await page.evaluate(() => document.querySelector('.minutes').offsetTop < document.querySelector('.rows').offsetTop));
  });

  test('who was replaced by another device is told so, and is no longer known here', async () => {
    await open('/home', { 'GET me': NOBODY, 'GET me/lessons': NOBODY });
    await says(/这台设备已经退出.*另一部手机/);
    assert.equal(await page.getAttribute('main .main', 'href'), '/enter');
    await page.goto(server.origin + '/');
    await page.waitForLoadState('networkidle');
    assert.equal(times('GET me'), 1, 'the front page asks no more');
  });

  test('a server that comes back is found again without a tap, and the lessons seen before stay meanwhile', async () => {
    await open('/home', { 'GET me': PUPIL, 'GET me/lessons': day(ON) });
    await says(/分数的加法/);
    server.answers['GET me'] = [0];
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await says(/连不上服务器.*分数的加法/);
    server.answers['GET me'] = PUPIL;
    await says(/^(?!.*连不上服务器)/);
  });

  test('signing out asks first, and the focus is not lost', async () => {
    await open('/home', { 'GET me': PUPIL, 'GET me/lessons': day(), 'POST door/sign-out': {} });
    await page.focus('[data-key=leave]');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), '不退出');
    await page.click('[data-key=signOut]');
    await page.waitForURL((url) => url.pathname === '/');
    assert.equal(times('GET me'), 1, 'the front page asks no more');
  });

  test('a teacher starts today’s lesson, and leafs through the weeks', async () => {
    await open('/home', { 'GET me': TEACHER, 'GET me/lessons': day(ON), [`POST me/lessons/${ON.id}/start`]: { link: '/teach#k=abcdefgh' } });
    await says(/五年级（2）班/, '.now');
    await page.click('[data-key=following]');
    await says(/11\/30–12\/6/);
    assert.ok(server.asked.some((a) => a.query === '?date=2026-11-30&days=7'));
    await page.click('.now .main');
    await page.waitForURL('**/teach#k=abcdefgh');
  });

  test('a guardian sees each child’s lessons and minutes', async () => {
    const wards = [{ school: 's1', code: 'p1', name: '小雨', class_name: '五（2）班' }, { school: 's1', code: 'p2', name: '小雪', class_name: '二（1）班' }];
    const byWard = { p1: { ...day(ON), minutes: { group: 55, voice: 0, limit: 60, percent: 91 } }, p2: day() };
    await open('/home', { 'GET me': { ...TEACHER, roles: [], wards }, 'GET me/lessons': (url) => byWard[url.searchParams.get('ward')] || day() });
    await says(/小雨.*五（2）班.*今天网课 55 分钟，每天最多 60 分钟.*还剩 5 分钟.*分数的加法.*省流量约 5 MB.*小雪.*今天没有课/);
    assert.deepEqual(page.complaints, []);
  });

  test('names and titles are text, whatever they hold', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202e';
    await open('/home', { 'GET me': { ...PUPIL, name: evil }, 'GET me/lessons': day(lesson(evil, -4), lesson('x', 200, { is_online: false, link: 'javascript:alert(1)' })) });
    await says(/<img src=x/);
    assert.equal(await page.$$eval('main img, main a[href^=javascript]', (list) => list.length), 0);
  });
});
