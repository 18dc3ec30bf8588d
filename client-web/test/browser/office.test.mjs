// The pages /sign-in, /set-up and /office in Chromium, against a stand-in for the server.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, isInstalled } from '../browser.mjs';
import { NASTY, serveOffice } from '../fake-office.mjs';
import { faults } from '../faults.mjs';
import { openOffice, settled, showOffice, STATES, until, watched } from '../office-page.mjs';

describe('the office', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, office;
  before(async () => {
    browser = await chromium();
    office = await serveOffice();
  });
  after(async () => {
    await browser.close();
    office.close();
  });
  const open = (name, options) => openOffice(browser, office, name, options);
  const asked = (start) => office.asked.filter(({ what }) => what.startsWith(start));

  /** Those that lie otherwise on a wide screen. */
  const WIDE = ['sign-in', 'schools', 'calendar', 'add-role', 'guardian', 'report', 'timetable', 'override', 'clash', 'city', 'city-classes', 'city-school', 'city-facts', 'codes', 'sheet', 'roll', 'account'];
  for (const [names, width, height, locale] of [[Object.keys(STATES), 360, 740, 'en-US'], [WIDE, 1280, 800, 'zh-CN']]) {
    test(`every state is whole at ${width} px in ${locale}, and asks nobody but us`, async () => {
      const page = await watched(browser, office, { viewport: { width, height }, locale });
      for (const name of names) {
        await showOffice(page, office, name);
        assert.deepEqual([...await page.evaluate(faults), ...page.complaints, ...page.foreign], [], name);
        assert.equal(await page.$$eval('main img', (all) => all.length), 0, 'a name is text');
      }
      await page.context().close();
    });
  }

  test('signing in: a wrong password is told, a second step is asked for, and the way back is kept', async () => {
    const page = await open('sign-in');
    await page.goto(office.origin + '/office#/schools/17/people');
    await page.waitForURL(/\/sign-in#to=/);
    await page.fill('[name=login]', 'zhang');
    await page.fill('[name=password]', 'wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    await page.fill('[name=password]', 'correct horse');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=totp]');
    await page.waitForSelector('[name=totp]:focus');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=totp][aria-invalid=true]');
    await page.fill('[name=totp]', '123 456');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/office#\/schools\/17\/people$/);
    assert.deepEqual(asked('POST door/sign-in').pop().body, { login: 'zhang', password: 'correct horse', totp: '123456' });
    await page.context().close();
  });

  test('who has guessed too often is told how long to wait', async () => {
    const page = await open('sign-in');
    office.lockedS = 30;
    await page.fill('[name=login]', 'liu');
    await page.fill('[name=password]', 'guess');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    assert.match(await page.textContent('[role=alert]'), /30 秒/);
    await page.context().close();
  });

  test('secrets of a link do not stay in the address, and a fault of the server stands at its field', async () => {
    const page = await open('invited');
    assert.equal(new URL(page.url()).hash, '');
    assert.equal(await page.inputValue('[name=invite]'), 'good');
    await page.fill('[name=login]', 'li');
    await page.fill('[name=password]', 'a long enough one');
    await page.fill('[name=again]', 'another long one');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=again]:focus');
    await page.fill('[name=again]', 'a long enough one');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name=login][aria-invalid=true]');
    const id = await page.getAttribute('[name=login]', 'aria-describedby');
    assert.match(await page.evaluate((ids) => ids.split(' ').map((one) => document.getElementById(one).textContent).join(), id), /已经有人用了/);
    await page.context().close();
  });

  test('a dialog keeps the keyboard, is closed by Escape, and gives the focus back', async () => {
    const page = await open('schools');
    await page.focus('.title .small');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog [name=code]:focus');
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest('dialog')));
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForSelector('.title .small:focus');
    await page.context().close();
  });

  test('who has removed something goes on at the page, not at its very beginning', async () => {
    const page = await open('schools'), rows = await page.locator('tbody tr').count();
    await page.locator('tbody .danger').last().click();
    await page.click('dialog .primary');
    await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n - 1, rows);
    await page.waitForSelector('main:focus');
    await page.context().close();
  });

  test('what is wrong with a form is said in the language of the moment', async () => {
    const page = await open('sign-in');
    await page.click('.primary');
    await page.waitForSelector('[name=login]:focus');
    assert.equal(await page.textContent('.fault'), '这里要填写。');
    await page.click('.head .quiet');
    assert.equal(await page.textContent('.fault'), 'Please fill this in.');
    await page.fill('[name=password]', 'x');
    assert.equal(await page.locator('.fault').count(), 1, 'what has been mended is wrong no more');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'password', 'and nobody is taken elsewhere while they type');
    await page.context().close();
  });

  test('a code that is somebody\'s is not taken over by adding', async () => {
    const page = await open('schools');
    await page.click('.title .small');
    await page.fill('[name=code]', '17');
    await page.fill('[name=name]', '新的学校');
    await page.click('dialog .primary');
    await page.waitForSelector('[name=code][aria-invalid=true]');
    assert.notEqual(office.s.schools.get('17'), '新的学校');
    await page.fill('[name=code]', '21');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', { state: 'detached' });
    await until(page, () => document.body.textContent.includes('新的学校'));
    assert.deepEqual(asked('PUT').map(({ what }) => what), ['PUT schools/17', 'PUT schools/21']);
    await page.context().close();
  });

  test('a long list goes on, page by page, and a person is found by code', async () => {
    const page = await open('people'), rows = () => page.$$eval('tbody tr', (all) => all.length);
    assert.equal(await rows(), 50);
    await page.click('.more');
    await until(page, () => document.querySelectorAll('tbody tr').length === 100);
    await page.fill('[name=q]', 'p119');
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelectorAll('tbody tr').length === 1);
    await page.click('tbody a');
    await page.waitForURL(/people\/p119$/);
    await page.context().close();
  });

  test('an import is sent as it is, shown row by row, and changes nothing until it is agreed to', async () => {
    const page = await open('report');
    assert.deepEqual(asked('POST imports')[0].body, { school: '17', may_remove: false });
    assert.equal(asked('PUT imports')[0].what, 'PUT imports/i1/files?name=people.csv');
    assert.equal(office.s.imports.get('i1').files[0].text, 'code,name\n');
    assert.equal(asked('POST imports/i1/apply').length, 0);
    await page.click('.more');
    await until(page, () => document.querySelectorAll('tbody tr').length === 60);
    await page.reload();
    await page.waitForSelector('.counts');
    await page.click('.primary');
    await until(page, () => document.querySelector('.note p').textContent.includes('完成'));
    assert.equal(asked('POST imports/i1/apply').length, 1);
    await page.context().close();
  });

  test('a list with a refused row can\'t be applied, and says which row and why', async () => {
    const page = await open('refused');
    assert.ok((await page.textContent('main')).includes('第 3 行'));
    assert.ok((await page.textContent('main')).includes('<img src=x onerror=alert(1)>&amp;[U+202E]evil'));
    assert.equal(await page.$$eval('.primary', (all) => all.length), 1);
    await page.context().close();
  });

  test('a class\'s codes come on A4, ten a sheet, and nothing else is printed', async () => {
    const page = await open('codes');
    await page.click('.actions .plain');
    await page.click('dialog .primary');
    await page.waitForSelector('.paper');
    assert.deepEqual(await page.$$eval('.a4', (sheets) => sheets.map((s) => s.children.length)), [10, 10, 3]);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 3);
    const [, width, height] = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf).map(Number);
    assert.ok(Math.abs(width - 595) < 2 && Math.abs(height - 842) < 2, `${width} x ${height}`);
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await page.$$eval('header, .tabs, .actions, .note', (all) => all.filter((e) => e.checkVisibility()).map((e) => e.className)), []);
    assert.equal(await page.$$eval('.entry svg[role=img]', (all) => all.filter((e) => e.getAttribute('aria-label')).length), 23);
    await page.context().close();
  });

  test('a lesson against the rules asks for a reason, and is saved with it', async () => {
    const page = await open('override');
    assert.match(await page.textContent('dialog'), /不在允许的上课时间内 · 石头乡中心小学 三年级（1）班 2026-11-23/);
    await page.fill('[name=override]', '校长同意，只此一次');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', { state: 'detached' });
    const sent = asked('PUT schools/17/timetable/').map(({ body }) => body);
    assert.deepEqual(sent.map((b) => b.override), [undefined, '校长同意，只此一次']);
    assert.deepEqual([sent[1].title, sent[1].start, sent[1].length_min, sent[1].weekday, sent[1].classes], ['答疑', '20:00', 40, 1, [{ school: '17', class: '3-1' }]]);
    await page.context().close();
  });

  test('a lesson is moved by its dialog, and removed from every week', async () => {
    const page = await open('lesson');
    assert.equal(await page.inputValue('[name=title]'), '数学：分数');
    await page.selectOption('[name=weekday]', '4');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal(asked('PUT schools/17/timetable/e1')[0].body.classes.length, 2);
    await settled(page);
    await page.click('.block >> nth=0');
    await page.click('dialog .plain.danger');
    await page.click('dialog .primary.danger');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal(asked('DELETE schools/17/timetable/e1').length, 1);
    await page.context().close();
  });

  test('what is held against a lesson is seen where it is sent, and so is the reason that is wanted', async () => {
    for (const [name, what] of [['clash', '.note.bad'], ['override', '.note.bad'], ['override', '[name=override]']]) {
      const page = await open(name, { viewport: { width: 360, height: 740 } });
      const { y, height } = await (await page.$('dialog ' + what)).boundingBox(), button = await (await page.$('dialog .primary')).boundingBox();
      assert.ok(y >= 0 && y + height <= button.y && button.y + button.height <= 740, `${name}: ${what} from ${y}, ${height} high`);
      if (name === 'override') await page.waitForSelector('[name=override]:focus');
      await page.context().close();
    }
  });

  test('a lesson for several schools: schools and the lecturer are found by name, a grade comes at once, and a class goes with a tap', async () => {
    const page = await open('city'), chosen = () => page.textContent('dialog fieldset .hint');
    await page.click('.bar .row .small:last-child');
    await page.fill('[name=title]', '市级公开课');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog [id$=classes]:focus'); // nothing was chosen yet
    const school = async (part) => {
      await page.click('dialog .small.more');
      await page.keyboard.type(part);
      await until(page, () => document.querySelectorAll('.found button').length === 1);
      await page.keyboard.press('Enter');
      await page.waitForSelector('dialog .choices');
    };
    await school('石头');
    await page.waitForSelector('dialog [role=group] .row .small:focus');
    await page.click('dialog .check >> nth=2');
    await school('第二');
    await page.click('dialog [role=group] .row .small >> nth=0'); // 66 classes
    assert.match(await chosen(), /已选 67 个班/);
    await page.click('dialog [role=group] .row .small >> nth=0');
    await page.click('dialog [role=group] .row .small >> nth=2'); // grade 8
    assert.match(await chosen(), /已选 23 个班/);
    await page.click('dialog [role=group] .row .small >> nth=2');
    await page.click('dialog .check >> nth=0');
    await page.click('dialog .check >> nth=1');
    await page.click('dialog [aria-expanded=true]');
    await page.click('dialog .chip[aria-label="移除: 第二中学 初1（2）班"]');
    assert.match(await chosen(), /已选 2 个班/);
    assert.match(await page.textContent('dialog'), /没有主讲教师：.*没有人能开始/);
    await page.click('dialog [id$=lecturer]');
    await page.keyboard.type('18');
    await until(page, () => document.querySelectorAll('.found button').length === 1);
    await page.keyboard.press('Enter');
    await until(page, () => /李班主任/.test((document.querySelector('.found') || {}).textContent));
    await page.click('.found button');
    assert.match(await page.textContent('dialog'), /李班主任 t1 · 第二中学/);
    await page.waitForSelector('dialog [id$=lecturer]:focus');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', { state: 'detached' });
    const { body } = asked('PUT schools/-/timetable/').pop();
    assert.deepEqual([body.lecturer, body.classes], [{ school: '18', code: 't1' }, [{ school: '17', class: '5-2' }, { school: '18', class: 'c1' }]]);
    assert.deepEqual(asked('GET schools/18/people').map(({ what }) => what), ['GET schools/18/people?staff=1&limit=8']);
    await page.context().close();
  });

  test('a lesson of a whole city: a few of its schools stand in the form, all of them if they are asked for, and there is a most', async () => {
    const page = await open('city'), schools = () => page.$$eval('dialog .items > li', (all) => all.length), chosen = () => page.textContent('dialog fieldset .hint');
    office.s.entries.get('city').classes = Array.from({ length: 512 }, (_, i) => ({ school: 's' + (i >> 1), school_name: `第${i >> 1}中心小学`, class: 'c' + i % 2, name: `五年级（${i % 2 + 1}）班` }));
    await page.reload();
    await page.click('.block');
    await page.waitForSelector('dialog .items');
    assert.equal(await schools(), 6);
    assert.deepEqual(await page.evaluate(faults), []);
    await page.click('dialog fieldset > .small[aria-expanded=false]');
    assert.equal(await schools(), 256);
    await page.click('dialog fieldset > .small[aria-expanded=true]');
    await page.click('dialog .small.more');
    await page.keyboard.type('第二');
    await until(page, () => document.querySelectorAll('.found button').length === 1);
    await page.keyboard.press('Enter');
    await page.click('dialog .choices .check >> nth=0');
    assert.match(await page.textContent('dialog .note.bad'), /最多 512 个班，这样会有 513 个/);
    await page.click('dialog [aria-label="移除: 第255中心小学"]');
    assert.equal(await page.$('dialog .note.bad'), null);
    await page.click('dialog .choices .check >> nth=0');
    assert.match(await chosen(), /已选 511 个班/);
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal(asked('PUT schools/-/timetable/city').pop().body.classes.length, 511);
    await page.context().close();
  });

  test('a lesson for classes of other schools is seen in each school\'s timetable, and who may not change it is told why', async () => {
    const page = await open('city-facts');
    const facts = await page.$$eval('.facts div', (all) => all.map((e) => e.textContent));
    assert.ok(facts.includes('石头乡中心小学三年级（1）班') && facts.includes('第二中学初1（1）班、初1（2）班、初1（3）班'), facts.join('; '));
    assert.match(await page.textContent('dialog .note'), /区县排的课，要由区县管理员来改/);
    assert.equal(await page.$('dialog .primary'), null);
    office.enter('district');
    await page.goto(office.origin + '/office#/schools/17/timetable');
    await page.reload();
    await page.click('.block:has-text("天文")');
    await page.click('dialog .primary');
    await page.waitForURL(/#\/district\/timetable$/);
    await page.waitForSelector('.block');
    await page.click('.block');
    await page.click('dialog .primary'); // saved as it is
    await page.waitForSelector('dialog', { state: 'detached' });
    const { body } = asked('PUT schools/-/timetable/city').pop();
    assert.deepEqual([body.lecturer, body.classes.length], [{ school: '18', code: 't1' }, 4]);
    await page.context().close();
  });

  test('who is signed out in the middle comes back to the same place', async () => {
    const page = await open('classes');
    office.me = undefined;
    office.s.schools.clear();
    office.s.classes = { [Symbol.iterator]: () => [][Symbol.iterator]() };
    await page.goto(office.origin + '/office#/schools/17/people');
    await page.reload();
    await page.waitForURL(/\/sign-in#to=%2Foffice%23%2Fschools%2F17%2Fpeople$/);
    await page.context().close();
  });

  test('what somebody may not see is not there', async () => {
    const page = await open('roster');
    assert.deepEqual(await page.$$eval('.tabs a', (all) => all.map((a) => a.textContent)), ['名单', '入班码', '家长', '来宾', '考勤']);
    assert.equal(await page.$$eval('tbody a', (all) => all.length), 0);
    office.enter('patrol');
    await page.goto(office.origin + '/office#/schools/17/people/p1');
    await page.reload();
    await settled(page);
    assert.deepEqual(await page.$$eval('main button', (all) => all.length), 0);
    office.enter('homeroom');
    await page.goto(office.origin + '/office#/district/policy');
    await page.reload();
    await until(page, () => document.querySelector('h1').textContent === '没有这一页');
    assert.equal(asked('GET policy').length, 0);
    await page.context().close();
  });

  test('whoever looks after a school sees which lessons are taught and which wait, and the way in; a reporter has no seat', async () => {
    const page = await open('today');
    const rows = await page.$$eval('tbody tr', (all) => all.map((tr) => [tr.querySelector('th').textContent.slice(0, 2), tr.querySelector('a')?.getAttribute('href') ?? '', [...tr.querySelectorAll('td')].map((td) => td.textContent).join('|')]));
    assert.deepEqual(rows.map(([, way]) => way), ['/watch/o1', '/watch/o2', '', '/watch/o3', '']);
    for (const [i, state] of ['正在直播', '到点了，老师还没来', '正在上课', '没有人能开始', '未开始'].entries()) assert.ok(rows[i][2].includes(state), rows[i][2]);
    office.enter('reporter');
    await page.goto(office.origin + '/office');
    await page.reload();
    await page.waitForURL(/#\/schools\/17\/today$/);
    await page.waitForSelector('tbody tr');
    assert.deepEqual(await page.$$eval('.tabs a', (all) => all.map((a) => a.textContent)), ['今天的课', '班级']);
    assert.equal(await page.$$eval('tbody a', (all) => all.length), 0);
    await page.context().close();
  });

  test('whom to call before a snow day is told of every lesson that nobody can start, however many there are', async () => {
    const page = await open('closures'), at = (hour) => `2036-12-01T${hour}:00+08:00`;
    const lessons = Array.from({ length: 210 }, (_, i) => ({ id: `l${i}`, entry: `e${i}`, title: `第${i}节`, lecturer: null, classes: [], date: '2036-12-01', start: at('08:00'), end: at('08:40'), is_online: true, can_start: i < 205, state: 'published' }));
    await page.route('**/api/v1/timetable?*', (route) => {
      const { searchParams: q } = new URL(route.request().url()), from = Number(q.get('after')) || 0, to = from + (Number(q.get('limit')) || 50);
      return route.fulfill({ json: { items: lessons.slice(from, to), next: to < lessons.length ? String(to) : null } });
    });
    office.s.closures = [{ from: '2036-12-01', to: '2036-12-01' }];
    await page.reload();
    await page.waitForSelector('.items .note li');
    assert.equal(await page.$$eval('.items .note li', (all) => all.length), 5);
    await page.context().close();
  });

  test('the log says who did what to whom, the newest first, and is searched by day, by act and by person', async () => {
    const page = await open('audit'), row = (n) => page.textContent(`tbody tr:nth-child(${n})`);
    assert.match(await row(1), /刘区长 d1.*生成或重设入班码.*王小明 p1.*1 个入班码/);
    assert.match(await row(2), /给身份.*班主任 · 石头乡中心小学 3-1/);
    assert.match(await row(3), /已清除或删除的人员（k3v9…）/);
    await page.click('.more');
    await until(page, () => document.querySelectorAll('tbody tr').length === 70);
    await page.fill('[name=from]', '2026-11-21');
    await page.selectOption('[name=act]', 'codes.make');
    await until(page, () => document.querySelectorAll('tbody tr').length === 50);
    assert.ok(asked('GET audit').pop().what.includes('order=newest&from=2026-11-21&act=codes.make&limit=50'));
    await page.click('tbody tr td:nth-child(4) a');
    await until(page, () => document.querySelectorAll('tbody tr').length === 1);
    assert.match(await page.textContent('main h2'), /只看 王小明 \(p1\)/);
    assert.ok(asked('GET audit').pop().what.includes('order=newest&school=17&person=p1'));
    await page.context().close();
  });

  test('a patrol of the county sees the lessons of this moment in all schools, and looks for others by state and by school', async () => {
    const page = await open('today-district'), rows = () => page.$$eval('tbody tr', (all) => all.map((tr) => tr.textContent));
    await page.waitForURL(/#\/district\/today$/);
    await until(page, () => document.querySelectorAll('tbody tr').length === 4);
    assert.match((await rows())[0], /石头乡中心小学.*正在直播.*23.*进入/);
    await until(page, () => document.querySelector('option[value=late]').textContent.includes('2'));
    await page.selectOption('[name=state]', 'later');
    await until(page, () => document.querySelectorAll('tbody tr').length === 1);
    assert.match((await rows())[0], /英语/);
    await page.selectOption('[name=state]', 'over');
    await page.waitForSelector('.empty');
    await page.selectOption('[name=school]', '17');
    await page.selectOption('[name=state]', '');
    await until(page, () => document.querySelectorAll('tbody tr').length === 5);
    assert.equal(asked('GET today').pop().what, 'GET today?school=17');
    await page.click('tbody td a');
    await page.waitForURL(/#\/schools\/17\/today$/);
    await page.context().close();
  });

  test('a name with HTML and turned letters is shown as text, in pages and in titles', async () => {
    const page = await open('schools');
    assert.ok((await page.textContent('tbody')).includes(NASTY.replace('\u202e', '[U+202E]')));
    await page.goto(office.origin + '/office#/schools/x/classes');
    await until(page, () => document.title.includes('<img src=x'));
    await page.context().close();
  });
});
