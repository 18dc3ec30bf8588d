// The ear without sound, which is the page's own voice: what it calls silence and what it calls left out.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bundlePage, loadPage } from '../../link/page.mjs';

const BUNDLE_MS = 300, PACKETS = 5, CONFIG = { codec: 0, channels: 1, packetSamples: 2880, rate: 48000, asc: new Uint8Array(0) };
let page, folder, now;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'airclass-ear-'));
  await bundlePage(join(folder, 'page.mjs'));
  page = await loadPage(join(folder, 'page.mjs'));
  Object.defineProperty(performance, 'now', { value: () => now });
});
after(() => rmSync(folder, { recursive: true }));

/** Hears `seconds` of a lesson whose bundle of `pts` comes `late(pts)` ms late; undefined: never. Bundles keep their order. */
function listen(seconds, late = () => 0) {
  const ear = new page.Ear(), bundles = [];
  for (let pts = 0, at = 0; pts < seconds * 1000; pts += BUNDLE_MS) {
    const ms = late(pts);
    if (ms === undefined) continue;
    at = Math.max(at, 1000 + pts + BUNDLE_MS + ms);
    bundles.push({ at, ptsMs: pts, packets: Array(PACKETS).fill(new Uint8Array(20)) });
  }
  for (now = 1000; now < 1000 + seconds * 1000; now += 10) {
    for (; bundles.length && bundles[0].at <= now; bundles.shift()) ear.push(bundles[0], CONFIG, now);
    ear.tick(now);
  }
  return ear;
}
const silences = (ear) => ear.holes.filter((h) => h.kind === 'silence');
const within = (value, least, most) => assert.ok(value >= least && value <= most, `${value} is not in ${least}..${most}`);

test('voice that comes in time is heard without a hole, a little behind', () => {
  const ear = listen(30);
  assert.deepEqual(ear.holes, []);
  within(ear.soundedAt, 1000 + 450, 1000 + 1000);
  within(ear.heardMs, 28500, 30000);
  within(30000 - ear.place, 0, 1500);
});

test('a stall longer than what is buffered is silence, as long as what it lacked', () => {
  const ear = listen(40, (pts) => (pts >= 20000 && pts < 23000 ? 23000 - pts : 0));
  assert.equal(silences(ear).length, 1);
  within(silences(ear)[0].ms, 1500, 3300);
  within(silences(ear)[0].at, 1000 + 20000, 1000 + 22000);
});

test('a stall shorter than what is buffered is not heard', () => {
  const ear = listen(60, (pts) => (pts % 3000 === 0 ? 1200 : 0)); // often enough for the player to prepare for it
  assert.deepEqual(silences(ear).filter((h) => h.at > 1000 + 20000), []);
});

test('a part of the lesson that never comes is left out, after a silence', () => {
  const ear = listen(40, (pts) => (pts >= 20000 && pts < 25000 ? undefined : 0));
  const skips = ear.holes.filter((h) => h.kind === 'skip');
  assert.equal(skips.length, 1);
  within(skips[0].ms, 4700, 5400);
  assert.ok(silences(ear).length > 0);
  within(ear.heardMs + skips[0].ms, ear.place - 50, ear.place + 50);
});

test('what was heard and what was silent make up the time since the first sound', () => {
  const ear = listen(50, (pts) => (pts > 20000 && pts < 24000 ? 4000 : pts % 7 * 50));
  const silent = silences(ear).reduce((sum, h) => sum + h.ms, 0);
  within(ear.heardMs + silent, (51000 - ear.soundedAt) * 0.97, (51000 - ear.soundedAt) * 1.05);
});
