import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link, patienceMs, retryDelayMs } from '../../src/player/socket';
import { chance } from './bytes';
import { Clock } from './clock';
import { Net, WELCOME } from './net';

function seat(seed = 1) {
  const clock = new Clock(), net = new Net(clock, (say) => say(WELCOME)), random = chance(seed);
  Math.random = random;
  const seen = { welcomes: [] as number[], aways: 0, ended: 0 };
  const link = new Link('ws://x/ws', {
    hello: () => 'hello', onunits: () => undefined, onbytes: () => undefined,
    ontext: () => seen.welcomes.push(clock.now), onaway: () => seen.aways++, onend: (code) => (seen.ended = code),
  });
  link.start();
  return { clock, net, link, seen };
}

/** How long after the network's return the pupil is greeted, when the page noticed 8 s after it went. */
function returnMs(outageMs: number, seed: number, rttMs = 250): number {
  const { clock, net, link, seen } = seat(seed);
  net.rttMs = rttMs;
  clock.runTo(60000);
  net.isUp = net.isGreeted = () => clock.now > 60000 + outageMs;
  clock.runTo(68000);
  link.renew();
  clock.runTo(60000 + outageMs + 30000);
  return seen.welcomes[1]! - 60000 - outageMs;
}

test('out of a tunnel of up to 20 s a pupil is back within 3 s, at whatever moment it ends', () => {
  const random = chance(9), times = Array.from({ length: 200 }, (_, i) => returnMs(9000 + random() * 11500, i));
  assert.ok(Math.max(...times) <= 3000, `${Math.max(...times)} ms`);
});

test('nor is anybody late by much who was away for minutes', () => {
  const random = chance(10), times = Array.from({ length: 100 }, (_, i) => returnMs(30000 + random() * 300000, i)).sort((a, b) => a - b);
  assert.ok(times[50]! <= 6000, `median ${times[50]} ms`);
  assert.ok(times[99]! <= 16000, `worst ${times[99]} ms`);
});

test('a link with round trips of three seconds lets its pupil in', () => {
  const { clock, net, seen } = seat();
  net.rttMs = 3000;
  clock.runTo(20000);
  assert.deepEqual(seen.welcomes, [9000]);
});

test('a quick link that became very slow lets its pupil back in', () => {
  const { clock, net, link, seen } = seat();
  clock.runTo(60000);
  net.rttMs = 3500;
  link.renew();
  clock.runTo(160000);
  assert.equal(seen.welcomes.length, 2);
});

test('a hello that nobody answers is not waited for for ever', () => {
  const { clock, net, seen } = seat();
  net.isGreeted = () => clock.now > 20000;
  clock.runTo(60000);
  assert.equal(seen.welcomes.length, 1);
  assert.ok(seen.aways >= 1);
});

test('the round trip is that of the greeting', () => {
  const { clock, net, link } = seat();
  net.rttMs = 400;
  clock.runTo(5000);
  assert.equal(link.rttMs, 400);
});

test('retries begin at once, grow, and end at 15 seconds', () => {
  assert.ok(retryDelayMs(0, 1) <= 500);
  for (let n = 1; n < 40; n++) assert.ok(retryDelayMs(n, 1) >= retryDelayMs(n - 1, 1) && retryDelayMs(n, 1) <= 15000);
  assert.equal(retryDelayMs(9, 0), 0);
});

test('an attempt is waited for the longer the more of them failed, and the slower the link is', () => {
  assert.equal(patienceMs(0, 20), 2500);
  assert.ok(patienceMs(0, 600) >= 600 * 5);
  for (let n = 1; n < 40; n++) assert.ok(patienceMs(n, 250) >= patienceMs(n - 1, 250) && patienceMs(n, 250) <= 15000);
});
