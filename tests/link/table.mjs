// table.mjs FOLDER OUT.json: judges what the viewers of one run wrote into FOLDER and prints one table, with the worst
// of each figure of a row's runs. A viewer's name is ROW.SEED; good+LESSON and good-stills+LESSON sat on good
// links all the time. Ends with 3 when a target was missed.

import { writeFileSync } from 'node:fs';
import { clockOf, judge, missed, wireFigures, worstOf } from './judge.mjs';
import { number, print, Run, seconds } from './report.mjs';

const HEAD = ['link', 'runs', 'played %', 'hole s', 'late p50 / p99 / most s', 'slide p50 / most s', 'moving / R5+ %', 'kbit/s', 'meter %', 'sound s', 'rungs %',
  'targets'];
const [folder, out] = process.argv.slice(2);
const run = new Run(folder), about = run.read('about.json');

/** What those on good links of a lesson tell about the others: the clock, and which slides there were. */
const lessons = {};
function lessonOf(name) {
  return (lessons[name] ||= {
    clock: clockOf(run.seen(`good+${name}`)),
    settled: [...new Set(run.seen(`good-stills+${name}`).stills.map((s) => s.pts))].sort((a, b) => a - b),
  });
}

function figuresOf(name, row) {
  const seen = run.seen(name);
  if (!seen) return undefined;
  const { schedule, link } = run.linkOf(name, row);
  if (row.isBrowser) return { ...seen.figures, ...wireFigures(link, seen.figures.meterBytes, seen.figures.measuredMs) };
  return judge(seen, { ...lessonOf(row.lesson), link, schedule });
}

function resultOf(name) {
  const row = run.row(name), isControl = run.names.includes(name);
  const names = isControl ? [name] : run.names.filter((n) => n.replace(/\.\d+$/, '') === name);
  const runs = names.map((n) => figuresOf(n, row)).filter((f) => f);
  const worst = runs.length ? worstOf(runs) : { rungShares: {} };
  return { title: row.title, targets: row.targets, isControl, failed: names.length - runs.length, missed: missed(worst, row.targets), worst, runs };
}

const isShare = (name) => name === 'played' || name === 'video';
const amount = (name, v) => (isShare(name) ? `${number(v, 1)} %` : `${seconds(v)} s`);
const missText = ({ name, value, limit, isLeast }) => `${name} ${amount(name, value)} (${isLeast ? '≥' : '≤'} ${amount(name, limit)})`;

function verdictOf({ targets, failed, missed: misses, worst: w }) {
  const words = [];
  if ('stepMs' in w) words.push(`rung fits after ${seconds(w.stepMs)} s, calm after ${seconds(w.calmMs)} s`);
  if ('returnMs' in w) words.push(`live ${seconds(w.returnMs)} s after the link`);
  if ('tappedMs' in w) words.push(`first slide ${seconds(w.firstStillMs)} s, tapped at ${seconds(w.tappedMs)} s`);
  if (failed) words.push(`FAILED: ${failed} runs`);
  if (misses.length) words.push(`MISSED: ${misses.map(missText).join(', ')}`);
  else if (Object.keys(targets).length && !failed) words.push('met');
  return words.join('; ') || '-';
}

const list = (...values) => (values.some(Number.isFinite) ? values.map(seconds).join(' / ') : '-');

function cellsOf(result) {
  const w = result.worst;
  const rungs = Object.entries(w.rungShares).sort().map(([rung, share]) => `${rung} ${number(share)}`).join(' ');
  return [result.title, `${result.runs.length}`, number(w.playedPercent, 1), seconds(w.holeMs), list(w.lateP50Ms, w.lateP99Ms, w.lateMostMs),
    list(w.slideP50Ms, w.slideMostMs), 'movingPercent' in w ? `${number(w.movingPercent)} / ${number(w.goodVideoPercent)}` : '-', number(w.kbps, 1),
    number(w.meterErrorPercent, 1), seconds(w.firstSoundMs), rungs || '-', verdictOf(result)];
}

const results = Object.fromEntries([...new Set(run.names.map((n) => n.replace(/\.\d+$/, '')))].map((name) => [name, resultOf(name)]));
const all = Object.values(results);
print(HEAD, [...all.filter((r) => !r.isControl), ...all.filter((r) => r.isControl)].map(cellsOf));
console.log(`Worst of each figure; rungs are the mean. ${about.cores} cores, ${about.busyPercent} % busy, congestion control ${about.congestion}, seeds from ${about.seed}.`);
if (all.some((r) => r.isControl && r.missed.length)) console.log('The good links missed their own targets: the machine was too busy, and what is above is its doing as well.');
writeFileSync(out, JSON.stringify({ about, rows: results }, null, 1));
process.exitCode = all.some((r) => r.missed.length || r.failed) ? 3 : 0;
