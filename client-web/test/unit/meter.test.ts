import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meter } from '../../src/player/meter';
import { amount, rate } from '../../src/ui/format';

test('a small message costs its frame, its segment and half an acknowledgement or one', () => {
  const m = new Meter(false);
  m.message(0, 100);
  assert.equal(m.total, 100 + 2 + 52 + 52);
});

test('TLS and the mask of what goes up are counted', () => {
  const plain = new Meter(false), tls = new Meter(true);
  plain.message(0, 60, true);
  tls.message(0, 60, true);
  assert.equal(plain.total, 60 + 2 + 4 + 104);
  assert.equal(tls.total - plain.total, 22);
});

test('a large message pays for each of its segments', () => {
  const m = new Meter(false);
  m.message(0, 14000);
  assert.equal(m.total, 14000 + 4 + 11 * 52 + 6 * 52);
});

test('the rate is that of the last ten seconds', () => {
  const m = new Meter(false);
  for (let t = 0; t <= 20000; t += 100) m.add(t, t < 10000 ? 1000 : 100);
  assert.ok(Math.abs(m.kbps(20000) - 8) < 1, String(m.kbps(20000)));
  assert.equal(m.kbps(40000), 0);
});

test('numbers are shown as mobile data is sold', () => {
  assert.equal(amount(0), '0 kB');
  assert.equal(amount(45600), '46 kB');
  assert.equal(amount(999600), '1.0 MB');
  assert.equal(amount(123456789), '123 MB');
  assert.equal(rate(23.6), '24 kbit/s');
});
