// The pages /, /enter and /home with a stand-in for the server, to look at: `node test/home-page.mjs FOLDER [WORD]` takes a picture of each
// state on a phone, a desktop and a TV, in both languages.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from './browser.mjs';
import { lesson, serveHome } from './home-server.mjs';

const PUPIL = { kind: 'pupil', name: '张小雨', school: { code: 's1', name: '石咀中心小学' }, roles: [{ role: 'student', school: 's1', class: '5b', class_name: '五年级（2）班' }], device: 'phone' };
const TEACHER = { kind: 'staff', name: '王建国', code: 't1', school: { code: 's1', name: '石咀中心小学' }, roles: [{ role: 'lecturer', school: 's1' }, { role: 'homeroom', school: 's1', class: '5b', class_name: '五年级（2）班' }] };
const GUARDIAN = { kind: 'staff', name: '张伟', school: null, roles: [], wards: [{ school: 's1', code: 'p1', name: '张小雨', class: '5b', class_name: '五年级（2）班' }, { school: 's1', code: 'p2', name: '张小雪', class: '2a', class_name: '二年级（1）班' }] };
const TODAY = [lesson('语文：桂花雨', -150), lesson('数学：分数的加法和减法', -4, { state: 'live' }), lesson('英语答疑', 90, { kind: 'qa' }),
  lesson('科学：地球的运动', 150, { is_online: false, place: 'elsewhere', link: 'https://tv.example/cetv4' }), lesson('体育', 210, { is_online: false, place: 'school' })];
const LATER = TODAY.map((l) => ({ ...l, id: 'x' + l.id, state: 'planned' })).filter((l) => !/数学/.test(l.title));
const WEEK = [-2, -1, 0, 1, 2].flatMap((d) => [lesson('数学：分数', d * 1440 - 4), lesson('数学：应用题讲评', d * 1440 + 120, { classes: [{ name: '五年级（1）班' }, { name: '五年级（2）班' }] })]);
const minutes = (group, limit = 120, voice = 0) => ({ group, voice, limit, percent: limit ? Math.floor(group * 100 / limit) : null });
const day = (items, more) => ({ items, date: '2026-11-25', ...more });
const lessons = (today, ahead = WEEK) => (url) => (url.searchParams.get('days') ? day(ahead) : today);
const pupil = (today, me = PUPIL) => ({ 'GET me': me, 'GET me/lessons': lessons(today) });

const STATES = {
  front: { path: '/', known: '' },
  'front-known': { path: '/', answers: { 'GET me': PUPIL } },
  enter: { path: '/enter', known: '' },
  'enter-bad': { path: '/enter', known: '', act: (page) => page.fill('#code', 'K7QX-04PM-WH3R') },
  'enter-again': { path: '/enter', answers: { 'GET me': PUPIL } },
  'enter-guest': { path: '/enter', known: '', act: (page) => page.click('#other') },
  'enter-wait': { path: '/enter', known: '', answers: { 'POST door/enter': [429, { error: { code: 'wait' } }, { 'retry-after': '130' }] }, act: enterCode },
  'enter-tv': { path: '/enter', known: '', act: (page) => page.click('#tv') },
  pupil: { answers: pupil(day(TODAY, { minutes: minutes(65, 120, 20) })) },
  'pupil-near': { answers: pupil(day(LATER, { minutes: minutes(112) })) },
  'pupil-full': { answers: pupil(day([], { minutes: minutes(120) }), { ...PUPIL, device: 'tv' }) },
  'pupil-refused': { answers: pupil(day(TODAY)), act: (page) => page.click('.now .main') },
  out: { answers: { 'GET me': [401, { error: { code: 'unauthorized' } }] } },
  nobody: { known: '', answers: { 'GET me': [401, { error: { code: 'unauthorized' } }] } },
  away: { answers: { 'GET me': [0] } },
  leave: { answers: pupil(day([])), act: (page) => page.click('[data-key=leave]') },
  guest: { answers: pupil(day(TODAY), { kind: 'guest', name: '李督学', school: PUPIL.school }) },
  teacher: { answers: { ...pupil(day(TODAY), TEACHER), 'POST me/feed': { url: 'https://class.example/feeds/abcdefghij.ics' } }, act: (page) => page.click('[data-key=feed]') },
  guardian: { answers: { 'GET me': GUARDIAN, 'GET me/lessons': (url) => (url.searchParams.get('ward') === 'p1' ? day(TODAY, { minutes: minutes(115) }) : day([], { minutes: minutes(20, 60) })) } },
};
const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 }, tv: { width: 1920, height: 1080 } };

async function enterCode(page) {
  await page.fill('#code', '11111111111A');
  for (const last of '0123456789ACDEFGHJKMNPQRTVWXY') {
    await page.fill('#code', '11111111111' + last);
    if (await page.locator('#hint.good').count()) break;
  }
  await page.click('#go');
}

const [folder = '/tmp/home-pages', word = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium();
for (const [name, { path = '/home', answers = {}, known = 'pupil', act }] of Object.entries(STATES)) {
  if (!name.includes(word)) continue;
  const server = await serveHome(answers);
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const lang of ['zh', 'en']) {
      const page = await browser.open('about:blank', { viewport });
      await page.addInitScript(`localStorage.setItem('airclass.lang','${lang}');localStorage.setItem('airclass.known','${known}')`);
      page.on('pageerror', (e) => console.log(name, String(e)));
      await page.goto(server.origin + path);
      await page.waitForTimeout(300);
      if (act) await act(page);
      await page.waitForTimeout(200);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) console.log(`${name} ${size} ${lang}: ${wide} px too wide`);
      await page.screenshot({ path: join(folder, `${name}-${size}-${lang}.png`), fullPage: true });
      await page.context().close();
    }
  }
  server.close();
}
await browser.close();
