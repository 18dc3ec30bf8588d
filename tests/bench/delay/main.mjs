// main.mjs HTTP_PORT RTMP_PORT BEEPS FOLDER [page]: delay from the teacher's clock to sound and picture in the watch page. The teacher is an
// ordinary encoder, or with `page` a browser at the teach page.

import { createRequire } from 'node:module';
import { browserPath } from '../../../client-web/test/browser.mjs';
import { PageSource, writeBeeps } from './page-source.mjs';
import { installEar, PITCHES } from './pitch.mjs';
import { listen, tapSocket } from './probe.mjs';
import { encoderDelays, Source } from './source.mjs';

const { chromium } = createRequire(new URL('../../../client-web/package.json', import.meta.url))('playwright-core');
const [http, rtmp, wanted] = process.argv.slice(2, 5).map(Number), wav = process.argv[5] + '/beeps.wav', isPage = process.argv[6] === 'page';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--use-file-for-fake-audio-capture=' + wav];
/** The player begins with caution and rungs are climbed: what counts is the lesson after that. */
const SETTLE_MS = 20000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const row = (what, values) => console.log(what.padEnd(58) + [0.5, 0.95, 1].map((p) =>
  (values.length ? percentile(values, p).toFixed(0) : '-').padStart(8)).join('') + String(values.length).padStart(8));

/** A delay may be longer than the time between two beeps, and beeps may be missed: the pitch tells which is which. */
function pair(beeps, noticed) {
  return noticed.flatMap((n) => {
    const from = beeps.filter(({ at, pitch }) => at < n.at && pitch === n.pitch).at(-1);
    return from ? [{ ...n, from: from.at }] : [];
  });
}

/** Flashes are all alike; their times apart never are. */
function pairFlashes(beeps, noticed) {
  for (let shift = 0; shift < 6; shift++) {
    const pairs = noticed.map((n, i) => ({ from: beeps[i + shift]?.at, ...n })).filter(({ from }) => from !== undefined);
    const steps = pairs.slice(1).map((p, i) => Math.abs((p.at - pairs[i].at) - (p.from - pairs[i].from)));
    const isPlausible = pairs.length > 2 && pairs.every(({ at, from }) => at > from);
    if (isPlausible && percentile(steps, 0.5) < 60) return pairs;
  }
  return [];
}

async function watch(browser) {
  const context = await browser.newContext({ bypassCSP: true, locale: 'en' });
  const page = await context.newPage();
  await page.addInitScript(installEar, PITCHES);
  await page.addInitScript(tapSocket);
  await page.goto(`http://127.0.0.1:${http}/watch/delay`);
  await page.click('#enter');
  await page.evaluate(listen);
  return page;
}

/** Where the time of each beep went: until its bundle was in the page, and in the player. */
function split(pairs, bundles) {
  const clock = percentile(pairs.map(({ from, pts }) => from - pts), 0.5); // wall time of session time 0
  const parts = { coded: [], bundled: [], played: [] };
  for (const { from, at } of pairs) {
    const pts = from - clock;
    const i = bundles.findIndex((b, k) => bundles[k + 1] && b.pts <= pts && bundles[k + 1].pts > pts);
    if (i < 0) continue;
    const end = bundles[i + 1].pts;
    parts.coded.push(bundles[i].at - (clock + end));
    parts.bundled.push(end - pts);
    parts.played.push(at - bundles[i].at);
  }
  return parts;
}

const teacher = isPage ? 'microphone' : 'encoder';
if (isPage) writeBeeps(wav);
const alone = isPage ? [] : await encoderDelays(6);
const browser = await chromium.launch({ executablePath: browserPath.chromium, args: ARGS, ignoreDefaultArgs: ['--mute-audio'] });
const source = isPage ? await PageSource.open(browser, `http://localhost:${http}/teach#k=delay-stream-key`)
  : new Source(`rtmp://127.0.0.1:${rtmp}/live/delay-stream-key`);
try {
  await wait(1500);
  const page = await watch(browser);
  await wait(SETTLE_MS);
  const begin = Date.now();
  await page.evaluate(() => { window.probe.beeps.length = window.probe.flashes.length = 0; });
  while (source.beeps.filter(({ at }) => at > begin).length < wanted + 3) await wait(200);
  await wait(3000);
  const { probe, player } = await page.evaluate(() => ({ probe: window.probe, player: JSON.parse(JSON.stringify(window.airclass)) }));
  const heard = pair(source.beeps, probe.beeps).slice(0, wanted), seen = pairFlashes(source.beeps.filter(({ at }) => at > begin - 3000), probe.flashes);
  const parts = split(heard, probe.bundles);
  console.log(''.padEnd(58) + ['p50', 'p95', 'max', 'n'].map((h) => h.padStart(8)).join(''));
  row(`${teacher}'s clock to sound in the page, ms`, heard.map(({ at, from }) => at - from));
  row(isPage ? '  teach page, server and worker, to the page' : '  encoder, RTMP, server and worker, to the page', parts.coded);
  if (!isPage) row('    of that the encoder alone', alone);
  row('  waiting for the rest of the bundle', parts.bundled);
  row('  player: from the bundle\'s arrival to its sound', parts.played);
  if (!isPage) row('encoder\'s clock to a new picture in the page, ms', seen.map(({ at, from }) => at - from));
  console.log(`the page: rung ${player.rung}, picture ${player.picture}, target ${player.targetMs} ms, stalls ${player.voiceStalls}`);
  console.log('each, in order: ' + heard.map(({ at, from }) => (at - from).toFixed(0)).join(' '));
  console.log(`heard=${heard.length}\np50=${heard.length ? percentile(heard.map(({ at, from }) => at - from), 0.5).toFixed(0) : 99999}`);
} finally {
  source.stop();
  await browser.close();
}
process.exit(0);
