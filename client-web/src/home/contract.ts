// What the server says of lessons: docs/api.md.

export type Kind = 'lecture' | 'seminar' | 'qa' | 'meeting' | 'rehearsal';
export type Device = 'phone' | 'tv';

/** Times are the district's, with its offset: "2026-11-23T08:00:00+08:00". */
export interface Lesson {
  id: string;
  date: string;
  start: string;
  end: string;
  title: string;
  kind: Kind;
  place: string;
  link?: string | null;
  classes?: { school: string; school_name?: string; class: string; name: string }[];
  lecturer?: { school: string; code: string; name: string } | null;
  is_online: boolean;
  lesson?: string | null;
  /** What it costs with Save data, whole MB; null: it is not online. */
  mb_estimate?: number | null;
  /** Of the live lesson ("waiting", "live", "reconnecting", "ended"), else "planned" or "draft". */
  state?: string;
}

/** Minutes had today; `limit` null: none. Those with the screen off are `voice`, counted apart. */
export interface Minutes { group: number; voice: number; limit: number | null; percent: number | null }

/** `date`: the (first) day it is about. */
export interface Day { items: Lesson[]; date?: string; minutes?: Minutes | null }
