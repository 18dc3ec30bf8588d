// A guardian's home: each child's lessons today, and the minutes they had.

import { make } from '../ui/dom';
import type { Lesson, Minutes } from './contract';
import { isNear } from './minutes';
import { card, heading, list, row, text } from './parts';
import type { Child, Scene, Words } from './scene';

const teacherOf = (lesson: Lesson): string => (lesson.lecturer && lesson.lecturer.name) || '';

function minutesLine(m: Minutes, w: Words): HTMLElement {
  const limit = m.limit ? w.childLimit.replace('*', String(m.limit)) : '';
  return text('soft ' + (isNear(m) ? 'warn' : ''), w.childMinutes.replace('*', String(m.group)) + limit);
}

function childCard(s: Scene, { ward, day }: Child): HTMLElement {
  const { words: w } = s, rows = day ? day.items.map((l) => row(s, l, teacherOf(l))) : [];
  const head = make('h3', {}, ward.name, ' ', make('small', {}, ward.class_name || ward.class || ''));
  return card('child', head, ...(day && day.minutes ? [minutesLine(day.minutes, w)] : []), day ? rows.length ? list(rows) : text('soft', w.noneToday) : text('soft', w.loading));
}

export function guardianHome(s: Scene): Node[] {
  const { words: w } = s;
  return [heading(w.children), ...(s.children.length ? s.children.map((c) => childCard(s, c)) : [text('soft', w.noChildren)])];
}
