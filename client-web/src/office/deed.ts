// What an entry of the audit log says, in plain words. Pure: the words of a language and the names of schools are given.

import type * as zh from '../i18n/office-zh';
import { fill } from '../kit/fill';

export interface Who { school: string; code: string; name: string }

/** `by`, `about`: who actor and subject are now; null: no person, or one who is there no more. */
export interface Deed { seq: number; at: string; actor: string; act: string; subject: string; detail: string; by: Who | null; about: Who | null }

export interface Book { w: typeof zh.audit; roles: Record<string, string>; schools: Map<string, string> }

/** People stand in the log by such an id, and by nothing else; as a subject of these acts without the word before it. */
const ID = /^(?:person:)?([0-9a-z]{16})$/, OF_PEOPLE = /^(account|door|session)\./;

/** "17", "17/3-1" or "17 2026-12-01 2026-12-03" with the school's name; '' and "district": the district, which "/e1" is of. */
export function placeText(path: string, { w, schools }: Book): string {
  if (!path || path === 'district') return w.district;
  if (path[0] === '/') return `${w.district} ${path.slice(1)}`; // a row of its own timetable
  for (const [code, name] of schools) {
    if (path === code) return name;
    if (path.startsWith(code) && /[ /]/.test(path.charAt(code.length))) return `${name} ${path.slice(code.length + 1).replace(' ', ' – ')}`;
  }
  return path;
}

function idText(id: string, { w }: Book): string {
  const match = ID.exec(id);
  return match ? fill(w.gone, match[1]!.slice(0, 4)) : id;
}

/** Of an actor who is nobody, or not any more. */
export const actorText = ({ actor }: Deed, book: Book): string => book.w.actors[actor] || idText(actor, book);

/** Of a subject that is nobody, or somebody not any more. */
export function subjectText({ act, subject }: Deed, book: Book): string {
  if (ID.test(subject) && (OF_PEOPLE.test(act) || subject.startsWith('person:'))) return idText(subject, book);
  if (/^(audit|lesson)\./.test(act)) return subject === 'audit' ? '' : subject;
  return placeText(subject.replace(/^(school|class):/, ''), book);
}

/** "outside_hours 2026-11-23 17/3-1; ..." */
const findingsText = (text: string, book: Book): string => text.split('; ').filter(Boolean).map((one) => {
  const [reason = '', date = '', ...place] = one.split(' ');
  return `${book.w.reasons[reason] || reason} ${date} ${placeText(place.join(' '), book)}`;
}).join('；');

/** Of which acts, how it is written, and what it means. */
const DETAILS: [act: RegExp, written: RegExp, say: (parts: string[], book: Book) => string][] = [
  [/^role\./, /^(\w+) at (.+)$/, ([role = '', place = ''], book) => `${book.roles[role] || role} · ${placeText(place, book)}`],
  [/^codes\./, /^(\d+) codes$/, ([n = ''], { w }) => fill(w.codesN, n)],
  [/^door\.invite$/, /^(\d+) invitations$/, ([n = ''], { w }) => fill(w.invitationsN, n)],
  [/^timetable\.import$/, /^(\d+) rows$/, ([n = ''], { w }) => fill(w.rowsN, n)],
  [/^timetable\.override$/, /^sha256:\w+ \(([^]*)\)$/, ([findings = ''], book) => findingsText(findings, book)],
  [/^roster\./, /^(\d+) new, (\d+) changed, (\d+) removed$/, (counts, { w }) => fill(w.rosterN, ...counts)],
  [/^door\.sign_in$/, /^totp$/, (_, { w }) => w.withTotp],
  [/^guest\./, ID, () => ''],
  [/^audit\.prune$/, /^(\d+):/, ([seq = ''], { w }) => fill(w.upTo, seq)],
];

export function detailText({ act, detail }: Deed, book: Book): string {
  for (const [of, written, say] of DETAILS) {
    const match = of.test(act) && written.exec(detail);
    if (match) return say(match.slice(1), book);
  }
  return detail;
}
