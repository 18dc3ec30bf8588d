// A guardian's home: each child's lessons today, and the minutes they had.

import { make } from '../ui/dom';
import type { Minutes } from './contract';
import { gauge } from './minutes';
import { card, heading, list, row, text, toPupils } from './parts';
import type { Child, Scene, Words } from './scene';

function minutesLine(m: Minutes, w: Words): HTMLElement {
  const limit = m.limit ? w.childLimit.replace('*', String(m.limit)) : '';
  return gauge(w.childMinutes.replace('*', String(m.group)) + limit, m, w);
}

function childCard(s: Scene, { ward, day }: Child): HTMLElement {
  const { words: w } = s, rows = day ? day.items.map((l) => row(s, l, toPupils(s, l))) : [];
  const head = make('h3', {}, ward.name, ' ', make('small', {}, ward.class_name || ward.class || ''));
  return card('child', head, ...(day && day.minutes ? [minutesLine(day.minutes, w)] : []), day ? rows.length ? list(rows) : text('soft', w.noneToday) : text('soft', w.loading));
}

export function guardianHome(s: Scene): Node[] {
  const { words: w } = s;
  return [heading(w.children), ...(s.children.length ? s.children.map((c) => childCard(s, c)) : [text('soft', w.noChildren)])];
}
