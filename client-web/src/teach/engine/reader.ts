// Reads a microphone's chunks, as Chromium hands them over, into blocks.

import { BLOCK_MS, RATE, Seams } from './samples';
import { wait } from './wait';

/** Whoever had to wait for a chunk has all that there are. */
const WAITED_MS = 2;
/**
 * Blocks are read two at a time, what a bundle takes on a good link: each wait for a chunk wakes a thread. Who comes a little after them finds
 * them whole and never waits, but does not know either whether more lies there; so it comes a little earlier each time, until it waits once.
 */
const BLOCKS = 2, AFTER_MS = 5, EARLIER_MS = 0.5;
const BLOCK = RATE / 1000 * BLOCK_MS;

/** What becomes of a microphone that is read. */
export interface Reading {
  take(block: Float32Array<ArrayBuffer>): void;
  /** So much was lost before the next block. */
  onhole(ms: number): void;
  /** It has another rate. */
  onunfit(): void;
}

/** Half the CPU of an audio graph. */
export class ChunkReader {
  private reader: ReadableStreamDefaultReader<AudioData>;
  private block = new Float32Array(BLOCK);
  private filled = 0;
  /** Since the last rest. */
  private blocks = 0;
  /** When the next ones will be there. */
  private dueAt = -Infinity;
  private seams = new Seams();

  constructor(chunks: ReadableStream<AudioData>, private to: Reading) {
    this.reader = chunks.getReader();
    void this.read();
  }

  private async read(): Promise<void> {
    for (;;) {
      const askedAt = performance.now(), { value, done } = await this.reader.read();
      if (done) return;
      if (value.sampleRate !== RATE) {
        this.close();
        return this.to.onunfit();
      }
      const hasWaited = performance.now() - askedAt > WAITED_MS;
      this.cut(value);
      value.close();
      if (this.blocks >= BLOCKS) await this.rest(hasWaited);
    }
  }

  /** Until the next blocks are there; not at all while one is behind. */
  private async rest(hasAll: boolean): Promise<void> {
    const now = performance.now();
    this.dueAt = (hasAll ? now + AFTER_MS : this.dueAt - EARLIER_MS) + this.blocks * BLOCK_MS;
    this.blocks = 0;
    if (this.dueAt > now) await wait(this.dueAt - now);
  }

  private cut(data: AudioData): void {
    const lost = this.seams.lostMs(data.timestamp / 1000, data.duration / 1000);
    if (lost) this.to.onhole(lost);
    for (let at = 0; at < data.numberOfFrames;) {
      const count = Math.min(data.numberOfFrames - at, BLOCK - this.filled);
      data.copyTo(this.block.subarray(this.filled, this.filled + count), { planeIndex: 0, frameOffset: at, frameCount: count, format: 'f32-planar' });
      at += count;
      this.filled += count;
      if (this.filled < BLOCK) continue;
      this.to.take(this.block);
      this.block = new Float32Array(BLOCK);
      this.filled = 0;
      this.blocks++;
    }
  }

  close(): void {
    void this.reader.cancel();
  }
}
