import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gauge } from '../../src/teach/engine/measure';
import { chance } from './bytes';

const SEGMENT = 1448, ACK_MS = 250, LOOK_MS = 20, UNIT = 8;

/** A page that measures, a link that carries whole segments, and a server that counts whole messages and says so as ours does. */
function measured(bps: number, rttMs: number, { jitterMs = 0, stalls = [] as [number, number][], seed = 1 } = {}): { kbps: number; ms: number; bytes: number } {
  const gauge = new Gauge(0), random = chance(seed), ends: number[] = [], way: [number, number][] = [], told: [number, number][] = [];
  let written = 0, carried = 0, arrived = 0, saidAt = -1e9, said = 0, now = 0;
  const isAsleep = (): boolean => stalls.some(([from, ms]) => now >= from && now < from + ms);
  for (; !gauge.isDone(now); now++) {
    if (now % LOOK_MS === 0 && !isAsleep()) {
      while (told[0] && told[0][0] <= now) gauge.acked(now, told.shift()![1]);
      gauge.go(now, (length) => ends.push(written += length));
    }
    const room = Math.min(written, carried + bps / 8000);
    if (Math.floor(room / SEGMENT) > Math.floor(carried / SEGMENT) || room === written) way.push([now + rttMs / 2 + jitterMs * random(), room === written ? written : Math.floor(room / SEGMENT) * SEGMENT]);
    carried = room;
    while (way[0] && way[0][0] <= now) arrived = Math.max(arrived, way.shift()![1]);
    while (ends[0] && ends[0] <= arrived) said = ends.shift()!;
    if (now - saidAt < ACK_MS || said === (told.at(-1)?.[1] ?? 0) || !said) continue;
    told.push([now + rttMs / 2, said]);
    saidAt = now;
  }
  return { kbps: gauge.bps / 1000, ms: now, bytes: written + UNIT };
}

test('a link is measured for what it is, by no more than it carries in some seconds', () => {
  for (const kbps of [24, 36, 48, 80, 160, 300, 700]) {
    for (const rttMs of [10, 80, 300, 600]) {
      const found = measured(kbps * 1000, rttMs), name = `${kbps} kbit/s, ${rttMs} ms: ${JSON.stringify(found)}`;
      assert.ok(found.kbps > kbps * (kbps < 30 ? 0.6 : 0.75) && found.kbps < kbps * 1.2, name);
      assert.ok(found.bytes < kbps * 125 * 6.5 + 4096 && found.ms <= 5000, name);
    }
  }
});

test('a fast link is never called slow, and is known sooner', () => {
  for (const rttMs of [1, 50, 200, 600]) {
    for (const kbps of [5e3, 100e3]) {
      const found = measured(kbps * 1000, rttMs), name = `${kbps} kbit/s, ${rttMs} ms: ${JSON.stringify(found)}`;
      assert.ok(found.kbps > (rttMs < 600 ? 700 : 250) && found.kbps <= kbps * 1.05, name);
      assert.ok(found.bytes <= 513 << 10, name);
      if (rttMs <= 50 && kbps === 100e3) assert.ok(found.kbps > 2000 && found.ms < 3500, name);
    }
  }
});

test('a machine that stands still now and then makes no fast link slow, and a trembling link none faster than it is', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = chance(seed), stalls = [0, 1].map(() => [random() * 3000, 200 + random() * 500] as [number, number]);
    const fast = measured(20e6, 60, { stalls, seed });
    assert.ok(fast.kbps > 400, `${JSON.stringify(stalls)}: ${JSON.stringify(fast)}`);
    const slow = measured(100e3, 120, { jitterMs: 60, seed });
    assert.ok(slow.kbps > 70 && slow.kbps < 125, JSON.stringify(slow));
  }
});

test('what the server can not have counted says nothing', () => {
  const gauge = new Gauge(0);
  gauge.go(0, () => undefined);
  gauge.acked(1, 1e9);
  gauge.acked(2, -5);
  assert.equal(gauge.bps, 0);
});
