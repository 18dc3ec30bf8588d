// A teacher's home: today's lessons with a button each that leads to the page to teach from, and the week.

import { pageOf, type Me } from '../kit/me';
import { make } from '../ui/dom';
import type { Lesson } from './contract';
import { bigButton, button, card, classesOf, heading, isOpen, link, list, outward, placeOf, row, shortDate, text, troubleOf, weekdayWord } from './parts';
import type { Scene } from './scene';
import { addDays, clockOf, isTaught, minutesTo, mondayOf, phaseOf, spanOf } from './time';

const DAYS = 7;
/** So long before its beginning a teacher may want the room: to try sound and pictures. */
const PREPARE_MIN = 60;

/** Homeroom teachers and tutors see their classes' lessons, too; each is started by who teaches it. */
const isOwn = ({ lecturer }: Lesson, me: Me): boolean => !!lecturer && lecturer.code === me.code && lecturer.school === me.school.code;

/** The lesson that stands on top: the one that is taught now, else the next within the hour. */
export const lessonToTeach = (lessons: Lesson[], me: Me, nowMs: number): Lesson | undefined =>
  lessons.filter((l) => l.is_online && isOwn(l, me) && /^(on|soon|later)$/.test(phaseOf(l, nowMs)) && minutesTo(l, nowMs) <= PREPARE_MIN)[0];

function startKey(s: Scene, lesson: Lesson): 'startLate' | 'prepare' | 'start' {
  if (isTaught(lesson)) return 'startLate';
  return phaseOf(lesson, s.nowMs) === 'later' ? 'prepare' : 'start';
}

function whenToTeach(s: Scene, lesson: Lesson): string {
  const minutes = minutesTo(lesson, s.nowMs);
  return phaseOf(lesson, s.nowMs) === 'on' ? s.words.onNow : minutes ? s.words.beginsIn.replace('*', String(minutes)) : s.words.begins;
}

function nowCard(s: Scene, lesson: Lesson): HTMLElement {
  const { words: w } = s;
  return card('now', text('when ' + phaseOf(lesson, s.nowMs), whenToTeach(s, lesson)), text('lesson', lesson.title),
    text('soft', [spanOf(lesson), classesOf(lesson, w)].filter(Boolean).join(' · ')),
    bigButton(s, lesson, w[startKey(s, lesson)], w.starting, '', () => s.acts.start(lesson)), ...troubleOf(s, lesson.id));
}

const shortOf = (s: Scene, lesson: Lesson): string => s.words[(startKey(s, lesson) + 'Row') as 'startRow'];

function otherRow(s: Scene, lesson: Lesson): HTMLElement {
  const who = [classesOf(lesson, s.words), lesson.lecturer && lesson.lecturer.name].filter(Boolean).join(' · ');
  return row(s, lesson, who, isOpen(s, lesson) ? button('small', 'row-' + lesson.id, () => s.acts.go(lesson), s.words.enterLesson) : undefined);
}

function todayRow(s: Scene, lesson: Lesson): HTMLElement {
  const { words: w } = s, phase = phaseOf(lesson, s.nowMs), isAhead = phase === 'later' || phase === 'soon' || phase === 'on';
  if (!isAhead) return row(s, lesson, classesOf(lesson, w));
  if (!lesson.is_online) return row(s, lesson, classesOf(lesson, w), outward('small', lesson, w.open));
  if (!isOwn(lesson, s.me)) return otherRow(s, lesson);
  const start = button('small', 'row-' + lesson.id, () => s.acts.start(lesson), shortOf(s, lesson));
  start.disabled = s.busy === lesson.id;
  return row(s, lesson, classesOf(lesson, w), start);
}

function weekItem(s: Scene, lesson: Lesson): HTMLElement {
  const small = [classesOf(lesson, s.words), placeOf(lesson, s.words)].filter(Boolean).join(' · ');
  return make('li', { className: phaseOf(lesson, s.nowMs) }, make('time', {}, clockOf(lesson.start)), make('b', {}, lesson.title), ...(small ? [make('small', {}, small)] : []));
}

function weekDay(s: Scene, date: string, items: Lesson[]): HTMLElement {
  const head = make('h3', {}, weekdayWord(s.words, date) + ' ', make('small', {}, shortDate(date)));
  return make('div', { className: 'day' + (date === s.date ? ' today' : '') }, head, make('ul', {}, ...items.map((l) => weekItem(s, l))));
}

/** Weekends are there when somebody teaches on them. */
function weekPanel(s: Scene): Node[] {
  const { words: w } = s, { monday, items } = s.week, isThis = monday === mondayOf(s.date);
  const turn = make('div', { className: 'turn' }, button('quiet', 'previous', () => s.acts.turnWeek(-1), '‹ ' + w.previous),
    ...(isThis ? [] : [button('quiet', 'thisWeek', () => s.acts.turnWeek(0), w.thisWeek)]), button('quiet', 'following', () => s.acts.turnWeek(1), w.following + ' ›'));
  const days: Node[] = [];
  for (let i = 0; items && i < DAYS; i++) {
    const date = addDays(monday, i), lessons = items.filter((l) => l.date === date);
    if (i < 5 || lessons.length) days.push(weekDay(s, date, lessons));
  }
  return [make('h2', {}, w.week + ' ', make('small', {}, shortDate(monday) + '–' + shortDate(addDays(monday, DAYS - 1)))), turn, items ? make('div', { className: 'week' }, ...days) : text('soft', w.loading)];
}

function feedPanel(s: Scene): HTMLElement {
  const { words: w } = s;
  if (!s.feed) return make('p', {}, button('link', 'feed', () => s.acts.askFeed(), w.feed), ...troubleOf(s, 'feed'));
  const field = make('input', { type: 'text', className: 'address', readOnly: true, value: s.feed });
  field.setAttribute('value', s.feed);
  field.setAttribute('aria-label', w.feed);
  field.onfocus = () => field.select();
  return card('', text('', w.feed), field, text('hint', w.feedText));
}

export const hasOffice = (s: Scene): boolean => pageOf(s.me) === '/office';

/** Patrols and who only administers have no lessons of their own: an empty week would say that there are none at all. */
const hasLessons = (s: Scene): boolean => s.me.roles.some((r) => /^(lecturer|tutor|homeroom)$/.test(r.role)) || s.day.items.length > 0 || !!(s.week.items && s.week.items.length);
const changesOffice = (s: Scene): boolean => s.me.roles.some((r) => /^(district_admin|school_admin|homeroom)$/.test(r.role));

export function teacherHome(s: Scene): Node[] {
  const { words: w } = s, now = lessonToTeach(s.day.items, s.me, s.nowMs), rows = s.day.items.map((l) => todayRow(s, l));
  const office = hasOffice(s) ? [link('tile wide', '/office', w.office)] : [];
  if (office[0]) office[0].append(make('small', {}, changesOffice(s) ? w.officeText : w.officeLookText));
  if (!hasLessons(s)) return office;
  return [...(now ? [nowCard(s, now)] : []), ...office, heading(w.today), rows.length ? list(rows) : text('soft', w.noneToday), ...weekPanel(s), feedPanel(s)];
}
