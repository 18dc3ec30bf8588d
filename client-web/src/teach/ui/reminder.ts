// When to think of a break. Pure.

/** Primary schools break after 40 minutes. 0: never. */
export const BREAK_MINUTES = [0, 20, 30, 40, 45, 60] as const;
export const BREAK_DEFAULT = 40;

const MINUTE_MS = 60000;
const AGAIN_MS = 5 * MINUTE_MS;
const SHOWN_MS = MINUTE_MS;

/**
 * Whether to remind now: `afterMin` minutes after the beginning, or after the last break that was agreed to at `agreedMs`; for a minute,
 * and again every five minutes until then.
 */
export function isBreakDue(lessonMs: number, agreedMs: number, afterMin: number): boolean {
  const overMs = lessonMs - agreedMs - afterMin * MINUTE_MS;
  return afterMin > 0 && overMs >= 0 && overMs % AGAIN_MS < SHOWN_MS;
}

/** "0:05:09" */
export function lessonTime(ms: number): string {
  const s = Math.floor(ms / 1000), two = (n: number): string => (n < 10 ? '0' : '') + n;
  return Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) + ':' + two(s % 60);
}
