// When a picture is taken, and whether it is sent: pure, on a clock that the caller keeps (ms).

import type { UplinkMode } from '../contract';
import type { Small } from './formats';

/** A page that is at rest for so long is shown; one that never rests, so often. */
const SETTLED_MS = 500, UNSETTLED_MS = 3000;
/** Of a camera, stills come no faster than this. */
const FACE_MS = 4000;
/** An encoder needs a moment to become sharp: so many unchanged pictures are sent after a change. */
const SHARPEN = 3;
/** A screen at rest sends one now and then: what came before may have been given up on its way. */
const REST_MS = 20000;

/** 'small': a keyframe, of a page that comes again larger. */
export type Verdict = 'leave' | 'delta' | 'key' | 'small';

export class Pacing {
  private takenAt = -Infinity;
  private sentAt = -Infinity;
  private changedAt = -Infinity;
  /** The first change that is not sent yet. */
  private firstAt = 0;
  private isShown = false;
  private isShownSmall = false;
  private unchanged = 0;

  /** Another source: everything is new. */
  restart(): void {
    this.takenAt = this.sentAt = this.changedAt = -Infinity;
    this.isShown = this.isShownSmall = false;
  }

  /** What was sent last shows larger what was shown already. */
  get isSharper(): boolean {
    return this.isShownSmall && this.isShown;
  }

  /** Whether to take a picture and look at it. */
  isDue(now: number, fps: number): boolean {
    if (now - this.takenAt < 1000 / fps - 5) return false;
    this.takenAt = Math.max(this.takenAt + 1000 / fps, now - 1000 / fps); // even steps, whenever one looks
    return true;
  }

  /** What to do with it. `needsKey`: the server or the outbox can use nothing else. `wantsProof`: a keyframe would be of use to the uplink. */
  judge(now: number, mode: UplinkMode, isNew: boolean, isSlides: boolean, needsKey: boolean, wantsProof: boolean, small: Small = 'no'): Verdict {
    if (isNew) this.change(now);
    if (small === 'only') return this.isShownSmall && !needsKey ? 'leave' : this.sentSmall(now);
    if (mode === 'video') return this.moving(now, isNew, isSlides, needsKey);
    if (mode === 'voice' || !wantsProof && !this.isStillDue(now, isSlides)) return 'leave';
    return small === 'first' && !this.isShownSmall ? this.sentSmall(now) : this.sent(now, 'key');
  }

  private sentSmall(now: number): Verdict {
    this.sent(now, 'small');
    this.isShown = false;
    this.isShownSmall = true;
    return 'small';
  }

  private change(now: number): void {
    if (this.isShown || this.changedAt === -Infinity) this.firstAt = now;
    this.isShown = this.isShownSmall = false;
    this.changedAt = now;
    this.unchanged = 0;
  }

  private moving(now: number, isNew: boolean, isSlides: boolean, needsKey: boolean): Verdict {
    if (needsKey) return this.sent(now, 'key');
    if (isSlides && !isNew && this.unchanged++ >= SHARPEN && now - this.sentAt < REST_MS) return 'leave';
    return this.sent(now, 'delta');
  }

  private isStillDue(now: number, isSlides: boolean): boolean {
    if (!isSlides) return now - this.sentAt >= FACE_MS;
    return !this.isShown && (now - this.changedAt >= SETTLED_MS || now - this.firstAt >= UNSETTLED_MS);
  }

  private sent(now: number, verdict: Verdict): Verdict {
    this.sentAt = now;
    this.isShown = true;
    return verdict;
  }
}
