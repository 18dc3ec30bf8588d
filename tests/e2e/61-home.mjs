// From the slip with the entry code to the lesson: pupil, teacher and guardian at their homes, in Chromium against the real server.
// browser: plays, and encodes in another

import assert from 'node:assert/strict';
import { run, skip, test, until } from './lib/testing.mjs';
import { Server } from './lib/server.mjs';
import { harness, launch, WatchPage, whyNot } from './lib/watch-page.mjs';

const PHONE = { viewport: { width: 360, height: 740 } };
const TITLE = '分数的加法 <b>';

/** The office's work, done from the console. */
async function put(server, path, body = {}, method = 'PUT') {
  const { status, json } = await server.admin(method, '/api/v1/' + path, body);
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}

/** An offset from UTC with which it is about ten o'clock now: lessons end by midnight, and most rules allow the morning. */
function tenOClock() {
  const utcMin = Math.floor(Date.now() / 60000) % 1440, away = Math.round((600 - utcMin) / 30) * 30;
  return away < -720 ? away + 1440 : away;
}

/** A lesson of the class, so many minutes from now, and all of the timetable told to those whom it is for. */
async function plan(server, entry, title, fromMin) {
  const local = new Date(Date.now() + (tenOClock() + fromMin) * 60000).toISOString();
  await put(server, 'schools/s1/timetable/' + entry, { title, lecturer: 't1', classes: [{ class: '5b' }], kind: 'lecture', place: 'online',
    date: local.slice(0, 10), start: local.slice(11, 16), length_min: 40, override: 'a test' });
  await put(server, 'schools/s1/timetable/publish', { override: 'a test' }, 'POST');
}

async function makeSchool(server) {
  const offset = tenOClock();
  await put(server, 'calendar', { first_monday: '2026-08-31', utc_offset_min: offset, holidays: [], swaps: [] });
  await put(server, 'schools/s1', { name: '石咀中心小学' });
  await put(server, 'schools/s1/classes/5b', { name: '五年级（2）班', grade: 5 });
  for (const [code, name] of [['p1', '张小雨'], ['t1', '王建国'], ['g1', '张伟'], ['x1', '周巡']]) await put(server, 'schools/s1/people/' + code, { name });
  await put(server, 'schools/s1/people/p1/roles/student?class=5b');
  await put(server, 'schools/s1/people/t1/roles/lecturer');
  await put(server, 'schools/s1/people/t1/roles/homeroom?class=5b');
  await put(server, 'schools/s1/people/g1/wards/p1?school=s1');
  await put(server, 'schools/s1/people/x1/roles/patrol_school');
  await plan(server, 'e1', TITLE, -5);
  const { items } = await put(server, 'schools/s1/classes/5b/codes', {}, 'POST');
  return items[0].entry_code;
}

/** A page whose words are waited for. */
class Visitor {
  static async open(browser, server, path, options = PHONE) {
    const v = await WatchPage.blank(browser, options);
    return Object.assign(new Visitor(), v, { origin: `http://localhost:${server.port}` }).go(path);
  }

  async go(path) {
    await this.page.goto(this.origin + path);
    return this;
  }

  says(pattern, selector = 'main') {
    const said = () => this.page.$$eval(selector, (list) => list.map((e) => e.textContent).join(' '));
    return until(`${selector} says ${pattern}`, async () => pattern.test(await said().catch(() => '')))
      .catch(async (error) => assert.fail(`${error.message}; it says: ${await said().catch(String)}`));
  }

  at(pattern) {
    return until(`the address ${pattern}`, () => pattern.test(this.page.url())).catch((error) => assert.fail(`${error.message}; it is ${this.page.url()}`));
  }

  async enter(code) {
    await this.page.fill('#code', code);
    await this.page.click('#go');
    return this;
  }

  close() {
    return this.page.context().close();
  }
}

/** Another code that is well typed: the check letter is found by trying, as the page judges. */
async function typeStrangersCode(v) {
  for (const last of '0123456789ACDEFGHJKMNPQRTVWXY') {
    await v.page.fill('#code', 'K7QX04PMWH3' + last);
    if (await v.page.$('#hint.good')) return;
  }
  assert.fail('no letter is right');
}

async function testEntering(v, code) {
  await test('a slip in the code is noticed, a code of nobody refused, and the right one leads home', async () => {
    await v.page.fill('#code', code.slice(0, -1) + (code.endsWith('7') ? '8' : '7'));
    await v.says(/打错了/, '#hint');
    await typeStrangersCode(v);
    await v.page.click('#go');
    await v.says(/没有人用这个入班码/, '#bad');
    await v.enter(code.toLowerCase().replace(/-/g, ' '));
    await v.at(/\/home$/);
    await v.says(/张小雨，你好.*石咀中心小学 · 五年级（2）班/s);
  });
}

async function goToClass(v) {
  await v.says(/正在上课.*分数的加法 <b>.*王建国.*去上课/s, '.now');
  await v.page.click('.now .main');
  await v.at(/\/watch\/[\w-]+/);
  await v.page.click('#enter');
  await v.says(/还没有开始/, '#status');
}

async function testMoving(browser, server, old, code) {
  const fresh = await Visitor.open(browser, server, '/enter#' + code);
  await test('a newer phone takes the place of the old one, which says so', async () => {
    await fresh.page.click('#go');
    await fresh.at(/\/home$/);
    await fresh.says(/张小雨，你好/);
    await old.says(/另一台设备.*输入入班码/, '[role=alertdialog]');
    await old.page.click('[role=alertdialog] a');
    await old.at(/\/enter$/);
    await old.go('/home');
    await old.says(/这台设备已经退出/);
    await old.go('/');
    assert.ok(await old.page.isHidden('#back'));
  });
  return fresh;
}

async function testLeaked(browser, server, address) {
  await test('the address of a lesson alone lets nobody in', async () => {
    const stranger = await Visitor.open(browser, server, address);
    await stranger.page.click('#enter');
    await stranger.page.waitForSelector('[role=alertdialog] a[href="/"]');
    assert.ok(await stranger.page.evaluate(() => document.body.className !== 'sounding'));
    await stranger.close();
  });
}

/** A staff member's or guardian's first password, as the sign-in page sets it; the cookie is then the page's. */
async function signIn(v, server, person, login) {
  const { invite } = await put(server, `schools/s1/people/${person}/invite`, {}, 'POST');
  const answer = await v.page.request.post(v.origin + '/api/v1/door/invited', { data: { invite, login, password: 'a long enough password' }, headers: { origin: v.origin } });
  assert.equal(answer.status(), 200, await answer.text());
  return v.go('/home');
}

const hears = (pupil) => until('sound', () => pupil.page.evaluate(() => document.body.className === 'sounding'));

async function testBreak(teacher, pupil) {
  await test('in a break pupils rest their eyes, and are back in the lesson when the teacher says so', async () => {
    await teacher.page.click('#rest5');
    await pupil.says(/休息一下.*4:\d\d.*看远处/s, '.rest');
    await teacher.says(/课间休息/, '#status');
    await teacher.says(/4:\d\d/, '#resting');
    await teacher.page.click('#restEnd');
    await pupil.page.waitForSelector('.rest', { state: 'hidden' });
    await hears(pupil);
    await teacher.says(/正在直播|只发声音|静止图/, '#status');
  });
}

async function testReplanned(server, pupil) {
  await test('who is in a lesson is told that the timetable has changed, and sees what is left of today', async () => {
    await plan(server, 'e2', '自然 <i>', 120);
    await pupil.says(/课表有变动/, '.note');
    await pupil.page.click('.note .quiet:not([hidden])');
    await pupil.says(/今天还有这些课.*分数的加法 <b>.*自然 <i>/s, '.note');
  });
}

async function testRoll(teacher, pupil) {
  await test('who has left finds the minutes of the day at home, and the class’s roll lists its pupils', async () => {
    await pupil.go('/home');
    await pupil.says(/已上 \d+ 分钟/, '.minutes');
    await teacher.go('/office#/schools/s1/classes/5b/roll');
    await teacher.says(/张小雨.*(分数的加法 <b> · \d\d:\d\d–\d\d:\d\d|没有来)/, 'tbody'); // on the disk within half a minute
  });
}

async function testPatrol(browser, server) {
  const v = await Visitor.open(browser, server, '/');
  await test('a patrol finds the lesson that is taught in the office, and listens', async () => {
    await signIn(v, server, 'x1', 'zhou');
    await v.says(/周巡，你好.*教务办公室/s);
    assert.ok(!/今天没有课/.test(await v.page.textContent('main')));
    await v.go('/office');
    await v.at(/#\/schools\/s1\/today$/);
    await v.says(/分数的加法 <b>.*正在直播/s, 'tbody');
    await v.page.click('tbody a');
    await v.at(/\/watch\/[\w-]+/);
    await v.page.click('#enter');
    await hears(v);
  });
  await test('a patrol of the county finds it among the lessons of all schools', async () => {
    await put(server, 'schools/s1/people/x1/roles/patrol_county');
    await v.go('/office#/district/today');
    await v.says(/分数的加法 <b>.*石咀中心小学.*正在直播\s*[1-9]/s, 'tbody');
    await v.page.click('tbody .small');
    await v.at(/\/watch\/[\w-]+/);
  });
  await v.close();
}

async function testTeacher(server, pupil) {
  const { TEACHER, chromium } = await harness(), browser = await chromium({}, TEACHER);
  const teacher = await Visitor.open(browser, server, '/'), v = teacher;
  let address;
  await test('a teacher starts the lesson from home, and the teach page knows it', async () => {
    await signIn(v, server, 't1', 'wang');
    await v.says(/王建国，你好.*分数的加法 <b>.*五年级（2）班.*开始上课/s);
    await v.page.click('.now .main');
    await v.at(/\/teach#l=/);
    address = new URL(v.page.url());
    assert.ok(!address.hash.includes('k='));
    await v.says(/分数的加法 <b>/, '#title');
    await v.page.click('#go');
    await v.says(/直播中/, '#air');
  });
  await test('the pupil who waited hears it', () => hears(pupil));
  await testPatrol(browser, server);
  await testBreak(teacher, pupil);
  await testReplanned(server, pupil);
  const { pathname } = new URL(pupil.page.url());
  await testRoll(teacher, pupil);
  await browser.close();
  return { watched: pathname, taught: address.pathname + address.hash };
}

async function testLeakedTeaching(browser, server, address) {
  const v = await Visitor.open(browser, server, address), refusal = /请用这节课主讲老师的账号登录/;
  await test('the address of the teach page teaches for nobody else, signed in or not', async () => {
    await v.says(refusal, '#sheetTitle');
    await signIn(v, server, 'g1', 'zhang');
    await v.go(address);
    await v.says(refusal, '#sheetTitle');
    await v.page.click('#sheetYes');
    await v.at(/\/sign-in#to=/);
  });
  return v;
}

async function testGuardian(v) {
  await test('a guardian sees the child’s lessons of today', async () => {
    await v.go('/home');
    await v.says(/张伟，你好.*张小雨.*五年级（2）班.*分数的加法 <b>.*正在上课/s);
    await v.close();
  });
}

await run(async () => {
  const reason = whyNot('chromium');
  if (reason) return skip('entering and home in Chromium', reason);
  const server = await Server.start({ lessons: [] }), browser = await launch('chromium'), code = await makeSchool(server);
  const pupil = await Visitor.open(browser, server, '/enter');
  await testEntering(pupil, code);
  await test('the big button leads into the lesson that the timetable has now', () => goToClass(pupil));
  const fresh = await testMoving(browser, server, pupil, code);
  await goToClass(fresh);
  const { watched, taught } = await testTeacher(server, fresh);
  await testLeaked(browser, server, watched);
  await testGuardian(await testLeakedTeaching(browser, server, taught));
  await test('no other host is asked', () => assert.deepEqual([...pupil.hosts], [`localhost:${server.port}`]));
  await browser.close();
});
