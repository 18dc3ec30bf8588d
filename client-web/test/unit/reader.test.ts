import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkReader } from '../../src/teach/engine/reader';
import { BLOCK_MS, RATE } from '../../src/teach/engine/samples';
import { chance } from './bytes';
import { Clock } from './clock';

const CHUNK_MS = 10, PER_MS = RATE / 1000;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A microphone that counts its samples, and who reads it; `late` is how long chunks are on their way. */
class Desk {
  clock = new Clock();
  /** When each block was taken, and its samples. */
  blocks: { at: number; samples: Float32Array }[] = [];
  /** When each chunk was there. */
  given: number[] = [];
  /** Chunks that somebody was waiting for. */
  awaited = 0;
  private isAwaited = false;
  private controller!: ReadableStreamDefaultController<AudioData>;

  constructor(private late: () => number) {
    const start = (c: ReadableStreamDefaultController<AudioData>): void => void (this.controller = c), pull = (): void => void (this.isAwaited = true);
    const stream = new ReadableStream<AudioData>({ start, pull }, { highWaterMark: 0 });
    new ChunkReader(stream, { take: (samples) => void this.blocks.push({ at: this.clock.now, samples }), onhole: () => undefined, onunfit: () => undefined });
  }

  private give(): void {
    const count = CHUNK_MS * PER_MS, from = this.given.length * count;
    this.given.push(this.clock.now);
    if (this.isAwaited) this.awaited++;
    this.isAwaited = false;
    this.controller.enqueue({
      sampleRate: RATE, timestamp: from / RATE * 1e6, duration: CHUNK_MS * 1000, numberOfFrames: count, close: () => undefined,
      copyTo: (to: Float32Array, { frameOffset = 0 }: AudioDataCopyToOptions) => to.forEach((_, i) => (to[i] = from + frameOffset + i)),
    } as unknown as AudioData);
  }

  /** The microphone goes on for so long; its chunks come at once at the end if the machine `stands`. */
  async hear(ms: number, stands = false): Promise<void> {
    for (const end = this.clock.now + ms; this.clock.now < end;) {
      this.clock.runTo(this.clock.now + 1);
      const due = this.clock.now - this.late();
      if (!stands || this.clock.now >= end) while ((this.given.length + 1) * CHUNK_MS <= due) this.give();
      await settled();
    }
  }
}

/** How long each pair of blocks lay there: from its last chunk until it was taken. */
function ages({ blocks, given }: Desk): number[] {
  const each = blocks.map(({ at }, i) => at - given[(i + 1) * BLOCK_MS / CHUNK_MS - 1]!);
  return each.slice(1).map((age, i) => Math.min(age, each[i]!));
}
const most = (list: number[]): number => list.reduce((a, b) => Math.max(a, b), 0);
/** A millisecond each way, and what is waited for. */
const PROMPT_MS = 8;

test('blocks are taken when they are whole, and few chunks are waited for', async () => {
  for (const jitterMs of [0, 4]) {
    const random = chance(3), desk = new Desk(() => random() * jitterMs);
    await desk.hear(6000);
    assert.ok(desk.blocks.length >= 6000 / BLOCK_MS - 3, `${desk.blocks.length} blocks`);
    assert.ok(most(ages(desk)) <= PROMPT_MS, `${most(ages(desk))} ms`);
    assert.ok(desk.awaited < desk.given.length / 10, `${desk.awaited} of ${desk.given.length}`);
  }
});

test('after a machine that stood still nothing is left behind, and nothing is missing', async () => {
  const desk = new Desk(() => 0);
  await desk.hear(1000);
  await desk.hear(1500, true);
  await desk.hear(1000);
  assert.ok(most(ages(desk).slice(-10)) <= PROMPT_MS, `${ages(desk).slice(-10)}`);
  const samples = desk.blocks.flatMap((b) => Array.from(b.samples));
  assert.ok(samples.length > 3300 * PER_MS && samples.every((sample, i) => sample === i), `${samples.length}`);
});

test('a microphone with a clock of its own is followed', async () => {
  for (const rate of [0.999, 1.001]) {
    const desk: Desk = new Desk(() => desk.clock.now * (1 - rate));
    await desk.hear(30000);
    assert.ok(most(ages(desk)) <= PROMPT_MS, `${rate}: ${most(ages(desk))} ms`);
  }
});
