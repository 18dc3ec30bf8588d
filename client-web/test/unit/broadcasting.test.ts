import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineHost } from '../../src/teach/seam';
import { Broadcasting } from '../../src/teach/engine/broadcasting';
import { Clock } from './clock';
import { Net, type Say } from './net';

/** An engine whose server answers each text as `answer` says. */
function desk(answer: (say: Say, text: string) => void) {
  const clock = new Clock(), told: { measured?: number; at?: number } = {};
  Object.assign(globalThis, { self: globalThis });
  const net = new Net(clock, (say) => answer(say, net.heard[net.heard.length - 1]!.text));
  const host = new Proxy({} as EngineHost, {
    get: (_, name) => (value: unknown) => name === 'measured' && Object.assign(told, { measured: value, at: clock.now }),
  });
  const engine = new Broadcasting({ key: 'a-stream-key', url: 'ws://x/ws', device: 'device-of-test', clockMs: 1000, atMs: performance.timeOrigin }, host);
  return { clock, net, engine, told };
}

/** Promises have their turn between timers. */
async function runTo(clock: Clock, end: number): Promise<void> {
  while (clock.now < end) {
    clock.runTo(Math.min(end, clock.now + 10));
    for (let i = 0; i < 5; i++) await null;
  }
}

test('who is busy elsewhere is told at once that nothing was measured', async () => {
  const { clock, engine, told } = desk((say) => say(JSON.stringify({ t: 'busy' })));
  engine.open();
  void engine.measure();
  await runTo(clock, 5000);
  assert.equal(told.measured, 0);
  assert.ok(told.at! < 2000, `after ${told.at} ms`);
});

const WELCOME = JSON.stringify({ t: 'welcome', v: 1, lesson: 'a', title: '', watch: '/', state: 'waiting', since: 0, voice: null });

test('ink that found no room goes as soon as there is some', async () => {
  let say: Say = () => undefined;
  const { clock, net, engine } = desk((it) => (say = it)(WELCOME)), bytes = (): number => net.heard.reduce((sum, { text }) => sum + (typeof text === 'string' ? 0 : (text as Uint8Array).length), 0);
  engine.open();
  engine.start();
  await runTo(clock, 3000);
  engine.ink(new Uint8Array(6000));
  engine.ink(new Uint8Array(100));
  const sent = bytes();
  assert.ok(sent >= 6000 && sent < 6100, `${sent}`);
  clock.runTo(clock.now + 100);
  say(JSON.stringify({ t: 'ack', bytes: sent }));
  assert.ok(bytes() > sent, 'with the acknowledgement, and not at a beat behind it');
});
