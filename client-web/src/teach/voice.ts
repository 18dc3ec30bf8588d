// The microphone, as the page has it: opened, watched, and led to the engine.

import { CaptureError } from './contract';
import { openMicrophone } from './devices';
import { Graph, type Input } from './graph';
import { VoiceRecorder } from './recorder';
import { canWork, type Engine } from './seam';

declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack; maxBufferSize: number });
  readonly readable: ReadableStream<AudioData>;
}

/** Chunks of 10 ms that are kept while nobody reads; by itself Chromium throws away what is older than 100 ms. */
const CHUNKS_MAX = 500;

export interface VoiceEvents {
  /** It went by itself. */
  onlost(): void;
  onbroken(): void;
  /** The system, a switch on it or a phone call keeps it silent, or no more. */
  onshut(isShut: boolean): void;
}

export class Voice {
  private graph: Graph | undefined;
  private output: ReturnType<Graph['output']> | undefined;
  private recorder: VoiceRecorder | undefined;
  private inputs: Input[] = [];
  private isMuted = false;
  /** Calls of open() and close(), and the newest that is done: what comes later of those before it is too late. */
  private calls = 0;
  private done = 0;
  /** Of what the engine reads. */
  private heardId = 0;
  track: MediaStreamTrack | undefined;

  constructor(private engine: Engine, private events: VoiceEvents) {}

  static readonly isCapable = (): boolean => 'AudioWorkletNode' in window && ('AudioEncoder' in window || VoiceRecorder.isCapable());

  /** Another microphone, or the first; what was there goes on if it can't be had. */
  async open(deviceId: string): Promise<void> {
    if (!Voice.isCapable()) throw new CaptureError({ what: 'microphone', why: 'unsupported' });
    if (!canWork()) (this.graph ||= new Graph()).resume(); // inside the tap
    const call = ++this.calls, track = await openMicrophone(deviceId);
    if (call < this.done) return track.stop();
    this.done = call;
    this.letGo();
    this.track = track;
    track.onended = () => this.lost(track);
    track.onmute = track.onunmute = () => track === this.track && this.events.onshut(track.muted);
    if (canWork()) this.engine.hear(++this.heardId, new MediaStreamTrackProcessor({ track, maxBufferSize: CHUNKS_MAX }).readable);
    else await this.listen(track);
  }

  /** The engine can't read that one. */
  unfit(id: number): void {
    if (id === this.heardId && this.track) this.listen(this.track).catch(() => this.events.onbroken());
  }

  /** By an audio graph. */
  private async listen(track: MediaStreamTrack): Promise<void> {
    const graph = this.graph ||= new Graph();
    this.engine.listen();
    if (this.output) this.inputs.push(this.output.connect(track));
    const input = await graph.input(track, (block) => this.engine.block(block)).catch(() => this.giveUp(graph, track));
    if (track === this.track) this.inputs.push(input);
    else input.close();
  }

  private giveUp(graph: Graph, track: MediaStreamTrack): never {
    graph.close(); // a script that did not come once is never asked for again there
    if (graph === this.graph) this.graph = undefined;
    if (track === this.track) this.drop(); // nobody hears it
    throw new CaptureError({ what: 'microphone', why: 'broken' });
  }

  /** In the place of an encoder; its first block was at `ptsMs`. */
  record(ptsMs: number): void {
    this.output ||= (this.graph ||= new Graph()).output();
    if (this.track) this.inputs.push(this.output.connect(this.track));
    this.mute(this.isMuted);
    this.recorder ||= new VoiceRecorder(this.output.stream, ptsMs, (at, ms, data) => this.engine.packet(at, ms, data), () => this.events.onbroken());
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.output?.hush(isMuted);
  }

  private lost(track: MediaStreamTrack): void {
    if (track !== this.track) return;
    this.drop();
    this.events.onlost();
  }

  private drop(): void {
    this.letGo();
    this.engine.deafen();
  }

  private letGo(): void {
    this.inputs.splice(0).forEach((input) => input.close());
    this.track?.stop();
    this.track = undefined;
  }

  close(): void {
    this.done = ++this.calls;
    this.letGo();
    this.recorder?.close();
    this.graph?.close();
    this.graph = this.output = this.recorder = undefined;
  }
}
