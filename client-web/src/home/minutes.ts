// The minutes of online lessons that a pupil had today, against the day's limit.

import { make } from '../ui/dom';
import type { Minutes } from './contract';
import { card, heading, text } from './parts';
import type { Words } from './scene';

/** From here on the page warns, percent. */
const NEAR = 90;

export type Fill = 'free' | 'ok' | 'near' | 'full';

export function percentOf(m: Minutes): number {
  return m.limit ? Math.min(100, Math.floor(m.group * 100 / m.limit)) : 0;
}

export function fillOf(m: Minutes): Fill {
  if (!m.limit) return 'free';
  const percent = percentOf(m);
  return percent >= 100 ? 'full' : percent >= NEAR ? 'near' : 'ok';
}

export const isNear = (m: Minutes): boolean => /^(near|full)$/.test(fillOf(m));

const warningOf = (m: Minutes, fill: Fill, w: Words): string =>
  fill === 'full' ? w.atLimit : fill === 'near' ? w.nearLimit.replace('*', String(m.limit! - m.group)) : '';

function barOf(m: Minutes): HTMLElement {
  const bar = make('div', { className: 'bar' }, make('i'));
  bar.setAttribute('aria-hidden', 'true'); // the sentence says it
  (bar.firstChild as HTMLElement).style.width = percentOf(m) + '%';
  return bar;
}

/** `said`, how much of the limit that is, and what follows from it. */
export function gauge(said: string, m: Minutes, w: Words): HTMLElement {
  const fill = fillOf(m), warning = warningOf(m, fill, w);
  return make('div', { className: 'minutes ' + fill }, text('', said), ...(m.limit ? [barOf(m)] : []), ...(warning ? [text('warning', warning)] : []),
    ...(m.voice ? [text('hint', w.voiceMinutes.replace('*', String(m.voice)))] : []));
}

export function minutesPanel(m: Minutes, w: Words): Node[] {
  const said = m.limit ? w.minutesOf.replace('{n}', String(m.group)).replace('{limit}', String(m.limit)) : w.minutesFree.replace('*', String(m.group));
  return [heading(w.minutes), card('', gauge(said, m, w))];
}
