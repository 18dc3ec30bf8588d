// A pupil's home: one big button when there is a lesson to go to, else what comes next. The minutes move up when they become few.

import { make } from '../ui/dom';
import type { Lesson } from './contract';
import { autoMb, saveMb } from './cost';
import { isNear, minutesPanel } from './minutes';
import { bigButton, button, card, heading, isOpen, list, outward, row, teacherOf, text, toPupils, troubleOf, whenOf } from './parts';
import type { Scene } from './scene';
import { lengthMin, lessonNext, lessonNow, minutesTo, phaseOf, spanOf } from './time';

function costOf(sentence: string, lesson: Lesson): string {
  const minutes = lengthMin(lesson);
  return sentence.replace('{save}', saveMb(minutes)).replace('{auto}', autoMb(minutes)).replace('*', String(minutes));
}

function whenOfNow(s: Scene, lesson: Lesson): string {
  const { words: w } = s, minutes = minutesTo(lesson, s.nowMs);
  if (phaseOf(lesson, s.nowMs) === 'on') return w.onNow;
  return minutes > 0 ? w.beginsIn.replace('*', String(minutes)) : w.begins;
}

function nowCard(s: Scene, lesson: Lesson): HTMLElement {
  const { words: w } = s, act = (): void => s.acts.go(lesson);
  const way = lesson.is_online ? bigButton(s, lesson, w.go, w.going, costOf(w.cost, lesson), act) : outward('main', lesson, w.open);
  return card('now', text('when ' + phaseOf(lesson, s.nowMs), whenOfNow(s, lesson)), make('p', { className: 'lesson' }, lesson.title),
    text('soft', [spanOf(lesson), teacherOf(lesson)].filter(Boolean).join(' · ')), ...(way ? [way] : []), ...troubleOf(s, lesson.id));
}

function nextCard(s: Scene): HTMLElement {
  const { words: w } = s, next = lessonNext(s.day.items, s.nowMs) || s.upcoming;
  if (!next) return card('next', text('lesson', w.nothingNow), ...(next === null ? [text('soft', w.noNext)] : []));
  return card('next', text('when', w.next), text('lesson', next.title), text('soft', [whenOf(s, next), teacherOf(next)].filter(Boolean).join(' · ')),
    ...(next.is_online ? [text('hint', costOf(w.costText, next))] : []));
}

function lessonRow(s: Scene, lesson: Lesson): HTMLElement {
  const { words: w } = s;
  const who = toPupils(s, lesson);
  if (!isOpen(s, lesson)) return row(s, lesson, who);
  const enter = lesson.is_online ? button('small', 'row-' + lesson.id, () => s.acts.go(lesson), w.enterLesson) : outward('small', lesson, w.open);
  return row(s, lesson, who, enter);
}

function today(s: Scene): Node[] {
  const { words: w } = s, rows = s.day.items.map((l) => lessonRow(s, l));
  return [heading(w.today), rows.length ? list(rows) : text('soft', w.noneToday)];
}

export function pupilHome(s: Scene): Node[] {
  const { words: w } = s, now = lessonNow(s.day.items, s.nowMs);
  const minutes = s.day.minutes ? minutesPanel(s.day.minutes, w) : [], isWarning = !!s.day.minutes && isNear(s.day.minutes);
  return [now ? nowCard(s, now) : nextCard(s), ...(isWarning ? minutes : []), ...today(s), ...(isWarning ? [] : minutes), text('hint device', s.me.device === 'tv' ? w.thisTv : w.thisPhone)];
}

export function guestHome(s: Scene): Node[] {
  const { words: w } = s, now = lessonNow(s.day.items, s.nowMs);
  return [text('soft', w.guestText), now ? nowCard(s, now) : nextCard(s), ...today(s)];
}
