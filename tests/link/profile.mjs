// The lines of a profile that are for the measurement, and the times of its steps and cuts. (The link
// itself reads the same file: tests/link/profile.h.)

import { readFileSync } from 'node:fs';

const UNITS = { ms: 1, s: 1000, min: 60000 };
const ms = (text) => parseFloat(text) * UNITS[/[a-z]+$/.exec(text)[0]];
const bits = (text) => parseFloat(text) * ({ k: 1e3, M: 1e6 }[text.at(-1)] || 1);

export function readProfile(path) {
  const p = { title: '', seconds: 60, mode: 'auto', download: false, targets: {}, rates: [], cuts: [] };
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === 'title') p.title = words.slice(1).join(' ');
    else if (words[0] === 'seconds') p.seconds = Number(words[1]);
    else if (words[0] === 'mode') p.mode = words[1];
    else if (words[0] === 'download') p.download = true;
    else if (words[0] === 'target') words.slice(1).forEach((w) => (p.targets[w.split('=')[0]] = Number(w.split('=')[1])));
    else readLink(p, words);
  }
  return p;
}

function readLink(p, words) {
  const at = words[0] === 'at' ? ms(words[1]) : 0;
  const value = (name) => words.find((w) => w.startsWith(name + '='))?.split('=')[1];
  if (value('rate') && !words.includes('up')) p.rates.push({ at, bps: bits(value('rate')) });
  if (value('cut')) p.cuts.push({ start: at, end: at + ms(value('cut')) });
}

/** In wall time, for a link that began at `zero`. */
export function scheduleOf(p, zero) {
  const falls = p.rates.filter((r, i) => i > 0 && r.bps < p.rates[i - 1].bps).map((r) => ({
    at: zero + r.at, bps: r.bps, until: zero + (p.rates.find((next) => next.at > r.at)?.at ?? Infinity) }));
  return { falls, cuts: p.cuts.map((c) => ({ start: zero + c.start, end: zero + c.end })) };
}
