// A VideoEncoder that is set anew while it runs, and gives units' worth: access units with the shape of what they are.

import type { SourceKind } from '../contract';
import { candidates, type Candidate, fit, isSlides, type Setting } from './formats';
import type { Picture } from './outbox';
import { Coding } from './wire';

/** More than so many inside: this machine is too slow for the frames it gets. */
const QUEUE_MAX = 2;
/** A codec that was too slow so often is not used again in this lesson. */
const SLOW_MAX = 25;

const isFirefox = (): boolean => /Firefox\//.test(navigator.userAgent);
const tooSlow = new Set<string>();

/** What of a setting makes another stream, for which a keyframe is needed. */
const streamOf = (codec: string, width: number, height: number): string => `${codec} ${width}x${height}`;

function configOf({ codec, coding, wants }: Candidate, kind: SourceKind, width: number, height: number, { bps, fps, isStill }: Setting): VideoEncoderConfig {
  return {
    codec, width, height, bitrate: Math.round(bps), framerate: fps, latencyMode: 'realtime', bitrateMode: isStill ? 'constant' : 'variable',
    ...(wants === 'hardware' ? { hardwareAcceleration: 'prefer-hardware' as const } : {}),
    ...(coding === Coding.H264 ? { avc: { format: 'avc' as const } } : {}),
    ...(isSlides(kind) ? { contentHint: 'text' } : {}),
  };
}

/** The first candidate that this browser has; undefined: none. */
export async function pick(kind: SourceKind): Promise<Candidate | undefined> {
  for (const c of candidates(kind, isFirefox())) {
    if (tooSlow.has(c.codec)) continue;
    const config = configOf(c, kind, 1280, 720, { width: 1280, height: 720, fps: 10, bps: 300e3 });
    const answer = await VideoEncoder.isConfigSupported(config).catch(() => undefined);
    if (answer && answer.supported) return c;
  }
  return undefined;
}

export class Encoder {
  private encoder: VideoEncoder;
  private description = new Uint8Array();
  private set = '';
  private stream = '';
  private width = 0;
  private height = 0;
  private slow = 0;
  private keysInside = 0;

  /** `onslow`: another codec, please. */
  constructor(private candidate: Candidate, private kind: SourceKind, private onpicture: (p: Picture) => void, private onbroken: () => void, private onslow: () => void) {
    this.encoder = new VideoEncoder({ output: (chunk, more) => this.take(chunk, more), error: () => onbroken() });
  }

  /** A keyframe was asked for and has not come out yet. */
  get hasKeyInside(): boolean {
    return this.keysInside > 0;
  }

  get shape(): { width: number; height: number } {
    return { width: this.width, height: this.height };
  }

  /** True: another stream, which has to begin with a keyframe. */
  private configure(frame: VideoFrame, setting: Setting): boolean {
    const { width, height } = fit(frame.displayWidth, frame.displayHeight, setting), stream = streamOf(this.candidate.codec, width, height);
    const set = `${stream} ${setting.fps} ${Math.round(setting.bps / 1000)}`, isOther = stream !== this.stream;
    if (set === this.set) return false;
    this.set = set;
    this.stream = stream;
    this.width = width;
    this.height = height;
    this.encoder.configure(configOf(this.candidate, this.kind, width, height, setting));
    return isOther;
  }

  /** Closes the frame. */
  encode(frame: VideoFrame, setting: Setting, isKey: boolean): void {
    if (this.encoder.state === 'closed') return frame.close();
    if (this.encoder.encodeQueueSize > QUEUE_MAX) {
      frame.close();
      if (++this.slow === SLOW_MAX) this.giveUp();
      return;
    }
    this.slow = Math.max(0, this.slow - 0.1);
    try {
      const keyFrame = this.configure(frame, setting) || isKey;
      this.encoder.encode(frame, { keyFrame });
      if (keyFrame) this.keysInside++;
    } catch (e) {
      this.onbroken();
    }
    frame.close();
  }

  private giveUp(): void {
    if (this.candidate.coding === Coding.Vp8) return; // nothing is faster
    tooSlow.add(this.candidate.codec);
    this.onslow();
  }

  private take(chunk: EncodedVideoChunk, more?: EncodedVideoChunkMetadata): void {
    const given = more && more.decoderConfig && more.decoderConfig.description, data = new Uint8Array(chunk.byteLength);
    if (given && this.candidate.coding !== Coding.Vp8) this.description = bytesOf(given);
    chunk.copyTo(data);
    if (chunk.type === 'key') this.keysInside = Math.max(0, this.keysInside - 1);
    const shape = { coding: this.candidate.coding, width: this.width, height: this.height, description: this.description };
    this.onpicture({ ptsMs: chunk.timestamp / 1000, isKey: chunk.type === 'key', data, shape });
  }

  close(): void {
    if (this.encoder.state !== 'closed') this.encoder.close();
  }
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  const view = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  return view.slice();
}
