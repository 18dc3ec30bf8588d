// Rights end with what gave them: everybody who was let into a lesson for who they are, and what becomes of them when they are that no more.

import assert from 'node:assert/strict';
import { Visitor } from './lib/door.mjs';
import { Encoder } from './lib/rtmp.mjs';
import { Server } from './lib/server.mjs';
import { run, test, until } from './lib/testing.mjs';

const PASSWORD = 'correct horse battery', OTHER = 'another horse battery';
const NOT_ALLOWED = 4003, RESET = 4012;
const date = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

let server, admin, lesson;
const invites = {}, codes = {};

const fine = async (answer) => {
  const { status, json } = await answer;
  assert.ok(status < 300, `${status} ${JSON.stringify(json)}`);
  return json;
};
const put = (path, body = {}) => fine(admin.ask('PUT', path, body));
const drop = (path) => fine(admin.ask('DELETE', path));

/** Everybody of the table, each with a role in school S, or the district's office ("-"). */
const PEOPLE = {
  wang: ['S', 'lecturer', ''], zhou: ['S', 'lecturer', ''], han: ['S', 'homeroom', '1'], tang: ['S', 'tutor', '1'], xu: ['S', 'patrol_school', ''],
  deng: ['-', 'patrol_county', ''], qian: ['S', 'school_admin', ''], sun: ['S', 'homeroom', '1'],
  li: ['S', 'student', '1'], lin: ['S', 'student', '1'], mei: ['S', 'student', '1'], wei: ['S', 'student', '1'], fang: ['S', 'student', '3'], witness: ['S', 'student', 'w'], hu: ['S', '', ''],
};

/** The lesson of all three; the witness is of class w. */
const putLesson = (lecturer, ...classes) => put('/schools/S/timetable/row-1', {
  title: '数学', lecturer, classes: [...classes, 'w'].map((klass) => ({ school: 'S', class: klass })), kind: 'meeting', place: 'online', date,
  start: '09:00', length_min: 40, override: 'test',
});

async function signIn(name, password = PASSWORD) {
  const visitor = new Visitor(server);
  await fine(visitor.ask('POST', '/door/sign-in', { login: `${name}.s`, password }));
  return visitor;
}

async function enter(name) {
  const visitor = new Visitor(server);
  await fine(visitor.ask('POST', '/door/enter', { code: codes[name], device: 'phone' }));
  return visitor;
}

async function guest(klass) {
  const until = new Date(Date.now() + 3600000).toISOString(), visitor = new Visitor(server);
  const { id, code } = await fine(admin.ask('POST', `/schools/S/classes/${klass}/guests`, { name: '督学', until }));
  await fine(visitor.ask('POST', '/door/guest', { code }));
  return Object.assign(visitor, { id });
}

async function watches(visitor) {
  const player = await visitor.watch(lesson);
  await until('an answer to hello', () => player.welcome || player.closed);
  return player;
}

const role = (name, klass = '') => `/schools/${PEOPLE[name][0]}/people/${name}/roles/${PEOPLE[name][1]}?class=${klass}`;

/** Who is in, what takes their right away, and how they are told. */
const ENDS = [
  ['a homeroom teacher who signs out', () => signIn('han'), (who) => fine(who.ask('POST', '/door/sign-out')), NOT_ALLOWED, 'signed out'],
  ['a session that is ended from another one', () => signIn('han'), async (who) => {
    const [{ id }] = (await fine(who.ask('GET', '/me/sessions'))).items.filter((s) => s.is_this);
    await fine((await signIn('han')).ask('DELETE', `/me/sessions/${id}`));
  }, NOT_ALLOWED, 'signed out'],
  ['a session of before a new password', () => signIn('han'), async () =>
    fine((await signIn('han')).ask('PUT', '/me/password', { old: PASSWORD, new: OTHER })), NOT_ALLOWED, 'signed out'],
  ['a tutor whose role is taken away', () => signIn('tang'), () => drop(role('tang', '1')), NOT_ALLOWED],
  ['a homeroom teacher who gets another class', () => signIn('sun'), async () => {
    await put(role('sun', '2'));
    await drop(role('sun', '1'));
  }, NOT_ALLOWED],
  ['a patrol who is removed', () => signIn('xu'), () => drop('/schools/S/people/xu'), NOT_ALLOWED],
  ['a patrol of the county whose role is taken away', () => signIn('deng'), () => drop(role('deng')), NOT_ALLOWED],
  ['an administrator whose role is taken away', () => signIn('qian'), () => drop(role('qian')), NOT_ALLOWED],
  ['a guest whose class is removed', () => guest('4'), () => drop('/schools/S/classes/4'), RESET],
  ['a lecturer who looks on, and is replaced', () => signIn('wang'), () => putLesson('zhou', '1', '3'), NOT_ALLOWED],
  ['a pupil who goes to another class', () => enter('lin'), () => put(role('lin', '2')), NOT_ALLOWED],
  ['a pupil who is removed', () => enter('mei'), () => drop('/schools/S/people/mei'), NOT_ALLOWED],
  ['a pupil who signs out', () => enter('wei'), (who) => fine(who.ask('POST', '/door/sign-out')), RESET],
  ['a pupil whose code is changed', () => enter('wei'), () => fine(admin.ask('POST', '/schools/S/people/wei/entry-code')), RESET],
  ['a guest whose day pass is withdrawn', () => guest('1'), (who) => drop(`/schools/S/classes/1/guests/${who.id}`), RESET],
  ['a pupil whose class the lesson is for no more', () => enter('fang'), () => putLesson('zhou', '1'), NOT_ALLOWED],
  ['a guest whose class the lesson is for no more', () => guest('1'), () => putLesson('zhou', '2'), NOT_ALLOWED],
];

await run(async () => {
  server = await Server.start();
  admin = new Visitor(server);

  await test('a school, its people and a lesson of today', async () => {
    const code = await until('a set-up code', () => server.process.lines.map((line) => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(line)?.[0]).find(Boolean));
    await fine(admin.ask('POST', '/door/setup', { code, name: '赵主任', login: 'zhao', password: PASSWORD }));
    await put('/schools/S', { name: '第一小学' });
    for (const klass of ['1', '2', '3', '4', 'w']) await put(`/schools/S/classes/${klass}`, { name: `${klass}班`, grade: 7 });
    for (const [name, [school, what, klass]] of Object.entries(PEOPLE)) {
      await put(`/schools/${school}/people/${name}`, { name: '某人' });
      if (what) await put(role(name, klass));
      if (what === 'student') codes[name] = (await fine(admin.ask('POST', `/schools/S/people/${name}/entry-code`))).entry_code;
      else invites[name] = (await fine(admin.ask('POST', `/schools/${school}/people/${name}/invite`))).invite;
    }
    for (const [name, invite] of Object.entries(invites)) await fine(new Visitor(server).ask('POST', '/door/invited', { invite, login: `${name}.s`, password: PASSWORD }));
    await putLesson('wang', '1', '3', '4');
    await admin.ask('POST', '/schools/S/timetable/publish', { override: 'test' });
    lesson = await until('a live lesson', async () => (await fine(admin.ask('GET', `/timetable?date=${date}`))).items.find((l) => l.lesson)?.lesson);
  });

  const witness = await watches(await enter('witness'));

  for (const [who, comes, ends, code, why] of ENDS) {
    await test(`${who} is told, and out`, async () => {
      const visitor = await comes(), player = await watches(visitor);
      assert.equal(player.closed, undefined, JSON.stringify(player.closed));
      await ends(visitor);
      const closed = await player.untilClosed();
      assert.deepEqual([closed.code, player.bye?.why], [code, why ?? (code === RESET ? 'pass ended' : 'not allowed any more')]);
      assert.equal((await watches(visitor)).closed?.code, NOT_ALLOWED, 'and is not let in again');
    });
  }

  await test('an encoder teaches with its lecturer\'s key while they are the lecturer, and not a moment longer', async () => {
    const publish = (key) => Encoder.publish(server.rtmpPort, key), START = 'NetStream.Publish.Start';
    const keyOf = async (name) => {
      const page = await (await signIn(name)).teach(lesson);
      return page.welcome.rtmp.key;
    };
    await putLesson('wang', '1');
    const wang = await keyOf('wang'), first = await publish(wang);
    assert.equal(first.status, START);
    await putLesson('zhou', '1');
    await first.untilClosed();
    assert.notEqual((await publish(wang)).status, START);
    const zhou = await keyOf('zhou'), second = await publish(zhou);
    assert.deepEqual([zhou !== wang, second.status], [true, START]);
    await drop(role('zhou'));
    await second.untilClosed();
    assert.notEqual((await publish(zhou)).status, START);
    assert.equal((await (await signIn('zhou')).teach(lesson)).closed.code, NOT_ALLOWED);
  });

  await test('guardians see the day of their ward, as long as it is theirs, and the lesson not at all', async () => {
    const guardian = await signIn('hu'), ask = () => guardian.ask('GET', '/me/lessons?school=S&ward=witness');
    await put('/schools/S/people/hu/wards/witness');
    assert.deepEqual((await fine(ask())).items.map((l) => l.lesson), [lesson]);
    assert.equal((await watches(guardian)).closed?.code, NOT_ALLOWED);
    await drop('/schools/S/people/hu/wards/witness');
    assert.equal((await ask()).status, 403);
  });

  await test('an invitation ends when its person becomes more, whoever made it and however that comes', async () => {
    const office = '/schools/S/people/luo', accept = (invite) => new Visitor(server).ask('POST', '/door/invited', { invite, login: 'luo.s', password: PASSWORD });
    const byTeacher = async () => (await fine((await signIn('han', OTHER)).ask('POST', '/schools/S/classes/1/guardians'))).items.find((i) => i.code === 'luo').link.split('#invite=')[1];
    const byList = async () => {
      const { id } = await fine(admin.ask('POST', '/imports', {})), is = async (state) => (await fine(admin.ask('GET', `/imports/${id}`))).state === state;
      await fetch(`${server.origin}/api/v1/imports/${id}/files?name=roles.csv`, { method: 'PUT', headers: { cookie: admin.cookie }, body: '学校,编号,班级,角色\nS,luo,,主讲教师\n' });
      await until('a plan', () => is('ready'));
      await fine(admin.ask('POST', `/imports/${id}/apply`));
      await until('its end', () => is('done'));
    };
    await put(office, { name: '罗家长' });
    for (const more of [() => put(office + '/roles/school_admin'), byList, () => put(office + '/wards/li'), () => put(role('wei', '3'))]) {
      await put(office + '/wards/wei');
      const invite = more === byList ? (await fine(admin.ask('POST', office + '/invite'))).invite : await byTeacher();
      await more();
      assert.equal((await accept(invite)).status, 401);
      await admin.ask('DELETE', office + '/roles/school_admin');
      await admin.ask('DELETE', office + '/roles/lecturer');
    }
    const { invite } = await fine(admin.ask('POST', office + '/invite'));
    await fine(accept(invite));
  });

  await test('whom nothing was taken from is still in', async () => {
    assert.deepEqual([witness.closed, Boolean(witness.welcome)], [undefined, true]);
  });
});
