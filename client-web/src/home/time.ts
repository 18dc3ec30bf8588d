// When a lesson is, as people say it, by the district's clock: the device's own may be wrong, and in another zone. Pure.

import type { Lesson } from './contract';

/** So long before its beginning a lesson's button is there. */
const EARLY_MS = 10 * 60000;
const DAY_MS = 86400000, MINUTE_MS = 60000;

export type Phase = 'later' | 'soon' | 'on' | 'over';

/** It is being taught just now. */
export const isTaught = (lesson: Lesson): boolean => lesson.state === 'live' || lesson.state === 'reconnecting';

/** A lesson that is still taught behind its end is not over. */
export function phaseOf(lesson: Lesson, now: number): Phase {
  const start = Date.parse(lesson.start), end = Date.parse(lesson.end);
  if (isTaught(lesson) && now >= start - EARLY_MS) return 'on';
  if (now >= end) return 'over';
  if (now >= start) return 'on';
  return now >= start - EARLY_MS ? 'soon' : 'later';
}

/** Minutes until it begins, rounded up. */
export const minutesTo = (lesson: Lesson, now: number): number => Math.max(0, Math.ceil((Date.parse(lesson.start) - now) / MINUTE_MS));

export const lengthMin = (lesson: Lesson): number => Math.round((Date.parse(lesson.end) - Date.parse(lesson.start)) / MINUTE_MS);

/** "08:00" of "2026-11-23T08:00:00+08:00": no zone of the device's comes in. */
export const clockOf = (iso: string): string => iso.slice(11, 16);

export const spanOf = (lesson: Lesson): string => clockOf(lesson.start) + '–' + clockOf(lesson.end);

const dayNumber = (date: string): number => Math.round(Date.parse(date + 'T00:00:00Z') / DAY_MS);

export function addDays(date: string, days: number): string {
  return new Date((dayNumber(date) + days) * DAY_MS).toISOString().slice(0, 10);
}

/** 1 is Monday. */
export const weekdayOf = (date: string): number => (dayNumber(date) + 3) % 7 + 1;

export const mondayOf = (date: string): string => addDays(date, 1 - weekdayOf(date));

/** Days from `today` to `date`. */
export const daysFrom = (today: string, date: string): number => dayNumber(date) - dayNumber(today);

const byTime = (a: Lesson, b: Lesson): number => Date.parse(a.start) - Date.parse(b.start);

/** The lesson that a pupil's button is for: one that is on, else about to begin; with whom is taught already before others. */
export function lessonNow(lessons: Lesson[], now: number): Lesson | undefined {
  const rank = (l: Lesson): number => ['on', 'soon'].indexOf(phaseOf(l, now)) * 2 + (isTaught(l) ? 0 : 1);
  const open = lessons.filter((l) => canGo(l) && /^(on|soon)$/.test(phaseOf(l, now)));
  return open.sort((a, b) => rank(a) - rank(b) || byTime(a, b))[0];
}

/** The first that has not begun and for which one comes here, or elsewhere. */
export const lessonNext = (lessons: Lesson[], now: number): Lesson | undefined =>
  lessons.filter((l) => phaseOf(l, now) === 'later').sort(byTime)[0];

/** A lesson to which a button leads: one of ours, or a link. */
export const canGo = (lesson: Lesson): boolean => lesson.is_online || !!lesson.link;
