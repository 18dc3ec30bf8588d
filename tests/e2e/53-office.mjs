// The office in real Chromium against the real server: from the code on the console to a pupil who is in, and out again.
// browser: a page

import assert from 'node:assert/strict';
import { Server } from './lib/server.mjs';
import { atEnd, run, skip, test, until } from './lib/testing.mjs';
import { harness, whyNot } from './lib/watch-page.mjs';
import { workbook } from './lib/workbook.mjs';

const PASSWORD = 'four quiet grey herons';
const PUPILS = 12;
const LISTS = {
  'schools.csv': '学校编号,学校名称\n17,石头乡中心小学\n',
  'classes.csv': '学校,班级编号,班级名称,年级\n17,3-1,三年级（1）班,3\n17,3-2,三年级（2）班,3\n',
  'people.csv': '学校,编号,姓名,角色,班级\n17,t1,李老师,班主任,3-1\n'
    + Array.from({ length: PUPILS }, (_, i) => `17,p${i + 1},${i ? '学生' + '一二三四五六七八九十百千'[i] : '<b>王小明</b>'},学生,3-1\n`).join(''),
};
/** As a browser hands them over; where the name says so, as a workbook. */
const asFiles = (lists) => Object.entries(lists).map(([name, text]) => (/\.xlsx$/.test(name)
  ? { name, mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook(text) }
  : { name, mimeType: 'text/csv', buffer: Buffer.from(text) }));

/** A person at a browser of their own; whatever it asks of another host is noted. */
async function sit(browser, server, path) {
  const page = await browser.open('about:blank', { viewport: { width: 360, height: 740 } });
  page.foreign = [];
  page.on('request', (r) => new URL(r.url()).host !== `localhost:${server.port}` && !/^(about|blob|data):/.test(r.url()) && page.foreign.push(r.url()));
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(`http://localhost:${server.port}${path}`);
  return page;
}

/** The scripts of a page hold all its words, too. */
const says = (page, text) => until(`the page says ${text}`, () => page.evaluate((t) => document.getElementById('app').innerText.includes(t), text));
const show = (page, server, hash) => page.goto(`http://localhost:${server.port}/office${hash}`);
/** Without a round trip through the pages: what somebody with these cookies is answered. */
const status = (page, path) => page.evaluate((p) => fetch('/api/v1' + p).then((r) => r.status), path);

async function testSetUp(browser, server) {
  let page;
  await test('the code on the console makes the first administrator, once', async () => {
    const link = await until('the code', () => server.process.lines.map((l) => /\/set-up#code=(\S+)/.exec(l)).find(Boolean));
    page = await sit(browser, server, link[0]);
    await page.fill('[name=name]', '刘区长');
    await page.fill('[name=login]', 'liu');
    await page.fill('[name=password]', PASSWORD);
    await page.fill('[name=again]', PASSWORD);
    await page.click('.primary');
    await page.fill('[name=monday]', '2026-09-01'); // a Tuesday
    await page.click('.primary');
    await says(page, '不是星期一');
    await page.fill('[name=monday]', '2026-08-31');
    await page.click('.primary');
    await page.waitForURL(/\/office#\/district\/schools$/);
    assert.equal((await page.evaluate(() => fetch('/api/v1/calendar').then((r) => r.json()))).first_monday, '2026-08-31');
    assert.equal(await page.evaluate(() => document.cookie), '', 'no script reads the session');
    const again = await sit(browser, server, link[0]);
    for (const [name, value] of [['name', 'x y'], ['login', 'other'], ['password', PASSWORD], ['again', PASSWORD]]) await again.fill(`[name=${name}]`, value);
    await again.click('.primary');
    await until('a refusal', () => again.$('.fault, .note.bad'));
    await again.context().close();
  });
  return page;
}

async function testImport(page, server) {
  await test('lists are shown row by row, a bad one changes nothing, a good one brings all', async () => {
    await show(page, server, '#/district/import');
    const check = async (lists) => {
      await page.setInputFiles('input[type=file]', asFiles(lists));
      await page.click('.primary');
      await page.waitForSelector('.counts');
    };
    await check({ ...LISTS, 'people.csv': LISTS['people.csv'] + '17,p99,13800138000,学生,3-1\n' });
    await page.waitForSelector('.note.bad');
    await says(page, '第 15 行');
    await page.click('.primary');
    await page.waitForSelector('input[type=file]');
    const { 'people.csv': people, ...places } = LISTS;
    await check({ ...places, 'people.xlsx': people.trim().split('\n').map((line) => line.split(',').map((cell) => (/^\d+$/.test(cell) ? Number(cell) : cell))) });
    assert.equal(await status(page, '/schools/17'), 404, 'nothing has been changed yet');
    await page.click('.primary');
    await says(page, '导入完成');
    assert.equal(await status(page, '/schools/17/people/p12'), 200);
    await show(page, server, '#/schools/17/classes/3-1/roster');
    await says(page, `学生 ${PUPILS} 人`);
    await says(page, '<b>王小明</b>');
  });
}

async function testSheets(page, server) {
  await test('of a workbook with a sheet for each class all are taken, each pupil into the class of the sheet', async () => {
    const head = ['学号', '姓名'];
    await show(page, server, '#/district/import');
    await page.setInputFiles('input[type=file]', asFiles({ 'classes.xlsx': { '三年级（1）班': [head, ['p2', '学生二']], '三年级（2）班': [head, ['q1', '学生甲'], ['q2', '学生乙']] } }));
    await page.click('.primary');
    await page.waitForSelector('select:focus');
    assert.deepEqual(await page.$$eval('option', (all) => all.map((o) => o.textContent)), ['全部工作表', '三年级（1）班', '三年级（2）班']);
    await page.selectOption('select', { label: '三年级（2）班' });
    await page.selectOption('select', { label: '全部工作表' });
    await page.click('.primary');
    await page.waitForSelector('.counts');
    await says(page, 'classes.xlsx · 三年级（2）班');
    await page.click('.primary');
    await says(page, '导入完成');
    const members = await page.evaluate(() => fetch('/api/v1/schools/17/classes/3-2/members').then((r) => r.json()));
    assert.deepEqual(members.items.map((m) => m.code), ['q1', 'q2']);
    await show(page, server, '#/district/import/another');
    await says(page, '这次导入已经过期');
  });
}

async function testGuardians(page, server) {
  await test('parents come by a sheet with their children, without the phone numbers that stand in it', async () => {
    const check = async (pupil) => {
      await show(page, server, '#/district/import');
      await page.setInputFiles('input[type=file]', asFiles({ 'parents.xlsx': [['三年级家长名单'], ['学号', '姓名', '班级', '家长姓名', '关系', '联系电话'],
        ['p2', '学生二', '三年级（1）班', '王建国', '父亲', '13800138000'], [pupil, '学生三', '三年级（1）班', '陈静', '妈妈', '']] }));
      await page.click('.primary');
      await page.waitForSelector('.counts');
    };
    await check('p999');
    await says(page, '没有这名学生');
    await page.click('.primary');
    await page.waitForSelector('input[type=file]');
    await check('p3');
    await says(page, '不保存此类个人信息');
    await page.click('.primary');
    await says(page, '导入完成');
    const made = await page.evaluate(() => fetch('/api/v1/schools/17/classes/3-1/guardians').then((r) => r.json()));
    assert.deepEqual(made.items.map((g) => [g.name, g.ward, g.has_account]), [['王建国', 'p2', false], ['陈静', 'p3', false]]);
  });
}

async function testInvitation(browser, server, page) {
  let teacher;
  await test('a homeroom teacher comes in by an invitation, and sees the own class alone', async () => {
    await show(page, server, '#/schools/17/people/t1');
    await page.click('.form .primary');
    await page.waitForSelector('dialog');
    const link = await page.$$eval('dialog input', (all) => all[1].value);
    teacher = await sit(browser, server, new URL(link).pathname + new URL(link).hash);
    await teacher.fill('[name=login]', 'li.hong');
    await teacher.fill('[name=password]', PASSWORD + '!');
    await teacher.fill('[name=again]', PASSWORD + '!');
    await teacher.click('.primary');
    await teacher.waitForURL(/\/office#\/schools\/17\/classes\/3-1\/roster$/);
    await says(teacher, '李老师');
    assert.deepEqual([await status(teacher, '/schools/17/people'), await status(teacher, '/schools/17/classes/3-2/members'), await status(teacher, '/audit')], [403, 403, 403]);
  });
  return teacher;
}

async function testCodes(browser, server, teacher) {
  await test('a printed code lets a pupil in, and a new one puts the old phone out', async () => {
    await show(teacher, server, '#/schools/17/classes/3-1/codes');
    await teacher.click('.form .primary');
    await teacher.waitForSelector('.paper');
    assert.equal(await teacher.$$eval('.entry', (all) => all.length), PUPILS);
    const codes = await teacher.$$eval('.entry code', (all) => all.map((e) => e.textContent));
    assert.equal(new Set(codes).size, PUPILS);
    const pupil = await sit(browser, server, '/enter#' + codes[0]);
    await pupil.click('#go');
    await pupil.waitForURL(/\/home/);
    assert.equal(await status(pupil, '/me'), 200);
    await teacher.click('.actions .plain');
    await teacher.click('td .small');
    await teacher.click('dialog .primary');
    await teacher.waitForSelector('dialog .qr');
    await until('the old phone is out', async () => await status(pupil, '/me') === 401);
    assert.deepEqual(pupil.foreign, []);
    await pupil.context().close();
  });
}

async function testInvitations(browser, server, teacher) {
  await test('an invitation that the class’s teacher prints lets a parent in, to the lessons of the child', async () => {
    await show(teacher, server, '#/schools/17/classes/3-1/guardians');
    await teacher.reload(); // the code of the test before is still shown
    await says(teacher, '王建国');
    await teacher.click('.form .primary');
    await teacher.waitForSelector('.paper');
    const links = await teacher.$$eval('.entry .link', (all) => all.map((e) => e.textContent));
    assert.equal(links.length, 2);
    const father = new URL(links[0]), parent = await sit(browser, server, father.pathname + father.hash);
    for (const [name, value] of [['login', 'wang.jianguo'], ['password', PASSWORD + '?'], ['again', PASSWORD + '?']]) await parent.fill(`[name=${name}]`, value);
    await parent.click('.primary');
    await parent.waitForURL(/\/home/);
    const { wards } = await parent.evaluate(() => fetch('/api/v1/me').then((r) => r.json()));
    assert.deepEqual(wards.map((w) => w.code), ['p2']);
    await parent.context().close();
  });
}

async function testClassFeed(server, teacher) {
  const feedAt = (url) => fetch(`http://127.0.0.1:${server.port}${new URL(url).pathname}`).then(async (r) => [r.status, await r.text()]);
  await test('the class has a calendar whose address is seen once, replaced and withdrawn', async () => {
    await show(teacher, server, '#/schools/17/classes/3-1/roster');
    await teacher.reload(); // the code of the test before is still shown
    await teacher.click('.card .primary');
    const field = () => teacher.waitForSelector('.card input.code').then((input) => input.inputValue());
    const first = await field(), [status, text] = await feedAt(first);
    assert.equal(status, 200);
    assert.match(text, /X-WR-CALNAME:三年级（1）班/);
    await teacher.reload();
    await says(teacher, '地址在用');
    assert.equal(await teacher.$('.card input.code'), null);
    await teacher.click('.card .small:not(.danger)');
    await teacher.click('dialog .primary');
    const second = await field();
    assert.deepEqual([(await feedAt(first))[0], (await feedAt(second))[0]], [404, 200]);
    await teacher.click('.card .small.danger');
    await teacher.click('dialog .primary');
    await teacher.waitForSelector('.card > form'); // to make one: not that of the dialog
    assert.equal((await feedAt(second))[0], 404);
  });
}

async function testGuest(browser, server, teacher) {
  await test('a day pass lets a guest in until it is withdrawn', async () => {
    await show(teacher, server, '#/schools/17/classes/3-1/guests');
    await teacher.reload();
    await teacher.click('.title .small');
    await teacher.fill('[name=name]', '督学家长');
    await teacher.click('dialog .primary');
    await teacher.waitForSelector('dialog .qr');
    const code = await teacher.$eval('dialog input', (e) => e.value);
    const guest = await sit(browser, server, '/enter#guest=' + code);
    await guest.click('#go');
    await guest.waitForURL(/\/home/);
    await teacher.click('dialog .primary');
    await teacher.click('td .small.danger');
    await teacher.click('dialog .primary.danger');
    await until('the guest is out', async () => await status(guest, '/me') === 401);
    await guest.context().close();
  });
}

async function testTimetable(page, server) {
  const entries = () => page.evaluate(() => fetch('/api/v1/schools/17/timetable').then((r) => r.json()).then((list) => list.items));
  await test('a lesson is put into the grid, one that clashes is refused with its reason, rules are overridden by name', async () => {
    await show(page, server, '#/schools/17/timetable');
    const add = async (title, start) => {
      await page.click('.bar .row .small:last-child');
      await page.fill('[name=title]', title);
      await page.fill('[name=start]', start);
      await page.click('dialog .primary');
    };
    await add('数学：分数', '08:00');
    await page.waitForSelector('dialog', { state: 'detached' });
    await says(page, '数学：分数');
    await add('语文', '08:20');
    await page.waitForSelector('dialog .note.bad');
    await says(page, '同一时间');
    await page.click('dialog [id$=lecturer]');
    await page.keyboard.type('李');
    await until('the teacher', async () => (await page.$$eval('.found button', (all) => all.map((b) => b.textContent))).join() === '李老师 t1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.found', { state: 'detached' });
    await page.click('dialog .actions .plain');
    await add('晚自习', '20:00');
    await page.waitForSelector('[name=override]');
    await page.fill('[name=override]', '停电补课，校长同意');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.deepEqual((await entries()).map((e) => e.title).sort(), ['数学：分数', '晚自习'].sort());
  });

  await test('it is published, goes online on a snow day, and comes from a list', async () => {
    const publish = page.locator('.halves .card').first();
    await publish.locator('.primary').click();
    await until('an answer', async () => (await entries()).every((e) => e.state === 'published') || await publish.locator('[name=override]').count());
    if (await publish.locator('[name=override]').count()) {
      await publish.locator('[name=override]').fill('开学第一周');
      await publish.locator('.primary').click();
    }
    await until('all are published', async () => (await entries()).every((e) => e.state === 'published'));
    const list = [['班级', '课程', '星期', '开始', '结束'], ['3-2', '科学', 2, { time: '10:00' }, { time: '10:40' }]];
    await page.setInputFiles('input[type=file]', asFiles({ 'timetable.xlsx': list }));
    const taken = page.locator('.halves .card').nth(1);
    await taken.locator('.primary').click();
    await taken.locator('.note').waitFor();
    if (await taken.locator('[name=override]').count()) await taken.locator('[name=override]').fill('补充一节');
    await taken.locator('.primary').click();
    await until('the list is in', async () => (await entries()).some((e) => e.title === '科学'));
    await show(page, server, '#/schools/17/closures');
    await page.click('.form .primary');
    await until('a reason is wanted, or it is closed', async () => await page.locator('[name=override]').count() || await page.locator('.items li').count());
    if (!await page.locator('.items li').count()) {
      await page.fill('[name=override]', '大雪');
      await page.click('.form .primary');
    }
    await page.waitForSelector('.items li');
    await page.click('.items .danger');
    await page.click('dialog .primary');
    await page.waitForSelector('.items li', { state: 'detached' });
  });
}

async function testRules(page, server) {
  await test('rules with a mistake are refused with their line, the calendar keeps a holiday, and the log tells of both', async () => {
    await show(page, server, '#/district/policy');
    const text = await until('the rules', () => page.$eval('textarea', (e) => e.value).catch(() => ''));
    await page.fill('textarea', '[rule all]\nlunch = no\n');
    await page.click('.primary');
    await page.waitForSelector('textarea[aria-invalid=true]');
    assert.equal(await page.textContent('.fault'), '第 2 行：没有“lunch”这一项');
    await page.fill('textarea', text);
    await page.click('.primary');
    await says(page, '已保存');
    await show(page, server, '#/district/calendar');
    await page.click('.halves .card .small');
    await page.fill('dialog [name=a]', '2030-10-01');
    await page.fill('dialog [name=b]', '2030-10-07');
    await page.click('dialog .primary');
    await page.waitForSelector('.items li');
    await show(page, server, '#/district/audit');
    await says(page, '导入名单');
    await says(page, '刘区长');
    await page.selectOption('[name=act]', 'codes.make');
    await until('the codes that the teacher has made', async () => /李老师\s+t1/.test(await page.textContent('tbody')));
  });
}

async function testAccount(page, server) {
  await test('a password is changed by who knows the old one, and other sessions end', async () => {
    await show(page, server, '#/account');
    const change = async (old) => {
      await page.fill('[name=old]', old);
      await page.fill('[name=password]', PASSWORD + ' too');
      await page.fill('[name=again]', PASSWORD + ' too');
      await page.click('.form .primary');
    };
    await change('not this one at all');
    await page.waitForSelector('[name=old][aria-invalid=true]');
    await change(PASSWORD);
    await says(page, '密码已修改');
    await says(page, '这一台');
    assert.equal(await status(page, '/me'), 200);
  });
}

async function main() {
  const reason = whyNot('chromium');
  if (reason) return skip('the office in Chromium', reason);
  const server = await Server.start({ lessons: [] });
  const browser = await (await harness()).chromium();
  atEnd(() => browser.close());
  const page = await testSetUp(browser, server);
  await testImport(page, server);
  await testSheets(page, server);
  await testGuardians(page, server);
  const teacher = await testInvitation(browser, server, page);
  await testCodes(browser, server, teacher);
  await testInvitations(browser, server, teacher);
  await testClassFeed(server, teacher);
  await testGuest(browser, server, teacher);
  await testTimetable(page, server);
  await testRules(page, server);
  await testAccount(page, server);
  await test('no page asked another host for anything', async () => assert.deepEqual([...page.foreign, ...teacher.foreign], []));
}

await run(main);
