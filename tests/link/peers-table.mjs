// peers-table.mjs FOLDER OUT.json: what came of each server's voice on each link, in one table.

import { readdirSync, writeFileSync } from 'node:fs';
import { clockOf, judge } from './judge.mjs';
import { scheduleOf } from './profile.mjs';
import { number, print, Run, seconds } from './report.mjs';

const HEAD = ['link', 'server', 'played %', 'came %', 'silent s', 'hole s', '>.5s', 'late p50', 'p99', 'most', 'kbit/s', 'sound s'];
const [folder, out] = process.argv.slice(2);
const run = new Run(folder);
const names = readdirSync(folder).filter((f) => f.endsWith('.seen.json')).map((f) => f.slice(0, -'.seen.json'.length)).sort();
// icecast2 counts from each listener's own beginning: there, late is against its own best arrival.
const HAS_OWN_CLOCK = 'icecast2';
const clocks = {};
for (const name of names.filter((n) => n.startsWith('good@'))) clocks[name.split('@')[1]] = clockOf(run.read(name + '.seen.json'));

const results = {};
const rows = names.map((name) => {
  const [link, server] = name.split('@'), { zero, counts } = run.linkOf(name);
  const seen = run.read(name + '.seen.json'), clock = server === HAS_OWN_CLOCK ? clockOf(seen) : clocks[server];
  const f = judge(seen, { clock, link: counts, schedule: scheduleOf(run.profileOf(name), zero), settled: [] });
  results[name] = f;
  return [link, server, number(f.playedPercent, 1), number(f.receivedPercent, 1), seconds(f.silentMs), seconds(f.holeMs), `${f.holes}`, seconds(f.lateP50Ms),
    seconds(f.lateP99Ms), seconds(f.lateMostMs), number(f.kbps, 1), seconds(f.firstSoundMs)];
});
print(HEAD, rows);
results.about = run.read('about.json');
writeFileSync(out, JSON.stringify(results, null, 1));
