// A pupil's minutes: counted once for phone and TV, kept through kill -9, in the roll and on the pupil's own page; a break in which nothing is sent; and
// the end of the picture when the day's minutes are used up.

import assert from 'node:assert/strict';
import { Visitor } from './lib/door.mjs';
import { PageTeacher } from './lib/page-teacher.mjs';
import { ALL } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test, until } from './lib/testing.mjs';

const PICTURE = { mode: 'save', can: ALL };
const rules = (minutes) => `[rule all]\nhours = 00:00-24:00\noverride = yes\n${minutes}`;

let server, lesson, key, source;
const codes = {};

async function ask(method, path, body, expected = 200) {
  const { status, json } = await server.admin(method, `/api/v1${path}`, body);
  assert.equal(status, expected, `${method} ${path}: ${JSON.stringify(json)}`);
  return json;
}

/** A lecture of today, at whatever time it is: class 1 has it with nobody, by key. */
async function makeLesson() {
  const date = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
  await ask('PUT', '/schools/S', { name: '第一小学' });
  await ask('PUT', '/schools/S/classes/1', { name: '一年级1班', grade: 1 });
  for (const code of ['li', 'han']) {
    await ask('PUT', `/schools/S/people/${code}`, { name: `学生${code}` });
    await ask('PUT', `/schools/S/people/${code}/roles/student?class=1`, {}, 204);
  }
  await ask('PUT', '/policy', { text: rules('') });
  await ask('PUT', '/schools/S/timetable/row', { title: '数学', classes: [{ school: 'S', class: '1' }], kind: 'lecture', place: 'online', date, start: '09:00', length_min: 40, override: 'test' });
  await ask('POST', '/schools/S/timetable/publish', { override: 'test' });
  for (const item of (await ask('POST', '/schools/S/classes/1/codes', { reset: false }, 201)).items) codes[item.code] = item.entry_code;
  return until('a live lesson', async () => (await ask('GET', `/timetable?date=${date}`)).items.find((l) => l.lesson)?.lesson);
}

const begin = () => (source = teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${key}`));

async function enter(who, device = 'phone') {
  const visitor = new Visitor(server);
  const { status } = await visitor.ask('POST', '/door/enter', { code: codes[who], device });
  assert.equal(status, 200);
  return visitor;
}

/** Everything that is kept about a pupil. */
const dataOf = (who) => ask('GET', `/schools/S/people/${who}/data`);
const rollOf = async (who) => (await ask('GET', '/schools/S/classes/1/roll')).items.find((r) => r.code === who);
const said = (pupil, t) => pupil.texts.filter((m) => m.t === t);
const wireBytes = (pupil) => pupil.socket._socket.bytesRead;

await run(async () => {
  server = await Server.start();
  lesson = await makeLesson();
  key = (await ask('GET', `/lessons/${lesson}/keys`)).stream_key;

  await test('what a pupil hears and sees on phone and TV counts once, and is written when nobody is there any more', async () => {
    const [phone, tv] = await Promise.all([enter('li'), enter('li', 'tv')]);
    const began = Date.now(), both = [await phone.watch(lesson, PICTURE), await tv.watch(lesson)];
    await both[0].until('a welcome', (p) => p.welcome);
    begin();
    await Promise.all(both.map((p) => p.hears(5000)));
    for (const p of both) p.leave();
    const most = Math.ceil((Date.now() - began) / 1000) + 1;
    const kept = await until('minutes on the disk', async () => { const d = await dataOf('li'); return d.lessons?.length && d; });
    const { group_s: group, voice_s: voice } = kept.minutes[0];
    assert.ok(group >= 2 && group + voice <= most, `${group} s and ${voice} s of ${most}`);
    assert.deepEqual([kept.lessons.length, kept.lessons[0].title, kept.lessons[0].group_s, kept.lessons[0].voice_s], [1, '数学', group, voice]);
    const { minutes, items } = (await phone.ask('GET', '/me/lessons')).json;
    assert.deepEqual(minutes, { group: 0, voice: 0, limit: null, percent: null });
    assert.deepEqual(items.map((l) => l.mb_estimate), [5]);
  });

  await test('kill -9 takes none of it, and the roll has it', async () => {
    const [before] = (await dataOf('li')).lessons;
    await server.killHard();
    await source.ended;
    await server.start();
    const [after] = (await dataOf('li')).lessons;
    assert.ok(after.group_s >= before.group_s && after.first_s === before.first_s, JSON.stringify([before, after]));
    const { name, lessons, ...row } = await rollOf('li');
    assert.deepEqual([name, lessons.length, lessons[0].id, lessons[0].title], ['学生li', 1, lesson, '数学']);
    assert.match(`${lessons[0].first} ${lessons[0].last}`, /^\d\d:\d\d \d\d:\d\d$/);
    assert.deepEqual(Object.keys(row), ['code', 'minutes', 'voice_minutes']);
    assert.deepEqual((await rollOf('han')).lessons, []);
    assert.deepEqual((await ask('GET', '/schools/S/classes/1/roll?date=2024-02-29')).items.map((r) => r.lessons), [[], []]);
    await ask('GET', '/schools/S/classes/1/roll?date=tomorrow', undefined, 400);
  });

  await test('a guardian is shown the minutes of a ward, and of nobody else', async () => {
    await ask('PUT', '/schools/S/people/mother', { name: '李妈妈' });
    await ask('PUT', '/schools/S/people/mother/wards/li', {}, 204);
    const { invite } = await ask('POST', '/schools/S/people/mother/invite', {}, 201), mother = new Visitor(server);
    assert.equal((await mother.ask('POST', '/door/invited', { invite, login: 'mother.s', password: 'correct horse battery' })).status, 200);
    assert.equal((await mother.ask('GET', '/me/lessons?school=S&ward=li')).json.minutes.limit, null);
    assert.equal((await mother.ask('GET', '/me/lessons?school=S&ward=han')).status, 403);
    assert.equal((await mother.ask('GET', '/me/lessons')).json.minutes, null);
    assert.equal((await mother.ask('GET', '/schools/S/classes/1/roll')).status, 403);
  });

  await test('in a break a viewer is sent control and nothing else, and then the lesson goes on', async () => {
    const pupil = await (await enter('li')).watch(lesson, PICTURE);
    await pupil.until('a welcome', (p) => p.welcome);
    begin();
    await pupil.hears(1000);
    const desk = await PageTeacher.join(server, { key, media: false, studio: { device: 'desk-of-the-test' } });
    desk.say({ t: 'break', minutes: 5 });
    await pupil.until('a break', () => said(pupil, 'break').length);
    const { bytes, messages } = pupil, wire = wireBytes(pupil);
    assert.ok(said(pupil, 'break')[0].ms > 290000 && said(pupil, 'break')[0].kind === 'eyes');
    const late = await (await enter('han')).watch(lesson, PICTURE);
    await late.until('a break', () => said(late, 'break').length);
    await desk.untilStatus((s) => s.break > 0);
    await desk.untilStatus((s) => s.break <= 296500);
    assert.deepEqual([pupil.bytes - bytes, pupil.messages - messages, late.bytes], [0, 0, 0]);
    assert.ok(wireBytes(pupil) - wire < 300, `${wireBytes(pupil) - wire} bytes of control`);
    desk.say({ t: 'break', minutes: 0 });
    await Promise.all([pupil, late].map((p) => p.hears(1000)));
    assert.equal(said(pupil, 'break').at(-1).ms, 0);
    assert.equal(said(pupil, 'welcome').length, 1);
    await desk.untilStatus((s) => s.break === undefined);
    for (const p of [pupil, late]) p.leave();
  });

  await test('when the minutes of the day are used up the picture ends, and the voice goes on', async () => {
    await ask('PUT', '/policy', { text: rules('group-minutes = 0\n') });
    const pupil = await (await enter('han')).watch(lesson, PICTURE);
    await pupil.until('a day', () => said(pupil, 'day').length);
    const [{ limit, voiceOnly }] = said(pupil, 'day');
    assert.deepEqual([limit, voiceOnly], [0, true]);
    await pupil.untilRung((r) => r.picture === 'none' && ['limit', 'start'].includes(r.why));
    const pictures = pupil.still.whole.length + pupil.frames;
    await pupil.hears(2000);
    assert.equal(pupil.still.whole.length + pupil.frames, pictures);
    const late = await (await enter('li')).watch(lesson, PICTURE);
    await late.hears(1000);
    assert.ok(late.texts.findIndex((m) => m.t === 'day') < late.texts.findIndex((m) => m.t === 'rung'), 'it is said at once');
    assert.deepEqual([late.still.whole.length, late.frames], [0, 0]);
    for (const p of [pupil, late]) p.leave();
  });

  await test('an orderly end writes what was counted, and who is erased is in no roll', async () => {
    const pupil = await (await enter('li')).watch(lesson);
    await pupil.hears(4000);
    const before = (await dataOf('li')).minutes[0];
    await server.close();
    await server.start();
    assert.ok((await dataOf('li')).minutes[0].voice_s > before.voice_s);
    await ask('POST', '/schools/S/people/li/erase', undefined, 204);
    assert.deepEqual((await ask('GET', '/schools/S/classes/1/roll')).items.map((r) => r.code), ['han']);
  });
});
