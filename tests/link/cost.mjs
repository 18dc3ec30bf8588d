// cost.mjs FOLDER: what a lesson cost the pupil `headless` and the Chromium `chromium` on the wire, by what it was for, and for 40 minutes.

import { number, print, Run } from './report.mjs';

const LESSON_S = 2400;
const run = new Run(process.argv[2]);
const sum = (values) => values.reduce((a, b) => a + b, 0);
const wireOf = (link) => link.down.portBytes + link.up.portBytes;

const seen = run.seen('headless'), browser = run.seen('chromium');
const row = run.row('good-stills');
const wire = wireOf(run.linkOf('headless', row).link), flows = run.linkOf('chromium', row).link.flows.map((f) => f.bytes);
const lessonOfBrowser = Math.max(...flows), page = sum(flows) - lessonOfBrowser;
const seconds = (seen.endedAt - seen.startedAt) / 1000;

const { voice, video, still, all } = seen.bytes;
const parts = { voice, stills: still, 'moving pictures': video, control: all - voice - still - video, 'headers and acknowledgements': wire - all };
const kB = (bytes) => number(bytes / 1000, 1), MB = (bytes) => number(bytes / 1e6, 2);
const rowOf = (name, bytes, times, words = '') => [name, kB(bytes), number(bytes * 8 / seconds / 1000, 2), MB(bytes * times), words];

const times = LESSON_S / seconds;
print(['for', `kB in ${number(seconds)} s`, 'kbit/s', 'MB in 40 minutes', ''], [
  ...Object.entries(parts).filter(([, bytes]) => bytes).map(([name, bytes]) => rowOf(name, bytes, times)),
  ['the page, once', kB(page), '-', MB(page), `${flows.length - 1} connections`],
  ['all', kB(wire + page), number(wire * 8 / seconds / 1000, 2), MB(wire * times + page), ''],
]);
const whole = seen.stills.length;
console.log(`${whole} stills, ${number(whole / seconds * 60, 1)} a minute, ${kB(sum(seen.stills.map((s) => s.total)) / whole)} kB each on average, of pages that are drawn upon;`);
console.log(`the lesson turns ${number(5 / 63.08 * 60, 1)} pages a minute. Chromium's lesson was ${kB(lessonOfBrowser)} kB, ${number((lessonOfBrowser / wire - 1) * 100, 1)} % against the headless pupil's;`);
console.log(`its counter said ${kB(browser.figures.meterBytes)} of ${kB(sum(flows))} kB. Rungs: ${[...new Set(seen.rungs.map((r) => r.rung))].join(' ')}.`);
