// A stand-in for the server behind /sign-in, /set-up and /office: a small district in memory, and the built pages under the real policy.
// `node test/fake-office.mjs [port]` serves it for a look by hand.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policy } from './policy.mjs';

const WEB = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'build', 'web');
const PAGES = { '/sign-in': 'sign-in.html', '/set-up': 'sign-in.html', '/office': 'office.html' };

/** Names as hostile lists bring them. */
export const NASTY = '<img src=x onerror=alert(1)>&amp;\u202eevil';

const role = (name, school = '', klass = '') => ({ role: name, school, school_name: SCHOOLS[school] || '', class: klass, class_name: CLASS_NAMES[klass] || '' });
const SCHOOLS = { 17: '石头乡中心小学', 18: '第二中学', x: NASTY };
const CLASS_NAMES = { '3-1': '三年级（1）班', '3-2': '三年级（2）班', '5-2': '五年级（2）班' };

/** What comes of each import, row by row. */
const FATES = [
  ['new', { kind: 'person', name: '陈新', code: 'p901', school: '17' }], ['changed', { kind: 'person', name: '王小明', code: 'p1', school: '17' }, { kind: 'person', name: '王晓明', code: 'p1', school: '17' }],
  ['same', { kind: 'class', name: '三年级（1）班', grade: 3, class: '3-1', school: '17' }], ['removed', { kind: 'role', role: 'student', person: 'p7', class: '3-1', school: '17' }], ['skipped', null],
];

export const roles = {
  district: { name: '刘区长', login: 'liu', roles: [role('district_admin')] },
  school: { name: '张校长', login: 'zhang', roles: [role('school_admin', '17')] },
  homeroom: { name: '李班主任', login: 'li', roles: [role('homeroom', '17', '3-1')] },
  patrol: { name: '巡课员', login: 'xun', roles: [role('patrol_county')] },
  reporter: { name: '信息员', login: 'xin', roles: [role('reporter', '17')] },
  lecturer: { name: '赵老师', login: 'zhao', roles: [role('lecturer', '17')] },
};

function seed() {
  const people = new Map(), klass = ['王小明', '李红', '欧阳娜娜', NASTY, '陈', '买买提·艾合买提江', '赵子龙'];
  for (let i = 1; i <= 120; i++) {
    const name = klass[i - 1] || `学生${i}`;
    people.set(`17/p${i}`, { code: 'p' + i, name, roles: i <= 23 ? [role('student', '17', '3-1')] : [], wards: [], account: null });
  }
  people.set('17/t1', { code: 't1', name: '李班主任', roles: [role('homeroom', '17', '3-1'), role('lecturer', '17')], wards: [], account: { login: 'li', has_totp: true, last_seen: '2026-11-20T08:00:00+08:00' } });
  people.set('17/g1', { code: 'g1', name: '王妈妈', roles: [], wards: [{ school: '17', code: 'p1', name: '王小明', class: '3-1', class_name: '三年级（1）班' }], account: null });
  people.set('18/t1', { code: 't1', name: '李班主任', roles: [role('lecturer', '18')], wards: [], account: null });
  people.set('-/d1', { code: 'd1', name: '刘区长', roles: [role('district_admin')], wards: [], account: { login: 'liu', has_totp: false, last_seen: null } });
  return {
    district: '石头县', schools: new Map(Object.entries(SCHOOLS)), people, holders: new Map(), guests: [], closures: [{ from: '2026-12-01', to: '2026-12-03' }],
    classes: new Map([['17/3-1', { name: CLASS_NAMES['3-1'], grade: 3 }], ['17/3-2', { name: CLASS_NAMES['3-2'], grade: 3 }], ['17/5-2', { name: CLASS_NAMES['5-2'], grade: 5 }],
      ...Array.from({ length: 66 }, (_, i) => [`18/c${i + 1}`, { name: `初${Math.floor(i / 22) + 1}（${i % 22 + 1}）班`, grade: Math.floor(i / 22) + 7 }])]),
    calendar: { first_monday: '2026-08-31', utc_offset_min: 480, holidays: [{ from: '2026-10-01', to: '2026-10-07' }], swaps: [{ date: '2026-10-10', as: '2026-10-08' }] },
    policy: '[rule everyone]\nhours = 08:00-12:00 14:00-17:30\nlesson-minutes = 45\n', imports: new Map(), sessions: [
      { id: 's1', since: '2026-11-20T08:00:00+08:00', last_seen: '2026-11-22T07:30:00+08:00', is_this: true }, { id: 's2', since: '2026-11-01T08:00:00+08:00', last_seen: '2026-11-02T09:00:00+08:00', is_this: false }],
    entries: new Map([
      ['e1', { title: '数学：分数', lecturer: { school: '17', code: 't1', name: '李班主任' }, classes: [{ school: '17', class: '3-1', name: '三年级（1）班' }, { school: '17', class: '3-2', name: '三年级（2）班' }], kind: 'lecture', place: 'online', link: '', weeks: 'every', weekday: 1, start: '08:00', length_min: 40, from: '2026-08-31', to: '2027-01-22' }],
      ['e2', { title: '语文', lecturer: null, classes: [{ school: '17', class: '3-1', name: '三年级（1）班' }], kind: 'lecture', place: 'school', link: '', weeks: 'every', weekday: 3, start: '10:00', length_min: 40, from: '2026-08-31', to: '2027-01-22' }],
      ['e3', { title: NASTY, lecturer: null, classes: [{ school: '17', class: '3-1', name: '三年级（1）班' }], kind: 'qa', place: 'elsewhere', link: 'https://tv.example/', weeks: 'every', weekday: 5, start: '15:40', length_min: 30, from: '2026-08-31', to: '2027-01-22' }],
      ['city', { home: '-', title: '天文公开课', lecturer: { school: '18', school_name: SCHOOLS[18], code: 't1', name: '李班主任' }, classes: [{ school: '17', school_name: SCHOOLS[17], class: '3-1', name: '三年级（1）班' }, ...[1, 2, 3].map((i) => ({ school: '18', school_name: SCHOOLS[18], class: 'c' + i, name: `初1（${i}）班` }))], kind: 'lecture', place: 'online', link: '', weeks: 'every', weekday: 3, start: '14:00', length_min: 45, from: '2026-08-31', to: '2027-01-22' }]]),
  };
}

/** Every fifth pupil stays away. */
function attended({ code, name }, i) {
  const voice = i % 3 ? 0 : 12, lessons = [
    { id: 'l1', title: '数学：分数', minutes: 38, voice_minutes: voice, first: '08:01', last: '08:40' }, { id: 'l2', title: NASTY, minutes: 12, voice_minutes: 0, first: '10:00', last: '10:12' },
  ].slice(0, i % 5 === 4 ? 0 : 1 + i % 2);
  return { code, name, minutes: lessons.reduce((n, l) => n + l.minutes, 0), voice_minutes: lessons.length ? voice : 0, lessons };
}

class Refusal {
  constructor(status, code, message = '', more = {}) {
    Object.assign(this, { status, code, message, more });
  }
}
const refuse = (...args) => {
  throw new Refusal(...args);
};

/** Of what is only to be made (If-None-Match: *). */
const unless = (isThere) => isThere && refuse(412, 'exists');

/** `n`-th to last letters of the real alphabet, so that codes look as they will. */
const codeOf = (i) => ['K7QX', '04PM', 'W' + String(1000 + i).slice(1)].join('-');

function paged(items, url) {
  const limit = Number(url.searchParams.get('limit')) || 50, after = Number(url.searchParams.get('after')) || 0;
  return { items: items.slice(after, after + limit), next: after + limit < items.length ? String(after + limit) : null };
}

/** Of each pupil one; of the first two, one and the same. */
const guardians = (s, p) => pupils(s, p).map((one, i) => ({ school: '17', code: (i === 1 ? pupils(s, p)[0] : one).code + '-父', name: i > 1 ? '家长' + one.name : '王建国', ward: one.code, ward_name: one.name, has_account: i % 4 === 3 }));

/** [method, path, answer({ p: parts, body, url, s: state, office })]; what it returns is the answer. */
const ROUTES = [
  ['GET', 'me', ({ office }) => office.me ?? refuse(401, 'unauthorized')],
  ['POST', 'door/sign-in', ({ body, office }) => {
    const who = Object.keys(roles).find((name) => roles[name].login === body.login);
    if (office.lockedS) refuse(429, 'wait', '', {});
    if (!who || body.password !== 'correct horse') refuse(401, 'wrong');
    if (who === 'school' && !body.totp) refuse(401, 'totp_needed');
    if (who === 'school' && body.totp !== '123456') refuse(401, 'wrong');
    return office.enter(who);
  }],
  ['POST', 'door/setup', ({ body, office }) => (body.code === 'K7QX-04PM-WH3R' ? office.enter('district') : refuse(401, 'wrong'))],
  ['POST', 'door/invited', ({ body, office }) => (body.invite === 'good' ? body.login === 'li' ? refuse(409, 'login_taken') : office.enter('homeroom') : refuse(401, 'wrong'))],
  ['POST', 'door/sign-out', ({ office }) => { office.me = undefined; }],
  ['PUT', 'me/password', ({ body }) => { if (body.old !== 'correct horse') refuse(401, 'wrong'); }],
  ['POST', 'me/totp', () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Airclass:liu?secret=JBSWY3DPEHPK3PXP&issuer=Airclass' })],
  ['PUT', 'me/totp', ({ body, office }) => { if (body.totp !== '123456') refuse(400, 'wrong_totp'); office.me.has_totp = true; }],
  ['DELETE', 'me/totp', ({ office }) => { office.me.has_totp = false; }],
  ['GET', 'me/sessions', ({ s }) => ({ items: s.sessions, next: null })],
  ['DELETE', 'me/sessions/:id', ({ s, p }) => { s.sessions = s.sessions.filter(({ id }) => id !== p.id); }],
  ['GET', 'district', ({ s }) => ({ name: s.district })],
  ['PUT', 'district', ({ s, body }) => { s.district = body.name; }],
  ['GET', 'schools', ({ s, url }) => paged([...s.schools].map(([code, name]) => ({ code, name })).filter(({ code, name }) => (code + name).includes(url.searchParams.get('q') ?? '')), url)],
  ['GET', 'schools/:school', ({ s, p }) => (s.schools.has(p.school) ? { code: p.school, name: s.schools.get(p.school) } : refuse(404, 'no_school'))],
  ['PUT', 'schools/:school', ({ s, p, body, makes }) => { if (/\s/.test(p.school)) refuse(400, 'bad_code', 'No blanks.'); if (makes) unless(s.schools.has(p.school)); s.schools.set(p.school, body.name); }],
  ['DELETE', 'schools/:school', ({ s, p }) => { if (p.school === '17') refuse(409, 'not_empty'); s.schools.delete(p.school); }],
  ['GET', 'schools/:school/classes', ({ s, p, url }) => paged([...s.classes].filter(([key]) => key.startsWith(p.school + '/')).map(([key, c]) => ({ code: key.slice(p.school.length + 1), ...c })), url)],
  ['PUT', 'schools/:school/classes/:class', ({ s, p, body, makes }) => { if (makes) unless(s.classes.has(`${p.school}/${p.class}`)); s.classes.set(`${p.school}/${p.class}`, body); }],
  ['DELETE', 'schools/:school/classes/:class', ({ s, p }) => { s.classes.delete(`${p.school}/${p.class}`); }],
  ['GET', 'schools/:school/people', ({ s, p, url }) => paged([...s.people].filter(([key, { roles: held }]) => key.startsWith(p.school + '/') && (!url.searchParams.get('staff') || held.some((r) => r.role !== 'student'))).map(([, { code, name }]) => ({ code, name })).filter((one) => (one.code + one.name).includes(url.searchParams.get('q') ?? '')), url)],
  ['GET', 'schools/:school/people/:person', ({ s, p }) => s.people.get(`${p.school}/${p.person}`) ?? refuse(404, 'no_person')],
  ['PUT', 'schools/:school/people/:person', ({ s, p, body, makes }) => { if (makes) unless(s.people.has(`${p.school}/${p.person}`)); s.people.set(`${p.school}/${p.person}`, { roles: [], wards: [], account: null, ...s.people.get(`${p.school}/${p.person}`), code: p.person, name: body.name }); }],
  ['DELETE', 'schools/:school/people/:person', ({ s, p }) => { s.people.delete(`${p.school}/${p.person}`); }],
  ['PUT', 'schools/:school/people/:person/roles/:role', ({ s, p, url }) => { s.people.get(`${p.school}/${p.person}`).roles.push(role(p.role, p.school === '-' ? '' : p.school, url.searchParams.get('class') || '')); }],
  ['DELETE', 'schools/:school/people/:person/roles/:role', ({ s, p }) => { const one = s.people.get(`${p.school}/${p.person}`); one.roles = one.roles.filter((r) => r.role !== p.role); }],
  ['PUT', 'schools/:school/people/:person/wards/:ward', ({ s, p }) => { const ward = s.people.get(`${p.school}/${p.ward}`) ?? refuse(404, 'no_person'); s.people.get(`${p.school}/${p.person}`).wards.push({ school: p.school, code: p.ward, name: ward.name, class: '', class_name: '' }); }],
  ['DELETE', 'schools/:school/people/:person/wards/:ward', ({ s, p }) => { s.people.get(`${p.school}/${p.person}`).wards = []; }],
  ['POST', 'schools/:school/people/:person/invite', () => ({ invite: 'K7QX-04PM-WH3R', link: '/sign-in#invite=K7QX-04PM-WH3R', expires: '2026-11-29T08:00:00+08:00' })],
  ['POST', 'schools/:school/people/:person/entry-code', ({ s, p }) => { s.holders.set(p.person, true); return { entry_code: codeOf(999) }; }],
  ['GET', 'schools/:school/people/:person/data', ({ s, p }) => s.people.get(`${p.school}/${p.person}`)],
  ['POST', 'schools/:school/people/:person/erase', ({ s, p }) => { s.people.delete(`${p.school}/${p.person}`); }],
  ['GET', 'schools/:school/classes/:class/members', ({ s, p, url }) => paged([...s.people].flatMap(([, one]) => one.roles.filter((r) => r.school === p.school && r.class === p.class).map((r) => ({ role: r.role, school: p.school, code: one.code, name: one.name }))), url)],
  ['GET', 'schools/:school/classes/:class/guardians', ({ s, p, url }) => paged(guardians(s, p), url)],
  ['POST', 'schools/:school/classes/:class/guardians', ({ s, p }) => ({ items: guardians(s, p).filter((one) => !one.has_account).map(({ has_account: _, ...one }, i) => ({ ...one, link: '/sign-in#invite=' + 'Vw3-'.repeat(10) + String(100 + i), expires: '2026-11-29T08:00:00+08:00' })) })],
  ['GET', 'schools/:school/classes/:class/codes', ({ s, p, url }) => paged(pupils(s, p).map((one, i) => ({ code: one.code, name: one.name, has_code: s.holders.has(one.code) || i % 4 === 0, devices: i % 8 ? [] : [{ kind: 'phone', since: '2026-09-01T08:00:00+08:00', last_seen: '2026-11-20T08:00:00+08:00' }] })), url)],
  ['POST', 'schools/:school/classes/:class/codes', ({ s, p, body }) => ({ items: pupils(s, p).filter((one, i) => body.reset || !(s.holders.has(one.code) || i % 4 === 0)).map((one, i) => { s.holders.set(one.code, true); return { code: one.code, name: one.name, entry_code: codeOf(i) }; }) })],
  ['GET', 'schools/:school/classes/:class/guests', ({ s, url }) => paged(s.guests.map(({ code, ...guest }) => guest), url)],
  ['POST', 'schools/:school/classes/:class/guests', ({ s, body }) => { const { name, ...guest } = { id: 'g' + s.guests.length, ...body, code: codeOf(500), used: 0 }; s.guests.push({ ...guest, name }); return guest; }],
  ['DELETE', 'schools/:school/classes/:class/guests/:guest', ({ s, p }) => { s.guests = s.guests.filter(({ id }) => id !== p.guest); }],
  ['GET', 'schools/:school/classes/:class/feed', ({ s }) => ({ since: s.feedSince ?? null })],
  ['POST', 'schools/:school/classes/:class/feed', ({ s }) => { s.feedSince = new Date().toISOString(); return { url: 'https://school.example/feeds/0123456789abcdefghijkl.ics' }; }],
  ['GET', 'schools/:school/classes/:class/roll', ({ s, p, url }) => paged(pupils(s, p).map(attended), url)],
  ['POST', 'imports', ({ s, body }) => { const id = 'i' + (s.imports.size + 1); s.imports.set(id, { ...body, files: [], asked: 0, state: 'reading' }); return { id }; }],
  ['PUT', 'imports/:id/files', ({ s, p, url, raw }) => {
    const { files } = s.imports.get(p.id), name = url.searchParams.get('name');
    files.push({ name, text: raw.toString() });
    return { file: files.length - 1, sheets: name.endsWith('.xlsx') ? ['三1班', '三2班', '旧'].map((sheet) => ({ name: sheet, is_hidden: sheet === '旧' })) : [] };
  }],
  ['PUT', 'imports/:id/files/:file', ({ s, p, url }) => { s.imports.get(p.id).files[p.file].sheet = url.searchParams.get('sheet'); }],
  ['GET', 'imports/:id', ({ s, p, url }) => report(s.imports.get(p.id) ?? refuse(404, 'no_import'), url)],
  ['POST', 'imports/:id/apply', ({ s, p }) => { const one = s.imports.get(p.id); one.state = 'applying'; one.asked = 0; }],
  ['DELETE', 'imports/:id', ({ s, p }) => { s.imports.delete(p.id); }],
  ['GET', 'calendar', ({ s }) => s.calendar],
  ['PUT', 'calendar', ({ s, body }) => { s.calendar = body; }],
  ['GET', 'policy', ({ s }) => ({ text: s.policy })],
  ['PUT', 'policy', ({ s, body }) => { const line = body.text.split('\n').findIndex((l) => l.includes('lunch')) + 1; if (line) refuse(400, 'bad_policy', "unknown key 'lunch'", { line, zh: '没有“lunch”这一项' }); s.policy = body.text; }],
  ['GET', 'audit', ({ url }) => paged(url.searchParams.get('person') ? DEEDS.filter((e) => [e.by, e.about].some((who) => who && who.code === url.searchParams.get('person'))) : DEEDS, url)],
  ['GET', 'today', ({ url }) => {
    const state = url.searchParams.get('state') || '', items = TODAY.map(lessonOf), isNow = ({ phase }) => /^(live|late|elsewhere)$/.test(phase);
    const counts = Object.fromEntries(['live', 'late', 'elsewhere', 'later', 'over'].map((phase) => [phase, items.filter((l) => l.phase === phase).length]));
    return { ...paged(items.filter((l) => !state || (state === 'now' ? isNow(l) : l.phase === state)), url), counts };
  }],
  ['GET', 'schools/:school/timetable', ({ s, p, url }) => paged([...s.entries].filter(([, e]) => (e.home ?? '17') === p.school).map(([entry, e]) => ({ entry, ...e })), url)],
  ['GET', 'timetable', ({ s, url }) => ({ next: null, items: [...s.entries].filter(([, e]) => e.classes.some((c) => c.school === url.searchParams.get('school') && c.class === url.searchParams.get('class'))).map(([entry, e]) => {
    const date = dayAfter(url.searchParams.get('date'), e.weekday - 1), at = (min) => `${date}T${new Date(Date.UTC(2026, 0, 1, ...e.start.split(':').map(Number)) + min * 60000).toISOString().slice(11, 19)}+08:00`;
    return { ...e, id: entry, entry, school: (e.home ?? '17').replace('-', ''), date, start: at(0), end: at(e.length_min), state: 'planned' };
  }) })],
  ['PUT', 'schools/:school/timetable/:entry', ({ s, p, body }) => {
    if (body.start >= '18:00' && !body.override) refuse(409, 'needs_override', '', { verdict: 'needs_override', reasons: ['outside_hours'], findings: [{ code: 'outside_hours', zh: '不在允许的上课时间内', en: 'outside the allowed hours', date: '2026-11-23', title: null, class: { school: '17', school_name: SCHOOLS[17], class: '3-1', name: '三年级（1）班' } }] });
    if (body.title === '撞课') refuse(409, 'refused', '', { verdict: 'refuse', findings: Array.from({ length: 12 }, (_, i) => ({ code: 'class', zh: '班级在同一时间另有课', en: 'the class has another lesson at that time', date: '2026-11-' + (10 + i), title: NASTY })) });
    s.entries.set(p.entry, { weeks: 'every', weekday: 1, from: body.date, to: body.date, ...body, home: p.school, lecturer: body.lecturer && { ...body.lecturer, school_name: SCHOOLS[body.lecturer.school], name: s.people.get(`${body.lecturer.school || '-'}/${body.lecturer.code}`).name }, classes: body.classes.map((c) => ({ ...c, school_name: SCHOOLS[c.school] || c.school, name: s.classes.get(`${c.school}/${c.class}`)?.name || c.class })) });
  }],
  ['DELETE', 'schools/:school/timetable/:entry', ({ s, p }) => { s.entries.delete(p.entry); }],
  ['POST', 'schools/:school/timetable/publish', () => ({ published: 3 })],
  ['POST', 'schools/:school/timetable/import', ({ raw }) => ({ rows: 2, is_applicable: !raw.includes('bad'), notes: raw.includes('bad') ? [{ row: 3, column: '开始', severity: 'error', zh: '时间不对', en: 'That is no time.' }] : [] })],
  ['GET', 'schools/:school/closures', ({ s }) => ({ items: s.closures, next: null })],
  ['POST', 'schools/:school/closures', ({ s, body }) => { s.closures.push(body); }],
  ['DELETE', 'schools/:school/closures', ({ s, url }) => { s.closures = s.closures.filter((c) => c.from !== url.searchParams.get('from')); }],
  ['GET', 'exports/:kind', () => 'code,name\r\n17,x\r\n'],
].map(([method, path, answer]) => [method, path.split('/'), answer]);

/** The audit log, newest first. */
const LIU = { school: '', code: 'd1', name: '刘区长' }, GONE = 'k3v9x2m4q7p1abcd';
const DEEDS = [
  { act: 'codes.make', subject: 'person:a', about: { school: '17', code: 'p1', name: '王小明' }, detail: '1 codes' }, { act: 'role.put', subject: 'person:b', about: { school: '17', code: 't1', name: NASTY }, detail: 'homeroom at 17/3-1' },
  { act: 'person.erase', subject: 'person:' + GONE, detail: '' }, { act: 'school.close', subject: '17 2026-12-01 2026-12-03', detail: '' }, { act: 'door.sign_in', actor: GONE, subject: GONE, by: null, detail: 'totp' },
  { act: 'timetable.override', subject: '17/e1', detail: `sha256:${'0f'.repeat(32)} (outside_hours 2026-11-23 17/3-1; minutes_over 2026-11-24 17/3-2)` }, { act: 'school.put', actor: 'console', by: null, subject: 'school:17', detail: '' },
  ...Array.from({ length: 63 }, () => ({ act: 'roster.import', subject: 'school:17', detail: '3 new, 1 changed, 0 removed' })),
].map((e, i) => ({ seq: 70 - i, at: `2026-11-22T08:${String(59 - i % 60).padStart(2, '0')}:00+08:00`, actor: 'd1', by: LIU, about: null, ...e }));

const dayAfter = (date, days) => new Date(Date.parse(date + 'T00:00:00Z') + days * 86400000).toISOString().slice(0, 10);

/** So many minutes from now. */
const isoAt = (min) => new Date(Date.now() + min * 60000).toISOString();
const TODAY = [
  { title: NASTY, fromMin: -5, place: 'online', is_online: true, lesson: 'o1', state: 'live', link: '', phase: 'live', viewers: 23 },
  { title: '语文', fromMin: -5, place: 'online', is_online: true, lesson: 'o2', state: 'waiting', link: '', phase: 'late', viewers: 4 },
  { title: '科学', fromMin: -5, place: 'elsewhere', is_online: false, lesson: null, state: 'planned', link: 'https://tv.example/', phase: 'elsewhere' },
  { title: '音乐', fromMin: -5, place: 'school', is_online: true, lesson: 'o3', state: 'waiting', link: '', lecturer: null, can_start: false, phase: 'late' },
  { title: '英语', fromMin: 90, place: 'online', is_online: true, lesson: 'o4', state: 'waiting', link: '', phase: 'later' },
];
const lessonOf = ({ fromMin, ...lesson }, i) => ({
  id: 'o' + i, school: '17', date: isoAt(fromMin).slice(0, 10), start: isoAt(fromMin), end: isoAt(fromMin + 40), kind: 'lecture',
  classes: [{ school: '17', class: '3-1', name: '三年级（1）班' }], lecturer: { school: '17', code: 't1', name: '李班主任' }, viewers: 0, can_start: lesson.is_online && lesson.lecturer !== null, ...lesson,
});

const pupils = (s, p) => [...s.people.values()].filter((one) => one.roles.some((r) => r.role === 'student' && r.school === p.school && r.class === p.class));

function report(one, url) {
  one.asked++;
  if (one.state === 'reading' && one.asked > 1) one.state = 'ready';
  if (one.state === 'applying' && one.asked > 1) one.state = 'done';
  const isBad = one.files.some((f) => f.text.includes('bad')), items = Array.from({ length: 60 }, (_, i) => {
    const [fate, record = null, before = null] = isBad && i === 1 ? ['refused', null] : FATES[i % FATES.length];
    return { fate, file: 'people.csv', row: fate === 'removed' ? 0 : i + 2, kind: record?.kind ?? '', record, before };
  });
  const counts = { new: 0, changed: 0, same: 0, removed: 0, skipped: 0, refused: 0 };
  for (const { fate } of items) counts[fate]++;
  const notes = isBad ? [{ file: 'people.csv', row: 3, column: '姓名', severity: 'error', code: 'phone', zh: '看起来是电话号码，请删去：' + NASTY, en: 'This looks like a phone number: remove it' }] : [];
  return { state: one.state, counts, is_applicable: !isBad, notes, ...paged(items, url) };
}

function match(method, path) {
  const parts = path.split('/').map(decodeURIComponent);
  for (const [m, pattern, answer] of ROUTES) {
    if (m !== method || pattern.length !== parts.length || !pattern.every((want, i) => want[0] === ':' || want === parts[i])) continue;
    return [answer, Object.fromEntries(pattern.flatMap((want, i) => (want[0] === ':' ? [[want.slice(1), parts[i]]] : [])))];
  }
  return [];
}

export async function serveOffice(port = 0) {
  const office = { s: seed(), me: undefined, asked: [], lockedS: 0 };
  office.enter = (who) => {
    const one = roles[who], first = one.roles[0];
    return (office.me = { kind: 'staff', has_totp: false, school: { code: first.school, name: first.school_name }, ...one });
  };
  office.reset = () => Object.assign(office, { s: seed(), me: undefined, asked: [], lockedS: 0 });
  const http = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x'), chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (!url.pathname.startsWith('/api/v1/')) return servePage(url.pathname, response);
    const raw = Buffer.concat(chunks), type = request.headers['content-type'] ?? '', [answer, p] = match(request.method, url.pathname.slice(8));
    const body = type.startsWith('application/json') ? JSON.parse(raw) : undefined;
    office.asked.push({ what: `${request.method} ${url.pathname.slice(8)}${url.search}`, body });
    try {
      if (!answer) refuse(404, 'not_found', url.pathname);
      const found = answer({ p, body, raw, url, s: office.s, office, makes: request.headers['if-none-match'] === '*' });
      const text = typeof found === 'string' ? found : JSON.stringify(found ?? {});
      response.writeHead(200, { 'content-type': typeof found === 'string' ? 'text/csv' : 'application/json' }).end(text);
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      response.writeHead(e.status, { 'content-type': 'application/json', ...(office.lockedS ? { 'retry-after': String(office.lockedS) } : {}) });
      response.end(JSON.stringify({ error: { code: e.code, message: e.message, ...e.more } }));
    }
  });
  await new Promise((resolve) => http.listen(port, '127.0.0.1', resolve));
  office.origin = `http://localhost:${http.address().port}`;
  office.close = () => {
    http.close();
    http.closeAllConnections?.();
  };
  return office;
}

function servePage(path, response) {
  const name = PAGES[path];
  if (!name) return response.writeHead(404, { 'content-type': 'text/html' }).end('<title>elsewhere</title>');
  const html = readFileSync(join(WEB, name), 'utf8');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(html) }).end(html);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const office = await serveOffice(Number(process.argv[2]) || 8090);
  console.log(office.origin + '/sign-in   liu, zhang (123456), li; password: correct horse');
}
