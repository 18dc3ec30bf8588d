// What a page and its engine say to one another. The engine has all that needs no page: connection, encoders, clock. It runs in a worker
// wherever it can read tracks there (canWork), and beside the page elsewhere: the same calls, in the same order, over a MessagePort.
// All that crosses can be cloned; streams and frames are handed over, and are the other's to close.

import type { BroadcastOptions, KeyChange, SourceKind, View } from './contract';

export interface EngineOptions extends BroadcastOptions {
  url: string;
  device: string;
  /** The broadcast's clock, and when that was (epochMs). */
  clockMs: number;
  atMs: number;
}

/** What is shown: `frames` of a track, or pictures of whatever the page has, asked for one by one (EngineHost.ask). */
export interface Feed { id: number; kind: SourceKind; frames?: ReadableStream<VideoFrame> }

export type EngineView = Pick<View, 'phase' | 'failure' | 'isTeaching' | 'canContinue' | 'isRehearsing' | 'lesson' | 'status' | 'uplink'>;

/** All that a page mirrors. Times are of epochMs. */
export interface Told {
  view: Partial<EngineView>;
  clockMs: number;
  atMs: number;
  /** How long the lesson had been live, at `liveAtMs`; 0: it is not. */
  liveMs: number;
  liveAtMs: number;
  /** Of the ink that came so far (`inks` payloads), bytes that the server has not said to have. */
  inkBytes: number;
  inks: number;
}

/** What the page asks for. */
export interface Engine {
  open(): void;
  /** Another network: a new connection, at once. */
  renew(): void;
  start(): void;
  take(): void;
  end(): void;
  admit(): void;
  rehearse(isRehearsing: boolean): void;
  release(): void;
  measure(): void;
  changeKey(next: string): void;
  rest(minutes: number): void;
  mute(isMuted: boolean): void;

  /** The microphone from now on, in the place of what it was; `id` of the page's choice. */
  hear(id: number, chunks: ReadableStream<AudioData>): void;
  /** The same, where blocks come from the page (BLOCK_MS each). */
  listen(): void;
  block(samples: Float32Array<ArrayBuffer>): void;
  /** It went; silence goes on in its place. */
  deafen(): void;
  /** The microphone's level is told for a second or so. */
  meter(): void;
  /** What the page's recorder made of the voice: EngineHost.recordVoice. */
  packet(ptsMs: number, ms: number, data: Uint8Array): void;

  /** undefined: voice alone. */
  show(feed: Feed | undefined): void;
  /** One that was asked for; undefined: there is none yet. */
  frame(id: number, frame: VideoFrame | undefined): void;
  /** What the page's recorder made of pictures: EngineHost.record. */
  recorded(id: number, ptsMs: number, data: Uint8Array): void;

  ink(payload: Uint8Array): void;
}

export interface EngineHost {
  told(told: Told): void;
  level(level: number): void;
  board(payload: Uint8Array): void;
  /** A picture of this feed, please. */
  ask(id: number): void;
  /** This browser has no encoder for pictures: the page's recorder, please, at this rate. Often. */
  record(id: number, nowPts: number, bps: number, needsKey: boolean): void;
  /** Nor for the voice, whose first block was then. */
  recordVoice(ptsMs: number): void;
  /** That microphone has another rate than RATE: blocks, please, if it is still the one. */
  unfit(id: number): void;
  stuck(isStuck: boolean): void;
  broken(what: 'microphone' | SourceKind): void;
  measured(kbps: number): void;
  keyChanged(change: KeyChange): void;
}

/** A time that both threads agree on. */
export const epochMs = (): number => (performance.timeOrigin || 0) + performance.now();

/** Whether an engine in a worker has all that it needs there. */
export const canWork = (): boolean => ['MediaStreamTrackProcessor', 'AudioEncoder', 'VideoEncoder', 'OffscreenCanvas', 'Worker'].every((name) => name in window);

