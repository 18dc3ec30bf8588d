// What the home page is drawn from, and what a tap may do.

import type { home } from '../i18n/home-zh';
import type { Me, Ward } from '../kit/me';
import type { Day, Lesson } from './contract';

export type Words = typeof home;

/** `id`: the lesson or the thing that something was wrong with. */
export interface Trouble { id: string; text: string }

export interface Week { monday: string; items: Lesson[] | undefined }

export interface Child { ward: Ward; day: Day | undefined }

export interface Scene {
  words: Words;
  me: Me;
  day: Day;
  /** The first lesson of the days after today; null: there is none; undefined: not known yet. */
  upcoming: Lesson | null | undefined;
  week: Week;
  children: Child[];
  feed: string;
  /** By the server's clock. */
  nowMs: number;
  /** Today, in the district. */
  date: string;
  /** What is just being asked for: the lesson's id, or the name of the action. */
  busy: string;
  trouble: Trouble | undefined;
  isLeaving: boolean;
  acts: Acts;
}

interface Acts {
  go(lesson: Lesson): void;
  start(lesson: Lesson): void;
  turnWeek(weeks: number): void;
  askFeed(): void;
  leave(): void;
  stay(): void;
  signOut(): void;
}
