// What all homes are made of.

import { make } from '../ui/dom';
import type { Lesson } from './contract';
import type { Scene, Words } from './scene';
import { canGo, clockOf, daysFrom, phaseOf, weekdayOf } from './time';

type Child = Node | string;

export const text = (className: string, content: string): HTMLElement => make('p', { className }, content);

export const heading = (content: string): HTMLElement => make('h2', {}, content);

export const card = (className: string, ...children: Child[]): HTMLElement => make('section', { className: 'card ' + className }, ...children);

export const link = (className: string, href: string, content: string): HTMLAnchorElement => make('a', { className, href }, content);

/** `key` finds it again when the page is drawn anew, so that the focus stays. */
export function button(className: string, key: string, onclick: () => void, ...children: Child[]): HTMLButtonElement {
  const element = make('button', { type: 'button', className, onclick }, ...children);
  element.dataset.key = key;
  return element;
}

export function bigButton(s: Scene, lesson: Lesson, label: string, busy: string, more: string, act: () => void): HTMLElement {
  const isBusy = s.busy === lesson.id;
  const element = button('main', lesson.id, act, make('b', {}, isBusy ? busy : label), ...(more ? [make('small', {}, more)] : []));
  element.disabled = isBusy;
  return element;
}

/** Another platform's lesson; only addresses of the web become links. */
export const outward = (className: string, lesson: Lesson, label: string): HTMLElement | undefined =>
  /^https?:\/\//i.test(lesson.link || '') ? make('a', { className, href: lesson.link!, target: '_blank', rel: 'noreferrer noopener' }, label) : undefined;

export const troubleOf = (s: Scene, id: string): Node[] =>
  s.trouble && s.trouble.id === id ? [make('p', { className: 'bad' }, s.trouble.text)] : [];

/** More than these are counted. */
const CLASSES_SAID = 6;

/** Their names, behind the school's where there are several. */
export function classesOf({ classes = [] }: Lesson, w: Words): string {
  const schools = new Set(classes.map((c) => c.school)).size;
  if (classes.length > CLASSES_SAID) return w.manyClasses.replace('*', String(classes.length)).replace('*', String(schools));
  return classes.map((c) => (schools > 1 && c.school_name ? c.school_name + ' ' : '') + c.name).join(w.comma);
}

/** "小班课", "在教室上课": what is not the ordinary. */
function tagsOf(lesson: Lesson, w: Words): string[] {
  const kind = lesson.kind === 'lecture' ? '' : w[lesson.kind] || '';
  return [kind, placeOf(lesson, w)].filter(Boolean);
}

export const placeOf = (lesson: Lesson, w: Words): string => (lesson.is_online ? '' : lesson.place === 'elsewhere' || lesson.link ? w.elsewhere! : w.atSchool!);

export function stateOf(s: Scene, lesson: Lesson): HTMLElement {
  const phase = phaseOf(lesson, s.nowMs);
  return make('span', { className: 'state ' + phase }, s.words[phase]);
}

/** "今天 08:00", "星期三 08:00". */
export function whenOf(s: Scene, lesson: Lesson): string {
  const days = daysFrom(s.date, lesson.date), w = s.words;
  return (days === 0 ? w.todayIs : days === 1 ? w.tomorrow : weekdayWord(w, lesson.date)) + ' ' + clockOf(lesson.start);
}

export const weekdayWord = (w: Words, date: string): string => w[('weekday' + weekdayOf(date)) as 'weekday1'];

/** "11-23" as "11/23", read alike in both languages. */
export const shortDate = (date: string): string => Number(date.slice(5, 7)) + '/' + Number(date.slice(8, 10));

/** A line of a day's list; `extra` stands at its end in place of the state. */
export function row(s: Scene, lesson: Lesson, who: string, extra?: Node): HTMLElement {
  const small = [who, ...tagsOf(lesson, s.words)].filter(Boolean).join(' · ');
  return make('li', { className: 'row ' + phaseOf(lesson, s.nowMs) }, make('time', {}, clockOf(lesson.start), make('i', {}, '–'), clockOf(lesson.end)),
    make('span', { className: 'what' }, make('b', {}, lesson.title), ...(small ? [make('small', {}, small)] : [])), extra || stateOf(s, lesson));
}

/** Who teaches it, and what it costs those who save data; of one that is over nobody asks any more. */
export function toPupils(s: Scene, lesson: Lesson): string {
  const mb = phaseOf(lesson, s.nowMs) === 'over' ? 0 : lesson.mb_estimate;
  return [teacherOf(lesson), mb ? s.words.costRow.replace('*', String(mb)) : ''].filter(Boolean).join(' · ');
}

export const teacherOf = (lesson: Lesson): string => (lesson.lecturer && lesson.lecturer.name) || '';

export const list = (rows: Node[]): HTMLElement => make('ul', { className: 'rows' }, ...rows);

export const isOpen = (s: Scene, lesson: Lesson): boolean => canGo(lesson) && /^(on|soon)$/.test(phaseOf(lesson, s.nowMs));
