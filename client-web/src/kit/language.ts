// The language of a page that Preact draws: whoever draws asks for the words anew, and all is drawn anew when the language changes.

import { en, type KitWords, zh } from '../i18n/kit';
import { type Lang, Language } from '../i18n/language';
import { wallClock } from './zone';

export const language = new Language();

export const lang = (): Lang => language.lang;

/** words() of a part of the page, in the language of the moment: `const words = texts(zh, en)`. */
export const texts = <W>(chinese: W, english: W) => (): W => (language.lang === 'zh' ? chinese : english);

export const kitWords: () => KitWords = texts(zh, en);

export { fill } from './fill';

const locale = (): string => (language.lang === 'zh' ? 'zh-CN' : 'en-GB');

/** "2026-11-22T08:00:00+08:00", or milliseconds, as people read it by the district's clock; a day alone as it is; '' for nothing. */
export function moment(when: string | number | null | undefined, style: 'date' | 'time' | 'both' = 'both'): string {
  if (when === null || when === undefined || when === '') return '';
  const date = wallClock(when);
  if (isNaN(date.getTime())) return String(when);
  const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' };
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' };
  return date.toLocaleString(locale(), style === 'date' ? day : style === 'time' ? clock : { ...day, ...clock });
}

export const count = (n: number): string => n.toLocaleString(locale());
