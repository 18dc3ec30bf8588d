// What is asked for beside today: the next lesson of another day, a teacher's week, a guardian's children.

import { serverNow } from '../kit/api';
import type { Me, Ward } from '../kit/me';
import { dayAt } from '../kit/zone';
import { ask } from './api';
import type { Day, Lesson } from './contract';
import type { Child, Week } from './scene';
import { addDays, mondayOf, phaseOf } from './time';

/** So far ahead a pupil is told of the next lesson. */
const AHEAD_DAYS = 7, WEEK_DAYS = 7;

export class Diary {
  upcoming: Lesson | null | undefined;
  week: Week = { monday: '', items: undefined };
  children: Child[] = [];
  date = '';

  constructor(private readonly draw: () => void) {}

  show(me: Me, day: Day): void {
    const first = day.items[0];
    this.date = day.date || (first ? first.date : dayAt(serverNow()));
    if (me.kind === 'staff') this.showStaff(me);
    else void this.lookAhead(day);
  }

  private showStaff(me: Me): void {
    if (!this.week.monday) this.week = { monday: mondayOf(this.date), items: undefined };
    void this.loadWeek();
    for (const ward of me.wards || []) void this.loadChild(ward);
  }

  /** Only when today has no more: most of the time this costs nothing. */
  private async lookAhead(day: Day): Promise<void> {
    if (day.items.some((l) => phaseOf(l, serverNow()) === 'later')) return;
    const { body } = await ask<Day>('GET', `/me/lessons?date=${addDays(this.date, 1)}&days=${AHEAD_DAYS}`);
    if (!body) return;
    this.upcoming = body.items[0] || null;
    this.draw();
  }

  /** `weeks` forwards or back; 0: to the present one. */
  turn(weeks: number): void {
    const monday = weeks ? addDays(this.week.monday, 7 * weeks) : mondayOf(this.date);
    this.week = { monday, items: undefined };
    this.draw();
    void this.loadWeek();
  }

  private async loadWeek(): Promise<void> {
    const { monday } = this.week, { body } = await ask<Day>('GET', `/me/lessons?date=${monday}&days=${WEEK_DAYS}`);
    if (!body || monday !== this.week.monday) return;
    this.week = { monday, items: body.items };
    this.draw();
  }

  private async loadChild(ward: Ward): Promise<void> {
    const isThis = (c: Child): boolean => c.ward.school === ward.school && c.ward.code === ward.code;
    if (!this.children.some(isThis)) this.children.push({ ward, day: undefined });
    const { body } = await ask<Day>('GET', `/me/lessons?school=${encodeURIComponent(ward.school)}&ward=${encodeURIComponent(ward.code)}`);
    if (!body) return;
    this.children = this.children.map((c) => (isThis(c) ? { ward, day: body } : c));
    this.draw();
  }
}
