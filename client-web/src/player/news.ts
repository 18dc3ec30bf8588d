// What the server says beside the lesson (docs/protocol.md §1.5), believed only as far as it makes sense. Pure.

import type { News } from '../protocol';

const number = (value: unknown): number => (typeof value === 'number' && isFinite(value) && value > 0 ? value : 0);

/** Longer than any break. */
const BREAK_MAX_MS = 30 * 60000;

/** ms that are left of a break; 0: there is none. */
export function breakLeftMs(news: News | undefined, now: number): number {
  return news ? Math.max(0, Math.min(BREAK_MAX_MS, number(news.ms)) - (now - number(news.at))) : 0;
}

/** Of the day's minutes: `left` until the limit; `isVoiceOnly`: the picture has ended there. */
interface DayLeft { left: number; isVoiceOnly: boolean }

/** From here on it is said, percent. */
const NEAR = 90;

/** undefined: nothing needs to be said. */
export function dayLeft(news: News | undefined): DayLeft | undefined {
  const group = number(news && news.group), limit = number(news && news.limit);
  if (!limit || group * 100 < limit * NEAR) return undefined;
  return { left: Math.max(0, Math.floor(limit - group)), isVoiceOnly: news!.voiceOnly === true };
}

/** "4:05"; a second that has begun is still there. */
export function clock(ms: number): string {
  const s = Math.ceil(ms / 1000);
  return Math.floor(s / 60) + ':' + ('0' + s % 60).slice(-2);
}
