// The district's clock: its offices, teachers and pupils all speak of that one, whatever zone this device is in.

const MINUTE_MS = 60000;
const ownMin = (): number => -new Date().getTimezoneOffset();
const two = (n: number): string => ('0' + n).slice(-2);

/** Minutes east of UTC; this device's until the server has said. */
let eastMin = ownMin();

export function setZone(minutes: number | undefined): void {
  if (minutes !== undefined) eastMin = minutes;
}

/** Whether this device's own clock shows another time. */
export const isElsewhere = (): boolean => ownMin() !== eastMin;

/** 480 -> "UTC+8:00" */
export function zoneName(minutes = eastMin): string {
  const away = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(away / 60)}:${two(away % 60)}`;
}

/** The district's date and clock at a moment, to be read off as if they were UTC. */
const shifted = (ms: number): Date => new Date(ms + eastMin * MINUTE_MS);

/** "2026-11-22T08:00:00Z", or milliseconds, as above; a day alone, "2026-11-22", is a day wherever one is. */
export function wallClock(when: string | number): Date {
  return typeof when === 'string' && when.length === 10 ? new Date(when) : shifted(new Date(when).getTime());
}

/** "2026-11-22" */
export const dayAt = (ms: number): string => shifted(ms).toISOString().slice(0, 10);

/** "2026-11-22T23:59" of a field -> the moment, "2026-11-22T23:59:00+08:00"; '' of what is none. */
export function toIso(local: string): string {
  const away = Math.abs(eastMin);
  return isNaN(Date.parse(local + 'Z')) ? '' : `${local}:00${eastMin < 0 ? '-' : '+'}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
