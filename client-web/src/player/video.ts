// Moving pictures: a muted <video> with its own MediaSource that follows the voice's clock. The voice is
// never made to wait for it. A part of the page of its own: who gets stills never loads it.

import { fragment, type Sample, VIDEO_TIMESCALE, videoInit, videoMime } from '../boxer';
import type { Unit, VideoConfig, VideoFrame } from '../protocol';
import { Frames } from './assembly';
import { aheadOf, nextStart, Sink } from './sink';

const IN_STEP_S = 0.06;
/** Beyond this a seek is cheaper than to hurry; a seek decodes from the last keyframe, maybe 60 s back. */
const SEEK_S = 3;
const FREE_RUN_BEHIND_S = 0.6;
const LAST_FRAME_MS = 200;
const KEEP_MS = 6000;
const FAILURES_MAX = 3;

export class Video {
  private whole = new Frames();
  private sink: Sink | undefined;
  private config: VideoConfig | undefined;
  private last: VideoFrame | undefined;
  private keys: number[] = [];
  private sequence = 0;
  private framesBefore = 0;
  private failures = 0;
  private needsKey = true;

  /** False between a gap and the next picture that is really shown. */
  isShowing = false;

  constructor(readonly element: HTMLVideoElement, private onchange: () => void) {
    element.muted = true;
  }

  /** Whether moving pictures are of any use here. */
  get isWanted(): boolean {
    return this.failures < FAILURES_MAX;
  }

  get framesShown(): number {
    const v = this.element as HTMLVideoElement & { webkitDecodedFrameCount?: number };
    if (!v.getVideoPlaybackQuality) return this.framesBefore + (v.webkitDecodedFrameCount || 0);
    const q = v.getVideoPlaybackQuality();
    return this.framesBefore + q.totalVideoFrames - q.droppedVideoFrames;
  }

  /** All of the track, in order. */
  take(units: Unit[]): void {
    let frames: VideoFrame[] = [];
    const flush = (): void => {
      if (frames.length) this.push(frames);
      frames = [];
    };
    for (const unit of units) {
      const frame = this.whole.take(unit);
      if (frame) frames.push(frame);
      else {
        flush();
        if (unit.type === 'video-config') this.configure(unit);
        else if (unit.type === 'video-gap') this.gap();
      }
    }
    flush();
  }

  private configure(config: VideoConfig): void {
    this.flush(config.ptsMs);
    this.config = { ...config, avcc: config.avcc.slice() };
    this.needsKey = true;
  }

  private push(frames: VideoFrame[]): void {
    const ready: Sample[] = [];
    let start = -1;
    for (const frame of frames) {
      if (frame.isKey && this.needsKey) this.begin();
      if (this.needsKey) continue;
      if (frame.isKey) this.keys.push(frame.ptsMs);
      if (this.last) {
        if (start < 0) start = this.last.ptsMs;
        ready.push(sample(this.last, frame.ptsMs - this.last.ptsMs));
      }
      this.last = { ...frame, data: frame.data };
    }
    if (ready.length) this.append(start, ready);
    if (this.last) this.last.data = this.last.data.slice(); // the message's memory is not kept for one frame
  }

  /** The last frame waits for the next one, which says how long it lasts. */
  private flush(untilMs: number): void {
    const last = this.last;
    if (last) this.append(last.ptsMs, [sample(last, untilMs > last.ptsMs ? Math.min(LAST_FRAME_MS, untilMs - last.ptsMs) : LAST_FRAME_MS)]);
    this.last = undefined;
  }

  private append(start: number, samples: Sample[]): void {
    this.sink?.append(fragment(++this.sequence, start * VIDEO_TIMESCALE / 1000, samples));
  }

  /** At a keyframe: the config takes effect. */
  private begin(): void {
    if (!this.config || !this.isWanted) return;
    if (!this.sink || !this.sink.setType(videoMime(this.config))) {
      this.open();
      this.sink!.setType(videoMime(this.config));
    }
    this.sink!.append(videoInit(this.config));
    this.needsKey = false;
  }

  private open(): void {
    this.framesBefore = this.framesShown;
    this.sink?.close();
    this.keys = [];
    this.sink = new Sink(this.element, () => undefined, () => this.fail());
  }

  private fail(): void {
    this.failures++;
    this.framesBefore = this.framesShown;
    this.sink = undefined;
    this.needsKey = true;
    this.last = undefined;
    this.setShowing(false);
  }

  /** No more video on purpose. The last picture stays until something better comes. */
  private gap(): void {
    this.flush(0);
    this.needsKey = true;
    this.setShowing(false);
  }

  /** The session clock began anew, or the page was hidden for long. */
  reset(): void {
    this.whole.reset();
    this.last = undefined;
    this.needsKey = true;
    if (this.sink) this.open();
    this.setShowing(false);
  }

  private setShowing(isShowing: boolean): void {
    if (this.isShowing === isShowing) return;
    this.isShowing = isShowing;
    this.onchange();
  }

  /** Follows `clockMs` (-1: there is no voice to follow). */
  tick(clockMs: number): void {
    const sink = this.sink, v = this.element;
    if (!sink || document.hidden) return;
    const ranges = sink.ranges();
    if (!ranges.length) return;
    const endS = ranges[ranges.length - 1]![1];
    const wantS = clockMs >= 0 ? clockMs / 1000 : this.freeClock(endS);
    this.approach(wantS, ranges);
    this.trim();
    if (!this.needsKey && v.readyState >= 2 && aheadOf(ranges, v.currentTime) > 0 && v.currentTime <= wantS + 0.3) {
      this.setShowing(true);
    }
  }

  /** Without a voice the picture runs by itself, close behind what has come. */
  private freeClock(endS: number): number {
    const v = this.element;
    return Math.abs(endS - v.currentTime) > FREE_RUN_BEHIND_S + 1 ? endS - FREE_RUN_BEHIND_S : v.currentTime;
  }

  private approach(wantS: number, ranges: [number, number][]): void {
    const v = this.element;
    if (aheadOf(ranges, v.currentTime) <= 0.01) {
      const start = aheadOf(ranges, wantS) > 0 ? wantS : nextStart(ranges, v.currentTime);
      if (start < 0) return; // nothing newer is here: the last picture stands
      v.currentTime = start + 0.001;
    }
    const behind = wantS - v.currentTime;
    if (behind > SEEK_S && aheadOf(ranges, wantS) > 0) v.currentTime = wantS;
    if (behind < -0.5) return v.pause();
    const rate = pace(behind);
    if (v.playbackRate !== rate) v.playbackRate = rate;
    if (v.paused) (v.play() as Promise<void> | undefined)?.catch(() => undefined);
  }

  /** Up to a keyframe only: to remove more would take the frames behind it that need it. */
  private trim(): void {
    const until = this.element.currentTime * 1000 - KEEP_MS;
    let key = -1;
    while (this.keys.length > 1 && this.keys[1]! <= until) {
      this.keys.shift();
      key = this.keys[0]!;
    }
    if (key >= 0) this.sink!.removeTo(key / 1000);
  }
}

function sample(frame: VideoFrame, durationMs: number): Sample {
  return { data: frame.data, isKey: frame.isKey, duration: Math.max(1, Math.min(60000, durationMs)) };
}

/** A muted picture may hurry much more than a voice. */
function pace(behindS: number): number {
  const off = Math.abs(behindS);
  if (off < IN_STEP_S) return 1;
  if (off < 0.3) return behindS > 0 ? 1.06 : 0.94;
  return behindS > 0 ? (off < 1 ? 1.5 : 2) : 0.5;
}
