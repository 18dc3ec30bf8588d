// The door with real cookies: the first administrator, staff, pupils and guests come in, and lessons let in whom they are for.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { totpOf, Visitor } from './lib/door.mjs';
import { Server } from './lib/server.mjs';
import { run, test, until } from './lib/testing.mjs';

const PASSWORD = 'correct horse battery';
const CODE = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/;

let server, admin, homeroom, lecturer;
const codes = {};

const fine = async (answer, status = 200) => {
  const { status: was, json } = await answer;
  assert.equal(was, status, JSON.stringify(json));
  return json;
};

const setUpCode = () => until('a set-up code', () => server.process.lines.map((line) => CODE.exec(line)?.[0]).find(Boolean));

/** A person of school S with a role, who has set a password. */
async function invite(code, name) {
  const { invite: word } = await fine(admin.ask('POST', `/schools/S/people/${code}/invite`), 201);
  const visitor = new Visitor(server);
  const me = await fine(visitor.ask('POST', '/door/invited', { invite: word, login: `${name}.s`, password: PASSWORD }));
  assert.equal(me.login, `${name}.s`);
  return visitor;
}

async function enter(code, device = 'phone') {
  const visitor = new Visitor(server);
  await fine(visitor.ask('POST', '/door/enter', { code, device }));
  return visitor;
}

/** What a browser elsewhere, without TLS, would be told. */
const fromElsewhere = (path, body) => new Promise((resolve, reject) => {
  const text = JSON.stringify(body);
  const headers = { host: 'school.example', 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  request({ host: '127.0.0.1', port: server.port, method: 'POST', path: `/api/v1${path}`, headers }, (answer) => {
    answer.resume();
    resolve({ status: answer.statusCode, cookies: answer.headers['set-cookie'] || [] });
  }).on('error', reject).end(text);
});

/** A lesson of all day today that S's class 1 has with Wang. */
async function makeLesson() {
  const now = new Date(Date.now() + 8 * 3600000), date = now.toISOString().slice(0, 10);
  await fine(admin.ask('PUT', '/schools/S/timetable/row-1', {
    title: '数学', lecturer: 'wang', classes: [{ school: 'S', class: '1' }], kind: 'meeting', place: 'online', date,
    start: '09:00', length_min: 40, override: 'test' }));
  await admin.ask('POST', '/schools/S/timetable/publish', { override: 'test' });
  return until('a live lesson', async () => (await fine(admin.ask('GET', `/timetable?date=${date}`))).items.find((l) => l.lesson)?.lesson);
}

await run(async () => {
  server = await Server.start();
  admin = new Visitor(server);

  await test('the first administrator comes in with the code of the console, once', async () => {
    const code = await setUpCode(), who = { name: '赵主任', login: 'zhao', password: PASSWORD };
    const wrong = (code[0] === '2' ? '3' : '2') + code.slice(1);
    assert.equal((await admin.ask('POST', '/door/setup', { ...who, code: wrong })).json.error.code, 'mistyped');
    assert.equal((await admin.ask('POST', '/door/setup', { ...who, code, password: '1234567890' })).json.error.code, 'weak_password');
    assert.equal((await fromElsewhere('/door/setup', { ...who, code })).status, 403);
    const me = await fine(admin.ask('POST', '/door/setup', { ...who, code }), 201);
    assert.deepEqual(me.roles.map((r) => r.role), ['district_admin']);
    assert.equal((await new Visitor(server).ask('POST', '/door/setup', { ...who, code })).status, 403);
    assert.equal((await fine(admin.ask('GET', '/me'))).login, 'zhao');
    assert.equal((await new Visitor(server).ask('GET', '/me')).status, 401);
  });

  await test('a homeroom teacher is invited, and makes codes for her own class', async () => {
    await fine(admin.ask('PUT', '/schools/S', { name: '第一小学' }));
    for (const klass of ['1', '2']) await fine(admin.ask('PUT', `/schools/S/classes/${klass}`, { name: `${klass}班`, grade: 7 }));
    const people = { han: ['homeroom', '1'], wang: ['lecturer', ''], li: ['student', '1'], lin: ['student', '2'] };
    for (const [code, [role, klass]] of Object.entries(people)) {
      await fine(admin.ask('PUT', `/schools/S/people/${code}`, { name: `学生${code}` }));
      await fine(admin.ask('PUT', `/schools/S/people/${code}/roles/${role}?class=${klass}`, {}), 204);
    }
    homeroom = await invite('han', 'han');
    assert.equal((await homeroom.ask('POST', '/schools/S/classes/2/codes', { reset: true })).status, 403);
    for (const item of (await fine(homeroom.ask('POST', '/schools/S/classes/1/codes', { reset: false }), 201)).items) codes[item.code] = item.entry_code;
    for (const item of (await fine(admin.ask('POST', '/schools/S/classes/2/codes', { reset: false }), 201)).items) codes[item.code] = item.entry_code;
    assert.match(codes.li, CODE);
    assert.deepEqual((await fine(homeroom.ask('POST', '/schools/S/classes/1/codes', { reset: false }), 201)).items, []);
  });

  await test('a pupil enters once, and is still in after kill -9', async () => {
    const phone = await enter(codes.li);
    const { kind, device, roles } = await fine(phone.ask('GET', '/me'));
    assert.deepEqual([kind, device, roles[0].class], ['pupil', 'phone', '1']);
    assert.equal((await phone.ask('GET', '/schools/S/classes/1/codes')).status, 403);
    assert.equal((await new Visitor(server).ask('POST', '/door/enter', { code: codes.li, device: 'fridge' })).status, 400);
    const elsewhere = await fromElsewhere('/door/enter', { code: codes.lin, device: 'tv' });
    assert.equal(elsewhere.status, 200);
    assert.match(elsewhere.cookies[0], /^airclass-pass=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    await server.killHard();
    await server.start();
    assert.equal((await fine(phone.ask('GET', '/me'))).kind, 'pupil');
    assert.equal((await fine(homeroom.ask('GET', '/me'))).kind, 'staff');
    const [held] = (await fine(homeroom.ask('GET', '/schools/S/classes/1/codes'))).items;
    assert.deepEqual(held.devices.map((d) => d.kind), ['phone']);
  });

  await test('a second factor is asked for, and a code of it works once', async () => {
    lecturer = await invite('wang', 'wang');
    const wang = lecturer, again = new Visitor(server), who = { login: 'WANG.s', password: PASSWORD };
    const { secret, uri } = await fine(wang.ask('POST', '/me/totp'));
    assert.ok(uri.startsWith('otpauth://totp/Airclass:wang.s?secret=' + secret));
    await fine(wang.ask('PUT', '/me/totp', { totp: totpOf(secret) }), 204);
    assert.equal((await again.ask('POST', '/door/sign-in', who)).json.error.code, 'totp_needed');
    const totp = totpOf(secret, 1); // the clock of a phone may be ahead
    assert.equal((await fine(again.ask('POST', '/door/sign-in', { ...who, totp }))).has_totp, true);
    assert.equal((await new Visitor(server).ask('POST', '/door/sign-in', { ...who, totp })).json.error.code, 'wrong');
    assert.equal((await fine(again.ask('GET', '/me/sessions'))).items.length, 2);
    await fine(again.ask('POST', '/door/sign-out'), 204);
    assert.equal((await again.ask('GET', '/me')).status, 401);
    assert.deepEqual([...again.jar.keys()], ['airclass-known']);
    assert.equal((await fine(wang.ask('GET', '/me/sessions'))).items.length, 1);
  });

  const lesson = await makeLesson();

  await test('a lesson lets in the pupils of its classes and who looks after them, and nobody else', async () => {
    const li = await enter(codes.li), lin = await enter(codes.lin);
    for (const [visitor, code] of [[lin, 4003], [new Visitor(server), 4003]]) {
      const pupil = await visitor.watch(lesson);
      assert.equal((await pupil.untilClosed()).code, code);
    }
    for (const visitor of [li, homeroom, admin]) {
      const pupil = await visitor.watch(lesson);
      await until('a welcome', () => pupil.welcome);
      pupil.leave();
    }
  });

  await test('the newest phone is the one that listens, and a new code closes it', async () => {
    const old = await enter(codes.li), tv = await (await enter(codes.li, 'tv')).watch(lesson);
    const first = await old.watch(lesson);
    await until('a welcome', () => first.welcome && tv.welcome);
    const second = await old.watch(lesson);
    assert.equal((await first.untilClosed()).code, 4011);
    const fresh = await (await enter(codes.li)).watch(lesson);
    assert.equal((await second.untilClosed()).code, 4011);
    assert.equal((await (await old.watch(lesson)).untilClosed()).code, 4003);
    await until('a welcome', () => fresh.welcome);
    assert.equal(tv.closed, undefined);
    const { entry_code: code } = await fine(homeroom.ask('POST', '/schools/S/people/li/entry-code'), 201);
    for (const player of [fresh, tv]) assert.equal((await player.untilClosed()).code, 4012);
    assert.equal((await new Visitor(server).ask('POST', '/door/enter', { code: codes.li, device: 'tv' })).status, 401);
    const back = await (await enter(code)).watch(lesson);
    await until('a welcome', () => back.welcome);
    back.leave();
  });

  await test('a guest looks on until the day pass is withdrawn', async () => {
    const day = { name: '督学', until: new Date(Date.now() + 3600000).toISOString() };
    const { id, code } = await fine(homeroom.ask('POST', '/schools/S/classes/1/guests', day), 201);
    const guest = new Visitor(server);
    assert.equal((await fine(guest.ask('POST', '/door/guest', { code }))).class.code, '1');
    const player = await guest.watch(lesson);
    await until('a welcome', () => player.welcome);
    await fine(homeroom.ask('DELETE', `/schools/S/classes/1/guests/${id}`), 204);
    assert.equal((await player.untilClosed()).code, 4012);
    assert.equal((await guest.ask('GET', '/me')).status, 401);
  });

  await test('the lecturer teaches without a key, a colleague does not', async () => {
    for (const [visitor, isIn] of [[lecturer, true], [homeroom, false]]) {
      const teacher = await visitor.teach(lesson);
      if (isIn) assert.equal(teacher.welcome.lesson, lesson);
      else assert.equal((await teacher.untilClosed()).code, 4003);
    }
  });

  await test('the teach page that came in by a session ends with it', async () => {
    const teacher = await lecturer.teach(lesson);
    assert.equal(teacher.welcome.lesson, lesson);
    const other = new Visitor(server);
    await fine(other.ask('POST', '/door/sign-in', { login: 'han.s', password: PASSWORD }));
    await fine(other.ask('POST', '/door/sign-out'), 204);
    await new Promise((done) => setTimeout(done, 600)); // looks are 250 ms apart
    assert.equal(teacher.closed, undefined);
    await fine(lecturer.ask('POST', '/door/sign-out'), 204);
    assert.equal((await teacher.untilClosed()).code, 4003);
  });

  await test('wrong passwords lock one account, wrong codes one address, and nobody else waits', async () => {
    const guesser = new Visitor(server), guess = (login) => guesser.ask('POST', '/door/sign-in', { login, password: 'wrong horse battery' });
    for (let i = 0; i < 5; i++) assert.equal((await guess('han.s')).status, 401);
    const locked = await guess('han.s');
    assert.equal(locked.status, 429);
    assert.ok(locked.wait > 0 && locked.wait <= 60);
    assert.equal((await guess('zhao')).status, 401);
    assert.equal((await fine(homeroom.ask('GET', '/me'))).kind, 'staff');
    const change = (old, fresh) => homeroom.ask('PUT', '/me/password', { old, new: fresh });
    await fine(change(PASSWORD, PASSWORD + '!'), 204); // what strangers guess is no affair of hers
    for (let i = 0; i < 5; i++) assert.equal((await change('wrong horse battery', PASSWORD)).status, 401);
    const own = await change(PASSWORD + '!', PASSWORD);
    assert.deepEqual([own.status, own.json.error.code, own.wait > 0], [429, 'wait', true]);
    const day = { name: '督学', until: new Date(Date.now() + 3600000).toISOString() };
    const { code } = await fine(homeroom.ask('POST', '/schools/S/classes/1/guests', day), 201);
    let status, asked = 0;
    while ((status = (await guesser.ask('POST', '/door/enter', { code, device: 'tv' })).status) === 401) asked++;
    assert.equal(status, 429);
    assert.ok(asked > 20, `${asked} codes were looked at`); // 30, less what was wrong before, and one more every two seconds
    assert.equal((await fine(new Visitor(server).ask('POST', '/door/guest', { code }))).kind, 'guest');
  });
});
