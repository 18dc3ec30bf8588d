// Cards between status and panels: what is wrong and what can be done, a break, the end of a lesson.

import { make } from '../../ui/dom';
import { find } from './desk';

export interface Note {
  /** Of two notes with the same name the newer one replaces the older one. */
  name: string;
  tone: 'bad' | 'warn' | 'calm';
  text: string;
  buttons: readonly (readonly [text: string, act: () => void])[];
}

/** Cards that stay are left alone: what is drawn anew is read aloud anew. */
export function drawNotes(notes: readonly Note[]): void {
  const place = find('notes'), old = new Map([...place.children].map((card) => [(card as HTMLElement).dataset.note!, card as HTMLElement]));
  const cards = notes.map((note) => {
    const id = [note.name, note.text, ...note.buttons.map(([text]) => text)].join('\n'), kept = old.get(id), card = kept || makeCard(id, note);
    card.querySelectorAll('button').forEach((button, i) => (button.onclick = note.buttons[i]![1]));
    return card;
  });
  if (cards.length !== place.children.length || cards.some((card, i) => card !== place.children[i])) place.replaceChildren(...cards);
}

function makeCard(id: string, note: Note): HTMLElement {
  const buttons = note.buttons.map(([text]) => make('button', { className: 'small', textContent: text }));
  const card = make('div', { className: 'note ' + note.tone }, make('p', { textContent: note.text }), ...buttons);
  card.dataset.note = id;
  card.setAttribute('role', note.tone === 'bad' ? 'alert' : 'status');
  return card;
}
