import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Buffering, TARGET_MAX_MS, TARGET_MIN_MS } from '../../src/player/buffering';
import { chance } from './bytes';
import { late, listen, silences } from './listen';

/** How far behind live the ear is at every step, and what it is told to aim for at the end. */
function follow(seconds: number, lateMs: (i: number) => number) {
  const behindMs: number[] = [], rates = new Set<number>();
  const ear = listen(late(seconds, lateMs), seconds, 0, (e, now) => {
    behindMs.push(e.voice.buffering.edgeMs(now) - e.place);
    rates.add(e.audio.playbackRate);
  });
  return { ear, behindMs, rates, lastMs: behindMs[behindMs.length - 1]!, targetMs: ear.voice.buffering.targetMs(seconds * 1000) };
}

test('a smooth link is heard with little delay and without a break', () => {
  const r = follow(120, () => 0);
  assert.deepEqual(silences(r.ear), []);
  assert.equal(r.targetMs, TARGET_MIN_MS);
  assert.ok(r.lastMs < 700, `behind ${r.lastMs}`);
});

test('jitter is learnt: after the first minute a jittery link is heard without a break', () => {
  const random = chance(3), lateMs = Array.from({ length: 2000 }, () => Math.pow(random(), 3) * 900);
  assert.ok(silences(follow(300, (i) => lateMs[i]!).ear, 60000).length <= 2);
});

test('what was late once is kept in mind, then forgotten', () => {
  const r = follow(240, (i) => (i >= 100 && i < 140 && i % 8 === 0 ? 1200 : 0));
  assert.ok(Math.max(...r.behindMs.slice(2500)) > 900);
  assert.ok(r.targetMs < 700, `target ${r.targetMs}`);
  assert.ok(r.lastMs < 900);
});

test('the target stays inside its limits whatever comes', () => {
  const random = chance(5), b = new Buffering();
  for (let i = 0; i < 3000; i++) {
    b.arrived(i * 300 + random() * 20000, i * 300, 300);
    b.rttMs = random() * 9000;
    if (random() < 0.2) b.stalled(i * 300);
    const target = b.targetMs(i * 300);
    assert.ok(target >= TARGET_MIN_MS && target <= TARGET_MAX_MS);
  }
});

test('it hurries or waits by a few percent at most, and jumps when minutes behind', () => {
  const r = follow(200, (i) => (i > 100 && i < 160 ? (160 - i) * 300 : 0));
  for (const rate of r.rates) assert.ok(rate >= 0.97 && rate <= 1.05, String(rate));
  assert.ok(r.rates.size > 2);
  const b = new Buffering();
  b.arrived(0, 0, 300);
  assert.ok(b.isTooFar(0, 20000));
  assert.ok(!b.isTooFar(0, 3000));
});

test('the link\'s floor may move: a slower path is late only until it is the usual one', () => {
  assert.ok(follow(200, (i) => (i > 100 ? 800 : 0)).targetMs < 600);
});

test('it begins with enough for the link, and begins again as far behind as it should be', () => {
  const b = new Buffering();
  b.rttMs = 600;
  assert.ok(!b.isEnough(0, 600, 600), 'a loss would be heard at once');
  assert.ok(b.isEnough(0, 2200, 2200));
  b.arrived(0, 0, 300);
  assert.ok(b.isEnough(3000, 500, 1000), 'behind by 2500 ms already: to wait would only make it more');
  assert.ok(!b.isEnough(3000, 300, 1000));
});
