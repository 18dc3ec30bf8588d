// From a microphone's samples to Opus packets: clock, mute, encoder. While there are none, silence goes on in their place.

import type { Packet } from './outbox';
import { ChunkReader } from './reader';
import { BLOCK_MS, Meter, PACKET_MS, RATE, SampleClock, Unbroken } from './samples';

export interface MicrophoneEvents {
  onpacket(packet: Packet): void;
  /** Every 60 ms, even where nobody looks at the page and timers sleep. */
  onbeat(): void;
  onbroken(): void;
  /** It has another rate than RATE. */
  onunfit(): void;
  /** There is no encoder here, and the first block was then: whoever has a recorder begins. */
  onrecord(ptsMs: number): void;
}

/** The page's clock. */
export interface Pages {
  readonly ms: number;
  shift(ms: number): void;
}

type Block = Float32Array<ArrayBuffer>;

interface Coder {
  push(ptsMs: number, block: Block, bps: number): void;
  close(): void;
}

/** WebCodecs. */
class OpusCoder implements Coder {
  private encoder: AudioEncoder;
  private clock = new Unbroken();
  private bps = 0;

  constructor(private events: MicrophoneEvents) {
    this.encoder = new AudioEncoder({ output: (chunk) => this.take(chunk), error: () => events.onbroken() });
  }

  push(ptsMs: number, block: Block, bps: number): void {
    if (this.encoder.state === 'closed') return;
    this.configure(bps);
    const timestamp = Math.round(this.clock.in(ptsMs, PACKET_MS) * 1000);
    const data = new AudioData({ format: 'f32', sampleRate: RATE, numberOfFrames: block.length, numberOfChannels: 1, timestamp, data: block });
    this.encoder.encode(data);
    data.close();
  }

  private configure(bps: number): void {
    if (bps === this.bps) return;
    this.bps = bps;
    const opus = { frameDuration: PACKET_MS * 1000, application: 'voip', signal: 'voice', complexity: COMPLEXITY };
    this.encoder.configure({ codec: 'opus', sampleRate: RATE, numberOfChannels: 1, bitrate: bps, opus } as AudioEncoderConfig);
  }

  private take(chunk: EncodedAudioChunk): void {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    this.events.onpacket({ ptsMs: this.clock.out(chunk.timestamp / 1000), ms: (chunk.duration || 0) / 1000, data });
  }

  close(): void {
    if (this.encoder.state !== 'closed') this.encoder.close();
  }
}

/** A recorder elsewhere, which hears the microphone by itself. */
class Recorded implements Coder {
  private hasBegun = false;

  constructor(private events: MicrophoneEvents) {}

  push(ptsMs: number): void {
    if (!this.hasBegun) this.events.onrecord(ptsMs);
    this.hasBegun = true;
  }

  close(): void {
    // the recorder is its owner's
  }
}

/** Of 10: what more costs is not heard at 24 kbit/s of speech, which the server encodes again. 5 takes 0.24 % of a core more. */
const COMPLEXITY = 3;
/** So far behind the present silence begins where there is no microphone. */
const SILENCE_MS = 100;
/** Longer than a busy machine or a page that nobody looks at lets blocks wait. */
const STUCK_MS = 3000, TICK_MOST_MS = 1000;
/** So much older than its stamp a sound may be: microphones hand it over late, those without a wire by some 150 ms. */
export const HEARING_MS = 200;

export class Microphone {
  isMuted = false;
  /** Up to here, on the page's clock, it was said to a microphone that was off, and is nobody's to hear. */
  private mutedTo = -Infinity;
  readonly meter = new Meter();
  private reader: ChunkReader | undefined;
  private coder: Coder | undefined;
  private isOpen = false;
  private clock = new SampleClock();
  /** How long no block has come, by a clock that stands still while the page does. */
  private quietMs = 0;
  private tickedAt = 0;
  /** Of the voice, bits a second. */
  bps = 24000;

  constructor(private pages: Pages, private events: MicrophoneEvents) {}

  /** It is open, and nothing comes of it: a browser without an output for sound runs no audio graph, and drivers do hang. */
  get isStuck(): boolean {
    return this.isOpen && this.quietMs > STUCK_MS;
  }

  /** Another microphone, or the first. */
  read(chunks: ReadableStream<AudioData>): void {
    this.listen();
    this.reader = new ChunkReader(chunks, {
      take: (block) => this.take(block),
      onhole: (ms) => this.clock.skip(ms, this.pages.ms),
      onunfit: () => this.events.onunfit(),
    });
  }

  /** The same, where blocks are given. */
  listen(): void {
    this.letGo();
    this.isOpen = true;
    this.quietMs = 0;
    this.coder ||= 'AudioEncoder' in self ? new OpusCoder(this.events) : new Recorded(this.events);
  }

  take(block: Block): void {
    if (!this.isOpen) return;
    this.quietMs = 0;
    this.meter.take(block);
    this.code(block);
    this.events.onbeat();
  }

  /** From now on. Blocks of before may still be on their way: chunks gather for a while, and on a busy machine for seconds. */
  mute(isMuted: boolean): void {
    if (this.isMuted && !isMuted) this.mutedTo = this.pages.ms + HEARING_MS;
    this.isMuted = isMuted;
  }

  private code(block: Block): void {
    const ptsMs = this.clock.stamp(this.pages.ms, (ms) => this.pages.shift(ms)), mutedMs = this.isMuted ? BLOCK_MS : this.mutedTo - ptsMs;
    if (mutedMs > 0) block.fill(0, 0, Math.ceil(mutedMs * RATE / 1000));
    this.coder?.push(ptsMs, block, this.bps);
  }

  /** Some times a second. */
  tick(): void {
    const now = performance.now();
    this.quietMs += Math.min(TICK_MOST_MS, now - this.tickedAt);
    this.tickedAt = now;
    if (this.isOpen && !this.isStuck || !this.coder) return;
    while (!this.clock.hasBegun || this.clock.behindMs(this.pages.ms) > SILENCE_MS) this.code(new Float32Array(RATE / 1000 * BLOCK_MS));
  }

  /** The page's clock leapt: so does the voice. */
  leap(): void {
    this.clock = new SampleClock();
  }

  letGo(): void {
    this.reader?.close();
    this.reader = undefined;
    this.isOpen = false;
  }

  close(): void {
    this.letGo();
    this.coder?.close();
    this.coder = undefined;
    this.leap();
  }
}
