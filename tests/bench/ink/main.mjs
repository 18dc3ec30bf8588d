// main.mjs HTTP_PORT PAD_SCRIPT STROKES: from the teacher's pen to the pupil's screen. A real pad in one browser, a pupil's page in another,
// the server between them; the teacher's connection sends voice every 120 ms and ink at once, as the teach page does.

import { readFileSync } from 'node:fs';
import { chromium } from '../../../client-web/test/browser.mjs';

const [http, script, wanted] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])];
process.env.ROOT = new URL('../../..', import.meta.url).pathname;
const { INK, PageTeacher, unit } = await import('../../e2e/lib/page-teacher.mjs');
const { ALL, Pupil } = await import('../../e2e/lib/pupil.mjs');

const SETTLE_MS = 20000, DELTA = 2, BUNDLE_MS = 120;
const COLUMNS = 10, ROWS = 12;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const row = (what, values) => console.log(`| ${what} | ${[0.5, 0.9, 1].map((p) => (values.length ? percentile(values, p).toFixed(0) : '-')).join(' | ')} | ${values.length} |`);

/** In the pupil's page: when is there ink at each place? */
function watchPlaces() {
  window.places = [];
  window.seen = [];
  const look = () => {
    const canvas = document.querySelector('.stage canvas');
    if (canvas && !canvas.hidden && window.places.length) {
      const scale = Math.min(canvas.width / 4096, canvas.height / 2304), context = canvas.getContext('2d');
      window.places = window.places.filter(({ name, x, y }) => {
        const [red, , , alpha] = context.getImageData(Math.round(canvas.width / 2 + (x - 2048) * scale), Math.round(canvas.height / 2 + (y - 1152) * scale), 1, 1).data;
        const isThere = alpha > 200 && red < 120;
        if (isThere) window.seen.push({ name, at: Date.now(), clock: window.airclass.voiceClockMs });
        return !isThere;
      });
    }
    requestAnimationFrame(look);
  };
  look();
}

async function openPad(browser, onbatch) {
  const page = await browser.open('about:blank', { viewport: { width: 960, height: 540 } });
  await page.exposeFunction('sendInk', onbatch);
  await page.setContent('<canvas id="pad" style="position:fixed;left:0;top:0;width:960px;height:540px"></canvas>');
  await page.addScriptTag({ content: readFileSync(script, 'utf8') });
  await page.evaluate(() => {
    const canvas = document.getElementById('pad');
    window.touched = [];
    for (const type of ['pointerdown', 'pointermove']) canvas.addEventListener(type, (e) => e.buttons && window.touched.push({ x: e.clientX, y: e.clientY, at: Date.now() }), true);
    const pad = (window.pad = new window.airclass_pad.Pad(canvas));
    pad.width = 40;
    pad.onink((batch) => void window.sendInk([...batch]));
    pad.setBase('blank');
  });
  return page;
}

const server = { port: http };
const teacher = await PageTeacher.join(server, { lesson: 'ink', key: 'ink-stream-key' });
const tap = await Pupil.join(server, { lesson: 'ink', can: [...ALL, 'ink'], name: 'tap' });
const offsets = [];
let lastPts = 0;
tap.ink.take = ({ kind, pts, body }) => kind === DELTA && offsets.push({ pts, key: body.toString('hex') });
const sent = new Map();
teacher.teach({ video: false, bundleMs: BUNDLE_MS });
const browser = await chromium();
try {
  const pupil = await browser.open(`http://127.0.0.1:${http}/watch/ink`, { locale: 'en' });
  await pupil.click('#enter');
  const pad = await openPad(browser, (list) => {
    const batch = Buffer.from(list);
    lastPts = Math.max(teacher.studio.clockMs, lastPts + 1);
    sent.set(batch.toString('hex'), { pts: lastPts, at: Date.now() });
    teacher.send(unit(INK, DELTA, lastPts, batch));
  });
  await wait(SETTLE_MS);
  await pupil.evaluate(watchPlaces);
  const drawn = [];
  for (let i = 0; i < wanted; i++) {
    const x = 60 + (i % COLUMNS) * 88, y = 40 + Math.floor(i / COLUMNS) % ROWS * 40;
    await pad.mouse.move(x, y);
    await pupil.evaluate(([name, px, py]) => window.places.push({ name: name + 'a', x: px, y: py }, { name: name + 'b', x: px + 40 * 4096 / 960, y: py }), [String(i), x * 4096 / 960, y * 4096 / 960]);
    await pad.evaluate(() => (window.touched = []));
    await pad.mouse.down();
    for (let step = 1; step <= 8; step++) {
      await pad.mouse.move(x + step * 6, y);
      await wait(20);
    }
    await pad.mouse.up();
    const touched = await pad.evaluate(() => window.touched);
    drawn.push({ name: `${i}a`, at: touched[0].at }, { name: `${i}b`, at: touched.find((t) => t.x >= x + 40).at });
    await wait(150 + (i * 137) % 400);
  }
  await wait(4000);
  const seen = await pupil.evaluate(() => window.seen), facts = await pupil.evaluate(() => JSON.parse(JSON.stringify(window.airclass)));
  const pairs = drawn.flatMap(({ name, at }) => seen.filter((s) => s.name === name).map((s) => ({ from: at, ...s })));
  // The session's clock by the wall: a batch has the one on the way down, the page's on the way up.
  const zero = percentile(offsets.filter(({ key }) => sent.has(key)).map(({ pts, key }) => sent.get(key).at - pts), 0.5);
  const heard = pairs.map(({ at, clock }) => at - zero - clock);
  console.log('| ms | p50 | p90 | max | n |\n|---|---|---|---|---|');
  row("from the pen to the pupil's screen", pairs.map(({ from, at }) => at - from));
  row('the voice of the same moment is heard after', heard);
  console.log(`rung ${facts.rung}, wished distance to live ${facts.targetMs} ms, ${facts.voiceStalls} stalls; ${drawn.length - pairs.length} of ${drawn.length} not seen`);
  console.log(`p50=${percentile(pairs.map(({ from, at }) => at - from), 0.5)}`);
} finally {
  await browser.close();
  teacher.vanish();
  tap.leave();
}
process.exit(0);
