// table.mjs FOLDER OUT.json: judges what the viewers of one run wrote into FOLDER and prints one table.

import { readdirSync, writeFileSync } from 'node:fs';
import { clockOf, judge, missed } from './judge.mjs';
import { scheduleOf } from './profile.mjs';
import { number, print, Run, seconds } from './report.mjs';

const [folder, out] = process.argv.slice(2);
const run = new Run(folder);

const UNIT = { played: '%', video: '%' };
const say = ({ name, value, limit }) =>
  `${name} ${UNIT[name] ? number(value, 1) + UNIT[name] : seconds(value) + ' s'} (${UNIT[name] ? limit + '%' : seconds(limit) + ' s'})`;

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

const names = readdirSync(folder).filter((f) => f.endsWith('.seen.json')).map((f) => f.slice(0, -'.seen.json'.length)).sort();
const clock = clockOf(run.read('good.seen.json'));
const settled = [...new Set(run.read('good-stills.seen.json').stills.map((s) => s.pts))].sort((a, b) => a - b);
const results = {};
const rows = names.map((name) => {
  const profile = run.profileOf(name), { zero, counts } = run.linkOf(name), seen = run.read(name + '.seen.json');
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
print(HEAD, rows);
results.about = run.read('about.json');
writeFileSync(out, JSON.stringify(results, null, 1));
process.exitCode = Object.values(results).some((r) => r.missed?.length) ? 3 : 0;
