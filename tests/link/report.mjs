// What the tables share: reading a run's folder, and columns.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowOf, scheduleOf } from './profile.mjs';
import { ROOT } from './page.mjs';

export const number = (v, digits = 0) => (Number.isFinite(v) ? v.toFixed(digits) : '-');
export const seconds = (ms) => number(ms / 1000, 1);

/** The folder of a run. Of each viewer NAME it has NAME.link, what the link said, and NAME.seen.json, unless the viewer failed. */
export class Run {
  constructor(folder) {
    this.folder = folder;
    this.names = readdirSync(folder).filter((f) => f.endsWith('.link')).map((f) => f.slice(0, -'.link'.length)).sort();
  }

  text(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  read(name) {
    return JSON.parse(this.text(name));
  }

  seen(name) {
    return existsSync(join(this.folder, name + '.seen.json')) ? this.read(name + '.seen.json') : undefined;
  }

  /** The row of a name without its run or server. */
  row(name) {
    return rowOf(name, readFileSync(join(ROOT, 'tests', 'link', 'profiles', name.split('+')[0]), 'utf8'));
  }

  /** What the link carried, and when what it did is due. */
  linkOf(name, row) {
    const [begin, end] = this.text(name + '.link').trim().split('\n').map((line) => JSON.parse(line));
    return { schedule: scheduleOf(row, begin.startedAt), link: end };
  }
}

/** In columns, as a table of Markdown. */
export function print(head, rows) {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i]))).join(' | ')} |`;
  console.log([line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n'));
}
