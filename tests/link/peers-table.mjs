// peers-table.mjs FOLDER OUT.json: what came of each server's voice on each link, in one table. A viewer's name is ROW@SERVER;
// good+LESSON@SERVER sat on a good link all the time.

import { writeFileSync } from 'node:fs';
import { clockOf, judge } from './judge.mjs';
import { number, print, Run, seconds } from './report.mjs';

const HEAD = ['link', 'server', 'played %', 'came %', 'silent s', 'hole s', 'late p50 / p99 / most s', 'kbit/s', 'sound s'];
const [folder, out] = process.argv.slice(2);
const run = new Run(folder);
// icecast2 counts from each listener's own beginning: there, late is against its own best arrival.
const HAS_OWN_CLOCK = 'icecast2';

const results = { about: run.read('about.json') };
const rows = run.names.map((name) => {
  const [link, server] = name.split('@'), row = run.row(link), seen = run.seen(name);
  if (!seen) return [row.title, server, ...Array(HEAD.length - 3).fill('-'), 'FAILED'];
  const clock = clockOf(server === HAS_OWN_CLOCK ? seen : run.seen(`good+${row.lesson}@${server}`));
  const f = judge(seen, { clock, ...run.linkOf(name, row), settled: [] });
  results[name] = f;
  return [row.title, server, number(f.playedPercent, 1), number(f.receivedPercent, 1), seconds(f.silentMs), seconds(f.holeMs),
    [f.lateP50Ms, f.lateP99Ms, f.lateMostMs].map(seconds).join(' / '), number(f.kbps, 1), seconds(f.firstSoundMs)];
});
print(HEAD, rows);
writeFileSync(out, JSON.stringify(results, null, 1));
