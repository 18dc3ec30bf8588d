import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readDoorHash } from '../../src/door/hash';
import { api, at, everyItem, Problem, withQuery } from '../../src/kit/api';
import { readHash, toHash } from '../../src/kit/hash';
import { type Me, pageOf, wayOn } from '../../src/kit/me';
import { qrPath } from '../../src/kit/qr';
import { plain } from '../../src/kit/plain';
import { dayAt, isElsewhere, setZone, toIso, wallClock, zoneName } from '../../src/kit/zone';

test('a page that Preact draws is fine with a strict content policy', () => {
  assert.ok(!/ (style|on\w+)=/.test(readFileSync('src/page/app.html', 'utf8')));
});

test('what is put into a path stays within its segment, a slash as ~', () => {
  assert.equal(at`/schools/${'a/../b'}/classes/${'三(1)班?'}`, '/schools/a~..~b/classes/%E4%B8%89(1)%E7%8F%AD%3F');
  assert.equal(withQuery('/people', { after: 'a&b', limit: 50, none: '', nothing: undefined }), '/people?after=a%26b&limit=50');
  assert.equal(withQuery('/people?a=1', { b: 2 }), '/people?a=1&b=2');
});

test('times are read off the district’s clock, whatever zone the device is in', () => {
  const at = Date.parse('2026-11-24T20:30:00Z');
  const said = (minutes: number): string[] => {
    setZone(minutes);
    return [dayAt(at), wallClock(at).toISOString().slice(0, 16), wallClock('2026-11-24T20:30:00Z').toISOString().slice(0, 16), zoneName(), toIso('2026-11-22T23:59')];
  };
  assert.deepEqual(said(480), ['2026-11-25', '2026-11-25T04:30', '2026-11-25T04:30', 'UTC+8:00', '2026-11-22T23:59:00+08:00']);
  assert.deepEqual(said(-210), ['2026-11-24', '2026-11-24T17:00', '2026-11-24T17:00', 'UTC−3:30', '2026-11-22T23:59:00-03:30']);
  setZone(undefined);
  assert.equal(zoneName(), 'UTC−3:30');
  assert.equal(wallClock('2026-12-01').toISOString().slice(0, 10), '2026-12-01');
  assert.equal(toIso('nonsense'), '');
  setZone(-new Date().getTimezoneOffset());
  assert.ok(!isElsewhere());
});

test('a place in a page survives its way through the address, whatever it is called', () => {
  const parts = ['schools', '一小/2', '%', '三(1)班'];
  assert.deepEqual(readHash(toHash(...parts)), parts);
  assert.deepEqual(readHash('#/a/%zz'), ['a', '%zz']);
  assert.deepEqual(readHash(''), []);
});

test('what comes behind the # of the door is read, and a broken escape is left out', () => {
  assert.deepEqual(readDoorHash('#invite=ab%2Bc&to=%2Foffice%23%2Fa&bad=%zz'), { invite: 'ab+c', to: '/office#/a' });
});

test('what is not seen or turns direction is written out, and HTML is text', () => {
  assert.equal(plain('王\u202e小\u200b明<b>&amp;'), '王[U+202E]小[U+200B]明<b>&amp;');
  assert.equal(plain('a\u0000\tb'), 'a[U+0000][U+0009]b');
});

const me = (role: string, kind: Me['kind'] = 'staff'): Me => ({
  kind, name: '', school: { code: '', name: '' }, roles: [{ role, school: '1', school_name: '', class: '', class_name: '' }],
});

test('who signs in comes to the page of their work, or back to where they were, never to another site', () => {
  assert.deepEqual(['district_admin', 'school_admin', 'homeroom', 'reporter', 'lecturer', 'tutor', 'guardian'].map((role) => pageOf(me(role))),
    ['/office', '/office', '/office', '/office', '/home', '/home', '/home']);
  assert.equal(pageOf(me('student', 'pupil')), '/home');
  assert.equal(wayOn('/office#/schools/1', me('lecturer')), '/office#/schools/1');
  assert.equal(wayOn('/teach#l=maths', me('lecturer')), '/teach#l=maths');
  for (const to of ['', '//evil.example', 'https://evil.example/office', '/office.evil', 'javascript:alert(1)', '/teacher']) assert.equal(wayOn(to, me('homeroom')), '/office');
});

/** What fetch was asked for, and what it is to answer. */
function stubFetch(...answers: [number, string, Record<string, string>?][]): { method: string; path: string; body: unknown }[] {
  const asked: { method: string; path: string; body: unknown }[] = [];
  globalThis.fetch = (async (path: string, { method, body }: RequestInit) => {
    asked.push({ method: method!, path, body });
    const [status, text, headers = {}] = answers.shift()!;
    if (!status) throw new TypeError('no network');
    return new Response(status === 204 ? null : text, { status, headers });
  }) as typeof fetch;
  return asked;
}

const problem = (asked: Promise<unknown>): Promise<Problem> => asked.then(() => assert.fail('no problem'), (e: unknown) => e as Problem);

test('what the server says against a request is a problem with its code, whatever the answer looks like', async () => {
  stubFetch([409, '{"error":{"code":"exists","message":"Taken.","field":"code"}}'], [429, '{"error":{"code":"wait","message":""}}', { 'retry-after': '30' }],
    [502, '<html>'], [500, '{"error":5}'], [0, '']);
  const [taken, wait, html, odd, away] = [await problem(api.put('/a')), await problem(api.put('/a')), await problem(api.put('/a')), await problem(api.put('/a')), await problem(api.put('/a'))];
  assert.deepEqual([taken.status, taken.code, taken.details.field], [409, 'exists', 'code']);
  assert.deepEqual([wait.code, wait.waitS], ['wait', 30]);
  assert.deepEqual([html.status, html.code, odd.code], [502, 'failed', 'failed']);
  assert.deepEqual([away.status, away.code], [0, 'offline']);
});

test('an answer without a body is none, and a list is read to its end', async () => {
  const asked = stubFetch([204, ''], [200, '{"items":[1,2],"next":"k&2"}'], [200, '{"items":[3],"next":null}']);
  assert.equal(await api.drop('/a'), undefined);
  assert.deepEqual(await everyItem('/list'), [1, 2, 3]);
  assert.deepEqual(asked.map(({ method, path }) => `${method} ${path}`), ['DELETE /api/v1/a', 'GET /api/v1/list?limit=200', 'GET /api/v1/list?after=k%262&limit=200']);
});

test('a QR code is drawn as squares within its grid, its three corners among them', () => {
  const { size, path } = qrPath('https://school.example:8443/enter#K7QX-04PM-WH3R');
  assert.ok(size >= 25 && size <= 41);
  for (const [, x, y, w] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) assert.ok(Number(x) + Number(w) <= size && Number(y) < size);
  for (const corner of ['M0 0h7v1', `M${size - 7} 0h7v1`, `M0 ${size - 1}h7v1`]) assert.ok(path.includes(corner), corner);
});
