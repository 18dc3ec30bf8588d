// From a microphone to Opus packets: capture, clock, mute, encoder. The graph stays when the microphone is changed, so that the voice goes on.

import { CaptureError } from './contract';
import { openMicrophone } from './devices';
import type { Packet } from './outbox';
import { Gather, Meter, RATE, SampleClock } from './samples';
import type { Plan } from './uplink';
import { VoiceRecorder } from './recorder';

declare const WORKLET: string;

export interface MicrophoneEvents {
  onpacket(packet: Packet): void;
  /** Whatever else happens: something comes every 20 ms, even where nobody looks at the page and timers sleep. */
  onbeat(): void;
  /** The track ended by itself. */
  onlost(): void;
  onbroken(): void;
}

/** The page's clock. */
export interface Pages {
  readonly ms: number;
  shift(ms: number): void;
}

type Voice = Pick<Plan, 'voiceBps' | 'packetMs'>;

interface Coder {
  push(ptsMs: number, block: Float32Array, voice: Voice): void;
  close(): void;
}

/** WebCodecs. */
class OpusCoder implements Coder {
  private encoder: AudioEncoder;
  private gather = new Gather();
  private set = '';

  constructor(private events: MicrophoneEvents) {
    this.encoder = new AudioEncoder({ output: (chunk) => this.take(chunk), error: () => events.onbroken() });
  }

  push(ptsMs: number, block: Float32Array, voice: Voice): void {
    const gathered = this.gather.push(ptsMs, block, voice.packetMs);
    if (!gathered || this.encoder.state === 'closed') return;
    this.configure(voice);
    const { samples } = gathered;
    const data = new AudioData({ format: 'f32', sampleRate: RATE, numberOfFrames: samples.length, numberOfChannels: 1, timestamp: Math.round(gathered.ptsMs * 1000), data: samples as Float32Array<ArrayBuffer> });
    this.encoder.encode(data);
    data.close();
  }

  private configure({ voiceBps, packetMs }: Voice): void {
    const set = `${voiceBps}/${packetMs}`;
    if (set === this.set) return;
    this.set = set;
    const opus = { frameDuration: packetMs * 1000, application: 'voip', signal: 'voice', complexity: 7 };
    this.encoder.configure({ codec: 'opus', sampleRate: RATE, numberOfChannels: 1, bitrate: voiceBps, opus } as AudioEncoderConfig);
  }

  private take(chunk: EncodedAudioChunk): void {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    this.events.onpacket({ ptsMs: chunk.timestamp / 1000, ms: (chunk.duration || 0) / 1000, data });
  }

  close(): void {
    if (this.encoder.state !== 'closed') this.encoder.close();
  }
}

export class Microphone {
  isMuted = false;
  readonly meter = new Meter();
  private context: AudioContext | undefined;
  private node: AudioWorkletNode | undefined;
  private input: MediaStreamAudioSourceNode | undefined;
  private gate: GainNode | undefined;
  private track: MediaStreamTrack | undefined;
  private voice: Voice = { voiceBps: 24000, packetMs: 20 };
  private coder: Coder | undefined;
  private clock = new SampleClock();

  constructor(private pages: Pages, private events: MicrophoneEvents) {}

  static readonly isCapable = (): boolean => 'AudioWorkletNode' in window && ('AudioEncoder' in window || VoiceRecorder.isCapable());

  get isOpen(): boolean {
    return !!this.track;
  }

  /** Another microphone, or the first; what was there goes on if it can't be had. */
  async open(deviceId: string): Promise<void> {
    if (!Microphone.isCapable()) throw new CaptureError({ what: 'microphone', why: 'unsupported' });
    const context = this.context ||= new AudioContext({ sampleRate: RATE });
    void context.resume(); // inside the tap
    const track = await openMicrophone(deviceId);
    if (!this.node) await this.build(context);
    this.letGo();
    this.track = track;
    track.onended = () => this.lost(track);
    this.input = context.createMediaStreamSource(new MediaStream([track]));
    this.input.connect(this.node!);
    if (this.gate) this.input.connect(this.gate);
  }

  private async build(context: AudioContext): Promise<void> {
    await context.audioWorklet.addModule(WORKLET);
    this.node = new AudioWorkletNode(context, 'blocks', { numberOfInputs: 1, numberOfOutputs: 1 });
    this.node.port.onmessage = (e) => this.take(e.data as Float32Array);
    this.node.connect(context.destination); // says nothing; what leads nowhere is not run
    this.coder = 'AudioEncoder' in window ? new OpusCoder(this.events) : this.record(context);
  }

  /** Mute is between the microphone and the recorder. */
  private record(context: AudioContext): Coder {
    const end = context.createMediaStreamDestination();
    this.gate = context.createGain();
    this.gate.connect(end);
    return new VoiceRecorder(end.stream, this.events);
  }

  private take(block: Float32Array): void {
    this.meter.take(block);
    const ptsMs = this.clock.stamp(this.pages.ms, (ms) => this.pages.shift(ms));
    if (this.isMuted) block.fill(0);
    if (this.gate) this.gate.gain.value = this.isMuted ? 0 : 1;
    this.coder?.push(ptsMs, block, this.voice);
    this.events.onbeat();
  }

  /** The page's clock leapt: so does the voice. */
  leap(): void {
    this.clock = new SampleClock();
  }

  set(voice: Voice): void {
    this.voice = voice;
  }

  /** Silence goes on in its place. */
  private lost(track: MediaStreamTrack): void {
    if (track !== this.track) return;
    this.letGo();
    this.events.onlost();
  }

  private letGo(): void {
    this.input?.disconnect();
    this.track?.stop();
    this.track = this.input = undefined;
  }

  close(): void {
    this.letGo();
    this.coder?.close();
    void this.context?.close();
    this.context = this.node = this.coder = this.gate = undefined;
    this.clock = new SampleClock();
  }
}
