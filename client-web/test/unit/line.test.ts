import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Line } from '../../src/teach/engine/line';
import { chance } from './bytes';
import { Clock } from './clock';
import { Net } from './net';

const WELCOME = JSON.stringify({ t: 'welcome', v: 1, lesson: 'a', title: '', watch: '/', state: 'live', since: 0, voice: null });
const ACK = JSON.stringify({ t: 'ack', bytes: 1 });

function desk(seed = 1) {
  const clock = new Clock(), seen = { welcomes: [] as number[], aways: 0, ended: 0 };
  Math.random = chance(seed);
  const net = new Net(clock, (say) => {
    say(WELCOME);
    clock.every(2000, () => say(ACK));
  });
  net.rttMs = 100;
  const line = new Line('ws://x/ws', {
    hello: () => 'hello', onaway: () => seen.aways++, onend: (code) => (seen.ended = code), onunits: () => undefined,
    onheard: (m) => m.t === 'welcome' && seen.welcomes.push(clock.now),
  }, () => clock.now);
  line.start();
  clock.every(50, () => line.tick());
  return { clock, net, line, seen };
}

/** How long after the link's return the server has greeted again. */
function returnMs(outageMs: number, seed: number): number {
  const { clock, net, seen } = desk(seed);
  clock.runTo(30000 + seed * 37);
  const from = clock.now;
  net.isUp = () => clock.now > from + outageMs;
  clock.runTo(from + outageMs + 20000);
  return seen.welcomes[1]! - from - outageMs;
}

test('after 8 to 60 s without a link the server has us back within 3 s, at whatever moment it ends', () => {
  const random = chance(3), times = Array.from({ length: 150 }, (_, i) => returnMs(8000 + random() * 52000, i + 1));
  assert.ok(times.every((ms) => ms <= 3000), `${Math.max(...times)} ms`);
});

test('a stall of two seconds is waited for; beside one of five another connection is tried, and the old one may win', () => {
  const { clock, net, line, seen } = desk();
  clock.runTo(30000);
  net.isUp = () => clock.now > 32000;
  clock.runTo(40000);
  assert.equal(net.attempts.length, 1);
  net.isUp = () => clock.now < 41000 || clock.now > 46100;
  clock.runTo(60000);
  assert.equal(net.attempts.length, 2);
  assert.ok(line.isOpen);
  assert.equal(seen.aways, 0);
});

test('a minute without a link takes few attempts: browsers put off those who try too often', () => {
  const { clock, net } = desk();
  clock.runTo(20000);
  net.isUp = () => false;
  clock.runTo(80000);
  assert.ok(net.attempts.length <= 15, `${net.attempts.length}`);
});

test('where there never was a way to the server that is told, too', () => {
  const { clock, net, seen } = desk();
  net.isUp = () => false;
  clock.runTo(5000);
  assert.equal(seen.aways, 0, 'one attempt says little');
  clock.runTo(15000);
  assert.ok(seen.aways > 0);
  net.isUp = () => true;
  clock.runTo(25000);
  assert.equal(seen.welcomes.length, 1);
});

test('another wish is said on the connection that is there', () => {
  const { clock, net, line } = desk();
  line.greet(); // before there is one: it begins with a hello anyway
  clock.runTo(5000);
  line.send(Uint8Array.of(1, 2, 3));
  line.greet();
  line.start();
  clock.runTo(10000);
  assert.deepEqual([net.attempts.length, net.heard.filter((h) => h.text === 'hello').length, line.sentBytes], [1, 2, 3]);
  line.renew();
  clock.runTo(15000);
  assert.deepEqual([net.attempts.length, line.sentBytes], [2, 0]);
});

test('another network makes another connection with another hello, and the old one ends when the new one opens', () => {
  const { clock, net, line, seen } = desk();
  clock.runTo(5000);
  line.renew();
  assert.equal(line.isOpen, true);
  clock.runTo(10000);
  assert.equal(net.heard.filter((h) => h.text === 'hello').length, 2);
  assert.deepEqual([seen.welcomes.length, seen.aways], [2, 0]);
});

test('after stop() nothing more is tried', () => {
  const { clock, net, line } = desk();
  clock.runTo(5000);
  line.stop();
  clock.runTo(60000);
  assert.equal(net.attempts.length, 1);
});
