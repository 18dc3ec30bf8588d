// The audit log in words.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as en from '../../src/i18n/office-en';
import * as zh from '../../src/i18n/office-zh';
import { actorText, type Book, type Deed, detailText, placeText, subjectText } from '../../src/office/deed';

const book: Book = { w: zh.audit, roles: zh.roles, schools: new Map([['1', '一小'], ['17', '石头小学']]) };
const ID = 'k3v9x2m4q7p1abcd';
const deed = (part: Partial<Deed>): Deed => ({ seq: 1, at: '', actor: 'console', act: 'x.y', subject: '', detail: '', by: null, about: null, ...part });

/** What the server writes into the audit log: every text of that form in the folders that do, but names of files and of events for the other log. */
function actsOfServer(): string[] {
  const folders = ['api', 'door', 'importer', 'lesson', 'planner', 'store', 'upkeep'].map((name) => `../server/${name}/`);
  const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.c')).map((name) => folder + name));
  const texts = files.flatMap((file) => readFileSync(file, 'utf8').replace(/\blog_\w+\([^;]*;/g, '').match(/(?<=")[a-z]+\.(?!json"|db")[a-z_]+(?=")/g) || []);
  return [...new Set(texts)];
}

test('every act that the server writes down has its words', () => {
  const acts = actsOfServer();
  for (const act of ['codes.make', 'role.drop', 'ward.put', 'person.erase', 'door.sign_in', 'lesson.key', 'feed.drop', 'audit.anchor', 'timetable.override']) assert.ok(acts.includes(act), act);
  for (const act of acts) assert.ok(zh.audit.acts[act] && en.audit.acts[act], act);
});

test('places are told by the names of their schools, and none is taken for another', () => {
  assert.deepEqual(['17', '1', '17/3-1', '1/3-1', '17 2026-12-01 2026-12-03', '177', '9/x', '', 'district', '/e1'].map((path) => placeText(path, book)),
    ['石头小学', '一小', '石头小学 3-1', '一小 3-1', '石头小学 2026-12-01 – 2026-12-03', '177', '9/x', '全区县', '全区县', '全区县 e1']);
});

test('who is there no more is told as such, and the server\'s own doing as its own', () => {
  const gone = '已清除或删除的人员（k3v9…）';
  assert.deepEqual([ID, 'console', 'server', 'airclassctl', 'p-17'].map((actor) => actorText(deed({ actor }), book)), [gone, '服务器本机', '服务器自动', '服务器命令行', 'p-17']);
  assert.deepEqual([['person.drop', 'person:' + ID], ['door.invite', ID], ['door.invite', 'class:17/3-1'], ['class.put', 'class:17/3-1'], ['timetable.put', '17/e1'], ['policy.put', ''], ['lesson.key', 'math-7b'], ['audit.prune', 'audit'], ['school.put', 'school:0123456789abcdef']]
    .map(([act, subject]) => subjectText(deed({ act: act!, subject: subject! }), book)), [gone, gone, '石头小学 3-1', '石头小学 3-1', '石头小学 e1', '全区县', 'math-7b', '', '0123456789abcdef']);
});

test('details are told in words, and what nobody knows as it is', () => {
  const said = ([['role.put', 'homeroom at 17/3-1'], ['role.drop', 'district_admin at district'], ['codes.make', '45 codes'], ['door.invite', '7 invitations'], ['roster.import', '3 new, 1 changed, 0 removed'], ['timetable.import', '30 rows'],
    ['timetable.override', `sha256:${'0f'.repeat(32)} (outside_hours 2026-11-23 17/3-1; what 2026-11-24 9/1)`], ['timetable.override', `sha256:${'0f'.repeat(32)} ()`], ['door.sign_in', 'totp'], ['guest.make', ID], ['audit.prune', '17:9f86'], ['new.act', 'as it is']] as const)
    .map(([act, detail]) => detailText(deed({ act, detail }), book));
  assert.deepEqual(said, ['班主任 · 石头小学 3-1', '区县管理员 · 全区县', '45 个入班码', '7 个邀请码', '新增 3，修改 1，删除 0', '30 行', '不在允许的时间 2026-11-23 石头小学 3-1；what 2026-11-24 9/1', '', '用了动态验证码', '', '到第 17 条为止', 'as it is']);
});
