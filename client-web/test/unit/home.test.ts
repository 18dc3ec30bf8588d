import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { distance, type Box } from '../../src/home/arrows';
import { checkLetter, CODE_LEN, codeInHash, inGroups, LETTERS, readCode } from '../../src/home/code';
import type { Lesson, Minutes } from '../../src/home/contract';
import { autoMb, saveMb } from '../../src/home/cost';
import { guessDevice } from '../../src/home/device';
import { hintOf, refusalOf, waitText } from '../../src/home/entering';
import { fillOf, percentOf } from '../../src/home/minutes';
import { classesOf } from '../../src/home/parts';
import { lessonToTeach } from '../../src/home/teacher';
import { addDays, clockOf, daysFrom, lessonNext, lessonNow, minutesTo, mondayOf, phaseOf, weekdayOf } from '../../src/home/time';
import { enter } from '../../src/i18n/enter-zh';
import { home } from '../../src/i18n/home-zh';
import type { Me } from '../../src/kit/me';

const complete = (eleven: string): string => eleven + checkLetter(eleven);

test('a code is read however it is typed', () => {
  const code = complete('01258VK7QXA'), end = code.slice(-1);
  for (const front of ['01258VK7QXA', 'oIzsbuk7qxa', 'OlZSBUK7QXA', ' 0125-8vk7 qxa', '０１２５８ＶＫ７ＱＸＡ', 'ｏｌｚｓｂｕｋ７ｑｘａ', '0125—8VK7—QXA', '0125－8VK7　QXA', '\u00a00125\u20108VK7\u2009QXA\ufeff']) {
    assert.deepEqual(readCode(front + end + '\n'), { letters: code, odd: '', state: 'right' }, front);
  }
  assert.equal(readCode(inGroups(code)).letters, code);
  assert.match(inGroups(code), /^.{4}-.{4}-.{4}$/);
});

/** Made by server/entry/code.c. */
const SERVER_CODES = ['C5XD-WVD1-N9DV', 'DRG6-6A7P-ND4T', '5W5H-A6HV-PY3P', 'A3H3-4V7T-NXNW'];

test('the check letter is that of the server', () => {
  for (const code of SERVER_CODES) assert.equal(readCode(code).state, 'right', code);
});

test('every wrong letter, and every exchange of two, is noticed', () => {
  const code = complete('K7QX04PMWH3');
  for (let i = 0; i < CODE_LEN; i++) {
    for (const letter of LETTERS) {
      const typed = code.slice(0, i) + letter + code.slice(i + 1);
      assert.equal(readCode(typed).state, typed === code ? 'right' : 'mistyped', typed);
    }
    for (let k = i + 1; k < CODE_LEN - 1; k++) {
      const letters = code.split('');
      [letters[i], letters[k]] = [letters[k]!, letters[i]!];
      if (letters.join('') !== code) assert.equal(readCode(letters.join('')).state, 'mistyped', letters.join(''));
    }
  }
});

test('what can be no code is told apart', () => {
  const states = ['', 'K7QX', '王芳', '=1', '<b>K7QX04PM', 'K7QX04PMWH3RK', '\ud83d\ude00'].map((typed) => readCode(typed).state);
  assert.deepEqual(states, ['short', 'short', 'odd', 'odd', 'odd', 'long', 'odd']);
  assert.equal(readCode('K7\ud83d\ude00QX').odd, '\ud83d\ude00');
  assert.equal(codeInHash('#K7QX%2D04'), 'K7QX-04');
  assert.equal(codeInHash('#%zz'), '%zz');
  assert.equal(codeInHash(''), '');
});

test('a slip is told while one types, missing letters only when one goes on without them', () => {
  assert.deepEqual(hintOf(readCode(''), false, enter), { text: enter.hint, tone: '' });
  assert.deepEqual(hintOf(readCode('K7'), false, enter), { text: '还差 10 个', tone: '' });
  assert.equal(hintOf(readCode('K7'), true, enter).tone, 'bad');
  assert.equal(hintOf(readCode('K7王'), false, enter).text, enter.odd.replace('*', '王'));
  assert.equal(hintOf(readCode(complete('K7QX04PMWH3')), true, enter).tone, 'good');
});

test('a refusal says what to do', () => {
  const refused = (status: number, waitS = 0): string => refusalOf({ status, code: '', waitS }, false, enter);
  assert.equal(refused(0), enter.unreached);
  assert.equal(refused(401), enter.wrong);
  assert.equal(refusalOf({ status: 401, code: '', waitS: 0 }, true, enter), enter.wrongGuest);
  assert.equal(refused(429, 130), enter.wait.replace('*', '3 分钟'));
  assert.equal(refused(503), enter.busy);
  assert.equal(refused(500), enter.failed);
  assert.deepEqual([waitText(0, enter), waitText(99, enter), waitText(100, enter)], ['1 秒', '99 秒', '2 分钟']);
});

test('TVs are told from phones and computers', () => {
  for (const agent of ['Mozilla/5.0 (Linux; Android 9; MiTV-MSSP1) AppleWebKit/537.36', 'Mozilla/5.0 (SMART-TV; Linux; Tizen 2.4.0) AppleWebKit/538.1', 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36',
    'Mozilla/5.0 (Linux; Android 7.1.2; AFTMM) AppleWebKit/537.36', 'Mozilla/5.0 (Linux; Andr0id 9; BRAVIA 4K VH2) AppleWebKit/537.36']) assert.equal(guessDevice(agent), 'tv', agent);
  for (const agent of ['Mozilla/5.0 (Linux; Android 6.0; HUAWEI TIT-AL00) AppleWebKit/537.36 Mobile', 'Mozilla/5.0 (iPhone; CPU iPhone OS 11_0 like Mac OS X)', 'Mozilla/5.0 (Windows NT 6.1; WOW64)',
    'Mozilla/5.0 (Linux; Android 8.1.0; After Dark) Mobile']) assert.equal(guessDevice(agent), 'phone', agent);
});

/** A lesson of 40 minutes from `from` on, a clock's time in China. */
const lesson = (from: string, more: Partial<Lesson> = {}): Lesson => ({
  id: from, date: '2026-11-25', start: `2026-11-25T${from}:00+08:00`, end: new Date(Date.parse(`2026-11-25T${from}:00+08:00`) + 2400000 + 28800000).toISOString().slice(0, 19) + '+08:00',
  title: from, kind: 'lecture', place: 'online', is_online: true, ...more,
});
const at = (clock: string): number => Date.parse(`2026-11-25T${clock}:00+08:00`);

test('a lesson is open from ten minutes before its beginning to its end, and as long as it is taught', () => {
  const l = lesson('08:00');
  assert.deepEqual(['07:49', '07:50', '08:00', '08:39', '08:40'].map((c) => phaseOf(l, at(c))), ['later', 'soon', 'on', 'on', 'over']);
  assert.equal(phaseOf({ ...l, state: 'live' }, at('08:55')), 'on');
  assert.equal(phaseOf({ ...l, state: 'live' }, at('07:00')), 'later');
  assert.equal(phaseOf({ ...l, state: 'reconnecting' }, at('08:55')), 'on');
  assert.equal(minutesTo(l, at('07:52') + 1), 8);
  assert.equal(minutesTo(l, at('09:00')), 0);
});

test('the button is for what is taught now, then for what is on, then for what is about to begin', () => {
  const list = [lesson('08:00'), lesson('08:45'), lesson('09:30')];
  assert.equal(lessonNow(list, at('07:00')), undefined);
  assert.equal(lessonNow(list, at('08:38'))!.id, '08:00');
  assert.equal(lessonNow(list, at('08:41'))!.id, '08:45');
  assert.equal(lessonNow([lesson('08:00'), lesson('08:10', { state: 'live' })], at('08:20'))!.id, '08:10');
  assert.equal(lessonNow([lesson('08:00', { is_online: false, place: 'school' })], at('08:20')), undefined);
  assert.equal(lessonNow([lesson('08:00', { is_online: false, place: 'elsewhere', link: 'https://tv.example/' })], at('08:20'))!.id, '08:00');
  assert.equal(lessonNext([lesson('10:00'), lesson('09:00'), lesson('08:00')], at('08:10'))!.id, '09:00');
});

test('a teacher finds on top what is taught now, or begins within the hour', () => {
  const me = { kind: 'staff', name: '', school: { code: 's1', name: '' }, code: 't1', roles: [] } as Me, lecturer = { school: 's1', code: 't1', name: '' };
  const list = [lesson('08:00', { lecturer }), lesson('10:00', { lecturer, is_online: false }), lesson('10:20', { lecturer: { ...lecturer, code: 't2' } }), lesson('11:00', { lecturer })];
  assert.equal(lessonToTeach(list, me, at('06:50')), undefined);
  assert.equal(lessonToTeach(list, me, at('07:01'))!.id, '08:00');
  assert.equal(lessonToTeach(list, me, at('08:41')), undefined);
  assert.equal(lessonToTeach(list, me, at('10:10'))!.id, '11:00');
});

test('dates and times are the district’s, wherever the device is', () => {
  assert.equal(clockOf('2026-11-25T08:05:00+08:00'), '08:05');
  assert.deepEqual(['2026-11-23', '2026-11-29', '2024-02-29'].map(weekdayOf), [1, 7, 4]);
  assert.equal(addDays('2024-02-28', 2), '2024-03-01');
  assert.equal(mondayOf('2026-11-29'), '2026-11-23');
  assert.equal(daysFrom('2026-12-31', '2027-01-01'), 1);
});

test('what a lesson costs is what the watch page says of 40 minutes', () => {
  const said = readFileSync('src/page/watch.html', 'utf8');
  assert.ok(said.includes(`<em>${autoMb(40)} MB</em>`) && said.includes(`<em>${saveMb(40)} MB</em>`));
  assert.deepEqual([saveMb(20), autoMb(20), saveMb(1)], ['2', '2–57', '1']);
});

test('minutes warn from nine tenths of the limit on', () => {
  const fill = (group: number, limit: number | null): string => fillOf({ group, voice: 0, limit, percent: null } as Minutes);
  assert.deepEqual([fill(0, 60), fill(53, 60), fill(54, 60), fill(60, 60), fill(90, 60), fill(500, null)], ['ok', 'ok', 'near', 'full', 'full', 'free']);
  assert.equal(percentOf({ group: 90, voice: 0, limit: 60, percent: 150 }), 100);
});

test('an arrow leads to what lies that way, straight ahead before aside', () => {
  const box = (left: number, top: number): Box => ({ left, top, right: left + 100, bottom: top + 50 });
  const from = box(200, 200);
  assert.equal(distance(from, box(200, 200), 'ArrowDown'), Infinity);
  assert.equal(distance(from, box(200, 100), 'ArrowDown'), Infinity);
  assert.ok(distance(from, box(200, 300), 'ArrowDown') < distance(from, box(400, 270), 'ArrowDown'));
  assert.ok(distance(from, box(400, 200), 'ArrowRight') < distance(from, box(320, 300), 'ArrowRight'));
  assert.ok(distance(from, box(0, 200), 'ArrowLeft') < Infinity);
  assert.ok(distance(from, box(200, 0), 'ArrowUp') < Infinity);
});

test('every text that a page names exists', () => {
  for (const [file, words] of [['enter.html', enter], ['home.html', home]] as const) {
    const html = readFileSync('src/page/' + file, 'utf8');
    for (const [, key] of html.matchAll(/data-t="(\w+)"/g)) assert.ok(key! in words, `${file}: ${key}`);
    assert.ok(!/ (style|on\w+)=/.test(html), file + ' must be fine with a strict content policy');
  }
  for (const file of readdirSync('src/home')) assert.ok(!/[\u4e00-\u9fff]/.test(readFileSync('src/home/' + file, 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '')), file);
});

test('a lecturer is told for which classes, of which schools, and of many how many', () => {
  const lesson = (...classes: [string, string][]): Lesson => ({ classes: classes.map(([school, name]) => ({ school, school_name: school + '小', class: name, name })) } as Lesson);
  assert.equal(classesOf(lesson(['一', '三1班'], ['一', '三2班']), home), '三1班、三2班');
  assert.equal(classesOf(lesson(['一', '三1班'], ['二', '三1班']), home), '一小 三1班、二小 三1班');
  assert.equal(classesOf(lesson(...Array.from({ length: 7 }, (_, i): [string, string] => [i ? '二' : '一', String(i)])), home), '7 个班（2 所学校）');
  assert.equal(classesOf({} as Lesson, home), '');
});
