// What the panels of the teach page share, and the small things they all do.

import type * as zh from '../../i18n/teach-zh';
import type { Broadcaster, Trouble } from '../contract';

export type Words = typeof zh;

export interface Desk {
  broadcast: Broadcaster;
  /** '' when it is taught by who is signed in. */
  key: string;
  /** One that was asked for in its place, and nothing is known of it; '': none. */
  nextKey: string;
  lesson: string;
  words: Words;
  /** Draws all panels; soon is soon enough. */
  draw(): void;
  /** Something was asked for and did not come: `again` asks once more. */
  report(trouble: Trouble, again: () => void): void;
  /** Microphone or picture has come after all: what was reported is void. */
  settle(what: 'microphone' | 'picture'): void;
  /** Keeps both where a reload finds them. */
  keepKeys(key: string, next: string): void;
  /** Begins a break of so many minutes. */
  rest(minutes: number): void;
  /** A question with two answers; false also when it is left alone. */
  ask(title: string, text: string, yes: string, no: string): Promise<boolean>;
}

/** A panel: called four times a second, and after every change. */
export type Panel = () => void;

export const find = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Fills the options of a list, and keeps what is chosen; touched only when they have changed. */
export function fill(list: HTMLSelectElement, options: readonly (readonly [value: string, text: string])[], chosen: string): void {
  const now = options.map(([value, text]) => value + '\n' + text).join('\n\n');
  if (list.dataset.filled !== now) {
    list.dataset.filled = now;
    list.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  }
  if (list.value !== chosen) list.value = chosen;
}

/** Old browsers have no modal dialogs: there it lies over the page all the same. */
export function openDialog(dialog: HTMLDialogElement): void {
  if (dialog.open) return;
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute('open', '');
}

export function closeDialog(dialog: HTMLDialogElement): void {
  if (dialog.close) dialog.close();
  else dialog.removeAttribute('open');
}

/** The question of Desk.ask(). The careful answer has the focus. */
export function ask(title: string, text: string, yes: string, no: string): Promise<boolean> {
  const dialog = find<HTMLDialogElement>('ask');
  find('askTitle').textContent = title;
  find('askText').textContent = text;
  find('askYes').textContent = yes;
  find('askNo').textContent = no;
  openDialog(dialog);
  find('askNo').focus();
  return new Promise((resolve) => {
    const answer = (isYes: boolean): void => {
      dialog.oncancel = null;
      closeDialog(dialog);
      resolve(isYes);
    };
    find('askYes').onclick = () => answer(true);
    find('askNo').onclick = () => answer(false);
    dialog.oncancel = () => answer(false);
  });
}
