// uplink-table.mjs FOLDER OUT.json: judges what the gate and the teachers of one run wrote into FOLDER, and prints a table.
// Ends with 3 when a target was missed.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProfile } from './profile.mjs';
import { number, print, Run, seconds } from './report.mjs';
import { ROOT } from './page.mjs';

/** Pictures have to be there again and go on: so many in so long. */
const MOVING = 5, MOVING_MS = 2000, TAIL_MS = 3000;

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? NaN;

/** Stamps are whole ms. */
const HOLE_MS = 5;

/** The voice as the server has it, against what was said: the page's clock is the teacher's. */
function voiceFigures({ voice }, samples, from, to) {
  const offset = quantile(samples.map((s) => s.offset), 0.5), first = Math.max(from - offset, voice[0][1]), last = to - offset;
  const within = voice.filter(([, pts]) => pts >= first && pts < last).sort((a, b) => a[1] - b[1]);
  return {
    holes: within.slice(1).map(([, pts], i) => ({ atMs: pts + offset - from, ms: pts - within[i][1] - within[i][2] })).filter((h) => h.ms > HOLE_MS),
    voicePercent: within.reduce((sum, [, , ms]) => sum + ms, 0) / (last - first) * 100,
    lateP50Ms: quantile(within.map(([at, pts, ms]) => at - pts - ms - offset), 0.5),
    lateP99Ms: quantile(within.map(([at, pts, ms]) => at - pts - ms - offset), 0.99),
  };
}

/** When, after `at`, moving pictures come again. */
function videoAfterMs({ pictures }, at) {
  const times = pictures.filter((p) => p[0] >= at).map((p) => p[0]);
  const i = times.findIndex((t, n) => times[n + MOVING - 1] - t < MOVING_MS);
  return i < 0 ? Infinity : times[i] - at;
}

/** uplink.mjs turns a page so often. */
const TURN_MS = 15000, TURN_LEEWAY_MS = 1000;

/** How long pages that were turned to until `to` took until something of them was there, the first one and the slowest of the others. */
function pageFigures({ pictures }, samples, to) {
  const offset = quantile(samples.map((s) => s.offset), 0.5), pages = new Map(), from = pictures[0][1];
  for (const [at, pts] of pictures.filter((p) => p[1] + offset < to)) {
    const page = Math.floor((pts - from + TURN_LEEWAY_MS) / TURN_MS);
    if (!pages.has(page)) pages.set(page, at - offset - from - page * TURN_MS);
  }
  const [firstMs, ...others] = pages.values();
  return { pages: pages.size, firstMs, pageMs: Math.max(0, ...others) };
}

/** How long after `at` what is under way stays younger than 1.2 s. */
function settledMs(samples, at, to) {
  const late = samples.filter((s) => s.at >= at && s.at < to && s.unackedMs >= 1200);
  return late.length ? Math.max(...late.map((s) => s.at)) - at : 0;
}

/** Each row: what is judged, and its limits. `zero` is when the link began. */
const ROWS = {
  thin: (gate, seen, zero) => ({
    ...voiceFigures(gate, seen.samples, zero, zero + 90000),
    stills: gate.pictures.filter((p) => p[0] < zero + 90000 && p[2]).length,
    ...pageFigures(gate, seen.samples, zero + 75000),
    videoMs: Math.min(...seen.samples.filter((s) => s.at > zero + 90000 && s.mode === 'video').map((s) => s.at)) - zero - 90000,
  }),
  step: (gate, seen, zero) => ({
    ...voiceFigures(gate, seen.samples, zero, seen.samples.at(-1).at - TAIL_MS),
    settledMs: settledMs(seen.samples, zero + 40000, zero + 60000),
  }),
  offline: (gate, seen, zero) => {
    const back = zero + 100000, voice = gate.voice.filter((v) => v[0] >= back);
    return { ...voiceFigures(gate, seen.samples, zero, zero + 35000), voiceBackMs: voice.length ? voice[0][0] - back : Infinity, pictureBackMs: videoAfterMs(gate, back) };
  },
};
const LIMITS = {
  thin: { voicePercent: [99.5, Infinity], lateP99Ms: [-Infinity, 2000], videoMs: [0, 15000], firstMs: [0, 15000], pageMs: [0, 15000] },
  step: { voicePercent: [99.9, Infinity], settledMs: [0, 3000] },
  offline: { voicePercent: [99.5, Infinity], voiceBackMs: [0, 3000], pictureBackMs: [0, 3000] },
};
const isMet = (row, f) => Object.entries(LIMITS[row]).every(([name, [least, most]]) => f[name] >= least && f[name] <= most);

const [folder, out] = process.argv.slice(2), run = new Run(folder), about = run.read('about.json'), rows = {};
for (const name of run.names) {
  const { title } = readProfile(readFileSync(join(ROOT, 'tests/link/uplinks', name), 'utf8')), seen = run.seen(name);
  const gate = existsSync(join(folder, name + '.gate.json')) && run.read(name + '.gate.json');
  const zero = JSON.parse(run.text(name + '.link').split('\n')[0]).startedAt, figures = seen && gate && gate.voice.length ? ROWS[name](gate, seen, zero) : undefined;
  rows[name] = { title, figures, complaints: gate?.complaints ?? [], closes: gate?.closes ?? [], isMet: !!figures && !gate.complaints.length && isMet(name, figures) };
}

function wordsOf(f) {
  const words = [];
  if ('stills' in f) words.push(`${f.stills} stills of ${f.pages} pages on the thin line, the first after ${seconds(f.firstMs)} s, the others within ${seconds(f.pageMs)} s; video ${seconds(f.videoMs)} s after`);
  if ('settledMs' in f) words.push(`nothing older than 1.2 s under way after ${seconds(f.settledMs)} s`);
  if ('voiceBackMs' in f) words.push(`voice ${seconds(f.voiceBackMs)} s and pictures ${seconds(f.pictureBackMs)} s after the link`);
  for (const h of f.holes) words.push(`${number(h.ms)} ms of the voice missing at ${seconds(h.atMs)} s`);
  return words.join('; ');
}

const cells = ({ title, figures: f, complaints, isMet }) => (f
  ? [title, number(f.voicePercent, 2), `${number(f.lateP50Ms)} / ${number(f.lateP99Ms)}`, wordsOf(f) + (complaints.length ? `; ${complaints[0]}` : ''), isMet ? 'met' : 'MISSED']
  : [title, '-', '-', 'FAILED', 'MISSED']);
if (run.names.length) print(['uplink', 'voice %', 'late p50 / p99 ms', 'pictures', 'targets'], Object.values(rows).map(cells));

let cpu;
if (existsSync(join(folder, 'cpu.json'))) {
  const runs = run.read('cpu.json'), mean = (list) => list.reduce((sum, n) => sum + n / list.length, 0);
  cpu = { runs };
  print(['a camera of 640 x 360 at 15 frames', '% of a core, the whole browser, in turn', 'mean', 'frames/s'], [...new Set(runs.map((r) => r.way))].map((way) => {
    const of = runs.filter((r) => r.way === way), percents = of.map((r) => r.cpuPercent);
    return [way, percents.map((n) => number(n, 1)).join(', '), number(mean(percents), 1), number(mean(of.map((r) => r.fps)), 1)];
  }));
}
console.log(`${about.cores} cores, ${about.busyPercent} % busy, congestion control ${about.congestion}.`);
writeFileSync(out, JSON.stringify({ about, rows, cpu }, null, 1));
process.exitCode = Object.values(rows).some((r) => !r.isMet) ? 3 : 0;
