// The pump: takes pictures from whatever is shown now and has them encoded as the uplink wishes. The source is changed at any time;
// neither the voice nor the connection notices.

import type { Source, SourceKind } from './contract';
import { openSource } from './devices';
import { Encoder, pick } from './encoder';
import { isSlides, place, type Setting, setting, smallOf } from './formats';
import type { Picture } from './outbox';
import { Pacing } from './pacing';
import { VideoRecorder } from './recorder';
import type { Sender } from './sender';
import { Change, tap, type Tap } from './taps';

export interface PicturesEvents {
  /** What was shown is no more: unplugged, or its sharing ended. */
  onlost(kind: SourceKind): void;
  onbroken(kind: SourceKind): void;
  /** A new frame is there: frame() may take it. */
  onframe(): void;
}

type From = MediaStreamTrack | HTMLCanvasElement;
const RECORDED_FPS = 5;

/** Where pictures come from, and what was made to take them. */
interface Chosen { kind: SourceKind; from: From }
interface Shown extends Chosen { tap?: Tap; encoder?: Encoder; recorder?: VideoRecorder }

export class Pictures {
  private shown: Shown | undefined;
  /** What is covered by another picture for a while. */
  private below: Chosen | undefined;
  private change: Change | undefined;
  private pacing = new Pacing();
  private at = 99;
  private now: Setting = { width: 0, height: 0, fps: 0, bps: 0 };
  private lastPts = 0;
  /** Time of the newest one that shows larger what was shown small. */
  private sharperMs = -1;
  /** Calls of show() and cover(): the last one wins. */
  private calls = 0;

  constructor(private sender: Sender, private events: PicturesEvents) {}

  private get chosen(): Chosen | undefined {
    return this.below || this.shown;
  }

  get kind(): SourceKind | undefined {
    return this.chosen && this.chosen.kind;
  }

  get track(): MediaStreamTrack | undefined {
    const { chosen } = this;
    return chosen && chosen.from instanceof MediaStreamTrack ? chosen.from : undefined;
  }

  /** What is sent now are pages, covers among them; undefined: nothing is sent. */
  get isSlides(): boolean | undefined {
    return this.shown && isSlides(this.shown.kind);
  }

  /** As they are encoded now. */
  get setting(): Setting {
    const { encoder, recorder } = this.shown || {}, size = encoder ? encoder.shape : recorder ? recorder.size : this.now;
    return { ...this.now, width: size.width, height: size.height };
  }

  /** Another sender, for another lesson; it is given back. */
  renew(sender: Sender): Sender {
    this.pacing.restart();
    return this.sender = sender;
  }

  /** Rejects with CaptureError, and what was there goes on. */
  async show(source: Source | undefined): Promise<void> {
    const call = ++this.calls, from = source && await openSource(source);
    const next = source && from && await this.make(source.kind, from);
    if (call !== this.calls) return next && this.letGo(next);
    this.hide();
    this.shown = next;
    if (from instanceof MediaStreamTrack) from.onended = () => this.lost(from);
  }

  /** In the place of what is shown, which stays open below; undefined: that again. */
  async cover(canvas: HTMLCanvasElement | undefined): Promise<void> {
    const { chosen } = this;
    if (!chosen || !canvas && !this.below) return;
    if (!canvas && isOver(chosen.from)) return this.hide();
    const call = ++this.calls, next = await (canvas ? this.make('board', canvas) : this.make(chosen.kind, chosen.from));
    if (call !== this.calls || chosen !== this.chosen) return this.unmake(next);
    this.unmake(this.shown!);
    this.below = canvas && chosen;
    this.shown = next;
    this.restart();
  }

  private async make(kind: SourceKind, from: From): Promise<Shown> {
    const picked = 'VideoEncoder' in window ? await pick(kind) : undefined;
    if (!picked) return { kind, from, recorder: new VideoRecorder(trackOf(from), (p) => this.take(p), () => this.events.onbroken(kind)) };
    const encoder = new Encoder(picked, kind, (p) => this.take(p), () => this.events.onbroken(kind), () => void this.again(from));
    return { kind, from, tap: tap(from, () => this.shown?.from === from && this.events.onframe()), encoder };
  }

  /** The same source, with another codec. */
  private async again(from: From): Promise<void> {
    const { shown } = this;
    if (!shown || shown.from !== from) return;
    const next = await this.make(shown.kind, from);
    if (this.shown !== shown) return this.unmake(next);
    this.unmake(shown);
    this.shown = next;
    this.sender.outbox.dropPictures();
  }

  private hide(): void {
    if (this.shown) this.letGo(this.shown);
    if (this.below) this.letGo(this.below);
    this.shown = this.below = undefined;
    this.restart();
  }

  private restart(): void {
    this.sender.outbox.dropPictures();
    this.pacing.restart();
    this.at = 99;
  }

  private unmake({ tap: taken, encoder, recorder }: Shown): void {
    taken?.close();
    encoder?.close();
    recorder?.close();
  }

  private letGo(shown: Shown): void {
    const { from } = shown;
    this.unmake(shown);
    if (from instanceof MediaStreamTrack) {
      from.onended = null;
      from.stop();
    }
  }

  /** What covers it goes on: there is ink on it, and those who can't draw have nothing else. */
  private lost(from: From): void {
    if (!this.chosen || this.chosen.from !== from) return;
    const { kind } = this.chosen;
    if (!this.below) this.hide();
    this.events.onlost(kind);
  }

  private take(p: Picture): void {
    this.sender.outbox.pushPicture(p.ptsMs === this.sharperMs ? { ...p, isSharper: true } : p);
  }

  /** Ten times a second and more while teaching, and for each new frame (`isFrame`); `nowPts` is the page's clock. */
  beat(now: number, nowPts: number, isFrame: boolean): void {
    const { shown, sender: { plan } } = this;
    if (!shown || plan.mode === 'voice') return;
    if (shown.kind === 'camera' && shown.tap?.tells && !isFrame) return; // what it saw before has been sent
    if (plan.mode === 'video') this.at = place(shown.kind, plan.videoBps, this.at);
    this.now = setting(shown.kind, plan, this.at);
    if (shown.recorder) return shown.recorder.set(nowPts, this.now.bps, this.sender.outbox.needsKey);
    if (!this.pacing.isDue(now, this.now.fps) || !this.sender.wantsPicture) return;
    this.encode(shown, now, nowPts);
  }

  private encode({ kind, tap: from, encoder }: Shown, now: number, nowPts: number): void {
    const ptsMs = this.lastPts = Math.max(nowPts, this.lastPts + 1), frame = from!.grab(Math.round(ptsMs * 1000));
    if (!frame) return;
    const slides = isSlides(kind), isNew = !slides || (this.change ||= new Change()).isNew(frame);
    const { plan, outbox, isUntried } = this.sender, needsKey = outbox.needsKey && !encoder!.hasKeyInside;
    const verdict = this.pacing.judge(now, plan.mode, isNew, slides, needsKey, this.sender.wantsProof(now), smallOf(kind, plan, isUntried));
    if (verdict === 'leave') return frame.close();
    if (verdict === 'key' && plan.mode === 'stills' && this.pacing.isSharper) this.sharperMs = Math.round(ptsMs * 1000) / 1000;
    if (verdict === 'small') this.now = setting(kind, { ...plan, mode: 'stills' }, this.at, true);
    encoder!.encode(frame, this.now, verdict !== 'delta');
  }

  close(): void {
    this.calls++;
    this.hide();
  }
}

const isOver = (from: From): boolean => from instanceof MediaStreamTrack && from.readyState === 'ended';
const trackOf = (from: From): MediaStreamTrack => (from instanceof MediaStreamTrack ? from : from.captureStream(RECORDED_FPS).getVideoTracks()[0]!);
