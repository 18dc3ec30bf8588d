// What a pupil types or pastes, as the address of a lesson. Pure.

const ID = /^[A-Za-z0-9._~-]{1,64}$/;

/** "/watch/demo#k=..." of a lesson id or of a whole link; '' when it is neither. */
export function watchAddress(typed: string): string {
  const text = typed.trim();
  if (ID.test(text)) return '/watch/' + text;
  const match = /\/watch\/([^/?#]+)\/?(#k=[^#\s]*)?$/.exec(text);
  return match && ID.test(match[1]!) ? '/watch/' + match[1] + (match[2] || '') : '';
}
