// A real Chromium behind the link: opens the page, taps, and is asked what it hears (window.airclass).
//   node browser.mjs --url PAGE_URL [--mode auto] --seconds N --out FILE

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from './page.mjs';

const SAMPLE_MS = 250, START_MS = 10000, PAGE_MS = 60000;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync'];

const { values: o } = parseArgs({ options: Object.fromEntries(['url', 'mode', 'seconds', 'out'].map((name) => [name, { type: 'string' }])) });

/** The element and the stage are there from the beginning; window.airclass comes with a later part. */
async function sample(page) {
  const s = await page.evaluate(() => {
    const w = window.airclass || {}, audio = document.getElementById('voice'), stage = document.getElementById('stage');
    return { clock: audio ? audio.currentTime * 1000 : 0, picture: stage && stage.dataset.picture, stalls: w.voiceStalls || 0, rung: w.rung,
      bytes: w.bytes || 0, stills: w.stillsShown || 0, frames: w.framesShown || 0 };
  });
  return { at: Date.now(), ...s };
}

/** As the headless viewer counts them: a clock that stands still is silence, one that leaps is a skip. */
function holesOf(samples) {
  const holes = [];
  for (let i = 1; i < samples.length; i++) {
    const wall = samples[i].at - samples[i - 1].at, moved = samples[i].clock - samples[i - 1].clock;
    if (moved > wall * 1.06 + 150) holes.push({ at: samples[i].at, ms: moved - wall, kind: 'skip' });
    else if (moved < wall * 0.5) {
      const last = holes.at(-1);
      if (last?.kind === 'silence' && last.to === samples[i - 1].at) Object.assign(last, { to: samples[i].at, ms: last.ms + wall - moved });
      else holes.push({ at: samples[i - 1].at, to: samples[i].at, ms: wall - moved, kind: 'silence' });
    }
  }
  return holes;
}

function sharesOf(samples) {
  const shares = {};
  const known = samples.filter((s) => s.rung);
  for (const s of known) shares[s.rung] = (shares[s.rung] || 0) + 100 / known.length;
  return shares;
}

function figuresOf(samples, startedAt, tappedAt) {
  // Its clock is the lesson's: the first leap to where the lesson is makes no sound yet.
  const sounded = samples.find((s, i) => i > 0 && samples[i - 1].clock > 0 && s.clock > samples[i - 1].clock && s.clock < samples[i - 1].clock + 2 * SAMPLE_MS);
  const counted = samples.filter((s) => sounded && s.at >= sounded.at + START_MS);
  const holes = holesOf(counted), last = samples.at(-1), skipped = holes.filter((h) => h.kind === 'skip').reduce((sum, h) => sum + h.ms, 0);
  const lasted = counted.length > 1 ? counted.at(-1).clock - counted[0].clock : 0;
  const shares = sharesOf(samples);
  return {
    tappedMs: tappedAt - startedAt,
    firstSoundMs: (sounded?.at ?? Infinity) - startedAt,
    firstStillMs: (samples.find((s) => s.picture === 'still' || s.picture === 'video')?.at ?? Infinity) - startedAt,
    playedPercent: lasted ? (lasted - skipped) / lasted * 100 : 0,
    holeMs: Math.max(0, ...holes.map((h) => h.ms)), holes: holes.filter((h) => h.ms > 500).length,
    stalls: last.stalls, rungShares: shares, changes: samples.filter((s, i) => i > 0 && samples[i - 1].rung && s.rung !== samples[i - 1].rung).length,
    meterBytes: last.bytes, measuredMs: last.at - startedAt, stillsShown: last.stills, framesShown: last.frames,
  };
}

const browser = await chromium().launch({ executablePath: '/usr/bin/chromium', args: ARGS, ignoreDefaultArgs: ['--mute-audio'] });
const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage();
await page.addInitScript((mode) => localStorage.setItem('airclass.mode', mode), o.mode || 'auto');
const startedAt = Date.now(), samples = [];
await page.goto(o.url, { waitUntil: 'commit', timeout: PAGE_MS });
await page.click('#enter', { timeout: PAGE_MS });
const tappedAt = Date.now();
while (Date.now() - startedAt < Number(o.seconds) * 1000) {
  samples.push(await sample(page));
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
}
await browser.close();
writeFileSync(o.out, JSON.stringify({ startedAt, figures: figuresOf(samples, startedAt, tappedAt), samples }));
process.exit(0);
