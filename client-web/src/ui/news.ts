// The part for what is told beside the lesson: the day's minutes, and that the timetable has changed.

import type { Day, Lesson } from '../home/contract';
import { isKnown } from '../home/known';
import { clockOf } from '../home/time';
import { news as en } from '../i18n/en';
import { news as zh } from '../i18n/zh';
import { dayLeft } from '../player/news';
import type { News } from '../protocol';
import { make, say } from './dom';
import type { Draw, Room } from './room';

type Words = typeof zh;

export function mount(room: Room): Draw {
  const draws = [minutesNote(room), timetableNote(room)];
  return (_, lang) => draws.forEach((draw) => draw(lang === 'zh' ? zh : en));
}

interface Note {
  note: HTMLElement;
  sentence: HTMLElement;
  /** As the last of all, and as if it had just come: over the picture each goes after a while. */
  show(): void;
}

/** A card; its sentence is read aloud when it appears. */
function addNote({ notes }: Room, ...more: Node[]): Note {
  const sentence = make('p'), note = make('div', { className: 'note', hidden: true }, sentence, ...more);
  sentence.setAttribute('role', 'status');
  const show = (): void => {
    notes.appendChild(note);
    note.hidden = false;
  };
  notes.appendChild(note);
  return { note, sentence, show };
}

function minutesNote(room: Room): (w: Words) => void {
  const { note, sentence, show } = addNote(room);
  let told = '';
  return (w) => {
    const day = dayLeft(room.player.news.day), what = !day ? '' : day.left ? 'near' : 'full';
    if (!day) note.hidden = true;
    else if (told !== what) show();
    told = what;
    if (day) say(sentence, day.left ? w.near.replace('*', String(day.left)) : day.isVoiceOnly ? w.voiceOnly : w.full);
  };
}

/** What is left of today, as the server says it to whoever has entered here. */
async function lessonsToCome(): Promise<Lesson[]> {
  const answer = await fetch('/api/v1/me/lessons', { credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok) throw new Error(String(answer.status));
  const { items } = await answer.json() as Day, now = Date.parse(answer.headers.get('date') || '') || Date.now();
  return items.filter((lesson) => Date.parse(lesson.end) > now);
}

const rowOf = ({ start, end, title }: Lesson): HTMLElement => make('li', {}, make('time', {}, clockOf(start) + '–' + clockOf(end)), ' ', make('b', {}, title));

/** The server is asked nothing until somebody wants to know: a whole class is told at once. */
function timetableNote(room: Room): (w: Words) => void {
  const look = make('button', { className: 'quiet' }), close = make('button', { className: 'quiet' }), list = make('ul');
  const { note, sentence, show: showNote } = addNote(room, list, look, close);
  let told: News | undefined, said: keyof Words = 'changed';
  const show = (lessons: Lesson[] | undefined): void => {
    said = !lessons ? 'unreached' : lessons.length ? 'toCome' : 'noMore';
    list.textContent = '';
    list.append(...(lessons || []).map(rowOf));
    look.hidden = !!lessons;
    look.disabled = false;
  };
  look.onclick = () => {
    look.disabled = true;
    lessonsToCome().then(show, () => show(undefined));
  };
  close.onclick = () => (note.hidden = true);
  return (w) => {
    if (told !== room.player.news.timetable) {
      told = room.player.news.timetable;
      said = isKnown() ? 'changed' : 'changedAsk';
      list.textContent = '';
      look.hidden = !isKnown();
      showNote();
    }
    say(sentence, w[said]);
    say(look, w.look);
    say(close, w.close);
  };
}
