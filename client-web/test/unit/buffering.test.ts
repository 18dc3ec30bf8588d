import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Buffering, TARGET_MAX_MS, TARGET_MIN_MS } from '../../src/player/buffering';
import { chance } from './bytes';

interface Result { stalls: number; silentMs: number; behindMs: number[]; targetMs: number; rates: Set<number> }

/**
 * A simulated ear: bundles of 300 ms leave the teacher every 300 ms and arrive `lateMs(i)` later, in order.
 * It plays what is buffered at the rate the controller asks for.
 */
function listen(seconds: number, lateMs: (i: number) => number, firstAheadMs = 500): Result {
  const b = new Buffering(), result: Result = { stalls: 0, silentMs: 0, behindMs: [], targetMs: 0, rates: new Set() };
  let ear = 0, end = 0, i = 0, arrival = 0, isPlaying = false;
  for (let now = 0; now < seconds * 1000; now += 10) {
    for (;;) {
      arrival = Math.max(arrival, (i + 1) * 300 + lateMs(i));
      if (arrival > now) break;
      end = ++i * 300;
      const late = b.arrived(now, end, 300);
      if (ear === 0) ear = end - 300;
      if (isPlaying && ear >= end - 300) {
        isPlaying = false;
        result.stalls++;
        b.stalled(now, late);
      }
    }
    const ahead = end - ear;
    if (!isPlaying && ahead >= (result.stalls ? b.targetMs(now) * 0.75 : firstAheadMs)) isPlaying = true;
    if (b.isTooFar(now, ahead)) ear = end - b.targetMs(now);
    const rate = b.rate(now, ear, ahead);
    result.rates.add(rate);
    if (isPlaying && ahead > 0) ear = Math.min(end, ear + 10 * rate);
    else if (ear) result.silentMs += 10;
    result.behindMs.push(b.edgeMs(now) - ear);
  }
  result.targetMs = b.targetMs(seconds * 1000);
  return result;
}

test('a smooth link is heard with little delay and without a break', () => {
  const r = listen(120, () => 0);
  assert.equal(r.stalls, 0);
  assert.ok(r.targetMs < 500, `target ${r.targetMs}`);
  assert.ok(r.behindMs[r.behindMs.length - 1]! < 700, `behind ${r.behindMs[r.behindMs.length - 1]}`);
});

test('jitter is learnt: after the first minute a jittery link is heard without a break', () => {
  const random = chance(3), late = Array.from({ length: 2000 }, () => Math.pow(random(), 3) * 900);
  const warm = listen(60, (i) => late[i]!).stalls, all = listen(300, (i) => late[i]!).stalls;
  assert.ok(all - warm <= 2, `${all - warm} stalls after the first minute`);
});

test('what was late once is kept in mind, then forgotten', () => {
  const r = listen(240, (i) => (i >= 100 && i < 140 && i % 8 === 0 ? 1200 : 0));
  assert.ok(Math.max(...r.behindMs.slice(5000)) > 900);
  assert.ok(r.targetMs < 700, `target ${r.targetMs}`);
  assert.ok(r.behindMs[r.behindMs.length - 1]! < 900);
});

test('the target stays inside its limits whatever comes', () => {
  const random = chance(5), b = new Buffering();
  for (let i = 0; i < 3000; i++) {
    b.arrived(i * 300 + random() * 20000, i * 300, 300);
    if (random() < 0.2) b.stalled(i * 300, random() * 9000);
    const target = b.targetMs(i * 300);
    assert.ok(target >= TARGET_MIN_MS && target <= TARGET_MAX_MS);
  }
});

test('it hurries by a few percent at most, and jumps when minutes behind', () => {
  const r = listen(200, (i) => (i > 100 && i < 160 ? (160 - i) * 300 : 0));
  for (const rate of r.rates) assert.ok(rate >= 0.97 && rate <= 1.05);
  const b = new Buffering();
  b.arrived(0, 0, 300);
  assert.ok(b.isTooFar(0, 20000));
  assert.ok(!b.isTooFar(0, 3000));
});

test('the link\'s floor may move: a slower path is late only until it is the usual one', () => {
  const r = listen(200, (i) => (i > 100 ? 800 : 0));
  assert.ok(r.targetMs < 600, `target ${r.targetMs}`);
});
