import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import * as en from '../../src/i18n/office-en';
import * as zh from '../../src/i18n/office-zh';
import type { Me } from '../../src/kit/me';
import { groupsOf, hasAll, shortly, withClasses, withoutClasses } from '../../src/office/chosen';
import { CARDS_A_SHEET, entryAddress, sheetsOf } from '../../src/office/cards';
import { addDays, clockAt, clockOf, minutesOf, mondayOf, weekdayOf } from '../../src/office/dates';
import { inOrder } from '../../src/office/order';
import { followsSchool, leadsClass, matchPlace, placesOf, readsClass, readsDistrict, readsSchool, ROLE_PLACE, runsDistrict, runSchools, runsLesson, runsSchool, watchesSchool } from '../../src/office/places';
import { dayInWeek, type Entry, isOddWeek, newEntryId, rowOf, weekGrid } from '../../src/office/plan';
import { byGuardian } from '../../src/office/families';
import { recordText, shortName } from '../../src/office/record';

test('every role that can be given has a name and a place', () => {
  for (const role of Object.keys(ROLE_PLACE)) assert.ok(zh.roles[role] && en.roles[role], role);
});

const me = (...roles: [string, string, string][]): Me => ({
  kind: 'staff', name: '', school: { code: '', name: '' }, roles: roles.map(([role, school, klass]) => ({ role, school, school_name: school, class: klass, class_name: klass })),
});

test('who sees what follows from roles: the district all, a school its own, a homeroom teacher the class', () => {
  const district = me(['district_admin', '', '']), school = me(['school_admin', '17', '']), homeroom = me(['homeroom', '17', '3-1']);
  assert.deepEqual([district, school, homeroom].map(runsDistrict), [true, false, false]);
  assert.deepEqual([runsSchool(district, '9'), runsSchool(school, '17'), runsSchool(school, '18'), runsSchool(homeroom, '17')], [true, true, false, false]);
  assert.deepEqual([leadsClass(homeroom, '17', '3-1'), leadsClass(homeroom, '17', '3-2'), leadsClass(homeroom, '18', '3-1'), leadsClass(school, '17', '3-2')], [true, false, false, true]);
  assert.equal(runsSchool(school, '-'), false);
  assert.deepEqual(placesOf(me(['homeroom', '17', '3-1'], ['school_admin', '18', ''], ['lecturer', '17', ''])).map((p) => p.path.join('/')), ['schools/18/classes', 'schools/17/classes/3-1/roster']);
});

test('patrols look within their reach and a tutor at the own class, and change nothing', () => {
  const county = me(['patrol_county', '', '']), school = me(['patrol_school', '17', '']), tutor = me(['tutor', '17', '3-1']);
  assert.deepEqual([county, school, tutor].map((one) => [readsDistrict(one), readsSchool(one, '17'), readsSchool(one, '18'), readsClass(one, '17', '3-1'), readsClass(one, '17', '3-2')]),
    [[true, true, true, true, true], [false, true, false, true, true], [false, false, false, true, false]]);
  for (const one of [county, school, tutor]) assert.ok(!runsDistrict(one) && !runsSchool(one, '17') && !leadsClass(one, '17', '3-1') && !readsSchool(one, '-'));
  assert.deepEqual([county, school, tutor].map((one) => placesOf(one).map((p) => p.path.join('/'))), [['district/today'], ['schools/17/today'], ['schools/17/classes/3-1/roster']]);
});

test('a reporter follows the lessons and rolls of a school, and has neither its people nor a seat', () => {
  const reporter = me(['reporter', '17', '']);
  assert.deepEqual(placesOf(reporter).map((p) => p.path.join('/')), ['schools/17/today']);
  assert.deepEqual([followsSchool(reporter, '17'), followsSchool(reporter, '18'), readsClass(reporter, '17', '3-1'), readsClass(reporter, '18', '3-1')], [true, false, true, false]);
  assert.ok(!readsSchool(reporter, '17') && !watchesSchool(reporter, '17') && !leadsClass(reporter, '17', '3-1') && !runsSchool(reporter, '17'));
});

test('a place in the page is found by its pattern, with what stands in it', () => {
  assert.deepEqual(matchPlace('schools/:school/people/:person', ['schools', '17', 'people', 'a b']), { school: '17', person: 'a b' });
  assert.deepEqual(matchPlace('district/import/:id?', ['district', 'import']), {});
  assert.deepEqual(matchPlace('district/import/:id?', ['district', 'import', 'i7']), { id: 'i7' });
  for (const parts of [['schools', '17'], ['schools', '17', 'people', 'x', 'y'], ['district', '17', 'people', 'x']]) assert.equal(matchPlace('schools/:school/people/:person', parts), undefined);
});

test('people stand in the order of their numbers, roles together as they came', () => {
  const list = [['homeroom', 't9'], ['student', 'p1'], ['student', 'p10'], ['student', 'p2'], ['student', 'A-3']].map(([role, code]) => ({ role: role!, code: code! }));
  assert.deepEqual(inOrder(list).map(({ code }) => code), ['t9', 'A-3', 'p1', 'p2', 'p10']);
  assert.deepEqual(inOrder([{ code: '3-10' }, { code: '3-2' }]).map(({ code }) => code), ['3-2', '3-10']);
});

test('a class of any size lies on whole sheets, in order', () => {
  const sizes = (n: number): number[] => sheetsOf(Array.from({ length: n }, (_, i) => i)).map((s) => s.length);
  assert.deepEqual([sizes(0), sizes(1), sizes(CARDS_A_SHEET), sizes(45)], [[], [1], [10], [10, 10, 10, 10, 5]]);
  assert.equal(entryAddress('https://a.example:8443', 'K7QX-04PM-WH3R'), 'https://a.example:8443/enter#K7QX-04PM-WH3R');
});

test('days are reckoned over months, leap years and the end of summer time', () => {
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2027-02-28', 1), '2027-03-01');
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.deepEqual([weekdayOf('2026-11-23'), weekdayOf('2026-11-22')], [1, 7]);
  assert.ok(isNaN(weekdayOf('x')));
  assert.equal(mondayOf('2026-11-22'), '2026-11-16');
  assert.equal(mondayOf('2026-11-23'), '2026-11-23');
});

test('times go into forms and out of them, and the clock is the one that a text names', () => {
  assert.equal(clockOf('2026-11-23T08:05:00+08:00'), '08:05');
  assert.deepEqual([minutesOf('08:05'), clockAt(485)], [485, '08:05']);
  assert.ok(isNaN(minutesOf('8 Uhr')));
});

const row = (part: Partial<Entry>): Entry => ({
  entry: 'e', title: '', lecturer: null, classes: [], kind: 'lecture', place: 'online', link: '', weeks: 'every', weekday: 3, start: '08:00', length_min: 40, from: '2026-08-31', to: '2027-01-22', ...part,
});

test('a lesson of another timetable stands on its day, at the time of the district, whoever looks', () => {
  const klass = { school: '17', school_name: '石头乡中心小学', class: '3-1', name: '三年级（1）班' };
  const found = rowOf({ entry: 'e', school: '', title: '公开课', lecturer: null, classes: [klass], kind: 'lecture', place: 'online', link: null, weeks: 'odd', date: '2026-11-18', start: '2026-11-18T14:00:00+08:00', end: '2026-11-18T14:45:00+08:00', state: 'draft' });
  assert.deepEqual([found.school, found.weekday, found.start, found.length_min, found.link, found.state], ['-', 3, '14:00', 45, '', 'draft']);
  assert.equal(dayInWeek(found, '2026-11-16', ''), 3);
});

test('classes are chosen once each, stand by school with the own one first, and go school by school', () => {
  const a = { school: '17', class: '1' }, b = { school: '18', school_name: '二中', class: '1' }, c = { school: '18', class: '2', name: '二班' }, all = withClasses([b], [a, { ...b }, c]);
  assert.deepEqual(all, [b, a, c]);
  assert.deepEqual(groupsOf(all, '17').map((g) => [g.school, g.name, g.classes.length]), [['17', '17', 1], ['18', '二中', 2]]);
  assert.deepEqual(withoutClasses(all, [{ school: '18', class: '1' }, c]), [a]);
  assert.deepEqual([hasAll(all, [a, c]), hasAll([a], [a, c]), hasAll(all, [])], [true, false, false]);
  assert.deepEqual(shortly(all, '18'), { names: ['1', '二班'], schools: 1, classes: 1 });
  assert.deepEqual(shortly(all, '-'), { names: [], schools: 2, classes: 3 });
});

test('a row with classes of other schools is changed by who runs all of them', () => {
  const both = me(['school_admin', '17', ''], ['school_admin', '18', '']), one = me(['school_admin', '17', '']);
  assert.deepEqual([runsLesson(one, '17', ['17']), runsLesson(one, '17', ['17', '18']), runsLesson(both, '17', ['17', '18']), runsLesson(both, '-', ['17'])], [true, false, true, false]);
  assert.equal(runsLesson(me(['district_admin', '', '']), '-', ['17', '18']), true);
  assert.deepEqual(runSchools(both).map((s) => s.code), ['17', '18']);
});

test('a row stands in the weeks that it is for, and within its dates', () => {
  const first = '2026-08-31', day = (part: Partial<Entry>, monday: string): number => dayInWeek(row(part), monday, first);
  assert.equal(day({}, '2026-11-16'), 3);
  assert.equal(day({}, '2027-01-25'), 0);
  assert.equal(day({}, '2026-08-24'), 0);
  assert.equal(isOddWeek('2026-08-31', first), true);
  assert.equal(isOddWeek('2026-08-24', first), undefined);
  assert.deepEqual([day({ weeks: 'odd' }, '2026-09-14'), day({ weeks: 'even' }, '2026-09-14'), day({ weeks: 'even' }, '2026-09-07')], [3, 0, 3]);
  assert.deepEqual([day({ date: '2026-11-20', from: '2026-11-20', to: '2026-11-20' }, '2026-11-16'), day({ date: '2026-11-20' }, '2026-11-09')], [5, 0]);
});

test('the grid has a row for each beginning, and places to put lessons into', () => {
  const rows = weekGrid([row({ entry: 'a', start: '08:20' }), row({ entry: 'b', weekday: 1 })], '2026-11-16', '2026-08-31', false);
  assert.deepEqual(rows.map((r) => [r.start, r.days.map((d) => d.map((e) => e.entry).join())]), [['08:00', ['b', '', '', '', '', '', '']], ['08:20', ['', '', 'a', '', '', '', '']]]);
  assert.ok(weekGrid([], '2026-11-16', '', true).length >= 6);
});

test('a new row gets an id that no other has', () => {
  if (!('crypto' in globalThis)) Object.assign(globalThis, { crypto: webcrypto }); // node 18 has no global one
  const ids = new Set(Array.from({ length: 1000 }, newEntryId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^e[0-9a-z]{12}$/);
});

test('a row of a list is told with what it was before, and nothing in it is more than text', () => {
  const name = (role: string): string => `<${role}>`;
  assert.equal(recordText({ kind: 'person', name: '王小明', code: 'p1', school: '17' }, { kind: 'person', name: '王晓明', code: 'p1', school: '17' }, name), '王晓明 → 王小明 · p1 · 17');
  assert.equal(recordText({ role: 'student', person: 'p7', class: '3-1', school: '17', grade: 0 }, null, name), '<student> · p7 · 3-1 · 17');
  assert.equal(recordText({ name: '王强', person: 'p7-父', ward_name: '王芳', ward: 'p7', home: '17', school: '17' }, null, name), '王强 · p7-父 · 王芳 · p7 · 17 · 17');
  assert.equal(recordText({ name: 'a\u202eb' }, undefined, name), 'a[U+202E]b');
  assert.equal(recordText({ name: 'a', grade: 3 }, { name: 'a', grade: null }, name), 'a · – → 3');
});

test('a long file name is told by its end, in as many bytes as the server takes', () => {
  assert.equal(shortName('people.csv'), 'people.csv');
  const short = shortName('石头乡中心小学二〇二六年秋季学期在校学生花名册.csv');
  assert.ok(short.startsWith('…') && short.endsWith('花名册.csv') && Buffer.byteLength(short) <= 63, short);
});

test('a guardian of two pupils of the class stands once, with both, in the order of the pupils', () => {
  const row = (code: string, ward: string): Parameters<typeof byGuardian>[0][0] => ({ school: '17', code, name: '王强', ward, ward_name: '学生' + ward });
  assert.deepEqual(byGuardian([row('g2', 'p10'), row('g1', 'p2'), row('g2', 'p3')]).map(({ one, wards }) => [one.code, wards]), [['g1', ['学生p2']], ['g2', ['学生p10', '学生p3']]]);
});
