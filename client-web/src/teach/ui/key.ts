// The stream key, as it stands in the page's fragment or is pasted; or the lesson, whose lecturer is signed in. Pure.

const LESSON = /[#&]l=([A-Za-z0-9_-]{1,39})(?=&|$)/;
const KEY = /^[A-Za-z0-9_-]{8,39}$/;

/** The key in what a teacher pastes: the key itself, or a link that holds it. '' when there is none. */
export function keyIn(typed: string): string {
  const text = typed.trim(), key = /[#&]k=([^&#\s]*)/.exec(text)?.[1] ?? text;
  return KEY.test(key) ? key : '';
}

/** The id of the lesson in the page's fragment. '' when there is none. */
export const lessonIn = (hash: string): string => LESSON.exec(hash)?.[1] ?? '';
