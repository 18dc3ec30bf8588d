// Reads a microphone's chunks, as Chromium hands them over, into blocks.

import { BLOCK_MS, RATE, Seams } from './samples';
import { wait } from './wait';

/** Whoever had to wait for a chunk has all that there are. */
const WAITED_MS = 2;
/**
 * After so many whole blocks, what a bundle takes on a good link, the next chunks may gather for a while: each wait wakes a thread. The last
 * ones are waited for again, so that a block is taken when it is whole, and bundles leave in even steps: players keep the less in hand.
 */
const BLOCKS = 2, REST_MS = 100;
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
      const isAll = performance.now() - askedAt > WAITED_MS;
      const hasFilled = this.cut(value);
      value.close();
      if (!isAll || !hasFilled || this.blocks < BLOCKS) continue;
      this.blocks = 0;
      await wait(REST_MS);
    }
  }

  /** True: some block is whole now. */
  private cut(data: AudioData): boolean {
    const { blocks } = this, lost = this.seams.lostMs(data.timestamp / 1000, data.duration / 1000);
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
    return this.blocks > blocks;
  }

  close(): void {
    void this.reader.cancel();
  }
}
