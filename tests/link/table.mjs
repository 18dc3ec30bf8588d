// table.mjs FOLDER OUT.json: judges what the viewers of one run wrote into FOLDER and prints one table.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clockOf, judge, missed } from './judge.mjs';
import { readProfile, scheduleOf } from './profile.mjs';

const [folder, out] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const profileOf = (name) => readProfile(join(folder, '..', '..', '..', 'tests', 'link', 'profiles', name.replace(/\+.*/, '')));
const number = (v, digits = 0) => (Number.isFinite(v) ? v.toFixed(digits) : '-');
const seconds = (ms) => number(ms / 1000, 1);

const UNIT = { played: '%', video: '%' };
const say = ({ name, value, limit }) =>
  `${name} ${UNIT[name] ? number(value, 1) + UNIT[name] : seconds(value) + ' s'} (${UNIT[name] ? limit + '%' : seconds(limit) + ' s'})`;

function linkOf(name) {
  const lines = readFileSync(join(folder, name + '.link'), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
  return { zero: lines[0].startedAt, counts: lines[1] };
}

const rungText = (shares) => Object.entries(shares).sort().map(([r, share]) => `${r} ${number(share)}%`).join(' ');

function rowOf(name, f, verdict) {
  const steps = f.steps?.map((s) => `step: ${s.rung || '?'} after ${seconds(s.fitsAfterMs)} s, worst ${seconds(s.worstMs)} s, calm after ${seconds(s.calmAfterMs)} s`) || [];
  const returns = f.returnsMs?.map((r) => `live ${seconds(r)} s after the link`) || [];
  return [name, number(f.playedPercent, 1), number(f.receivedPercent, 1), seconds(f.holeMs), `${f.holes}`, seconds(f.lateP50Ms), seconds(f.lateP99Ms),
    seconds(f.lateMostMs), seconds(f.earP50Ms), f.stills ? `${f.stills}: ${seconds(f.stillP50Ms)}/${seconds(f.stillMostMs)}` : '-', `${seconds(f.oldP50Ms)}/${seconds(f.oldP95Ms)}`, number(f.kbps, 1),
    number(f.meterErrorPercent, 1), seconds(f.firstSoundMs), `${rungText(f.rungShares)} (${f.changes})`, [...steps, ...returns, ...verdict].join('; ')];
}

const HEAD = ['link', 'played %', 'came %', 'hole s', '>.5s', 'late p50', 'p99', 'most', 'ear p50', 'stills p50/most', 'old p50/p95', 'kbit/s', 'meter %', 'sound s',
  'rungs (changes)', 'verdict'];

function print(rows) {
  const widths = HEAD.map((h, i) => (i === HEAD.length - 1 ? 0 : Math.max(h.length, ...rows.map((r) => r[i].length))));
  for (const row of [HEAD, ...rows]) console.log(row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
}

const names = readdirSync(folder).filter((f) => f.endsWith('.seen.json')).map((f) => f.slice(0, -'.seen.json'.length)).sort();
const clock = clockOf(read('good.seen.json'));
const settled = [...new Set(read('good-stills.seen.json').stills.map((s) => s.pts))].sort((a, b) => a - b);
const results = {};
const rows = names.map((name) => {
  const profile = profileOf(name), { zero, counts } = linkOf(name), seen = read(name + '.seen.json');
  const schedule = scheduleOf(profile, zero);
  const f = seen.isBrowser ? seen.figures : judge(seen, { clock, link: counts, schedule, settled });
  if (seen.isBrowser) {
    f.wireBytes = counts.down.portBytes + counts.up.portBytes;
    f.meterErrorPercent = (f.meterBytes / f.wireBytes - 1) * 100;
    f.kbps = counts.down.portBytes * 8 / f.measuredMs;
  }
  const targets = Object.fromEntries(Object.entries(profile.targets).filter(([t]) => !seen.isBrowser || t in { played: 1, hole: 1, sound: 1, slide: 1 }));
  const misses = missed(f, targets);
  results[name] = { title: profile.title, targets, missed: misses, ...f };
  const verdict = misses.length ? misses.map((m) => 'MISSED ' + say(m)) : Object.keys(targets).length ? ['met'] : [];
  if (seen.isBrowser) verdict.unshift(`first slide ${seconds(f.firstStillMs)} s, stalls ${f.stalls}`);
  return rowOf(name, f, verdict);
});
print(rows);
if (existsSync(join(folder, 'about.json'))) results.about = read('about.json');
writeFileSync(out, JSON.stringify(results, null, 1));
process.exitCode = Object.values(results).some((r) => r.missed?.length) ? 3 : 0;
