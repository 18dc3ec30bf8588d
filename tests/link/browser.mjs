// A real Chromium behind the link: opens the page, taps, and is asked what it hears (window.airclass).
//   node browser.mjs --url PAGE_URL --seconds N --out FILE

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from './page.mjs';

const SAMPLE_MS = 250, START_MS = 10000, PAGE_MS = 60000;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync'];

const { values: o } = parseArgs({ options: Object.fromEntries(['url', 'seconds', 'out'].map((name) => [name, { type: 'string' }])) });

async function sample(page) {
  const a = await page.evaluate(() => {
    const w = window.airclass;
    return w && { clock: w.voiceClockMs, stalls: w.voiceStalls, rung: w.rung, bytes: w.bytes, stills: w.stillsShown, frames: w.framesShown, picture: w.picture };
  });
  return a && { at: Date.now(), ...a };
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
  for (const s of samples) if (s.rung) shares[s.rung] = (shares[s.rung] || 0) + 100 / samples.length;
  return shares;
}

function figuresOf(samples, startedAt) {
  const sounded = samples.find((s, i) => s.clock > 0 && i > 0 && s.clock > samples[i - 1].clock);
  const counted = samples.filter((s) => sounded && s.at >= sounded.at + START_MS);
  const holes = holesOf(counted), last = samples.at(-1), skipped = holes.filter((h) => h.kind === 'skip').reduce((sum, h) => sum + h.ms, 0);
  const lasted = counted.length > 1 ? counted.at(-1).clock - counted[0].clock : 0;
  const shares = sharesOf(samples);
  return {
    firstSoundMs: (sounded?.at ?? Infinity) - startedAt,
    firstStillMs: (samples.find((s) => s.stills > 0 || s.frames > 0)?.at ?? Infinity) - startedAt,
    playedPercent: lasted ? (lasted - skipped) / lasted * 100 : 0,
    holeMs: Math.max(0, ...holes.map((h) => h.ms)), holes: holes.filter((h) => h.ms > 500).length,
    stalls: last.stalls, rungShares: shares, changes: samples.filter((s, i) => i > 0 && s.rung !== samples[i - 1].rung).length,
    meterBytes: last.bytes, measuredMs: last.at - startedAt, stillsShown: last.stills, framesShown: last.frames,
  };
}

const browser = await chromium().launch({ executablePath: '/usr/bin/chromium', args: ARGS, ignoreDefaultArgs: ['--mute-audio'] });
const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage();
const startedAt = Date.now(), samples = [];
await page.goto(o.url, { waitUntil: 'commit', timeout: PAGE_MS });
await page.click('#enter', { timeout: PAGE_MS });
const tappedAt = Date.now();
while (Date.now() - startedAt < Number(o.seconds) * 1000) {
  const s = await sample(page);
  if (s) samples.push(s);
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
}
await browser.close();
writeFileSync(o.out, JSON.stringify({ isBrowser: true, startedAt, tappedAt, figures: figuresOf(samples, startedAt), samples }));
process.exit(0);
