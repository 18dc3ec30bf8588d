// What the enter page says: of a code while it is typed, and of the server's refusal. Pure.

import type { enter } from '../i18n/enter-zh';
import type { Answer } from './api';
import { CODE_LEN, type Typed } from './code';

type Words = typeof enter;

interface Hint { text: string; tone: '' | 'good' | 'bad' }

/** `hasTried`: somebody has pressed Enter, and wants to know what is missing. */
export function hintOf(typed: Typed, hasTried: boolean, w: Words): Hint {
  const missing = CODE_LEN - typed.letters.length;
  switch (typed.state) {
    case 'odd': return { text: w.odd.replace('*', typed.odd), tone: 'bad' };
    case 'long': return { text: w.long, tone: 'bad' };
    case 'mistyped': return { text: w.mistyped, tone: 'bad' };
    case 'right': return { text: w.right, tone: 'good' };
    case 'short': return { text: typed.letters || hasTried ? w.left.replace('*', String(missing)) : w.hint, tone: hasTried ? 'bad' : '' };
  }
}

/** "40 s", "3 min": rounded up. */
export function waitText(seconds: number, w: Words): string {
  return seconds < 100 ? w.seconds.replace('*', String(Math.max(1, Math.ceil(seconds)))) : w.minutes.replace('*', String(Math.ceil(seconds / 60)));
}

export function refusalOf(answer: Answer<unknown>, isGuest: boolean, w: Words): string {
  switch (answer.status) {
    case 0: return w.unreached;
    case 400: return w.mistyped;
    case 401: case 403: return isGuest ? w.wrongGuest : w.wrong;
    case 429: return w.wait.replace('*', waitText(answer.waitS || 30, w));
    case 503: return w.busy;
  }
  return w.failed;
}
