// The stream key, as it stands in the page's fragment or is pasted; or the lesson, whose lecturer is signed in. Pure.

const LESSON = /[#&]l=([A-Za-z0-9_-]{1,39})(?=&|$)/;
const KEY = /^[A-Za-z0-9_-]{8,39}$/;
const NEXT = /[#&]n=([A-Za-z0-9_-]{26,39})(?=&|$)/;

/** The key in what a teacher pastes: the key itself, or a link that holds it. '' when there is none. */
export function keyIn(typed: string): string {
  const text = typed.trim(), key = /[#&]k=([^&#\s]*)/.exec(text)?.[1] ?? text;
  return KEY.test(key) ? key : '';
}

/** One that was to take its place, and nobody knows yet whether it has: the page keeps both where a reload finds them. '' when there is none. */
export const nextIn = (text: string): string => NEXT.exec(text.trim())?.[1] ?? '';

export const fragmentOf = (key: string, next: string): string => '#k=' + key + (next && '&n=' + next);

/** The id of the lesson in the page's fragment. '' when there is none. */
export const lessonIn = (hash: string): string => LESSON.exec(hash)?.[1] ?? '';
