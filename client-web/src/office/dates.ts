// Dates between forms and the API. Pure. Days are "2026-11-22"; weeks begin on Monday.

const two = (n: number): string => ('0' + n).slice(-2);

/** Reckoned in UTC, where every day has 24 hours. */
const utc = (day: string): Date => new Date(day + 'T00:00:00Z');

export function addDays(day: string, n: number): string {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + n);
  return date.toISOString().slice(0, 10);
}

/** 1 is Monday; NaN for what is no day. */
export const weekdayOf = (day: string): number => (utc(day).getUTCDay() + 6) % 7 + 1;

export const mondayOf = (day: string): string => addDays(day, 1 - weekdayOf(day));

/** "2026-11-23T08:00:00+08:00" -> "08:00", by the clock that the text names: the district's. */
export const clockOf = (iso: string): string => (/T(\d\d:\d\d)/.exec(iso) || ['', ''])[1]!;

/** "08:05" -> 485; NaN for what is no time. */
export function minutesOf(clock: string): number {
  const match = /^(\d\d?):(\d\d)$/.exec(clock);
  return match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
}

export const clockAt = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
