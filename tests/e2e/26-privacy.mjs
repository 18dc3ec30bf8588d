// What is known about people stays where it belongs: no log line holds a name, a code or a secret, and who is erased
// leaves no byte in the data folder.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test } from './lib/testing.mjs';

/** Texts that nothing else holds. */
const NAME = '欧阳若兮', RENAMED = '歐陽若曦', CODE = 'Zq7731xK', GUARDIAN = '欧阳母亲', GUARDIAN_CODE = 'Gq9902wM', OTHER = '司空见惯', OTHER_CODE = 'Yt4417vB';
const TITLE = '只有我们知道的课', STREAM_KEY = 'stream-Qx81-secret', WATCH_KEY = 'watch-Qx82-secret';
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
  });

  await test('who is erased leaves no byte in the data folder, and others stay', async () => {
    assert.notDeepEqual(holders(filesOf(data), [RENAMED]), []);
    await ask('POST', `${PUPIL}/erase`, undefined, 204);
    assert.deepEqual(holders(filesOf(data), [NAME, RENAMED, CODE]), []);
    assert.notDeepEqual(holders(filesOf(data), [OTHER]), []);
    await ask('GET', PUPIL, undefined, 404);
    const { items } = await ask('GET', '/api/v1/audit?limit=200', undefined, 200);
    assert.match(items.at(-1).subject, /^person:[^/]+$/);
    assert.equal(items.at(-1).act, 'person.erase');
  });

  await test('nor after a restart, nor after kill -9', async () => {
    await server.close();
    assert.deepEqual(holders(filesOf(data), [NAME, RENAMED, CODE]), []);
    await server.start();
    await server.killHard();
    assert.deepEqual(holders(filesOf(data), [NAME, RENAMED, CODE]), []);
  });

  await test('no line of the log, however much it tells, holds a name, a code of a person or a secret', async () => {
    const logs = filesOf(server.folder).filter((file) => file.endsWith('.log'));
    const lines = logs.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
    assert.ok(lines.some((line) => line.includes(' trace ')) || lines.some((line) => line.includes(' debug ')), 'it tells all');
    const texts = [NAME, RENAMED, CODE, GUARDIAN, GUARDIAN_CODE, OTHER, OTHER_CODE, TITLE, ...secrets];
    const found = lines.filter((line) => texts.some((text) => line.includes(text)));
    assert.deepEqual(found, []);
  });
});
