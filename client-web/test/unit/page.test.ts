import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { watchAddress } from '../../src/address';
import * as en from '../../src/i18n/en';
import { firstLang } from '../../src/i18n/language';
import * as zh from '../../src/i18n/zh';
import type { View } from '../../src/player/player';
import { statusOf } from '../../src/player/status';
import type { Rung } from '../../src/protocol';
import { noticeOf } from '../../src/ui/notice';

test('every text that a page names exists, and a page carries no text of its own outside Chinese', () => {
  for (const [file, words] of [['watch.html', zh.page], ['index.html', zh.front], ['404.html', zh.front]] as const) {
    const html = readFileSync('src/page/' + file, 'utf8');
    for (const [, key] of html.matchAll(/data-t="(\w+)"/g)) assert.ok(key! in words, `${file}: ${key}`);
    assert.ok(!/ (style|on\w+)=/.test(html), file + ' must be fine with a strict content policy');
  }
});

/** Upwards go reports and what TCP acknowledges: 1.5 kbit/s beside a voice of 10.5 that comes down. */
const UP_KBPS = 1.5;
/** A slide of 20 kB a minute is 2.7 kbit/s, a camera's board of 5 kB every 12 s 3.3; R2's rate is what brings one in time. */
const STILLS_KBPS = 3;

/** What 40 minutes cost, in MB. */
const lessonMb = (kbps: number): string => String(Math.round((kbps + UP_KBPS) * 40 * 60 / 8000));

test('what a mode costs is what the ladder says', () => {
  const ladder = readFileSync('../config/ladder.conf', 'utf8');
  const rungs = [...ladder.matchAll(/^\[rung \w+\]\n((?:[a-z]+ = .*\n)+)/gm)].map(([, keys]) => keys!);
  const kbps = (list: string[]): number[] => list.map((keys) => Number(/^wire = (\d+)k$/m.exec(keys)![1]));
  const voice = Math.max(...kbps(rungs.filter((keys) => !/^(picture|slides|camera) /m.test(keys))));
  const most = Math.max(...kbps(rungs));
  const said = [...readFileSync('src/page/watch.html', 'utf8').matchAll(/value="(\w+)".*<em>(.*) MB<\/em>/g)].map(([, mode, mb]) => [mode, mb]);
  assert.deepEqual(said, [['auto', lessonMb(voice) + '–' + lessonMb(most)], ['save', lessonMb(voice + STILLS_KBPS)], ['voice', lessonMb(voice)]]);
  for (const { page } of [zh, en]) assert.match(page.cost + page.modeTitle, /40.*40/);
});

test('no text is left in the code of the interface', () => {
  for (const file of readdirSync('src/ui')) assert.ok(!/[\u4e00-\u9fff]/.test(readFileSync('src/ui/' + file, 'utf8')), file);
});

const view = (part: Partial<View>): View => ({
  phase: 'open', failure: 0, state: 'live', muted: false, title: '', rung: undefined, mode: 'auto', isBlocked: false, isPaused: false,
  isStarved: false, skippedAt: 0, ...part,
});
const rung = (picture: Rung['picture'], why: Rung['why']): Rung => ({ t: 'rung', rung: 'R', picture, why });

test('the status says what matters most', () => {
  const cases: [Partial<View>, string][] = [
    [{ phase: 'connecting' }, 'connecting'], [{ phase: 'away', state: 'ended' }, 'away'], [{ state: 'waiting' }, 'waiting'],
    [{ state: 'ended' }, 'ended'], [{ state: 'reconnecting', isStarved: true }, 'reconnecting'], [{ isStarved: true }, 'starved'], [{ muted: true, isStarved: true, skippedAt: 1 }, 'muted'],
    [{ state: 'reconnecting', muted: true }, 'reconnecting'],
    [{}, 'starting'], [{ rung: rung('video', 'good') }, 'live'], [{ rung: rung('none', 'weak') }, 'weakVoice'],
    [{ rung: rung('still', 'weak') }, 'weakStill'], [{ rung: rung('none', 'choice'), mode: 'voice' }, 'choiceVoice'], [{ rung: rung('none', 'limit') }, 'choiceVoice'],
    [{ rung: rung('still', 'start'), mode: 'save' }, 'choiceStill'], [{ rung: rung('none', 'source') }, 'sourceVoice'],
    [{ rung: rung('none', 'start') }, 'sourceVoice'], [{ rung: rung('none', 'hidden') }, 'live'],
    [{ rung: rung('video', 'weak'), skippedAt: 1 }, 'skipped'], [{ isPaused: true }, 'paused'],
  ];
  for (const [part, key] of cases) {
    assert.equal(statusOf(view(part)).key, key, JSON.stringify(part));
    assert.ok(key in zh.page);
  }
});

test('failures that another try may cure offer one', () => {
  assert.deepEqual([0, 4003, 4004, 4012, 4011, 4029, 4000, 4001].map((code) => !!noticeOf(code, en.notice).button), [false, false, false, false, false, true, true, true]);
});

test('who was put out by a newer device is sent to enter the code again, who opened another page may come back', () => {
  assert.equal(noticeOf(4011, en.notice).entersCode, true);
  assert.deepEqual(noticeOf(4011, en.notice, true), { title: en.notice.elsewhereTitle, text: en.notice.elsewhereText, button: en.notice.elsewhereButton });
});

test('lesson ids and whole links lead to the lesson, anything else nowhere', () => {
  assert.equal(watchAddress(' demo '), '/watch/demo');
  assert.equal(watchAddress('https://school.example/watch/m-3#k=abc'), '/watch/m-3#k=abc');
  assert.equal(watchAddress('school.example/watch/m-3/'), '/watch/m-3');
  for (const text of ['', 'a b', '../x', 'https://school.example/', '/watch/%2e%2e', 'javascript:alert(1)']) assert.equal(watchAddress(text), '', text);
});

test('Chinese comes first, English where it was chosen or spoken', () => {
  assert.deepEqual([firstLang(null, 'zh-CN'), firstLang(null, 'bo'), firstLang(null, 'en-US'), firstLang('zh', 'en-US'), firstLang('en', 'zh-CN')],
    ['zh', 'zh', 'en', 'zh', 'en']);
});
