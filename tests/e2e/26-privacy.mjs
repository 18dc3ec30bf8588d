// What is known about people stays where it belongs: no log line holds a name, a code or a secret, and who is erased
// leaves no byte in the data folder.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test, until } from './lib/testing.mjs';
import { workbook } from './lib/workbook.mjs';

/** Texts that nothing else holds. */
const NAME = '欧阳若兮', RENAMED = '歐陽若曦', CODE = 'Zq7731xK', GUARDIAN = '欧阳母亲', GUARDIAN_CODE = 'Gq9902wM', OTHER = '司空见惯', OTHER_CODE = 'Yt4417vB';
const ADMIN = '诸葛孔方', LOGIN = 'lx55.admin', PASSWORD = 'Wz-4431-passphrase', GUARDIAN_LOGIN = 'lx56.parent', GUARDIAN_PASSWORD = 'Wz-4432-passphrase', GUEST = '来访者甲';
const TITLE = '只有我们知道的课', STREAM_KEY = 'stream-Qx81-secret', WATCH_KEY = 'watch-Qx82-secret';
const ERASED = [NAME, RENAMED, CODE, GUARDIAN, GUARDIAN_CODE, GUARDIAN_LOGIN];
const SCHOOL = '/api/v1/schools/S1', PUPIL = `${SCHOOL}/people/${CODE}`;

function filesOf(folder) {
  return readdirSync(folder).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}

/** The files that hold any of the texts, and which. */
function holders(files, texts) {
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    return texts.filter((text) => bytes.includes(text)).map((text) => `${file}: ${text}`);
  });
}

await run(async () => {
  const server = await Server.start({
    lessons: [{ id: 'shut', title: TITLE, streamKey: STREAM_KEY, watchKey: WATCH_KEY }],
    settings: { 'server.log-level': 'trace' },
  });
  const data = join(server.folder, 'data');
  const secrets = [STREAM_KEY, WATCH_KEY, readFileSync(join(data, 'admin.token'), 'utf8').trim()];
  const ask = async (method, path, body, expected) => {
    const { status, json } = await server.admin(method, path, body);
    assert.equal(status, expected, `${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  };

  await test('an office puts people in, names them anew, and asks for what is not there', async () => {
    await ask('PUT', SCHOOL, { name: '第一小学' }, 200);
    await ask('PUT', `${SCHOOL}/classes/1`, { name: '一年级1班', grade: 1 }, 200);
    await ask('PUT', PUPIL, { name: NAME }, 200);
    await ask('PUT', PUPIL, { name: RENAMED }, 200);
    await ask('PUT', `${SCHOOL}/people/${GUARDIAN_CODE}`, { name: GUARDIAN }, 200);
    await ask('PUT', `${SCHOOL}/people/${OTHER_CODE}`, { name: OTHER }, 200);
    await ask('PUT', `${PUPIL}/roles/student?class=1`, {}, 204);
    await ask('PUT', `${SCHOOL}/people/${GUARDIAN_CODE}/wards/${CODE}`, {}, 204);
    await ask('GET', `${SCHOOL}/classes/1/members`, undefined, 200);
    await ask('PUT', PUPIL, { name: `${NAME} 13912345678` }, 400);
    await ask('PUT', `${PUPIL}/roles/student?class=${CODE}`, {}, 404);
    await ask('GET', `${SCHOOL}/people/${CODE}x`, undefined, 404);
    await ask('GET', `${SCHOOL}/people?after=${encodeURIComponent(NAME)}`, undefined, 200);
    await ask('POST', `${PUPIL}/nothing`, { name: NAME }, 404);
  });

  /** Like a browser: {status, json, cookie}. */
  const knock = async (path, body, expected, cookie = '') => {
    const answer = await fetch(`${server.origin}/api/v1${path}`, { method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json', cookie }, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.equal(answer.status, expected, `${path}: ${text}`);
    const given = answer.headers.get('set-cookie')?.split(';')[0] || '';
    if (given) secrets.push(given.split('=')[1]);
    return { json: text && JSON.parse(text), cookie: given };
  };
  const cookies = {};
  const keep = (secret) => (secrets.push(secret), secret);

  await test('the first admin, a guardian, a pupil and a guest come in at the door, and strangers do not', async () => {
    const code = /set-up#code=(\S+)/.exec(server.process.lines.join('\n'))[1];
    const { cookie } = await knock('/door/setup', { code, name: ADMIN, login: LOGIN, password: PASSWORD }, 201);
    assert.equal((await knock('/me', undefined, 200, cookie)).json.name, ADMIN);
    await knock('/door/sign-in', { login: LOGIN, password: `${PASSWORD}x` }, 401);
    await knock('/door/sign-in', { login: `${LOGIN}x`, password: PASSWORD }, 401);
    await knock('/door/sign-in', { login: LOGIN, password: PASSWORD }, 200);
    const { invite, link } = await ask('POST', `${SCHOOL}/people/${GUARDIAN_CODE}/invite`, {}, 201);
    keep(link.split('=').at(-1));
    cookies.guardian = (await knock('/door/invited', { invite: keep(invite), login: GUARDIAN_LOGIN, password: GUARDIAN_PASSWORD }, 200)).cookie;
    const { items } = await ask('POST', `${SCHOOL}/classes/1/codes`, { reset: false }, 201);
    const { entry_code: own } = await ask('POST', `${PUPIL}/entry-code`, {}, 201);
    await knock('/door/enter', { code: keep(items[0].entry_code), device: 'phone' }, 401);
    const phone = await knock('/door/enter', { code: keep(own), device: 'phone' }, 200);
    await knock('/door/enter', { code: own, device: 'tv' }, 200);
    cookies.pupil = phone.cookie;
    assert.equal((await knock('/me', undefined, 200, cookies.pupil)).json.name, RENAMED);
    const until = new Date(Date.now() + 3600000).toISOString().replace(/\.\d+/, '');
    const guest = await ask('POST', `${SCHOOL}/classes/1/guests`, { name: GUEST, until }, 201);
    await knock('/door/guest', { code: keep(guest.code) }, 200);
  });

  await test('a workbook with their name is imported, another one is left, and each has a calendar of their own', async () => {
    const list = [['学校', '编号', '姓名', '角色', '班级'], ['S1', CODE, RENAMED, '学生', '1']];
    for (const isApplied of [true, false]) {
      const { id } = await ask('POST', '/api/v1/imports', { school: 'S1' }, 201);
      const sent = await fetch(`http://127.0.0.1:${server.adminPort}/api/v1/imports/${id}/files?name=${encodeURIComponent(`${RENAMED}.xlsx`)}`,
        { method: 'PUT', headers: { authorization: `Bearer ${secrets[2]}` }, body: workbook(list) });
      assert.equal(sent.status, 200, await sent.text());
      const path = `/api/v1/imports/${id}`;
      await until('a plan', async () => (await ask('GET', path, undefined, 200)).state === 'ready');
      if (!isApplied) continue;
      await ask('POST', `${path}/apply`, undefined, 202);
      await until('its end', async () => (await ask('GET', path, undefined, 200)).state === 'done');
      await ask('DELETE', path, undefined, 204);
    }
    for (const cookie of Object.values(cookies)) {
      const { json } = await knock('/me/feed', {}, 200, cookie);
      const address = new URL(json.url);
      keep(address.pathname.split('/').at(-1).replace('.ics', ''));
      assert.equal((await fetch(`${server.origin}${address.pathname}`)).status, 200);
    }
  });

  await test('a lesson is taught with keys, right and wrong ones', async () => {
    teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${STREAM_KEY}`);
    teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${STREAM_KEY}-wrong`);
    const pupil = await Pupil.join(server, { lesson: 'shut', key: WATCH_KEY });
    const stranger = await Pupil.join(server, { lesson: 'shut', key: `${WATCH_KEY}x` });
    await pupil.hears(500);
    await stranger.untilClosed();
    pupil.leave();
    await server.logged('viewer.left');
  });

  await test('what is kept about a pupil is shown as a whole', async () => {
    const kept = await ask('GET', `${PUPIL}/data`, undefined, 200);
    assert.equal(kept.person[0].name, RENAMED);
    assert.deepEqual(kept.guardians.map((g) => g.code), [GUARDIAN_CODE]);
    assert.ok(kept.audit.length >= 3);
    assert.equal(kept.devices.length, 2);
    assert.equal(kept.entry_code[0].codes_made, 2);
    assert.equal(kept.calendar.length, 1);
  });

  await test('who is erased leaves no byte in the data folder, and others stay', async () => {
    assert.notDeepEqual(holders(filesOf(data), [RENAMED]), []);
    await ask('POST', `${PUPIL}/erase`, undefined, 204);
    assert.deepEqual(holders(filesOf(data), [NAME, RENAMED, CODE]), []);
    await ask('POST', `${SCHOOL}/people/${GUARDIAN_CODE}/erase`, undefined, 204);
    assert.deepEqual(holders(filesOf(data), ERASED), []);
    assert.notDeepEqual(holders(filesOf(data), [OTHER]), []);
    await ask('GET', PUPIL, undefined, 404);
    const { items } = await ask('GET', '/api/v1/audit?limit=200', undefined, 200);
    assert.match(items.at(-1).subject, /^person:[^/]+$/);
    assert.equal(items.at(-1).act, 'person.erase');
  });

  await test('what let them in lets nobody in any more', async () => {
    for (const cookie of Object.values(cookies)) {
      const { status } = await fetch(`${server.origin}/api/v1/me`, { headers: { cookie } });
      assert.equal(status, 401);
    }
  });

  await test('no byte comes back by a restart, or kill -9', async () => {
    await server.close();
    assert.deepEqual(holders(filesOf(data), ERASED), []);
    await server.start();
    await server.killHard();
    assert.deepEqual(holders(filesOf(data), ERASED), []);
  });

  await test('no line of the log, however much it tells, holds a name, a code of a person or a secret', async () => {
    const logs = filesOf(server.folder).filter((file) => file.endsWith('.log'));
    const lines = logs.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
    assert.ok(lines.some((line) => line.includes(' trace ')) || lines.some((line) => line.includes(' debug ')), 'it tells all');
    const texts = [NAME, RENAMED, CODE, GUARDIAN, GUARDIAN_CODE, OTHER, OTHER_CODE, ADMIN, LOGIN, PASSWORD, GUARDIAN_LOGIN, GUARDIAN_PASSWORD, GUEST, TITLE, ...secrets];
    const found = lines.filter((line) => texts.some((text) => line.includes(text)));
    assert.deepEqual(found, []);
  });
});
