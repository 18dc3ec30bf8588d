// From a microphone to Opus packets: capture, clock, mute, encoder. While there is none, silence goes on in its place.

import { CaptureError } from './contract';
import { openMicrophone } from './devices';
import { Graph, type Input, ReaderInput } from './inputs';
import type { Packet } from './outbox';
import { VoiceRecorder } from './recorder';
import { BLOCK_MS, Meter, PACKET_MS, RATE, SampleClock, Unbroken } from './samples';

export interface MicrophoneEvents {
  onpacket(packet: Packet): void;
  /** Every 60 ms, even where nobody looks at the page and timers sleep. */
  onbeat(): void;
  /** The microphone went by itself. */
  onlost(): void;
  onbroken(): void;
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

/** Of 10: what more costs is not heard at 24 kbit/s of speech. */
const COMPLEXITY = 5;
/** So far behind the present silence begins where there is no microphone. */
const SILENCE_MS = 100;
/** Longer than a busy machine or a page that nobody looks at lets blocks wait. */
const STUCK_MS = 3000, TICK_MOST_MS = 1000;

export class Microphone {
  isMuted = false;
  readonly meter = new Meter();
  private graph: Graph | undefined;
  private output: ReturnType<Graph['output']> | undefined;
  private inputs: Input[] = [];
  private track: MediaStreamTrack | undefined;
  private coder: Coder | undefined;
  private clock = new SampleClock();
  /** How long no block has come, by a clock that stands still while the page does. */
  private quietMs = 0;
  private tickedAt = 0;
  /** Of the voice, bits a second. */
  bps = 24000;

  constructor(private pages: Pages, private events: MicrophoneEvents) {}

  static readonly isCapable = (): boolean => 'AudioWorkletNode' in window && ('AudioEncoder' in window || VoiceRecorder.isCapable());

  get isOpen(): boolean {
    return !!this.track;
  }

  /** It is open, and nothing comes of it: a browser without an output for sound runs no audio graph, and drivers do hang. */
  get isStuck(): boolean {
    return !!this.track && this.quietMs > STUCK_MS;
  }

  /** What is wrong with it while it is open. */
  get fault(): 'stuck' | 'shut' | undefined {
    return this.isStuck ? 'stuck' : this.track?.muted ? 'shut' : undefined;
  }

  get deviceId(): string {
    return this.track?.getSettings().deviceId ?? '';
  }

  /** Another microphone, or the first; what was there goes on if it can't be had. */
  async open(deviceId: string): Promise<void> {
    if (!Microphone.isCapable()) throw new CaptureError({ what: 'microphone', why: 'unsupported' });
    const isPlain = ReaderInput.isCapable() && 'AudioEncoder' in window;
    if (!isPlain) (this.graph ||= new Graph()).resume(); // inside the tap
    const track = await openMicrophone(deviceId);
    this.letGo();
    this.track = track;
    this.quietMs = 0;
    track.onended = () => this.lost(track);
    this.coder ||= 'AudioEncoder' in window ? new OpusCoder(this.events) : this.record(this.graph!);
    if (this.output) this.inputs.push(this.output.connect(track));
    if (isPlain) this.inputs.push(this.read(track));
    else await this.listen(track);
  }

  private read(track: MediaStreamTrack): Input {
    return new ReaderInput(track, {
      take: (block) => this.take(block),
      onhole: (ms) => this.clock.skip(ms, this.pages.ms),
      onunfit: () => void this.listen(track),
    });
  }

  private async listen(track: MediaStreamTrack): Promise<void> {
    const input = await (this.graph ||= new Graph()).input(track, (b) => this.take(b));
    if (track === this.track) this.inputs.push(input);
    else input.close();
  }

  private record(graph: Graph): Coder {
    this.output = graph.output();
    return new VoiceRecorder(this.output.stream, this.events);
  }

  private take(block: Block): void {
    this.quietMs = 0;
    this.meter.take(block);
    this.code(block);
    this.events.onbeat();
  }

  private code(block: Block): void {
    const ptsMs = this.clock.stamp(this.pages.ms, (ms) => this.pages.shift(ms));
    if (this.isMuted) block.fill(0);
    if (this.output) this.output.gate.gain.value = this.isMuted ? 0 : 1;
    this.coder?.push(ptsMs, block, this.bps);
  }

  /** Some times a second. */
  tick(): void {
    const now = performance.now();
    this.quietMs += Math.min(TICK_MOST_MS, now - this.tickedAt);
    this.tickedAt = now;
    if (this.track && !this.isStuck || !this.coder) return;
    while (!this.clock.hasBegun || this.clock.behindMs(this.pages.ms) > SILENCE_MS) this.code(new Float32Array(RATE / 1000 * BLOCK_MS));
  }

  /** The page's clock leapt: so does the voice. */
  leap(): void {
    this.clock = new SampleClock();
  }

  private lost(track: MediaStreamTrack): void {
    if (track !== this.track) return;
    this.letGo();
    this.events.onlost();
  }

  private letGo(): void {
    this.inputs.splice(0).forEach((input) => input.close());
    this.track?.stop();
    this.track = undefined;
  }

  close(): void {
    this.letGo();
    this.coder?.close();
    this.graph?.close();
    this.graph = this.output = this.coder = undefined;
    this.leap();
  }
}
