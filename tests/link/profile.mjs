// The lines of a profile that are for the measurement, and the times of its steps and cuts. (The link
// itself reads the same file: tests/link/profile.h.)

import { readFileSync } from 'node:fs';
import { TARGETS } from './judge.mjs';

const UNITS = { ms: 1, s: 1000, min: 60000 };
const FACTORS = { k: 1e3, M: 1e6 };
const VOICE_TARGETS = ['played', 'hole', 'late'], BROWSER_TARGETS = ['played', 'hole', 'sound', 'slide'];

const ms = (text) => parseFloat(text) * UNITS[/[a-z]+$/.exec(text)[0]];
const bits = (text) => parseFloat(text) * (FACTORS[text.at(-1)] || 1);

const LINES = {
  title: (p, words) => (p.title = words.join(' ')),
  seconds: (p, [value]) => (p.seconds = Number(value)),
  mode: (p, [value]) => (p.mode = value),
  lesson: (p, [value]) => (p.lesson = value),
  download: (p) => (p.download = true),
  target: (p, words) => words.forEach((word) => readTarget(p, word)),
};

export function readProfile(text) {
  const p = { title: '', seconds: 60, mode: 'auto', lesson: 'slides', download: false, targets: {}, rates: [], cuts: [] };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (word in LINES) LINES[word](p, rest);
    else readLink(p, [word, ...rest]);
  }
  return p;
}

function readTarget(p, word) {
  const [name, value] = word.split('=');
  if (!(name in TARGETS) || !(Number(value) >= 0)) throw new Error(`no such target: ${word}`);
  p.targets[name] = Number(value);
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

/**
 * A row of the table is PROFILE or PROFILE+VARIANT: a real `browser`, or the name of another lesson than the profile's.
 * Of a browser only what it can tell is judged; of another lesson the voice: its picture has no target.
 */
export function rowOf(name, text) {
  const [base, variant] = name.split('+'), profile = readProfile(text);
  const isBrowser = variant === 'browser', lesson = variant && !isBrowser ? variant : profile.lesson;
  const judged = isBrowser ? BROWSER_TARGETS : lesson === profile.lesson ? Object.keys(TARGETS) : VOICE_TARGETS;
  const targets = Object.fromEntries(Object.entries(profile.targets).filter(([target]) => judged.includes(target)));
  return { ...profile, base, lesson, isBrowser, targets, title: variant ? `${profile.title}: ${variant}` : profile.title };
}
