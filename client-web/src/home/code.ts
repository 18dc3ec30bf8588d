// What a pupil types as an entry code, judged as server/entry/code.c does, so that a slip is noticed before it is sent. Pure.

/** The digits, and the capitals that nobody takes for a digit or for one another: 29, a prime. */
export const LETTERS = '0123456789ACDEFGHJKMNPQRTVWXY';
export const CODE_LEN = 12;

const ALIKE: Record<string, string> = { O: '0', I: '1', L: '1', Z: '2', S: '5', B: '8', U: 'V' };
/** Blanks and hyphens of any kind, which phones put in by themselves. */
const GAP = /[\s\-_.\u00b7\u2000-\u2015\u2212\u3002\uff0d\ufeff]/;

/** `letters` are those that could be read; `odd` is what is no letter of ours. */
export interface Typed { letters: string; state: 'short' | 'odd' | 'long' | 'mistyped' | 'right'; odd: string }

/** The letter of our alphabet that is meant; '' for none. */
function meant(typed: string): string {
  const c = typed.charCodeAt(0), plain = c >= 0xff01 && c <= 0xff5e ? String.fromCharCode(c - 0xfee0) : typed;
  const capital = /^[a-z]$/.test(plain) ? plain.toUpperCase() : plain, letter = ALIKE[capital] || capital;
  return LETTERS.indexOf(letter) >= 0 ? letter : '';
}

/** The last letter is the sum of the others, each times its place, modulo 29. */
export function checkLetter(letters: string): string {
  let sum = 0;
  for (let i = 0; i < CODE_LEN - 1; i++) sum += (i + 1) * LETTERS.indexOf(letters.charAt(i));
  return LETTERS.charAt(sum % LETTERS.length);
}

export function readCode(text: string): Typed {
  let letters = '', odd = '';
  for (const c of Array.from(text)) {
    if (GAP.test(c)) continue;
    const letter = meant(c);
    if (letter) letters += letter;
    else odd = odd || c;
  }
  return { letters, odd, state: stateOf(letters, odd) };
}

function stateOf(letters: string, odd: string): Typed['state'] {
  if (odd) return 'odd';
  if (letters.length !== CODE_LEN) return letters.length < CODE_LEN ? 'short' : 'long';
  return letters.charAt(CODE_LEN - 1) === checkLetter(letters) ? 'right' : 'mistyped';
}

/** In groups of four, as it is printed. */
export const inGroups = (letters: string): string => letters.replace(/(.{4})(?=.)/g, '$1-');

/** What stands behind the # of a link or QR code. */
export function codeInHash(hash: string): string {
  const text = hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch (e) {
    return text;
  }
}
