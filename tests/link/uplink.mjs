// A teacher in a real Chromium behind the link, with fake devices: pages that are turned, a camera, or one before which all moves.
//   node uplink.mjs --url http://ADDRESS --key STREAM_KEY --what pages|camera|motion --seconds N --out FILE

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from './page.mjs';

const SAMPLE_MS = 200, PAGE_MS = 60000, TURN_MS = 15000;
const { values: o } = parseArgs({ options: Object.fromEntries(['url', 'key', 'what', 'seconds', 'out'].map((name) => [name, { type: 'string' }])) });
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required', `--unsafely-treat-insecure-origin-as-secure=${o.url}`];

/** In the page: a board with lines of text, another page now and then. */
function turnPages(turnMs) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 }), g = canvas.getContext('2d');
  let n = 0;
  const draw = () => {
    g.fillStyle = '#fff';
    g.fillRect(0, 0, 1280, 720);
    g.fillStyle = '#123';
    g.font = '32px sans-serif';
    for (let line = 0; line < 14; line++) g.fillText(Array.from({ length: 24 }, (_, i) => '一元二次方程的求根公式同学们好今天我们学习第三课分数'[(line * 7 + i * (n + 3) + n * n) % 25]).join(''), 60, 70 + line * 46);
    n++;
  };
  draw();
  setInterval(draw, turnMs);
  return canvas;
}

/** In the page: the fake camera asks for 100 kbit/s; this one takes what there is. */
function moveAll() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 }), g = canvas.getContext('2d');
  let n = 0;
  setInterval(() => {
    n++;
    for (let i = 0; i < 300; i++) {
      g.fillStyle = `hsl(${(i * 37 + n * 5) % 360},70%,${30 + (i * 7 + n) % 40}%)`;
      g.fillRect((i * 97 + n * (3 + i % 5)) % 640, (i * 53 + n * (1 + i % 3)) % 360, 40, 30);
    }
  }, 1000 / 15);
  const devices = navigator.mediaDevices, get = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wish) => (wish.video ? Promise.resolve(canvas.captureStream(15)) : get(wish));
}

async function teach([key, what, turn, turnMs]) {
  const b = window.broadcast = new window.Broadcast({ key });
  b.open();
  while (b.view.phase !== 'open') await new Promise((resolve) => setTimeout(resolve, 50)); // as long as it takes to find the button
  await b.start();
  await b.setSource(what !== 'pages' ? { kind: 'camera' } : { kind: 'board', canvas: new Function('return ' + turn)()(turnMs) });
}

const look = () => {
  const b = window.broadcast, { mode, unackedMs, kbps, capacityKbps } = b.view.uplink;
  return { at: Date.now(), offset: Date.now() - b.clockMs, phase: b.view.phase, mode, kbps, capacityKbps, unackedMs };
};

const browser = await chromium().launch({ executablePath: '/usr/bin/chromium', args: ARGS });
const page = await browser.newPage();
page.on('pageerror', (e) => console.error(String(e)));
await page.goto(o.url, { waitUntil: 'load', timeout: PAGE_MS });
const startedAt = Date.now(), samples = [];
if (o.what === 'motion') await page.evaluate(moveAll);
await page.evaluate(teach, [o.key, o.what, turnPages.toString(), TURN_MS]);
while (Date.now() - startedAt < Number(o.seconds) * 1000) {
  samples.push(await page.evaluate(look));
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
}
writeFileSync(o.out, JSON.stringify({ startedAt, samples }));
await browser.close();
process.exit(0);
