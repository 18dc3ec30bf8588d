// The page's clock, which everything sent is stamped with: ms since the origin, a wall-clock time that is kept for the lesson. So it goes
// on after a reload or a crash as if nothing had been. Within the page it follows the monotonic clock, whatever is done to the wall clock.

export interface Keep {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

/** Time stamps are 32 bits, 49 days; an origin older than a day is of another lesson. */
const ORIGIN_MAX_MS = 24 * 3600 * 1000;
/** What a reload may take and the clock still be right about it: leeway for a wall clock that was set back a little. */
const FIRST_MS = 1000;

/** What it says now. `name` under which the origin is kept; `wall` is Date.now. */
export function recallClock(name: string, keep: Keep, wall: () => number = Date.now): number {
  const origin = Number(keep.getItem(name)), age = wall() - origin, goesOn = origin > 0 && age >= FIRST_MS && age < ORIGIN_MAX_MS;
  if (!goesOn) keep.setItem(name, String(wall() - FIRST_MS));
  return goesOn ? age : FIRST_MS;
}

export class PageClock {
  private base: number;

  /** `now` is performance.now. */
  constructor(ms: number, private now: () => number = () => performance.now()) {
    this.base = ms - now();
  }

  get ms(): number {
    return this.base + this.now();
  }

  /** Not before `ms`: what the server has already can't come again. True if that was a leap. */
  atLeast(ms: number): boolean {
    const by = ms - this.ms;
    if (by <= 0) return false;
    this.base += by;
    return true;
  }

  /** The microphone's own clock leads: pictures stay with it. */
  shift(ms: number): void {
    this.base += ms;
  }
}
