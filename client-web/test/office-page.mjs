// The pages of the office against the stand-in: `node test/office-page.mjs FOLDER [WORD]` takes a picture of each state, on a phone and on a
// desktop, in both languages.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from './browser.mjs';
import { serveOffice } from './fake-office.mjs';

/** Who is where; `act` is done to the page afterwards. Buttons are pressed by their place, not their language. */
export const STATES = {
  'sign-in': { url: '/sign-in' },
  'wrong-password': { url: '/sign-in', act: async (page) => { await page.fill('[name=login]', 'liu'); await page.fill('[name=password]', 'no'); await page.click('.primary'); await page.waitForSelector('.note.bad'); } },
  totp: { url: '/sign-in', act: async (page) => { await page.fill('[name=login]', 'zhang'); await page.fill('[name=password]', 'correct horse'); await page.click('.primary'); await page.waitForSelector('[name=totp]'); } },
  invited: { url: '/sign-in#invite=good', act: async (page) => { await page.fill('[name=login]', 'new'); await page.fill('[name=password]', 'short'); await page.click('.primary'); await page.waitForSelector('.fault'); } },
  'set-up': { url: '/set-up#code=K7QX-04PM-WH3R' },
  schools: { who: 'district', url: '/office#/district/schools' },
  'school-new': { who: 'district', url: '/office#/district/schools', act: async (page) => { await page.click('.title button'); await page.click('dialog .primary'); await page.waitForSelector('dialog .fault'); } },
  'school-remove': { who: 'district', url: '/office#/district/schools', act: async (page) => { await page.click('.small.danger'); await page.click('dialog .primary'); await page.waitForSelector('dialog .note'); } },
  staff: { who: 'district', url: '/office#/district/staff' },
  calendar: { who: 'district', url: '/office#/district/calendar' },
  policy: { who: 'district', url: '/office#/district/policy', act: async (page) => { await page.fill('textarea', '[rule all]\nlunch = no\n'); await page.click('.primary'); await page.waitForSelector('.fault'); } },
  audit: { who: 'district', url: '/office#/district/audit' },
  settings: { who: 'district', url: '/office#/district/settings' },
  classes: { who: 'school', url: '/office#/schools/17/classes' },
  people: { who: 'school', url: '/office#/schools/17/people' },
  teacher: { who: 'school', url: '/office#/schools/17/people/t1' },
  'add-role': { who: 'school', url: '/office#/schools/17/people/t1', act: async (page) => { await page.click('.card .title .small'); await page.selectOption('dialog select', 'tutor'); await page.waitForSelector('dialog [name=klass]'); } },
  invite: { who: 'school', url: '/office#/schools/17/people/t1', act: async (page) => { await page.click('.form .primary'); await page.waitForSelector('dialog'); } },
  pupil: { who: 'school', url: '/office#/schools/17/people/p1' },
  erase: { who: 'school', url: '/office#/schools/17/people/p1', act: async (page) => { await page.click('.plain.danger'); await page.waitForSelector('dialog'); } },
  guardian: { who: 'school', url: '/office#/schools/17/people/g1' },
  import: { who: 'school', url: '/office#/schools/17/import', act: async (page) => { await page.click('.primary'); await page.waitForSelector('.fault'); } },
  sheets: { who: 'school', url: '/office#/schools/17/import', act: async (page) => { await page.setInputFiles('input[type=file]', { name: 'people.xlsx', mimeType: '', buffer: Buffer.from('x') }); await page.click('.primary'); await page.waitForSelector('select'); } },
  report: { who: 'school', url: '/office#/schools/17/import', act: (page) => check(page, 'code,name\n') },
  refused: { who: 'school', url: '/office#/schools/17/import', act: (page) => check(page, 'bad\n') },
  export: { who: 'school', url: '/office#/schools/17/export' },
  timetable: { who: 'school', url: '/office#/schools/17/timetable' },
  lesson: { who: 'school', url: '/office#/schools/17/timetable', act: (page) => page.click('.block') },
  clash: { who: 'school', url: '/office#/schools/17/timetable', act: async (page) => { await page.click('.bar .row .small:last-child'); await page.fill('[name=title]', '撞课'); await page.click('dialog .primary'); await page.waitForSelector('dialog .note.bad'); } },
  city: { who: 'district', url: '/office#/district/timetable' },
  'city-lesson': { who: 'district', url: '/office#/district/timetable', act: (page) => page.click('.block') },
  'city-classes': { who: 'district', url: '/office#/district/timetable', act: async (page) => { await page.click('.block'); await page.click('dialog .items .small[aria-expanded]'); await page.waitForSelector('dialog .choices'); } },
  'city-school': { who: 'district', url: '/office#/district/timetable', act: async (page) => { await page.click('.bar .row .small:last-child'); await page.click('dialog .small.more'); await page.waitForSelector('.found button'); } },
  'city-teacher': { who: 'district', url: '/office#/schools/17/timetable', act: async (page) => { await page.click('.bar .row .small:last-child'); await page.click('dialog [id$=lecturer]'); await page.waitForSelector('.found button'); } },
  'city-facts': { who: 'school', url: '/office#/schools/17/timetable', act: async (page) => { await page.click('.block:has-text("天文")'); await page.waitForSelector('.facts'); } },
  'city-import': { who: 'district', url: '/office#/district/timetable', act: (page) => page.click('summary') },
  override: { who: 'school', url: '/office#/schools/17/timetable', act: async (page) => { await page.click('.bar .row .small:last-child'); await page.fill('[name=title]', '答疑'); await page.fill('[name=start]', '20:00'); await page.click('dialog .primary'); await page.waitForSelector('[name=override]'); } },
  closures: { who: 'school', url: '/office#/schools/17/closures' },
  roster: { who: 'homeroom', url: '/office' },
  feed: { who: 'homeroom', url: '/office', act: async (page) => { await page.click('.card .primary'); await page.waitForSelector('.card input.code'); } },
  codes: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/codes' },
  sheet: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/codes', act: async (page) => { await page.click('.primary'); await page.waitForSelector('.paper'); } },
  reset: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/codes', act: async (page) => { await page.click('td .small'); await page.click('dialog .primary'); await page.waitForSelector('dialog .qr'); } },
  guardians: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/guardians' },
  invitations: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/guardians', act: async (page) => { await page.click('.primary'); await page.waitForSelector('.paper'); } },
  guests: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/guests', act: async (page) => { await page.click('.title .small'); await page.fill('[name=name]', '督学家长'); await page.click('dialog .primary'); await page.waitForSelector('dialog .qr'); } },
  roll: { who: 'homeroom', url: '/office#/schools/17/classes/3-1/roll' },
  account: { who: 'district', url: '/office#/account' },
  'account-totp': { who: 'district', url: '/office#/account', act: async (page) => { await page.click('.halves .card:nth-child(2) .primary'); await page.waitForSelector('dialog .qr'); } },
  'today-district': { who: 'patrol', url: '/office' },
  today: { who: 'patrol', url: '/office#/schools/17/today' },
  'patrol-school': { who: 'patrol', url: '/office#/schools/17/classes' },
  'patrol-person': { who: 'patrol', url: '/office#/schools/17/people/p1' },
  missing: { who: 'school', url: '/office#/district/policy' },
  several: { who: 'district', url: '/office', act: async () => undefined },
};

async function check(page, text) {
  await page.setInputFiles('input[type=file]', { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.click('.primary');
  await page.waitForSelector('.counts');
}

/** A page whose faults and foreign requests are noted. `options` as for a browser context. */
export async function watched(browser, office, options) {
  const page = await browser.open('about:blank', options);
  page.complaints = [];
  page.foreign = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && page.complaints.push(message.text()));
  page.on('dialog', (dialog) => dialog.accept());
  page.on('request', (request) => !request.url().startsWith(office.origin) && !/^(data|blob|about):/.test(request.url()) && page.foreign.push(request.url()));
  return page;
}

/** Brings a page into a state. */
export async function showOffice(page, office, name) {
  const { who, url, act } = STATES[name];
  office.reset();
  if (who) office.enter(who);
  await page.goto('about:blank');
  await page.goto(office.origin + url);
  await page.waitForSelector('h1');
  await settled(page);
  if (act) await act(page);
  await settled(page);
}

/** A page of its own in that state. */
export async function openOffice(browser, office, name, options) {
  const page = await watched(browser, office, options);
  await showOffice(page, office, name);
  return page;
}

const DEADLINE = 30000;

/** Waits until `claim` holds in the page; asked from outside, since the policy lets nobody evaluate within. */
export async function until(page, claim, arg) {
  for (const end = Date.now() + DEADLINE; Date.now() < end; await page.waitForTimeout(30)) {
    if (await page.evaluate(claim, arg).catch(() => false)) return;
  }
  throw new Error('never came true: ' + claim);
}

/** Nothing is awaited any more. */
export const settled = (page) => until(page, () => document.querySelector('h1') && !document.querySelector('.waiting, [aria-busy=true]'));

async function pictures(folder, word) {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium(), office = await serveOffice();
  for (const [width, height, locale] of [[360, 740, 'zh-CN'], [1280, 800, 'zh-CN'], [360, 740, 'en-US'], [1280, 800, 'en-US']]) {
    const page = await watched(browser, office, { viewport: { width, height }, locale });
    for (const name of Object.keys(STATES).filter((n) => !word || n.includes(word))) {
      await showOffice(page, office, name);
      await page.screenshot({ path: join(folder, `${name}-${width}-${locale.slice(0, 2)}.png`), fullPage: !await page.$('dialog') });
    }
    if (page.complaints.length || page.foreign.length) console.log(page.complaints, page.foreign);
  }
  await browser.close();
  office.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await pictures(process.argv[2], process.argv[3]);
