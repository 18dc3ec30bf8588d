// A city's lesson: one lecturer, classes of three schools, made by the district's office in Chromium, seen and heard in each of the schools.
// browser: a page

import assert from 'node:assert/strict';
import { Visitor } from './lib/door.mjs';
import { PageTeacher, Studio } from './lib/page-teacher.mjs';
import { Server } from './lib/server.mjs';
import { atEnd, run, skip, test, until } from './lib/testing.mjs';
import { harness, whyNot } from './lib/watch-page.mjs';

const PASSWORD = 'four quiet grey herons', SCHOOLS = { 17: '石头乡中心小学', 18: '第二中学', 19: '高山小学' };
const LISTS = {
  'schools.csv': '学校编号,学校名称\n' + Object.entries(SCHOOLS).map(([code, name]) => `${code},${name}\n`).join(''),
  'classes.csv': '学校,班级编号,班级名称,年级\n' + Object.keys(SCHOOLS).map((s) => `${s},5-1,五年级（1）班,5\n${s},6-1,六年级（1）班,6\n`).join(''),
  'people.csv': '学校,编号,姓名,角色,班级\n' + Object.keys(SCHOOLS).map((s) => `${s},p1,学生${s},学生,5-1\n`).join('')
    + '18,t7,王建国,主讲教师,\n17,t7,王建国,主讲教师,\n',
};

/** The office's work that is no part of this. */
async function put(server, path, body = {}, method = 'PUT') {
  const { status, json } = await server.admin(method, '/api/v1/' + path, body);
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}

/** An offset from UTC with which it is about ten o'clock now. */
const OFFSET_MIN = (() => {
  const away = Math.round((600 - Math.floor(Date.now() / 60000) % 1440) / 30) * 30;
  return away < -720 ? away + 1440 : away;
})();

/** Now, on the district's clock. */
const local = () => new Date(Date.now() + OFFSET_MIN * 60000).toISOString();

const says = (page, text) => until(`the page says ${text}`, () => page.evaluate((t) => document.getElementById('app').innerText.includes(t), text));

/** Somebody of the staff in a browser without pages. */
async function signIn(server, school, code, login) {
  const { invite } = await put(server, `schools/${school}/people/${code}/invite`, {}, 'POST'), visitor = new Visitor(server);
  assert.equal((await visitor.ask('POST', '/door/invited', { invite, login, password: PASSWORD })).status, 200);
  return visitor;
}

async function testImport(browser, server) {
  const page = await browser.open('about:blank', { viewport: { width: 360, height: 740 } });
  page.on('dialog', (dialog) => dialog.accept());
  await test('three schools come by lists', async () => {
    const link = await until('the code', () => server.process.lines.map((l) => /\/set-up#code=(\S+)/.exec(l)).find(Boolean));
    await page.goto(`http://localhost:${server.port}${link[0]}`);
    for (const [name, value] of [['name', '刘区长'], ['login', 'liu'], ['password', PASSWORD], ['again', PASSWORD]]) await page.fill(`[name=${name}]`, value);
    await page.click('.primary');
    await page.fill('[name=monday]', '2026-08-31');
    await page.click('.primary');
    await page.waitForURL(/\/office#\/district\/schools$/);
    await put(server, 'calendar', { first_monday: '2026-08-31', utc_offset_min: OFFSET_MIN, holidays: [], swaps: [] });
    await page.goto(`http://localhost:${server.port}/office#/district/import`);
    await page.reload(); // on the district's other clock
    await page.setInputFiles('input[type=file]', Object.entries(LISTS).map(([name, text]) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })));
    await page.click('.primary');
    await page.waitForSelector('.counts');
    await page.click('.primary');
    await says(page, '导入完成');
  });
  return page;
}

/** What a part of its name means, and nothing else, is chosen by Enter. */
async function choose(page, part) {
  await page.waitForSelector('.finder input:focus');
  await page.keyboard.type(part);
  await page.keyboard.press('Enter');
}

/** With a reason, where the rules want one: a lesson of this minute is announced late. */
async function send(page, form, isDone) {
  await page.click(`${form} .primary`);
  if (await until('an answer', async () => await isDone() ? 'done' : await page.$('[name=override]') && 'asked') === 'done') return;
  await page.fill('[name=override]', '天文台只有今天开放');
  await page.click(`${form} .primary`);
  await until('it is done', isDone);
}

async function testMaking(page) {
  await test('the district makes a lesson for a grade of each school, by a lecturer who is found by name, and publishes it', async () => {
    await page.click('nav a[href="#/district/timetable"]');
    await page.click('.bar .row .small:last-child');
    await page.fill('[name=title]', '天文公开课');
    for (const name of Object.values(SCHOOLS)) {
      await page.click('dialog .small.more');
      await choose(page, name.slice(0, 2));
      await page.waitForSelector(`dialog [role=group][aria-label="${name}"]`);
      await page.click('dialog [role=group] .row .small:has-text("5 年级")');
    }
    await says(page, '已选 3 个班');
    await page.click('dialog [id$=lecturer]');
    await choose(page, '第二');
    await page.waitForSelector('.finder label:has-text("第二中学")');
    await choose(page, '王');
    await says(page, '王建国 t7 · 第二中学');
    await page.selectOption('[name=when]', 'once');
    await page.fill('[name=date]', local().slice(0, 10));
    await page.fill('[name=start]', local().slice(11, 16));
    await send(page, 'dialog', async () => !await page.$('dialog'));
    await says(page, '3 所学校 3 个班 · 王建国');
    await send(page, '.halves .card', async () => !await page.$('.block .draft'));
  });
}

async function testSchools(server) {
  await test('each school sees it in its timetable and can’t take its own class out of it', async () => {
    for (const school of Object.keys(SCHOOLS)) {
      await put(server, `schools/${school}/people/a1`, { name: '校长' });
      await put(server, `schools/${school}/people/a1/roles/school_admin`);
      const admin = await signIn(server, school, 'a1', 'head' + school);
      const { json } = await admin.ask('GET', `/timetable?school=${school}&class=5-1`);
      assert.deepEqual(json.items.map((i) => [i.school, i.title, i.classes.length, i.state === 'draft']), [['', '天文公开课', 3, false]]);
      assert.equal((await admin.ask('DELETE', `/schools/-/timetable/${json.items[0].entry}`)).status, 403);
    }
  });
}

async function testAttending(browser, server) {
  const pupils = [];
  for (const school of Object.keys(SCHOOLS)) {
    const { items } = await put(server, `schools/${school}/classes/5-1/codes`, {}, 'POST'), pupil = new Visitor(server);
    assert.equal((await pupil.ask('POST', '/door/enter', { code: items[0].entry_code, device: 'phone' })).status, 200);
    pupils.push({ school, pupil, code: items[0].entry_code });
  }
  await test('when the lecturer teaches, a pupil of each school finds the lesson at home, with the own class, and hears it', async () => {
    const lecturer = await signIn(server, '18', 't7', 'wang'), { json } = await lecturer.ask('GET', '/me/lessons'), [{ id, classes }] = json.items;
    assert.equal(classes.length, 3);
    assert.match((await lecturer.ask('POST', `/me/lessons/${id}/start`)).json.link, /^\/teach#l=/);
    const teacher = new PageTeacher(new Studio());
    await teacher.connect(server, { headers: { cookie: lecturer.cookie } });
    teacher.hello('', { lesson: id });
    await teacher.until('a welcome', () => teacher.welcome);
    teacher.teach({ video: false });
    for (const { school, pupil } of pupils) {
      const [item] = (await pupil.ask('GET', '/me/lessons')).json.items;
      assert.deepEqual([item.id, item.classes.map((c) => c.school)], [id, [school]]);
      const player = await pupil.watch(id);
      await until(`sound in school ${school}`, () => player.voice.packets > 0);
    }
    const phone = await browser.open('about:blank', { viewport: { width: 360, height: 740 } });
    await phone.goto(`http://localhost:${server.port}/enter#${pupils[2].code}`);
    await phone.click('#go');
    await phone.waitForURL(/\/home$/);
    await until('the lesson at home', async () => /天文公开课.*王建国/s.test(await phone.textContent('main')));
    await phone.click('.now .main');
    await phone.waitForURL(/\/watch\//);
    await phone.click('#enter');
    await until('sound on the phone', () => phone.evaluate(() => document.body.className === 'sounding'));
  });
}

async function main() {
  const reason = whyNot('chromium');
  if (reason) return skip('a city’s lesson in Chromium', reason);
  const server = await Server.start({ lessons: [] }), browser = await (await harness()).chromium();
  atEnd(() => browser.close());
  const page = await testImport(browser, server);
  await testMaking(page);
  await testSchools(server);
  await testAttending(browser, server);
}

await run(main);
