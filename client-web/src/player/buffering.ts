// How far behind the live edge to play, and how fast: numbers and a clock in, an answer out.
//
// "Late" is measured against the quickest arrival of the last minute: that one shows where the live edge
// is. The distance between edge and ear does not jump with every bundle as the buffer's level does; to
// speed up on the momentary level was measured to cause stalls on links that deliver in bursts.

export const TARGET_MIN_MS = 500;
export const TARGET_MAX_MS = 6000;
/** The worst of so long is prepared for; what is older fades as fast as a hurrying ear comes nearer. */
const WINDOW_MS = 60000;
const FADE = 0.03;
const SLOT_MS = 5000;
/** Less than this was measured to stall again at once. */
const START_MS = 450;
/** Behind the edge by so much more than a bundle: the next one may come a step of the teacher's late (240 ms), or browsers stop 0.1 s before the end. */
const START_STEP_MS = 250;
/** Decoders and timers want a little more than arithmetic does; and more again where that did not do. */
const SAFETY_MS = 150, STALL_MS = 250;
const SKIP_MS = 4000;
/** Who pauses hears the lesson from where it then is. */
const SKIP_PAUSED_MS = 1000;

/** Arrival less pts of what came in five seconds. */
interface Slot { at: number; least: number; most: number }

export class Buffering {
  private slots: Slot[] = [];
  bundleMs = 300;
  private isChasing = false;
  private isWaiting = false;
  /** The largest lateness since takeWorst(), ms. */
  worstMs = 0;
  /** What is lost comes two round trips late, lost again twice that: who learns it from losses hears the first ones. */
  rttMs = 0;

  /** A bundle of `bundleMs` came at `now`; its voice ends at `endPtsMs`. */
  arrived(now: number, endPtsMs: number, bundleMs: number): void {
    const offset = now - endPtsMs;
    let slot = this.slots[this.slots.length - 1];
    if (!slot || now - slot.at >= SLOT_MS) this.slots.push((slot = { at: now, least: offset, most: offset }));
    slot.least = Math.min(slot.least, offset);
    slot.most = Math.max(slot.most, offset);
    while (now - this.slots[0]!.at > WINDOW_MS + TARGET_MAX_MS / FADE) this.slots.shift();
    this.bundleMs = bundleMs;
    this.worstMs = Math.max(this.worstMs, offset - this.base());
  }

  private base(): number {
    const recent = this.slots.slice(-WINDOW_MS / SLOT_MS);
    return Math.min(...recent.map((s) => s.least));
  }

  /** How late voice may be expected to be. A freeze that no buffer bridges says nothing about that. */
  private lateMs(now: number): number {
    const base = this.base(), late = this.slots.filter((s) => s.most - base < TARGET_MAX_MS);
    return Math.max(4 * this.rttMs, ...late.map((s) => s.most - base - Math.max(0, now - s.at - WINDOW_MS) * FADE));
  }

  /** The wished distance between the live edge and the ear, ms. */
  targetMs(now: number): number {
    return Math.max(TARGET_MIN_MS, Math.min(TARGET_MAX_MS, this.bundleMs + this.lateMs(now) + SAFETY_MS));
  }

  /** Where a bundle that is not late at all would end now, as session ms. */
  edgeMs(now: number): number {
    return this.slots.length ? now - this.base() : 0;
  }

  /** Silence was heard: more than was expected is expected now. */
  stalled(now: number): void {
    const slot = this.slots[this.slots.length - 1];
    if (slot) slot.most = this.base() + this.lateMs(now) + STALL_MS;
  }

  /** Whether to begin, or begin again, with `heldMs` in hand that end at `endPtsMs`, the newest of which has been here for `agedMs`. */
  isEnough(now: number, heldMs: number, endPtsMs: number, agedMs = 0): boolean {
    const behind = Math.max(heldMs + agedMs, this.edgeMs(now) - endPtsMs + heldMs);
    return heldMs >= START_MS && behind >= Math.max(this.bundleMs + START_STEP_MS, this.targetMs(now) / 2);
  }

  /** The playback rate for an ear at `earMs`: a few percent at most, not heard as such. */
  rate(now: number, earMs: number, aheadMs: number): number {
    const behind = this.edgeMs(now) - earMs, target = this.targetMs(now);
    this.isChasing = behind > target + (this.isChasing ? 40 : 150) && aheadMs > this.bundleMs / 2;
    if (this.isChasing) return behind > target + 1500 ? 1.05 : 1.03;
    this.isWaiting = behind < target - (this.isWaiting ? 0 : 100);
    return this.isWaiting ? 0.97 : 1;
  }

  /** More than this is never caught up by playing faster: jump. */
  isTooFar(now: number, aheadMs: number, isPaused = false): boolean {
    return aheadMs > this.targetMs(now) + (isPaused ? SKIP_PAUSED_MS : SKIP_MS);
  }

  /** The largest lateness since the last call, ms. */
  takeWorst(): number {
    const worst = this.worstMs;
    this.worstMs = 0;
    return worst;
  }

  /** A new connection or session: what was learnt about arrivals is void, the caution stays. */
  reset(): void {
    this.slots = [];
    this.isChasing = false;
  }
}
