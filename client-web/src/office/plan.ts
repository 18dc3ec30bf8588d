// The weekly grid: rows of the timetable, and where each stands in the week that is looked at. Pure.

import type { ClassRef } from './chosen';
import { addDays, clockAt, minutesOf, weekdayOf } from './dates';
import { DISTRICT } from './places';

/** `school` '': the district's office. */
export interface Person { school: string; school_name?: string; code: string; name?: string }

/** A row of the timetable as the API has it. */
export interface Entry {
  /** Whose timetable it stands in, where that is not the one that is looked at. */
  school?: string;
  entry: string;
  title: string;
  lecturer: Person | null;
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

export const lecturerName = (e: Entry): string => (e.lecturer ? e.lecturer.name || e.lecturer.code : '');

/** A lesson of some day, as the API has it. */
export interface Item extends Omit<Entry, 'weekday' | 'length_min' | 'from' | 'to' | 'link'> { school: string; date: string; end: string; link: string | null }

/** A lesson that stands in another timetable, as a row of that day in the one that is looked at. */
export const rowOf = (i: Item): Entry => ({
  entry: i.entry, school: i.school || DISTRICT, title: i.title, lecturer: i.lecturer, classes: i.classes, kind: i.kind, place: i.place, link: i.link || '', weeks: i.weeks,
  weekday: weekdayOf(i.date), date: i.date, from: i.date, to: i.date, start: i.start.slice(11, 16), length_min: (Date.parse(i.end) - Date.parse(i.start)) / 60000, ...(i.state ? { state: i.state } : {}),
});

/** An id of a new row: 60 random bits. */
export function newEntryId(): string {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return 'e' + Array.from(random, (byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte & 31]).join('');
}
