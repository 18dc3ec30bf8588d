import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidates, fit, place, setting, type Small, smallOf } from '../../src/teach/engine/formats';
import { Pacing } from '../../src/teach/engine/pacing';
import { BLOCK_MS, Meter, PACKET_MS, SampleClock, Seams, Unbroken } from '../../src/teach/engine/samples';
import { Coding } from '../../src/teach/engine/wire';
import { chance } from './bytes';

test('pictures get smaller and slower with the rate, and do not swing at a limit', () => {
  let at = 99;
  const sizes = [500e3, 200e3, 100e3, 50e3].map((bps) => setting('camera', { mode: 'video', videoBps: bps }, (at = place('camera', bps, at))));
  assert.deepEqual(sizes.map((s) => `${s.width}x${s.height}@${s.fps}`), ['640x360@15', '480x270@15', '320x180@12', '320x180@8']);
  at = place('camera', 205e3, 3);
  for (let bps = 205e3; bps < 230e3; bps += 1e3) assert.equal(place('camera', bps, at), 2);
  assert.equal(place('camera', 240e3, at), 3);
});

test('text stays sharp on every link: as stills it is as large as pupils get them', () => {
  for (const [mode, width] of [['video', 1280], ['stills', 960]] as const) {
    for (const bps of [10e3, 100e3, 1e6]) assert.equal(setting('screen', { mode, videoBps: bps }, place('screen', bps, 0)).width, width);
  }
});

test('a picture keeps its shape, is never enlarged, and has even sides', () => {
  const most = { width: 1280, height: 720 };
  assert.deepEqual(fit(1920, 1200, most), { width: 1152, height: 720 });
  assert.deepEqual(fit(405, 720, most), { width: 406, height: 720 });
  assert.deepEqual(fit(320, 180, most), { width: 320, height: 180 });
  assert.deepEqual(fit(4, 4000, most), { width: 16, height: 720 });
});

test('Firefox encodes VP8 and nothing else; everybody has it in the end', () => {
  for (const kind of ['camera', 'screen', 'picture', 'board'] as const) {
    assert.deepEqual(candidates(kind, true).map((c) => c.coding), [Coding.Vp8]);
    assert.equal(candidates(kind, false).at(-1)!.coding, Coding.Vp8);
  }
});

/** A screen that changes at these times, looked at five times a second. */
function watch(mode: 'video' | 'stills', changes: number[], untilMs: number, slides = true, proofs: number[] = [], small: Small = 'no'): { at: number; verdict: string }[] {
  const pacing = new Pacing(), out = [];
  for (let now = 0; now < untilMs; now += 200) {
    const within = (times: number[]) => times.some((t) => t > now - 200 && t <= now);
    const verdict = pacing.judge(now, mode, within(changes), slides, false, within(proofs), small);
    if (verdict !== 'leave') out.push({ at: now, verdict });
  }
  return out;
}

test('a screen at rest sends nothing but a sign now and then', () => {
  const sent = watch('video', [0], 60000);
  assert.ok(sent.length <= 8, `${sent.length}`);
  assert.ok(watch('video', Array.from({ length: 100 }, (_, i) => i * 200), 20000).length === 100);
});

test('as stills, each page is sent once when it is at rest, and one that never rests every few seconds', () => {
  assert.deepEqual(watch('stills', [0, 10000, 10200, 10400, 30000], 40000), [{ at: 600, verdict: 'key' }, { at: 11000, verdict: 'key' }, { at: 30600, verdict: 'key' }]);
  const restless = watch('stills', Array.from({ length: 200 }, (_, i) => i * 200), 40000);
  assert.ok(restless.length >= 10 && restless.length <= 14, `${restless.length}`);
  assert.deepEqual(watch('stills', [0], 20000, true, [9000]).map((s) => s.at), [600, 9000]);
});

test('on a thin line, and where nothing is known of it, a page comes small first; never a face', () => {
  assert.equal(smallOf('screen', { mode: 'stills', videoBps: 25e3 }, false), 'first');
  assert.equal(smallOf('screen', { mode: 'stills', videoBps: 50e3 }, false), 'no');
  assert.equal(smallOf('board', { mode: 'video', videoBps: 300e3 }, true), 'only');
  assert.equal(smallOf('camera', { mode: 'video', videoBps: 300e3 }, true), 'no');
  assert.equal(setting('screen', { mode: 'stills', videoBps: 25e3 }, 0, true).width, 640);
});

test('a page that comes small comes as large, too, if it stays; before the line is known it waits for that', () => {
  const sent = (changes: number[], small: Small) => watch('stills', changes, 20000, true, [], small).map((s) => `${s.at} ${s.verdict}`);
  assert.deepEqual(sent([0, 10000], 'first'), ['600 small', '800 key', '10600 small', '10800 key']);
  assert.deepEqual(sent([0, 10000], 'only'), ['0 small', '10000 small']);
  const pacing = new Pacing(), judge = (now: number, mode: 'video' | 'stills', small: Small, needsKey = false) => pacing.judge(now, mode, now === 0, true, needsKey, false, small);
  assert.deepEqual([judge(0, 'video', 'only'), judge(200, 'video', 'only'), judge(400, 'video', 'only', true)], ['small', 'leave', 'small']);
  assert.equal(pacing.isSharper, false);
  assert.equal(judge(1000, 'stills', 'first'), 'key');
  assert.equal(pacing.isSharper, true);
  assert.equal(judge(1200, 'video', 'no'), 'delta'); // of another stream: the encoder begins it with a keyframe
});

test('a camera on a thin link is a picture every four seconds', () => {
  assert.equal(watch('stills', Array.from({ length: 200 }, (_, i) => i * 200), 40000, false).length, 10);
});

test('without a link for pictures there are none', () => {
  const pacing = new Pacing();
  assert.equal(pacing.judge(0, 'voice', true, true, true, true), 'leave');
});

test('pictures are taken in even steps, whenever one looks', () => {
  const pacing = new Pacing(), random = chance(8);
  let taken = 0;
  for (let now = 0; now < 60000; now += 10 + random() * 25) if (pacing.isDue(now, 15)) taken++;
  assert.ok(taken > 850 && taken <= 905, `${taken}`);
});

test('blocks of samples follow one another without a hole, however late they are handed over', () => {
  const clock = new SampleClock(), random = chance(1), stamps: number[] = [];
  let shifted = 0;
  for (let n = 0; n < 3000; n++) {
    const now = 1000 + (n + 1) * BLOCK_MS + (random() < 0.02 ? random() * 250 : 0);
    stamps.push(clock.stamp(now + shifted, (ms) => (shifted += ms)));
  }
  assert.ok(stamps.every((s, i) => i === 0 || Math.abs(s - stamps[i - 1]! - BLOCK_MS) < 1e-6));
  assert.ok(Math.abs(shifted) < 260);
});

test('a microphone whose clock is off takes the page along', () => {
  const clock = new SampleClock();
  let shifted = 0, pts = 0;
  for (let n = 0; n < 100000; n++) pts = clock.stamp((n + 1) * BLOCK_MS * 1.0002 + shifted, (ms) => (shifted += ms));
  assert.ok(Math.abs(shifted + 100000 * BLOCK_MS * 0.0002) < 5, `${shifted}`);
  assert.ok(Math.abs(pts - 99999 * BLOCK_MS) < 5);
});

test('a machine that slept leaves a hole, and no more than that', () => {
  const clock = new SampleClock(), stamps: number[] = [];
  for (let n = 0; n < 500; n++) stamps.push(clock.stamp((n + 1) * BLOCK_MS + (n >= 200 ? 30000 : 0), () => undefined));
  const holes = stamps.slice(1).map((s, i) => s - stamps[i]! - BLOCK_MS).filter((h) => Math.abs(h) > 1);
  assert.equal(holes.length, 1);
  assert.ok(Math.abs(holes[0]! - 30000) < 1);
});

test('samples that were thrown away are a hole where they were, and make nobody late for good', () => {
  const clock = new SampleClock(), random = chance(2);
  let lostMs = 0, shifted = 0, late = 0;
  for (let n = 0; n < 6000; n++) {
    if (n % 500 === 250) lostMs += 120 + random() * 1000;
    const now = (n + 1) * BLOCK_MS + lostMs;
    const pts = clock.stamp(now + shifted, (ms) => (shifted += ms));
    if (n % 500 < 250) late = Math.max(late, now - BLOCK_MS - pts);
  }
  assert.ok(late <= 100, `${late}`);
  assert.ok(Math.abs(shifted) < 100, `${shifted}`);
});

test('samples that the browser says are lost make nobody late, not even for a moment', () => {
  const clock = new SampleClock(), seams = new Seams(), random = chance(3), CHUNK_MS = 10;
  let lostMs = 0, shifted = 0, late = 0;
  for (let chunk = 0; chunk < 60000; chunk++) {
    if (chunk % 3000 === 1500) lostMs += 120 + random() * 1000;
    const at = chunk * CHUNK_MS + lostMs, now = at + CHUNK_MS + shifted, lost = seams.lostMs(at + (random() - 0.5) * 20, CHUNK_MS);
    if (lost) clock.skip(lost, now);
    if ((chunk + 1) * CHUNK_MS % BLOCK_MS) continue;
    const pts = clock.stamp(now, (ms) => (shifted += ms));
    late = Math.max(late, now - BLOCK_MS - pts);
  }
  assert.ok(late <= BLOCK_MS, `${late}`);
  assert.ok(Math.abs(shifted) < 100, `${shifted}`);
});

test('a page that was late when the microphone began learns it', () => {
  const clock = new SampleClock();
  let shifted = 0;
  for (let n = 0; n < 300; n++) clock.stamp((n + 1) * BLOCK_MS + (n ? 0 : 200) + shifted, (ms) => (shifted += ms));
  assert.ok(Math.abs(shifted - 200) < 1, `${shifted}`);
});

test('an encoder sees no holes, and they are in what comes out of it', () => {
  const clock = new Unbroken(), starts = [1000, 1060, 1120, 5000, 5060, 5120.4, 9000, 20000], inside = starts.map((pts) => clock.in(pts, PACKET_MS));
  assert.deepEqual(inside, starts.map((_, i) => i * PACKET_MS));
  assert.deepEqual(inside.slice(0, 4).map((ms) => clock.out(ms)), starts.slice(0, 4));
  assert.equal(clock.out(inside[4]! - 0.01), 5059.99); // encoders count in samples, and round
  assert.deepEqual(inside.slice(5).map((ms) => Math.round(clock.out(ms))), [5120, 9000, 20000]);
});

test('the meter shows decibels, rises at once and falls slowly', () => {
  const meter = new Meter(), tone = (amplitude: number) => new Float32Array(960).map((_, i) => amplitude * Math.SQRT2 * Math.sin(i / 5));
  meter.take(tone(0.1));
  assert.ok(Math.abs(meter.level - 2 / 3) < 0.01, `${meter.level}`);
  meter.take(new Float32Array(960));
  assert.ok(meter.level > 0.6);
  for (let i = 0; i < 60; i++) meter.take(new Float32Array(960));
  assert.equal(meter.level, 0);
});
