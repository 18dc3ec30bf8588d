// A row of a list in words. Pure.

import { plain } from '../kit/plain';

/** What a list says about something; names as the API has them. */
export type RosterRecord = Record<string, string | number | null | undefined>;

/** As much of the end of a file's name as the server takes: 60 bytes. */
export function shortName(name: string): string {
  let bytes = 0;
  const kept = Array.from(name).reverse().filter((c) => (bytes += encodeURIComponent(c).replace(/%../g, 'x').length) <= 60).reverse().join('');
  return kept === name ? name : '…' + kept;
}

/** In the order in which it is read; what stands in none of them is not for people. */
const SHOWN = ['name', 'grade', 'role', 'person', 'code', 'ward_name', 'ward', 'class', 'home', 'school'];

/** "王小明 · 0421 → 0422 · 17": what changed with what it was. */
export function recordText(record: RosterRecord, before: RosterRecord | null | undefined, roleName: (role: string) => string): string {
  const said = (of: RosterRecord, key: string): string => {
    const value = of[key];
    return value === undefined || value === null || value === 0 ? '' : key === 'role' ? roleName(String(value)) : plain(String(value));
  };
  return SHOWN.map((key) => {
    const now = said(record, key), old = before ? said(before, key) : now;
    return now === old ? now : `${old || '–'} → ${now || '–'}`;
  }).filter((text) => text).join(' · ');
}
