// What the tables share: reading a run's folder, and columns.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProfile } from './profile.mjs';
import { ROOT } from './page.mjs';

export const number = (v, digits = 0) => (Number.isFinite(v) ? v.toFixed(digits) : '-');
export const seconds = (ms) => number(ms / 1000, 1);

export class Run {
  constructor(folder) {
    this.folder = folder;
  }

  read(name) {
    return JSON.parse(readFileSync(join(this.folder, name), 'utf8'));
  }

  /** The profile behind NAME, NAME+browser or NAME@server. */
  profileOf(name) {
    return readProfile(join(ROOT, 'tests', 'link', 'profiles', name.replace(/[+@].*/, '')));
  }

  /** When the link began, and what it carried. */
  linkOf(name) {
    const lines = readFileSync(join(this.folder, name + '.link'), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
    return { zero: lines[0].startedAt, counts: lines[1] };
  }
}

/** In columns, the last one as long as it is. */
export function print(head, rows) {
  const widths = head.map((h, i) => (i === head.length - 1 ? 0 : Math.max(h.length, ...rows.map((r) => r[i].length))));
  for (const row of [head, ...rows]) console.log(row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
}
