// The minutes of online lessons that a pupil had today, against the day's limit.

import { make } from '../ui/dom';
import type { Minutes } from './contract';
import { heading, text } from './parts';
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

export function minutesPanel(m: Minutes, w: Words): Node[] {
  const fill = fillOf(m), warning = warningOf(m, fill, w), panel = make('section', { className: 'card minutes ' + fill });
  const said = m.limit ? w.minutesOf.replace('{n}', String(m.group)).replace('{limit}', String(m.limit)) : w.minutesFree.replace('*', String(m.group));
  panel.append(text('', said));
  if (m.limit) {
    const bar = make('div', { className: 'bar' }, make('i'));
    bar.setAttribute('aria-hidden', 'true'); // the sentence says it
    (bar.firstChild as HTMLElement).style.width = percentOf(m) + '%';
    panel.append(bar);
  }
  if (warning) panel.append(make('p', { className: 'warning' }, warning));
  if (m.voice) panel.append(text('hint', w.voiceMinutes.replace('*', String(m.voice))));
  return [heading(w.minutes), panel];
}
