import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sender } from '../../src/teach/engine/sender';
import { Uplink } from '../../src/teach/engine/uplink';
import { chance } from './bytes';
import { latenesses, type Lesson, type Line, quantile, teach, voiceShare } from './teacher-link';

const constant = (bps: number, rttMs: number, more: Partial<Line> = {}): Line => ({ bps: () => bps, rttMs, seconds: 60, ...more });
const after = (l: Lesson, ms: number) => l.looks.filter((k) => k.at >= ms);
const most = (list: number[]) => list.reduce((a, b) => Math.max(a, b), 0);
const changes = (l: Lesson, from: number) => after(l, from).filter((k, i, all) => i > 0 && k.mode !== all[i - 1]!.mode).length;

/** How long after `at` the age of what is under way stays below 1.2 s. */
function settledMs(l: Lesson, at: number, limitMs = 1200): number {
  const late = after(l, at).filter((k) => k.unackedMs >= limitMs);
  return late.length ? late[late.length - 1]!.at + 10 - at : 0;
}

test('on links that stay as they are, the voice comes whole and in time, and nothing is under way for long', () => {
  for (const [bps, rttMs] of [[110e3, 200], [150e3, 50], [300e3, 80], [600e3, 300], [2e6, 40]] as const) {
    const l = teach(constant(bps, rttMs)), name = `${bps} bit/s, ${rttMs} ms`;
    assert.ok(voiceShare(l) > 0.999, `${name}: ${voiceShare(l)}`);
    assert.ok(quantile(latenesses(l), 0.99) < 1500, `${name}: ${quantile(latenesses(l), 0.99)} ms late`);
    assert.ok(most(after(l, 10000).map((k) => k.unackedMs)) < 1200, name);
    assert.equal(changes(l, 10000), 0, name);
  }
});

test('the voice never finds more in front of it than the link carries in its delay and 1.2 s', () => {
  for (const [bps, rttMs] of [[48e3, 300], [90e3, 200], [150e3, 50], [300e3, 80], [600e3, 300]] as const) {
    const l = teach(constant(bps, rttMs)), bytes = most(after(l, 10000).map((k) => k.inFlight));
    assert.ok(bytes < bps / 8000 * (rttMs + 1200), `${bps} bit/s: ${bytes}`);
  }
});

test('a link that just about carries moving pictures does not have them move and stand in turn', () => {
  for (const bps of [80e3, 84e3, 88e3, 90e3, 96e3]) {
    for (const [rttMs, turnMs, seed] of [[60, 0, 1], [200, 5000, 5]] as const) {
      const l = teach(constant(bps, rttMs, { jitterMs: 20, turnMs, seed, seconds: 180 })), name = `${bps} bit/s, ${rttMs} ms, seed ${seed}`;
      assert.ok(changes(l, 20000) <= 7, `${name}: ${changes(l, 20000)} changes`);
    }
  }
});

test('the target settles below what the link carries, and does not swing', () => {
  for (const bps of [150e3, 300e3, 600e3]) {
    const targets = after(teach(constant(bps, 60, { seconds: 180 })), 60000).map((k) => k.targetBps).sort((a, b) => a - b);
    assert.ok(quantile(targets, 0.05) > bps * 0.5 && quantile(targets, 0.5) < bps * 0.95, `${bps}: ${quantile(targets, 0.05)}, ${quantile(targets, 0.5)}`);
    assert.ok(quantile(targets, 0.95) < quantile(targets, 0.05) * 1.8, `${bps}: ${quantile(targets, 0.05)} to ${quantile(targets, 0.95)}`);
  }
});

test('48 kbit/s with 300 ms: whole voice, at most 2 s late; screens go as stills; video within 15 s of 1 Mbit/s', () => {
  for (const turnMs of [0, 20000]) {
    for (const seed of [1, 2, 3]) {
      const l = teach({ bps: (at) => (at < 90000 ? 48e3 : 1e6), rttMs: 300, seconds: 120, turnMs, seed });
      assert.ok(voiceShare(l) >= 0.995);
      assert.ok(quantile(latenesses(l), 0.99) <= 2000, `${quantile(latenesses(l), 0.99)} ms`);
      assert.ok(after(l, 10000).every((k) => k.at >= 90000 || k.mode !== 'video'));
      assert.ok(l.pictures.filter((p) => p.at > 10000 && p.at < 90000).length >= 4);
      const back = after(l, 90000).find((k) => k.mode === 'video');
      assert.ok(back && back.at - 90000 <= 15000, `video ${back && back.at - 90000} ms after`);
    }
  }
});

test('a link that carries stills alone has shown it before the second page: 5 s after the first dense one began', () => {
  for (const bps of [36e3, 48e3, 60e3]) {
    for (const seed of [1, 2, 3, 4]) {
      const l = teach(constant(bps, 300, { turnMs: 8000, keyBytes: 20e3, seed })), moved = l.looks.filter((k) => k.mode === 'video');
      assert.ok(moved[moved.length - 1]!.at <= 5000, `${bps} bit/s, seed ${seed}: ${moved[moved.length - 1]!.at} ms`);
    }
  }
});

test('1 Mbit/s becomes 150 kbit/s: 3 s later nothing under way is older than 1.2 s, and no voice is lost', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const l = teach({ bps: (at) => (at < 40000 ? 1e6 : 150e3), rttMs: 50, seconds: 80, seed });
    assert.ok(settledMs(l, 40000) <= 3000, `${settledMs(l, 40000)} ms`);
    assert.ok(voiceShare(l) > 0.9999);
    assert.equal(after(l, 45000).filter((k) => k.mode === 'video').length, after(l, 45000).length);
  }
});

test('a stall holds the pictures, loses no voice, and is over when the link is', () => {
  const l = teach({ bps: (at) => (at > 30000 && at < 33000 ? 0 : 400e3), rttMs: 80, jitterMs: 40, seconds: 60 });
  assert.ok(voiceShare(l) > 0.9999);
  assert.ok(settledMs(l, 33000) <= 1000, `${settledMs(l, 33000)} ms`);
  assert.ok(after(l, 40000).every((k) => k.mode === 'video' && k.targetBps > 150e3));
});

test('where every fiftieth packet is lost, video goes on', () => {
  const l = teach(constant(400e3, 120, { loss: 0.02, jitterMs: 30 }));
  assert.ok(voiceShare(l) > 0.9999);
  assert.ok(after(l, 10000).every((k) => k.mode === 'video'));
});

test('60 s offline: what was under way and the last 5 s come at once, then a keyframe', () => {
  const l = teach(constant(600e3, 100, { seconds: 100, breaks: [[30000, 60000]] })), late = l.voice.filter(([at]) => at >= 90000);
  assert.ok(late[0]![0] < 90500 && late[0]![1] >= 84900 && late[0]![1] < 85400, `${late[0]}`);
  const picture = l.pictures.find((p) => p.at >= 90000)!;
  assert.ok(picture.isKey && picture.at < 91500);
});

test('a short break of the connection loses no voice', () => {
  const l = teach(constant(400e3, 100, { breaks: [[30000, 3000]] }));
  assert.ok(voiceShare(l) > 0.999, `${voiceShare(l)}`);
});

test('hundreds of random links: no voice is lost that the link has room for, and on 99 of 100 it is never late for long', () => {
  const random = chance(77), bad: string[] = [], slow: string[] = [];
  for (let seed = 1; seed <= 200; seed++) {
    const rates = [0, 1, 2].map(() => 64e3 * Math.pow(2, random() * 5)), rttMs = 20 + random() * 400, loss = random() * 0.02;
    const line = { bps: (at: number) => rates[Math.floor(at / 12000) % 3]!, rttMs, jitterMs: random() * 60, loss, turnMs: random() < 0.5 ? 5000 : 0, seconds: 36, seed };
    const l = teach(line), late = latenesses(l), name = `${seed}: ${rates.map(Math.round)} ${Math.round(rttMs)} ms ${loss.toFixed(3)}`;
    if (voiceShare(l, 6000) < 0.999) bad.push(`${name}: ${voiceShare(l, 6000)} of the voice`);
    if (quantile(late, 0.95) > 4000) slow.push(`${name}: ${quantile(late, 0.95)} ms late`);
    for (const at of [12000, 24000]) {
      const part = { ...l, looks: l.looks.filter((k) => k.at < at + 12000) }, drainMs = most(after(part, at).map((k) => k.inFlight)) * 8000 / line.bps(at);
      const ms = settledMs(part, at, 1200 + rttMs);
      if (ms > 5000 + drainMs) slow.push(`${name}: not settled ${ms} ms after ${at}`);
    }
  }
  assert.deepEqual(bad, []);
  assert.ok(slow.length <= 2, slow.join('; '));
});

test('an acknowledgement of more than was sent is taken for all of it', () => {
  const u = new Uplink();
  u.reset(0);
  u.sent(0, 100);
  u.acked(50, 1e9);
  assert.equal(u.inFlight, 0);
  u.acked(60, 5);
  assert.equal(u.inFlight, 0);
});

test('before anything was acknowledged nothing is carried, and nothing breaks', () => {
  const u = new Uplink();
  assert.deepEqual([u.rateBps(5), u.unackedMs(5), u.room(5, true) > 0], [0, 0, true]);
});

test('probing ends with its 256 KiB', () => {
  const sender = new Sender();
  sender.begin(0, undefined);
  let bytes = 0;
  for (let now = 0; now < 3600e3; now += 250) {
    sender.uplink.targetBps = 30e3; // as if nothing were proved
    sender.acked(now, bytes);
    for (let message = sender.next(now, now); message; message = sender.next(now, now)) bytes += message.length;
  }
  assert.ok(bytes > 100e3 && bytes <= 256 << 10, `${bytes}`);
});
