// What the figures of the emulated links mean.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf, judge, missed, percentile, worstOf } from '../../link/judge.mjs';

const BUNDLE_MS = 300, CLOCK = 1000000;
const LINK = { down: { portBytes: 90000 }, up: { portBytes: 10000 } };
const NO_CHANGES = { falls: [], cuts: [] };

/** A pupil who comes at session ms 0, hears from 1 s on, and misses nothing for `seconds`; all times in session ms. */
function pupil(seconds = 60, late = () => 0) {
  const seen = {
    startedAt: CLOCK, soundedAt: CLOCK + 1000, endedAt: CLOCK + seconds * 1000, welcomes: [CLOCK], voice: [], ear: [], holes: [], stills: [], frames: [],
    rungs: [{ at: CLOCK, rung: 'R2', kbps: 21, picture: 'still' }], meterBytes: 98000,
  };
  for (let pts = 0; pts < seconds * 1000; pts += BUNDLE_MS) seen.voice.push([CLOCK + pts + BUNDLE_MS + late(pts), pts, BUNDLE_MS]);
  for (let ms = 1000; ms < seconds * 1000; ms += 50) seen.ear.push([CLOCK + ms, ms - 1000, ms - 1000]);
  return seen;
}
const judged = (seen, more) => judge(seen, { clock: CLOCK, link: LINK, schedule: NO_CHANGES, settled: [], ...more });
const still = (pts, doneMs) => ({ pts, doneAt: CLOCK + doneMs });

test('a percentile of few values is one of them, and of none is none', () => {
  assert.equal(percentile([3, 1, 2], 0.5), 2);
  assert.equal(percentile([3, 1, 2], 1), 3);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test('the clock is the earliest arrival on the good link, and lateness counts from there', () => {
  assert.equal(clockOf(pupil(60, (pts) => (pts === 3000 ? 0 : 40))), CLOCK);
  const f = judged(pupil(60, (pts) => (pts === 30000 ? 2500 : 200)));
  assert.equal(f.lateP50Ms, 200);
  assert.equal(f.lateMostMs, 2500);
});

test('lateness before a player has found its place does not count', () => {
  assert.equal(judged(pupil(60, (pts) => (pts < 5000 ? 5000 : 0))).lateMostMs, 0);
});

test('who hears all has played all of it', () => {
  const f = judged(pupil());
  assert.ok(Math.abs(f.playedPercent - 100) < 0.01);
  assert.ok(Math.abs(f.receivedPercent - 100) < 0.01);
  assert.equal(f.firstSoundMs, 1000);
});

test('a part of the lesson that was left out is not played', () => {
  const seen = pupil();
  seen.ear = seen.ear.map(([at, place, heard]) => (place > 30000 ? [at, place + 5000, heard] : [at, place, heard]));
  assert.ok(Math.abs(judged(seen).playedPercent - 44000 / 49000 * 100) < 1);
});

test('an ear that stands still has not played what it did not reach', () => {
  const seen = pupil();
  seen.ear = seen.ear.map(([at, place, heard]) => [at, Math.min(place, 20000), Math.min(heard, 20000)]);
  assert.ok(judged(seen).playedPercent < 30);
});

test('a pupil who never hears anything has played nothing, and misses every target', () => {
  const seen = { ...pupil(), voice: [], ear: [], soundedAt: 0 };
  const f = judged(seen);
  assert.equal(f.playedPercent, 0);
  assert.deepEqual(missed(f, { played: 99, late: 3000, sound: 6000 }).map((m) => m.name), ['played', 'late', 'sound']);
});

test('holes count after the start, the long ones are numbered, silence is summed', () => {
  const seen = pupil();
  seen.holes = [{ at: CLOCK + 5000, ms: 4000, kind: 'silence' }, { at: CLOCK + 20000, ms: 300, kind: 'silence' }, { at: CLOCK + 30000, ms: 700, kind: 'skip' }];
  const f = judged(seen);
  assert.equal(f.holeMs, 700);
  assert.equal(f.holes, 1);
  assert.equal(f.silentMs, 300);
});

test('what an outage took is neither a hole nor missing; how soon voice is live again counts', () => {
  const cut = { start: CLOCK + 20000, end: CLOCK + 40000 }, seen = pupil();
  seen.voice = seen.voice.filter(([, pts]) => pts < 20000 || pts >= 39000).map(([at, pts, ms]) => [pts < 20000 ? at : Math.max(at, cut.end + 1200), pts, ms]);
  seen.voice.push([cut.end + 400, 25000, BUNDLE_MS]); // old: not live yet
  seen.voice.sort((a, b) => a[0] - b[0]);
  seen.ear = seen.ear.map(([at, place, heard]) => [at, place, heard - Math.min(20000, Math.max(0, place - 19000))]);
  seen.holes = [{ at: cut.start + 500, ms: 20700, kind: 'silence' }];
  const f = judged(seen, { schedule: { falls: [], cuts: [cut] } });
  assert.equal(f.holeMs, 0);
  assert.ok(Math.abs(f.playedPercent - 100) < 0.5);
  assert.equal(f.returnMs, 1200);
});

test('a slide counts from when it had settled until it was whole, or a frame no older was there', () => {
  const seen = pupil();
  seen.stills = [still(8000, 8400), still(20000, 23000)];
  seen.frames = [[CLOCK + 41500, 40100, 900, true]];
  const f = judged(seen, { settled: [8000, 20000, 40000] });
  assert.equal(f.slides, 3);
  assert.equal(f.slideP50Ms, 1500);
  assert.equal(f.slideMostMs, 3000);
});

test('who gets no picture waits for the slide until the end', () => {
  assert.equal(judged(pupil(), { settled: [8000, 20000] }).slideMostMs, 52000);
});

test('slides that settled before a pupil came count from then; those out of date by the start do not count', () => {
  const seen = pupil();
  seen.stills = [still(-5000, 4000)];
  assert.equal(judged(seen, { settled: [-5000] }).slideMostMs, 4000);
  assert.equal(judged(seen, { settled: [-9000, -5000] }).slides, 1);
});

test('a rung with video whose frames do not come is no moving picture', () => {
  const seen = pupil();
  seen.rungs = [{ at: CLOCK, rung: 'R3', kbps: 45, picture: 'video' }];
  for (let ms = 11000; ms < 35500; ms += 200) seen.frames.push([CLOCK + ms, ms, 500, false]);
  const f = judged(seen);
  assert.ok(f.movingPercent > 50 && f.movingPercent < 57, `${f.movingPercent}`);
});

test('the share of good video is of the whole time, from the first rung on', () => {
  const seen = pupil();
  seen.rungs = [['R2', 0], ['R4', 10], ['R5', 20], ['R7', 30], ['R4', 50]].map(([rung, s]) => ({ at: CLOCK + s * 1000, rung, kbps: 1, picture: 'video' }));
  assert.ok(Math.abs(judged(seen).goodVideoPercent - 50) < 0.01);
});

test('after a fall: when the rung fits, and when voice is in time again', () => {
  const seen = pupil(60, (pts) => (pts >= 31000 && pts < 34000 ? 2000 : 100));
  seen.rungs = [['R7', 380, 0], ['R4', 52, 32], ['R3', 45, 33.5]].map(([rung, kbps, s]) => ({ at: CLOCK + s * 1000, rung, kbps, picture: 'video' }));
  const falls = [{ at: CLOCK + 30000, bps: 48000, until: CLOCK + 50000 }];
  const f = judged(seen, { schedule: { falls, cuts: [] } });
  assert.equal(f.stepMs, 3500);
  assert.ok(f.calmMs > 5000 && f.calmMs < 6500, `${f.calmMs}`);
  seen.rungs.pop();
  assert.equal(judged(seen, { schedule: { falls, cuts: [] } }).stepMs, Infinity);
});

test('the byte counter is compared with what was on the wire, both ways', () => {
  const f = judged(pupil());
  assert.ok(Math.abs(f.meterErrorPercent + 2) < 1e-9);
  assert.equal(f.kbps, 90000 * 8 / 60000);
});

test('the worst of several runs is the worst of each figure', () => {
  const runs = [
    { playedPercent: 100, holeMs: 100, meterErrorPercent: -3, rungShares: { R0: 50, R2: 50 }, title: 'x' },
    { playedPercent: 97, holeMs: 0, meterErrorPercent: 2, rungShares: { R2: 100 } },
  ];
  assert.deepEqual(worstOf(runs), { playedPercent: 97, holeMs: 100, meterErrorPercent: -3, rungShares: { R0: 25, R2: 75 } });
});

test('a figure that one run does not have is no good one', () => {
  const worst = worstOf([{ lateP99Ms: 100, rungShares: {} }, { lateP99Ms: NaN, rungShares: {} }]);
  assert.equal(missed(worst, { late: 3000 }).length, 1);
});

test('a target is missed on its own side of the limit only', () => {
  const f = { playedPercent: 99.96, holeMs: 500, lateP99Ms: 3001, lateMostMs: 3500, goodVideoPercent: 79 };
  const misses = missed(f, { played: 100, hole: 500, late: 3000, latest: 3500, video: 80 });
  assert.deepEqual(misses, [{ name: 'late', value: 3001, limit: 3000, isLeast: false }, { name: 'video', value: 79, limit: 80, isLeast: true }]);
});
