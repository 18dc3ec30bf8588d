// The weekly grid: rows of the timetable, and where each stands in the week that is looked at. Pure.

import { addDays, clockAt, minutesOf, weekdayOf } from './dates';

interface ClassRef { school: string; class: string; name?: string }

/** A row of the timetable as the API has it. */
export interface Entry {
  entry: string;
  title: string;
  lecturer: { school: string; code: string; name?: string } | string | null;
  classes: ClassRef[];
  kind: string;
  place: string;
  link: string;
  weeks: string;
  weekday: number;
  date?: string | null;
  start: string;
  length_min: number;
  from: string;
  to: string;
  /** 'draft' until it is published. */
  state?: string;
}

export const isOnce = (e: Entry): boolean => !!e.date || (e.from !== '' && e.from === e.to);
export const dateOf = (e: Entry): string => e.date || e.from;

/** Whether it is an odd week, counted from the Monday of week 1; undefined before it. */
export function isOddWeek(monday: string, firstMonday: string): boolean | undefined {
  const weeks = Math.round((Date.parse(monday) - Date.parse(firstMonday)) / (7 * 86400000));
  return weeks >= 0 ? weeks % 2 === 0 : undefined;
}

/** The day of that week on which a row stands, from 1; 0: on none. */
export function dayInWeek(e: Entry, monday: string, firstMonday: string): number {
  const date = isOnce(e) ? dateOf(e) : addDays(monday, e.weekday - 1);
  if (date < monday || date > addDays(monday, 6) || (!isOnce(e) && (date < e.from || (e.to && date > e.to)))) return 0;
  const odd = isOddWeek(monday, firstMonday);
  if (!isOnce(e) && e.weeks !== 'every' && (odd === undefined || odd !== (e.weeks === 'odd'))) return 0;
  return weekdayOf(date);
}

/** Beginnings of an ordinary day, so that an empty grid has places to put lessons into. */
const USUAL = ['08:00', '08:50', '10:00', '10:50', '14:00', '14:50', '15:40'];

export interface GridRow { start: string; days: Entry[][] }

/** The week as rows by beginning; days[0] is Monday. `slots`: the usual places are there, too. */
export function weekGrid(entries: Entry[], monday: string, firstMonday: string, hasSlots: boolean): GridRow[] {
  const starts = new Set(hasSlots ? USUAL : []), placed: { entry: Entry; day: number }[] = [];
  for (const entry of entries) {
    const day = dayInWeek(entry, monday, firstMonday);
    if (day) placed.push({ entry, day });
    if (day) starts.add(entry.start);
  }
  return Array.from(starts).sort().map((start) => ({
    start, days: [1, 2, 3, 4, 5, 6, 7].map((day) => placed.filter((p) => p.day === day && p.entry.start === start).map((p) => p.entry)),
  }));
}

export const endOf = (e: Entry): string => clockAt(minutesOf(e.start) + e.length_min);

export const lecturerCode = (e: Entry): string => (typeof e.lecturer === 'string' ? e.lecturer : e.lecturer ? e.lecturer.code : '');
/** For the API: whoever taught the row goes on while the code is theirs, and may be of another school; any other code is of the row's own. */
export function lecturerOf(code: string, entry: Entry | undefined): string | { school: string; code: string } {
  const before = entry && entry.lecturer;
  return before && typeof before !== 'string' && before.code === code ? { school: before.school, code } : code;
}
export const lecturerName = (e: Entry): string => (typeof e.lecturer === 'string' ? e.lecturer : e.lecturer ? e.lecturer.name || e.lecturer.code : '');

/** An id of a new row: 60 random bits. */
export function newEntryId(): string {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return 'e' + Array.from(random, (byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte & 31]).join('');
}
