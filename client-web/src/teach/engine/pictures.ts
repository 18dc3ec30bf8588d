// The pump: takes pictures from whatever is shown now and has them encoded as the uplink wishes. What is shown changes at any time;
// neither the voice nor the connection notices.

import { Encoder, pick } from './encoder';
import { isSlides, place, type Setting, setting, smallOf } from './formats';
import type { Picture } from './outbox';
import { Pacing } from './pacing';
import type { EngineHost, Feed } from '../seam';
import type { Sender } from './sender';
import { AskedTap, Change, ReaderTap, type Tap } from './taps';
import { Coding } from './wire';
import { vp8Key } from '../webm';

/** `isRecorded`: no encoder here has it. */
interface Shown extends Feed { tap: Tap; encoder?: Encoder; isRecorded?: boolean }

export class Pictures {
  private shown: Shown | undefined;
  private change: Change | undefined;
  private pacing = new Pacing();
  private at = 99;
  private now: Setting = { width: 0, height: 0, fps: 0, bps: 0 };
  private lastPts = 0;
  /** Time of the newest one that shows larger what was shown small. */
  private sharperMs = -1;
  /** Of what is recorded. */
  private shape = { coding: Coding.Vp8, width: 0, height: 0, description: new Uint8Array() };

  constructor(private sender: Sender, private host: EngineHost, private onframe: () => void) {}

  /** What is sent now are pages; undefined: nothing is sent. */
  get isSlides(): boolean | undefined {
    return this.shown && isSlides(this.shown.kind);
  }

  /** As they are encoded now. */
  get setting(): Setting {
    const { encoder, isRecorded } = this.shown || {}, size = encoder ? encoder.shape : isRecorded ? this.shape : this.now;
    return { ...this.now, width: size.width, height: size.height };
  }

  /** Another sender, for another lesson; it is given back. */
  renew(sender: Sender): Sender {
    this.pacing.restart();
    return this.sender = sender;
  }

  /** undefined: nothing any more. */
  show(feed: Feed | undefined): void {
    this.shown?.tap.close();
    this.shown?.encoder?.close();
    this.shown = feed && { ...feed, tap: feed.frames ? new ReaderTap(feed.frames, () => this.onframe()) : new AskedTap(() => this.host.ask(feed.id)) };
    this.sender.outbox.dropPictures();
    this.pacing.restart();
    this.at = 99;
    if (this.shown) void this.equip(this.shown);
  }

  /** With the best encoder that this browser has and that is fast enough. */
  private async equip(shown: Shown): Promise<void> {
    const { kind } = shown, picked = 'VideoEncoder' in self ? await pick(kind) : undefined;
    if (this.shown !== shown) return;
    if (picked) shown.encoder = new Encoder(picked, kind, (p) => this.take(p), () => this.host.broken(kind), () => this.slow(shown));
    else shown.isRecorded = true;
  }

  private slow(shown: Shown): void {
    if (this.shown !== shown) return;
    shown.encoder!.close();
    delete shown.encoder;
    this.sender.outbox.dropPictures();
    void this.equip(shown);
  }

  private take(p: Picture): void {
    this.sender.outbox.pushPicture(p.ptsMs === this.sharperMs ? { ...p, isSharper: true } : p);
  }

  given(id: number, frame: VideoFrame | undefined): void {
    const { shown } = this;
    if (shown?.id === id && shown.tap instanceof AskedTap) shown.tap.given(frame);
    else frame?.close();
  }

  recorded(id: number, ptsMs: number, data: Uint8Array): void {
    const key = vp8Key(data);
    if (this.shown?.id !== id) return;
    if (key) this.shape = { ...this.shape, ...key };
    if (this.shape.width) this.take({ ptsMs, isKey: !!key, data, shape: this.shape });
  }

  /** Ten times a second and more while teaching, and for each new frame (`isFrame`); `nowPts` is the page's clock. */
  beat(now: number, nowPts: number, isFrame: boolean): void {
    const { shown, sender: { plan } } = this;
    if (!shown || plan.mode === 'voice') return;
    if (shown.kind === 'camera' && shown.frames && !isFrame) return; // what it saw before has been sent
    if (plan.mode === 'video') this.at = place(shown.kind, plan.videoBps, this.at);
    this.now = setting(shown.kind, plan, this.at);
    if (shown.isRecorded) return this.host.record(shown.id, nowPts, this.now.bps, this.sender.outbox.needsKey);
    if (!shown.encoder || !this.pacing.isDue(now, this.now.fps) || !this.sender.wantsPicture) return;
    shown.tap.next((frame) => this.encode(shown, frame, now, nowPts));
  }

  private encode(shown: Shown, taken: VideoFrame, now: number, nowPts: number): void {
    const { kind, encoder } = shown, ptsMs = this.lastPts = Math.max(nowPts, this.lastPts + 1);
    if (this.shown !== shown || !encoder) return;
    const frame = new VideoFrame(taken, { timestamp: Math.round(ptsMs * 1000) });
    const slides = isSlides(kind), isNew = !slides || (this.change ||= new Change()).isNew(frame);
    const { plan, outbox, isUntried } = this.sender, needsKey = outbox.needsKey && !encoder.hasKeyInside;
    const verdict = this.pacing.judge(now, plan.mode, isNew, slides, needsKey, this.sender.wantsProof(now), smallOf(kind, plan, isUntried));
    if (verdict === 'leave') return frame.close();
    if (verdict === 'key' && plan.mode === 'stills' && this.pacing.isSharper) this.sharperMs = Math.round(ptsMs * 1000) / 1000;
    if (verdict === 'small') this.now = setting(kind, { ...plan, mode: 'stills' }, this.at, true);
    encoder.encode(frame, this.now, verdict !== 'delta');
  }
}
