import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEARING_MS, Microphone } from '../../src/teach/engine/microphone';
import { BLOCK_MS, RATE } from '../../src/teach/engine/samples';
import { Clock } from './clock';

/** How much of each block can be heard, 0..1, by what the encoder is given. */
function desk() {
  const clock = new Clock(), heard: number[] = [];
  Object.assign(globalThis, {
    self: globalThis,
    AudioData: class {
      constructor(readonly init: { data: Float32Array }) {}
      close(): void {}
    },
    AudioEncoder: class {
      state = 'configured';
      configure(): void {}
      encode({ init: { data } }: { init: { data: Float32Array } }): void {
        heard.push(data.filter((s) => s !== 0).length / data.length);
      }
    },
  });
  const pages = { get ms() { return clock.now; }, shift: () => undefined }, nothing = () => undefined;
  const microphone = new Microphone(pages, { onpacket: nothing, onbeat: nothing, onbroken: nothing, onunfit: nothing, onrecord: nothing });
  microphone.listen();
  return { clock, heard, microphone, speak: () => microphone.take(new Float32Array(RATE / 1000 * BLOCK_MS).fill(0.5)) };
}

/** Blocks as they come, up to `end`. */
function speakTo(d: ReturnType<typeof desk>, end: number): void {
  while (d.clock.now + BLOCK_MS <= end) {
    d.clock.runTo(d.clock.now + BLOCK_MS);
    d.speak();
  }
}

test('what was said while muted is never heard, however late it is handed over', () => {
  for (const lateMs of [0, 100, 2000]) {
    const d = desk();
    d.microphone.mute(true);
    speakTo(d, 6000);
    assert.deepEqual(d.heard.filter(Boolean), []);
    d.clock.runTo(d.clock.now + lateMs); // nobody reads
    d.microphone.mute(false);
    const before = Math.floor(lateMs / BLOCK_MS);
    for (let i = 0; i < before; i++) d.speak();
    assert.deepEqual(d.heard.filter(Boolean), [], `${lateMs} ms late`);
    speakTo(d, d.clock.now + HEARING_MS);
    assert.ok(d.heard.reduce((sum, part) => sum + part, 0) <= 1, 'what was on its way through the machine');
    speakTo(d, d.clock.now + 600);
    assert.deepEqual(d.heard.slice(-6), [1, 1, 1, 1, 1, 1]);
  }
});

test('muted, silence begins with the next block, and a tap on what is open already takes nothing away', () => {
  const d = desk();
  speakTo(d, 600);
  d.microphone.mute(false);
  speakTo(d, 900);
  assert.ok(d.heard.every((part) => part === 1));
  d.microphone.mute(true);
  speakTo(d, 1200);
  assert.deepEqual(d.heard.slice(-5), [0, 0, 0, 0, 0]);
});
