import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as en from '../../src/i18n/teach-en';
import * as zh from '../../src/i18n/teach-zh';
import type { ServerStatus, Trouble, Uplink, View, Why } from '../../src/teach/contract';
import { levelHint, LEVELS_KEPT } from '../../src/teach/ui/level';
import { isBreakDue, lessonTime } from '../../src/teach/ui/reminder';
import { canSpareLook, pupilsBut, remedyOf, sayingOf, sceneOf, sheetOf, troubleWords, uplinkOf } from '../../src/teach/ui/saying';
import { fragmentOf, keyIn, lessonIn, nextIn } from '../../src/teach/ui/key';
import { type Findings, loudness, verdictsOf } from '../../src/teach/ui/verdict';
import { seatOf } from '../../src/teach/ui/seat';

test('every text that the page names exists, no text is in the code, and the policy has nothing to forbid', () => {
  const html = readFileSync('src/page/teach.html', 'utf8');
  for (const [, key] of html.matchAll(/data-t="(\w+)"/g)) assert.ok(key! in zh.page, key);
  for (const [, key] of html.matchAll(/data-e="(\w+)"/g)) assert.ok(key! in zh.encoder, key);
  assert.ok(!/ (style|on\w+)=/.test(html));
  for (const file of readdirSync('src/teach/ui')) assert.ok(!/[\u4e00-\u9fff]/.test(readFileSync('src/teach/ui/' + file, 'utf8')), file);
});

test('every element that the code asks for by its name is on the page', () => {
  const html = readFileSync('src/page/teach.html', 'utf8'), ids = new Set([...html.matchAll(/ id="(\w+)"/g)].map(([, id]) => id));
  const code = ['src/teach.ts', ...readdirSync('src/teach/ui').map((file) => 'src/teach/ui/' + file)].map((file) => readFileSync(file, 'utf8')).join('\n');
  const asked = [...code.matchAll(/find(?:<\w+>)?\('(\w+)'\)/g)].map(([, id]) => id!);
  assert.ok(asked.length > 50);
  for (const id of asked) assert.ok(ids.has(id), id);
  for (const [, id] of html.matchAll(/ (?:for|aria-labelledby|aria-describedby|aria-controls|data-copy)="(\w+)"/g)) assert.ok(ids.has(id!), id);
});

const uplink = (part: Partial<Uplink> = {}): Uplink => ({
  mode: 'video', kbps: 300, capacityKbps: 900, unackedMs: 200, width: 640, height: 360, fps: 15, videoKbps: 270, voiceKbps: 24, ...part,
});
const status = (part: Partial<ServerStatus> = {}): ServerStatus => ({
  state: 'live', pupils: 0, voiceOnly: 0, reconnecting: 0, rungs: {}, source: { kind: 'browser', width: 0, height: 0, fps: 0, content: '' }, breakMs: 0, hands: 0, isOver: false, ...part,
});
const view = (part: Partial<View>): View => ({
  phase: 'open', failure: '', isTeaching: false, canContinue: false, isRehearsing: false, lesson: undefined, status: undefined, uplink: uplink(),
  source: 'camera', isMuted: false, troubles: [], ...part,
});
const air = (part: Partial<View> = {}): View => view({ isTeaching: true, status: status(), ...part });
const none = { kind: 'none' as const, width: 0, height: 0, fps: 0, content: '' }, rtmp = { ...none, kind: 'rtmp' as const };
const deaf: Trouble = { what: 'microphone', why: 'lost' };

test('the status says what matters most', () => {
  const cases: [View, number, string][] = [
    [view({}), 0, 'connecting'], [view({ phase: 'away' }), 1000, 'lookAway'], [view({ phase: 'failed' }), 0, 'off'],
    [view({ status: status({ state: 'waiting', source: none }) }), 0, 'ready'], [view({ status: status() }), 0, 'otherLive'],
    [view({ status: status({ source: rtmp }) }), 0, 'rtmpLive'], [view({ status: status({ state: 'ended' }) }), 0, 'ended'],
    [view({ status: status({ state: 'reconnecting', source: none }) }), 0, 'waitsForYou'],
    [view({ status: status(), canContinue: true }), 0, 'waitsForYou'],
    [air({ phase: 'connecting' }), 0, 'goingOn'], [air({ phase: 'away', isMuted: true }), 2000, 'away'], [air({ phase: 'taken' }), 0, 'off'],
    [air({ uplink: uplink({ unackedMs: 4000 }) }), 0, 'stalled'],
    [air({ status: status({ breakMs: 1 }), isMuted: true }), 0, 'resting'], [view({ status: status({ source: rtmp, breakMs: 1 }) }), 0, 'resting'], [air({ isMuted: true, troubles: [deaf] }), 0, 'muted'],
    [air({ troubles: [deaf] }), 0, 'deaf'], [air({ source: undefined }), 0, 'voiceChosen'],
    [air({ uplink: uplink({ mode: 'voice' }) }), 0, 'weakVoice'], [air({ uplink: uplink({ mode: 'stills' }) }), 0, 'weakStills'], [air(), 0, 'good'],
    [air({ isRehearsing: true, isMuted: true }), 0, 'rehearsing'], [air({ isRehearsing: true, phase: 'away' }), 1000, 'rehearsing'],
  ];
  for (const [v, awayMs, key] of cases) assert.equal(sayingOf(v, awayMs).key, key, JSON.stringify(v));
});

test('whoever cannot be heard is told for how long, from when the last voice arrived', () => {
  const said = (awayMs: number, unackedMs: number): number | undefined => sayingOf(air({ phase: 'away', uplink: uplink({ unackedMs }) }), awayMs).n;
  assert.deepEqual([said(0, 0), said(1000, 900), said(3000, 1400), said(5000, 1400), said(20000, 4000)], [1, 1, 4, 5, 20]);
  for (const key of ['away', 'stalled'] as const) assert.match(zh.saying[key], /\*/);
});

test('the page is on air only with the lesson itself, and shows a streaming app that is', () => {
  assert.deepEqual([view({}), air(), air({ isRehearsing: true }), view({ status: status({ source: rtmp }) })].map(sceneOf), ['prepare', 'air', 'prepare', 'rtmp']);
});

test('what stands in the way lies over the page, an interrupted lesson is offered, a running one is left alone', () => {
  const failed = (failure: View['failure']): string => sheetOf(view({ phase: 'failed', failure }));
  assert.deepEqual([failed('key'), failed('insecure'), failed('incapable'), failed('down'), failed('')], ['key', 'insecure', 'old', 'down', 'down']);
  assert.deepEqual([view({ phase: 'busy' }), air({ phase: 'taken' }), view({ canContinue: true }), air({ canContinue: true }), air()].map(sheetOf),
    ['busy', 'taken', 'continue', '', '']);
});

test('the uplink is called by what it is enough for, and what costs data waits for a good one', () => {
  assert.deepEqual([0, 10, 24, 48, 149, 150, 5000].map(uplinkOf), ['unknown', 'none', 'thin', 'fair', 'fair', 'strong', 'strong']);
  assert.deepEqual([uplink(), uplink({ capacityKbps: 399 }), uplink({ mode: 'stills' }), uplink({ capacityKbps: 0 })].map(canSpareLook), [true, false, false, false]);
  assert.deepEqual([pupilsBut(3, 1), pupilsBut(0, 1), pupilsBut(3, 0)], [2, 0, 3]);
});

test('every trouble has a sentence of its own or a general one, and a way on', () => {
  const whys: Why[] = ['denied', 'missing', 'used', 'lost', 'stopped', 'unsupported', 'unreadable', 'broken'];
  for (const what of ['microphone', 'camera', 'screen', 'picture', 'board'] as const) {
    for (const why of whys) assert.ok(troubleWords({ what, why }, zh.trouble), what + why);
  }
  assert.equal(troubleWords({ what: 'camera', why: 'used' }, en.trouble), en.trouble.camera_used);
  assert.equal(troubleWords({ what: 'board', why: 'used' }, en.trouble), en.trouble.used);
  assert.deepEqual([deaf, { what: 'camera', why: 'missing' }, { what: 'screen', why: 'stopped' }].map((t) => remedyOf(t as Trouble)), ['again', 'board', 'again']);
});

test('a break is due after 40 minutes, for a minute, and every five until somebody agrees', () => {
  const min = 60000, due = (at: number, agreed = 0, after = 40): boolean => isBreakDue(at * min, agreed * min, after);
  assert.deepEqual([39.9, 40, 40.9, 41, 44.9, 45, 46, 50.5].map((at) => due(at)), [false, true, true, false, false, true, false, true]);
  assert.deepEqual([due(45, 40.5), due(80.4, 40.5), due(80.5, 40.5)], [false, false, true]);
  assert.deepEqual([due(20, 0, 20), due(1000, 0, 0)], [true, false]);
});

test('the clock reads as clocks do', () => {
  assert.deepEqual([0, 999, 61000, 3599000, 3600000 * 11 + 5000].map(lessonTime), ['0:00:00', '0:00:00', '0:01:01', '0:59:59', '11:00:05']);
});

test('the microphone hints at what the teacher can\'t know', () => {
  const of = (level: number, n = LEVELS_KEPT): number[] => Array(n).fill(level) as number[];
  assert.equal(levelHint([], false, false), 'levelHint');
  assert.equal(levelHint(of(0.3, 3), false, false), 'levelLive');
  assert.equal(levelHint(of(0.6), true, false), '');
  assert.equal(levelHint(of(0.05), true, false), 'levelLow');
  assert.equal(levelHint(of(0.05, 20), true, false), '', 'a pause for breath');
  assert.equal(levelHint(of(0.6), true, true), 'speaking');
  assert.equal(levelHint([...of(0.2), ...of(0.6, 3)], true, true), '', 'a cough');
});

const good: Findings = { uplinkKbps: 600, levels: Array(100).fill(0.6) as number[], brightness: 120, hasPicture: true, heardMs: 9600, hasStill: true };
const verdicts = (part: Partial<Findings>): string => verdictsOf({ ...good, ...part }).map((v) => v.key).join();

test('a rehearsal tells what to mend, the voice first', () => {
  const speech = (loud: number): number[] => Array.from({ length: 100 }, (_, i) => (i % 3 ? 0.05 : loud));
  assert.equal(verdicts({}), 'well');
  assert.equal(verdicts({ levels: speech(0.6) }), 'well', 'pauses are no fault');
  assert.equal(verdicts({ levels: Array(100).fill(0.04) as number[] }), 'noSound');
  assert.equal(verdicts({ levels: [], heardMs: 0, uplinkKbps: 0, hasStill: false }), 'nothingCame,noUplink', 'without a connection nobody looks for the fault at the microphone');
  assert.equal(verdicts({ levels: speech(0.3) }), 'tooQuiet');
  assert.equal(verdicts({ levels: speech(0.95) }), 'tooLoud');
  assert.equal(verdicts({ brightness: 20 }), 'tooDark');
  assert.equal(verdicts({ brightness: undefined, hasPicture: false, hasStill: false }), 'well');
  assert.equal(verdicts({ hasStill: false }), 'noStill');
  assert.equal(verdicts({ heardMs: 1000, hasStill: false }), 'nothingCame');
  assert.deepEqual([100, 30, 10, 0].map((uplinkKbps) => verdicts({ uplinkKbps })), ['slidesOnly', 'voiceOnly', 'voiceBreaks', 'noUplink']);
  assert.equal(verdicts({ levels: speech(0.2), brightness: 10, uplinkKbps: 60 }), 'tooQuiet,tooDark,slidesOnly');
  assert.ok(verdictsOf(good).concat(verdictsOf({ ...good, levels: [] })).every((v) => v.key in zh.verdict));
  assert.equal(loudness([]), 0);
});

test('a key is found in whatever is pasted, and nothing else is taken for one', () => {
  assert.equal(keyIn(' a-key-to-teach '), 'a-key-to-teach');
  assert.equal(keyIn('https://school.example/teach#k=a-key-to-teach'), 'a-key-to-teach');
  assert.equal(keyIn('#k=a-key-to-teach&x=1'), 'a-key-to-teach');
  for (const text of ['', 'short', '#k=', 'has blanks in it', 'x'.repeat(40), '#k=<script>alert(1)']) assert.equal(keyIn(text), '', text);
});

test('a key that is to take another one\'s place stands beside it until it has', () => {
  const next = 'abcdefghjkmnpqrstuvwxyz023', both = fragmentOf('a-key-to-teach', next);
  assert.deepEqual([keyIn(both), nextIn(both)], ['a-key-to-teach', next]);
  assert.deepEqual([keyIn('https://school.example/teach' + both), nextIn('https://school.example/teach' + both)], ['a-key-to-teach', next]);
  assert.equal(fragmentOf('a-key-to-teach', ''), '#k=a-key-to-teach');
  for (const text of ['', '#k=a-key-to-teach', '#k=a-key-to-teach&n=short', '#n=' + 'x'.repeat(40), '#n=<script>alert(1)</script>----------']) assert.equal(nextIn(text), '', text);
});

test('a lesson of one\'s own is found in the fragment, and holds no key', () => {
  assert.equal(lessonIn('#l=a1b2c3-20261122'), 'a1b2c3-20261122');
  assert.equal(lessonIn('#x=1&l=maths'), 'maths');
  for (const text of ['', '#l=', '#k=a-key-to-teach', '#l=a/b', '#l=' + 'x'.repeat(40)]) assert.equal(lessonIn(text), '', text);
  assert.equal(keyIn('#l=a1b2c3-20261122'), '');
});

test('the pupils\' link leads to their seat', () => {
  assert.deepEqual(seatOf('/watch/maths-5b#k=for-pupils'), { lesson: 'maths-5b', key: 'for-pupils' });
  assert.deepEqual(seatOf('/watch/demo'), { lesson: 'demo', key: '' });
});
