import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meter, pageBytes } from '../../src/player/meter';
import { amount, rate } from '../../src/ui/format';

/** What a message costs. */
function cost(length: number, isUp = false, isTls = false): number {
  const m = new Meter(isTls), before = m.total;
  m.message(0, length, isUp);
  return m.total - before;
}

test('a small message costs its frame, its segment and half an acknowledgement or one', () => {
  assert.equal(cost(100), 100 + 2 + 52 + 52);
});

test('TLS and the mask of what goes up are counted', () => {
  assert.equal(cost(60, true), 60 + 2 + 4 + 104);
  assert.equal(cost(60, true, true) - cost(60, true), 22);
});

test('a large message pays for each of its segments', () => {
  assert.equal(cost(14000), 14000 + 4 + 11 * 52 + 6 * 52);
});

test('the rate is that of the last ten seconds', () => {
  const m = new Meter(false);
  for (let t = 0; t <= 20000; t += 100) m.message(t, (t < 10000 ? 1000 : 200) - 106);
  assert.ok(Math.abs(m.kbps(20000) - 16) < 1, String(m.kbps(20000)));
  assert.equal(m.kbps(40000), 0);
});

const load = (entryType: string, encodedBodySize: number, isNew: boolean, more = {}): PerformanceResourceTiming => ({
  name: 'http://school/x', entryType, encodedBodySize, transferSize: encodedBodySize + 300, connectStart: 100, connectEnd: isNew ? 400 : 100,
  secureConnectionStart: 0, ...more,
} as PerformanceResourceTiming);

test('the page costs what was captured on 32 kbit/s', () => {
  const entries = [load('navigation', 11956, true), load('resource', 1673, true), load('resource', 968, false), load('resource', 1601, false), load('resource', 1300, false)];
  const captured = 14938 + 496 + 10306 + 328; // the last of each two: a connection in vain
  assert.ok(Math.abs(pageBytes(entries) / captured - 1) < 0.03, `${pageBytes(entries)} of ${captured}`);
});

test('the WebSocket\'s opening was captured, too', () => {
  assert.ok(Math.abs(new Meter(false).total - 1628 - 220) < 50);
});

test('what comes from the cache costs nothing, what is only confirmed hardly anything, a secure connection more', () => {
  assert.equal(pageBytes([load('resource', 5000, false, { transferSize: 0 }), load('resource', 90, false, { name: 'data:,' })]), 0);
  assert.ok(pageBytes([load('navigation', 12000, false, { transferSize: 300 })]) < 1000);
  assert.equal(pageBytes([load('resource', 500, true, { secureConnectionStart: 200 })]) - pageBytes([load('resource', 500, true)]), 4000);
});

test('numbers are shown as mobile data is sold', () => {
  assert.equal(amount(0), '0 kB');
  assert.equal(amount(45600), '46 kB');
  assert.equal(amount(999600), '1.0 MB');
  assert.equal(amount(123456789), '123 MB');
  assert.equal(rate(23.6), '24 kbit/s');
});
