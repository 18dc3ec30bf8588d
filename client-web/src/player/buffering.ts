// How far behind the live edge to play, and how fast: numbers and a clock in, an answer out.
//
// "Late" is measured against the quickest arrival of the last minute: that one shows where the live edge
// is. The distance between edge and ear does not jump with every bundle as the buffer's level does; to
// speed up on the momentary level was measured to cause stalls on links that deliver in bursts.

export const TARGET_MIN_MS = 300;
export const TARGET_MAX_MS = 6000;
const WINDOW_MS = 60000;
const SLOT_MS = 5000;
/** So much voice in a minute (5 %) may come later than is prepared for: one freeze is not a habit. */
const FORGIVEN_MS = 3000;
/** Decoders and timers want a little more than arithmetic does. */
const SAFETY_MS = 150;
const SKIP_MS = 4000;
/** In its first seconds nobody minds a jump, while half a minute of haste would be needed to avoid it. */
const SETTLE_MS = 700;
const BOOST_FADE_MS_PER_S = 12;

interface Arrival { at: number; offset: number }
interface Slot { at: number; least: number }

export class Buffering {
  private arrivals: Arrival[] = [];
  private slots: Slot[] = [];
  private bundleMs = 300;
  private boostMs = 0;
  private boostAt = 0;
  /** The largest lateness since takeWorst(), ms. */
  worstMs = 0;
  private isChasing = false;
  private usualLateMs = 0;

  /** A bundle of `bundleMs` came at `now`; its voice ends at `endPtsMs`. Returns how late it was, ms. */
  arrived(now: number, endPtsMs: number, bundleMs: number): number {
    const offset = now - endPtsMs;
    this.bundleMs = bundleMs;
    this.remember(now, offset);
    const late = offset - this.base();
    this.worstMs = Math.max(this.worstMs, late);
    return late;
  }

  private remember(now: number, offset: number): void {
    this.arrivals.push({ at: now, offset });
    while (this.arrivals.length > 400 || this.arrivals[0]!.at < now - WINDOW_MS) this.arrivals.shift();
    const last = this.slots[this.slots.length - 1];
    if (last && now - last.at < SLOT_MS) last.least = Math.min(last.least, offset);
    else this.slots.push({ at: now, least: offset });
    while (this.slots[0]!.at < now - WINDOW_MS) this.slots.shift();
    const base = this.base();
    const late = this.arrivals.map((a) => a.offset - base).sort((a, b) => b - a);
    this.usualLateMs = late[Math.min(FORGIVEN_MS / this.bundleMs, late.length / 5) | 0] || 0;
  }

  private base(): number {
    return Math.min(...this.slots.map((s) => s.least));
  }

  /** The wished distance between the live edge and the ear, ms. */
  targetMs(now: number): number {
    const faded = Math.max(0, this.boostMs - (now - this.boostAt) / 1000 * BOOST_FADE_MS_PER_S);
    const wish = this.bundleMs + this.usualLateMs + SAFETY_MS + faded;
    return Math.max(TARGET_MIN_MS, Math.min(TARGET_MAX_MS, wish));
  }

  /** Where a bundle that is not late at all would end now, as session ms. */
  edgeMs(now: number): number {
    return this.slots.length ? now - this.base() : 0;
  }

  /** Silence was heard because the next bundle was `lateMs` late: keep more from now on. */
  stalled(now: number, lateMs: number): void {
    this.boostMs = Math.min(3000, this.boostMs + Math.max(250, Math.min(1000, lateMs / 2)));
    this.boostAt = now;
  }

  /** The playback rate for an ear at `earMs`: a few percent at most, not heard as such. */
  rate(now: number, earMs: number, aheadMs: number): number {
    const behind = this.edgeMs(now) - earMs, target = this.targetMs(now);
    this.isChasing = behind > target + (this.isChasing ? 40 : 150) && aheadMs > this.bundleMs / 2;
    if (this.isChasing) return behind > target + 1500 ? 1.05 : 1.03;
    return behind < target - 400 && aheadMs < target / 2 ? 0.97 : 1;
  }

  /** More than this is never caught up by playing faster: jump. */
  isTooFar(now: number, aheadMs: number, isSettling = false): boolean {
    return aheadMs > this.targetMs(now) + (isSettling ? SETTLE_MS : SKIP_MS);
  }

  /** The largest lateness since the last call, ms. */
  takeWorst(): number {
    const worst = this.worstMs;
    this.worstMs = 0;
    return worst;
  }

  /** A new connection or session: what was learnt about arrivals is void, the caution stays. */
  reset(): void {
    this.arrivals = [];
    this.slots = [];
    this.usualLateMs = 0;
    this.isChasing = false;
  }
}
