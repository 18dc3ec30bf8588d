// What the page lends to its parts, and what a part is.

import type { Lang } from '../i18n/language';
import type { page } from '../i18n/zh';
import type { loadPart, loadStyle } from '../parts';
import type { Meter } from '../player/meter';
import type { Player } from '../player/player';

/** Called twice a second, and whenever the player or the language has changed. */
export type Draw = (words: typeof page, lang: Lang) => void;

export interface Page {
  player: Player;
  stage: HTMLElement;
  controls: HTMLElement;
  status: HTMLElement;
  draws: Draw[];
  loadPart: typeof loadPart;
  loadStyle: typeof loadStyle;
}

export interface Room extends Page {
  meter: Meter;
  /** What is told beside the lesson: below the status, in full screen over the picture. */
  notes: HTMLElement;
}

export type Mount = (room: Room) => Draw;
