// Ways to get at a microphone's samples, in blocks of 60 ms.

import { BLOCK_MS, RATE, Seams } from './samples';
import { wait } from './wait';

declare const WORKLET: string;
declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack; maxBufferSize: number });
  readonly readable: ReadableStream<AudioData>;
}

export interface Input {
  close(): void;
}

export type TakeBlock = (block: Float32Array<ArrayBuffer>) => void;

/** Chunks of 10 ms that are kept while the page is busy; by itself Chromium throws away what is older than 100 ms. */
const CHUNKS_MAX = 500;
/** Whoever had to wait for a chunk has all that there are. The next ones may gather: each wait wakes a thread. 150 ms here save 1 % of a core and
 *  cost pupils 0.4 s, since their players prepare for voice in bursts. */
const WAITED_MS = 2, REST_MS = 60;
const BLOCK = RATE / 1000 * BLOCK_MS;

/** What becomes of a microphone that is read. */
export interface Reading {
  take: TakeBlock;
  /** So much was lost before the next block. */
  onhole(ms: number): void;
  /** It has another rate. */
  onunfit(): void;
}

/** Chromium's own: half the CPU of an audio graph. */
export class ReaderInput implements Input {
  private reader: ReadableStreamDefaultReader<AudioData>;
  private block = new Float32Array(BLOCK);
  private filled = 0;
  private seams = new Seams();

  static readonly isCapable = (): boolean => 'MediaStreamTrackProcessor' in window;

  constructor(track: MediaStreamTrack, private to: Reading) {
    this.reader = new MediaStreamTrackProcessor({ track, maxBufferSize: CHUNKS_MAX }).readable.getReader();
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
      if (isAll && !document.hidden) await wait(REST_MS); // timers of a hidden page sleep
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

/** An audio graph, which makes one rate of all. */
export class Graph {
  private context = new AudioContext({ sampleRate: RATE });
  private loaded: Promise<void> | undefined;

  /** Inside a tap. */
  resume(): void {
    void this.context.resume();
  }

  async input(track: MediaStreamTrack, take: TakeBlock): Promise<Input> {
    await (this.loaded ||= this.context.audioWorklet.addModule(WORKLET));
    const source = this.context.createMediaStreamSource(new MediaStream([track])), node = new AudioWorkletNode(this.context, 'blocks');
    node.port.onmessage = (e) => take(e.data as Float32Array<ArrayBuffer>);
    source.connect(node).connect(this.context.destination); // says nothing; what leads nowhere is not run
    return {
      close: () => {
        node.port.onmessage = null;
        source.disconnect();
        node.disconnect();
      },
    };
  }

  /** The same microphone as a stream that stays when it is changed; its volume is there to mute it. */
  output(): { stream: MediaStream; gate: GainNode; connect(track: MediaStreamTrack): Input } {
    const end = this.context.createMediaStreamDestination(), gate = this.context.createGain();
    gate.connect(end);
    const connect = (track: MediaStreamTrack): Input => {
      const source = this.context.createMediaStreamSource(new MediaStream([track]));
      source.connect(gate);
      return { close: () => source.disconnect() };
    };
    return { stream: end.stream, gate, connect };
  }

  close(): void {
    void this.context.close();
  }
}
