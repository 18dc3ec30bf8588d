// When a picture is taken, and whether it is sent: pure, on a clock that the caller keeps (ms).

import type { UplinkMode } from './contract';

/** A page that is at rest for so long is shown; one that never rests, so often. */
const SETTLED_MS = 500, UNSETTLED_MS = 3000;
/** Of a camera, stills come no faster than this. */
const FACE_MS = 4000;
/** An encoder needs a moment to become sharp: so many unchanged pictures are sent after a change. */
const SHARPEN = 3;
/** A screen at rest sends one now and then: what came before may have been given up on its way. */
const REST_MS = 20000;

export type Verdict = 'leave' | 'delta' | 'key';

export class Pacing {
  private takenAt = -Infinity;
  private sentAt = -Infinity;
  private changedAt = -Infinity;
  /** The first change that is not sent yet. */
  private firstAt = 0;
  private isShown = false;
  private unchanged = 0;

  /** Another source: everything is new. */
  restart(): void {
    this.takenAt = this.sentAt = this.changedAt = -Infinity;
    this.isShown = false;
  }

  /** Whether to take a picture and look at it. */
  isDue(now: number, fps: number): boolean {
    if (now - this.takenAt < 1000 / fps - 5) return false;
    this.takenAt = Math.max(this.takenAt + 1000 / fps, now - 1000 / fps); // even steps, whenever one looks
    return true;
  }

  /** What to do with it. `needsKey`: the server or the outbox can use nothing else. `wantsProof`: a keyframe would be of use to the uplink. */
  judge(now: number, mode: UplinkMode, isNew: boolean, isSlides: boolean, needsKey: boolean, wantsProof: boolean): Verdict {
    if (isNew) this.change(now);
    if (mode === 'video') return this.moving(now, isNew, isSlides, needsKey);
    return mode === 'stills' && (wantsProof || this.isStillDue(now, isSlides)) ? this.sent(now, 'key') : 'leave';
  }

  private change(now: number): void {
    if (this.isShown || this.changedAt === -Infinity) this.firstAt = now;
    this.isShown = false;
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
