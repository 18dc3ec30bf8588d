// What is shown, as the page has it: opened, covered, watched, and led to the engine.

import type { CaptureError, Source, SourceKind } from './contract';
import { openSource } from './devices';
import { VideoRecorder } from './recorder';
import { canWork, type Engine } from './seam';

declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack; maxBufferSize: number });
  readonly readable: ReadableStream<VideoFrame>;
}

type From = MediaStreamTrack | HTMLCanvasElement;
interface Chosen { kind: SourceKind; from: From }
const RECORDED_FPS = 5;

export class Scene {
  private chosen: Chosen | undefined;
  /** Shown in its place. */
  private cover: HTMLCanvasElement | undefined;
  /** Of what the engine has now. */
  private id = 0;
  private now: From | undefined;
  private element: HTMLVideoElement | undefined;
  private recorder: VideoRecorder | undefined;
  /** A canvas, as a recorder wants it: copied as long as it is not stopped. */
  private copied: MediaStreamTrack | undefined;
  /** Calls of choose(): the last one wins. */
  private calls = 0;

  /** `onlost`: what was shown is no more: unplugged, or its sharing ended. */
  constructor(private engine: Engine, private onlost: (kind: SourceKind) => void, private onbroken: (kind: SourceKind) => void) {}

  get kind(): SourceKind | undefined {
    return this.chosen && this.chosen.kind;
  }

  get track(): MediaStreamTrack | undefined {
    const { chosen } = this;
    return chosen && chosen.from instanceof MediaStreamTrack ? chosen.from : undefined;
  }

  /** Rejects with CaptureError, and what was there goes on. */
  async choose(source: Source | undefined): Promise<void> {
    const call = ++this.calls, from = source && await this.open(source);
    if (call !== this.calls) return stop(from);
    this.drop();
    this.cover = undefined;
    this.chosen = source && from && { kind: source.kind, from };
    if (from instanceof MediaStreamTrack) from.onended = () => this.lost(from);
    this.show();
  }

  /** Phones open one camera at a time: another one can be had when ours is shut. */
  private async open(source: Source): Promise<From> {
    const { chosen, track } = this;
    try {
      return await openSource(source);
    } catch (e) {
      if (source.kind !== 'camera' || chosen?.kind !== 'camera' || (e as CaptureError).trouble.why !== 'used') throw e;
      track!.stop();
    }
    return openSource(source).catch((e) => {
      this.lost(track!);
      throw e;
    });
  }

  /** In the place of what is chosen, which stays open below; undefined: that again. */
  hide(canvas: HTMLCanvasElement | undefined): void {
    if (!this.chosen || canvas === this.cover) return;
    this.cover = canvas;
    if (!canvas && isOver(this.chosen.from)) this.drop();
    this.show();
  }

  private show(): void {
    const { chosen, cover } = this, from = cover || chosen && chosen.from;
    this.letGo();
    this.now = from;
    this.id++;
    if (!chosen || !from) return this.engine.show(undefined);
    const kind = cover ? 'board' : chosen.kind;
    if (from instanceof HTMLCanvasElement) return this.engine.show({ id: this.id, kind });
    if (canWork()) return this.engine.show({ id: this.id, kind, frames: new MediaStreamTrackProcessor({ track: from, maxBufferSize: 1 }).readable });
    this.element = playing(from);
    this.engine.show({ id: this.id, kind });
  }

  /** The engine wants a picture, and asks for no other before it is answered. */
  asked(id: number): void {
    if (id === this.id) this.engine.frame(id, this.frame());
  }

  /** undefined: there is none now. */
  private frame(): VideoFrame | undefined {
    const { element, now } = this;
    const isThere = element ? element.readyState >= 2 : now instanceof HTMLCanvasElement && now.width && now.height;
    try {
      return isThere ? new VideoFrame(element || now as HTMLCanvasElement, { timestamp: 0 }) : undefined;
    } catch (e) {
      return undefined; // a graphics process that begins anew has none for a moment
    }
  }

  /** The engine has no encoder. */
  record(id: number, nowPts: number, bps: number, needsKey: boolean): void {
    if (id !== this.id || !this.now) return;
    this.recorder ||= this.makeRecorder(this.now);
    this.recorder.set(nowPts, bps, needsKey);
  }

  private makeRecorder(from: From): VideoRecorder {
    const { id } = this, track = from instanceof MediaStreamTrack ? from : this.copied = from.captureStream(RECORDED_FPS).getVideoTracks()[0]!;
    return new VideoRecorder(track, (ptsMs, data) => this.engine.recorded(id, ptsMs, data), () => this.onbroken(this.kind!));
  }

  /** What covers it goes on: there is ink on it, and those who can't draw have nothing else. */
  private lost(from: From): void {
    if (!this.chosen || this.chosen.from !== from) return;
    const { kind } = this.chosen;
    if (!this.cover) {
      this.drop();
      this.show();
    }
    this.onlost(kind);
  }

  private drop(): void {
    stop(this.chosen?.from);
    this.chosen = undefined;
  }

  /** What was made to take pictures of it. */
  private letGo(): void {
    this.recorder?.close();
    this.copied?.stop();
    if (this.element) this.element.srcObject = null;
    this.recorder = this.copied = this.element = undefined;
  }

  close(): void {
    this.calls++;
    this.drop();
    this.cover = undefined;
    this.show();
  }
}

function stop(from: From | undefined): void {
  if (!(from instanceof MediaStreamTrack)) return;
  from.onended = null;
  from.stop();
}

function playing(track: MediaStreamTrack): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  void video.play();
  return video;
}

const isOver = (from: From): boolean => from instanceof MediaStreamTrack && from.readyState === 'ended';
