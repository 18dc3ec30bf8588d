// Reads a microphone's chunks, as Chromium hands them over, into blocks.

import { BLOCK_MS, RATE, Seams } from './samples';
import { wait } from './wait';

/** Whoever had to wait for a chunk has all that there are. The next ones may gather: each wait wakes a thread. 150 ms here save 1 % of a core and
 *  cost pupils 0.4 s, since their players prepare for voice in bursts. */
const WAITED_MS = 2, REST_MS = 60;
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
      this.cut(value);
      value.close();
      if (isAll) await wait(REST_MS);
    }
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
    }
  }

  close(): void {
    void this.reader.cancel();
  }
}
