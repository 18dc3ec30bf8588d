import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../src/protocol';
import { PageClock, recallClock } from '../../src/teach/engine/clock';
import { parseHeard, writeHello, writeSource } from '../../src/teach/engine/control';
import { Coding, opusMs, probe, unit, units, videoConfig, videoPart, voiceBundle, voiceConfig } from '../../src/teach/engine/wire';
import { chance } from './bytes';

test('bundles of all lengths are read as they were written', () => {
  const random = chance(3);
  for (let n = 1; n <= 64; n++) {
    const packets = Array.from({ length: n }, () => new Uint8Array(Math.floor(random() * 1275)).fill(n));
    const [read] = parseMessage(voiceBundle(2 ** 32 - n, packets));
    assert.deepEqual(read, { type: 'voice', ptsMs: 2 ** 32 - n, packets });
  }
  assert.throws(() => voiceBundle(0, new Array(65).fill(new Uint8Array(1))));
});

test('parts of a frame are read as they were written', () => {
  const data = Uint8Array.from({ length: 70000 }, (_, i) => i & 255);
  const [part] = parseMessage(videoPart(5, true, data, 66000, 4000));
  assert.deepEqual(part, { type: 'video-part', ptsMs: 5, isKey: true, total: 70000, offset: 66000, data: data.subarray(66000) });
});

test('configs say what the protocol says', () => {
  assert.deepEqual([...voiceConfig(1, 1, 48000)], [0, 0, 0, 6, 0, 0, 0, 1, 1, 1, 0, 0, 187, 128]);
  assert.deepEqual([...videoConfig(2, { coding: Coding.Av1, width: 1280, height: 720, description: Uint8Array.of(9) })],
    [16, 0, 0, 6, 0, 0, 0, 2, 5, 5, 0, 2, 208, 9]);
  assert.deepEqual([...probe(3, 10)], [112, 0, 0, 2, 0, 0, 0, 3, 0, 0]);
  assert.equal(unit(3, 2, 1.6, new Uint8Array())[7], 2);
});

test("the server's units are read, and nothing beyond their message", () => {
  const two = [...unit(3, 1, 0, Uint8Array.of(5)), ...unit(3, 2, 0, new Uint8Array())];
  assert.deepEqual(units(Uint8Array.from(two)), [{ track: 3, kind: 1, payload: Uint8Array.of(5) }, { track: 3, kind: 2, payload: new Uint8Array() }]);
  for (let length = 1; length < two.length; length++) if (length !== 9) assert.throws(() => units(Uint8Array.from(two.slice(0, length))));
});

test('an Opus packet says how long it lasts', () => {
  assert.equal(opusMs(Uint8Array.of(0x78)), 20); // CELT, 20 ms, one frame
  assert.equal(opusMs(Uint8Array.of(0x58)), 60); // SILK, 60 ms
  assert.equal(opusMs(Uint8Array.of(0x79)), 40);
  assert.equal(opusMs(Uint8Array.of(0x7b, 3)), 60);
  assert.equal(opusMs(Uint8Array.of(0x7b)), 0);
  assert.equal(opusMs(Uint8Array.of(0x5b, 63)), 0);
  assert.equal(opusMs(new Uint8Array()), 0);
});

const WELCOME = { t: 'welcome', v: 1, lesson: 'maths', title: '数学', watch: '/watch/maths#k=abc', state: 'waiting', since: 0, rtmp: { port: 1935 }, voice: null };

test('a welcome is read, with and without what may be missing', () => {
  const heard = parseHeard(JSON.stringify(WELCOME));
  assert.deepEqual(heard, {
    t: 'welcome', state: 'waiting', sinceMs: 0, voicePts: undefined,
    lesson: { id: 'maths', title: '数学', watch: '/watch/maths#k=abc', rtmp: { port: 1935 }, rehearsal: undefined },
  });
  const rich = parseHeard(JSON.stringify({ ...WELCOME, voice: 4711, rehearsal: { id: 'r', key: 'k' }, rtmp: null, more: 1 }));
  assert.ok(rich && rich.t === 'welcome' && rich.voicePts === 4711 && rich.lesson.rehearsal!.key === 'k' && !rich.lesson.rtmp);
});

test('what is said is what the protocol says', () => {
  assert.deepEqual(JSON.parse(writeHello({ key: 'k', device: 'd', take: false, rehearse: true, media: true })),
    { t: 'hello', v: 1, key: 'k', device: 'd', take: false, rehearse: true, media: true });
  assert.deepEqual(JSON.parse(writeSource('slides', true, 2 ** 32 + 7.4)), { t: 'source', content: 'slides', muted: true, pts: 7 });
});

test('texts that do not fit are refused, whatever is wrong with them; those of a newer server are passed over', () => {
  for (const bad of ['', '{', '[]', 'null', '3', '{"t":"ack"}', '{"t":"ack","bytes":-1}', '{"t":"ack","bytes":"1"}', '{"t":"bye"}', '{"t":"status"}', ' '.repeat(20000)]) {
    if (bad === '[]') assert.equal(parseHeard(bad), undefined);
    else assert.throws(() => parseHeard(bad), bad);
  }
  for (const name of Object.keys(WELCOME).filter((n) => n !== 'voice' && n !== 'rtmp')) {
    const { [name as 't']: _, ...rest } = WELCOME;
    if (name === 't') assert.equal(parseHeard(JSON.stringify(rest)), undefined);
    else assert.throws(() => parseHeard(JSON.stringify(rest)), name);
  }
  assert.equal(parseHeard('{"t":"weather"}'), undefined);
});

class Keep {
  kept: Record<string, string> = {};
  getItem = (name: string) => this.kept[name] || null;
  setItem = (name: string, value: string) => void (this.kept[name] = value);
}

test('the clock goes on after a reload, and is its own on another day or lesson', () => {
  const keep = new Keep();
  let wall = 1e12, now = 0;
  const open = (name = 'a') => new PageClock(recallClock(name, keep, () => wall), () => now);
  const first = open();
  wall += 60000;
  now += 60000;
  const before = first.ms;
  wall += 4000; // the reload
  now = 17;
  assert.equal(open().ms, before + 4000);
  assert.ok(open('b').ms < before);
  wall += 25 * 3600e3;
  assert.equal(open().ms, 1000);
});

test('what happens to the wall clock does not reach the page, and nothing of the past comes again', () => {
  let wall = 1e12, now = 0;
  const clock = new PageClock(recallClock('a', new Keep(), () => wall), () => now);
  wall -= 1e9;
  now = 500;
  assert.equal(clock.ms, 1500);
  assert.equal(clock.atLeast(1400), false);
  assert.equal(clock.atLeast(9000), true);
  assert.equal(clock.ms, 9000);
});
