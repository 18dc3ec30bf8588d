// What the pages say: all of it in both languages, and nothing that nobody says.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as door from '../../src/i18n/door';
import * as watchEn from '../../src/i18n/en';
import * as enterEn from '../../src/i18n/enter-en';
import * as enterZh from '../../src/i18n/enter-zh';
import * as homeEn from '../../src/i18n/home-en';
import * as homeZh from '../../src/i18n/home-zh';
import * as kit from '../../src/i18n/kit';
import * as officeEn from '../../src/i18n/office-en';
import * as officeZh from '../../src/i18n/office-zh';
import * as teachEn from '../../src/i18n/teach-en';
import * as teachZh from '../../src/i18n/teach-zh';
import * as watchZh from '../../src/i18n/zh';

type Words = { [key: string]: string | Words };

/** By their files. */
const BOOKS = {
  'door.ts': [door.zh, door.en], 'kit.ts': [kit.zh, kit.en], 'zh.ts en.ts': [watchZh, watchEn], 'enter-zh.ts enter-en.ts': [enterZh, enterEn],
  'home-zh.ts home-en.ts': [homeZh, homeEn], 'office-zh.ts office-en.ts': [officeZh, officeEn], 'teach-zh.ts teach-en.ts': [teachZh, teachEn],
} as unknown as Record<string, [Words, Words]>;
const WITHOUT_TEXTS = ['language.ts', 'page-en.ts'];

/** Looked up by a name out of an answer of the server, or one that is put together. */
const BY_NAME = /(^|\.)(problems|roles|tabs|fates|kinds|severities|places|weeksKinds|trouble|phases)\.\w+$|\.(weekday\d|\w+Row)$|^rest\.\w+Text$|^audit\.(acts|actors|reasons)\./;

/** [path, text], the entries of lists by their numbers. */
function leaves(words: Words, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, text]): [string, string][] => (typeof text === 'string' ? [[path + key, text]] : leaves(text, `${path}${key}.`)));
}

const gaps = (text: string): string => (text.match(/\*|\{\w+\}/g) || []).sort().join();

/** What the server calls its refusals: in calls, tables and answers of more than a sentence. */
const REFUSALS = [/http_fail\([^;]*?\b\d{3},\s*"(\w+)"/g, /\{-E\w+,\s*\d{3},\s*"(\w+)"/g, /"error", "code", "(\w+)"/g];
/** Those that a page meets by a fault of its own alone, or asks again about. */
const NOT_SAID = ['from_config', 'no_session', 'not_json', 'no_lesson', 'totp_needed'];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((f) => {
    const path = `${folder}/${f.name}`;
    if (f.isDirectory()) return f.name === 'i18n' ? [] : sources(path);
    return /\.(tsx?|html)$/.test(path) ? [readFileSync(path, 'utf8')] : [];
  });
}

test('every file of texts is looked at here', () => {
  assert.deepEqual([...Object.keys(BOOKS).join(' ').split(' '), ...WITHOUT_TEXTS].sort(), readdirSync('src/i18n').sort());
});

test('both languages say the same things, with the same gaps to fill', () => {
  for (const [file, [zh, en]] of Object.entries(BOOKS)) {
    const [inZh, inEn] = [leaves(zh), new Map(leaves(en))];
    assert.deepEqual(inZh.map(([path]) => path).sort(), [...inEn.keys()].sort(), file);
    for (const [path, text] of inZh) {
      const other = inEn.get(path)!;
      assert.ok(text.trim() && other.trim(), `${file}: ${path}`);
      assert.equal(gaps(text), gaps(other), `${file}: ${path}`);
    }
  }
});

test('every text is said somewhere', () => {
  const said = new Set(sources('src').join('\n').match(/(?<=[.'"])[a-z]\w*/gi));
  for (const [file, [zh]] of Object.entries(BOOKS)) {
    const silent = leaves(zh).map(([path]) => path).filter((path) => !BY_NAME.test(path) && !said.has(path.replace(/\.\d+$/, '').split('.').pop()!));
    assert.deepEqual(silent, [], file);
  }
});

test('whatever the server refuses with is said in words', () => {
  const server = readdirSync('../server/api').map((name) => readFileSync(`../server/api/${name}`, 'utf8')).join('\n');
  const codes = REFUSALS.flatMap((form) => [...server.matchAll(form)].map(([, code]) => code!));
  codes.push(...[...server.matchAll(/fail_none\(\w+, "(\w+)"\)/g)].map(([, noun]) => `no_${noun}`));
  const silent = codes.filter((code) => !(code in kit.zh.problems) && !/^bad_/.test(code) && !NOT_SAID.includes(code));
  assert.ok(codes.length > 50, 'the forms above are found');
  assert.deepEqual([...new Set(silent)], []);
});
