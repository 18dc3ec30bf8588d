// How long until the first sound on a thin link: `node test/first-sound.mjs [kbit/s] [one-way delay, ms]`.
// A relay on loopback lets bytes through at that rate, 4 % off for TCP/IP headers, and delays them.

import { connect, createServer } from 'node:net';
import { chromium } from './browser.mjs';
import { serve } from './fake-server.mjs';

const [kbps, delayMs] = [Number(process.argv[2] || 32), Number(process.argv[3] || 150)];
const bytesPerMs = kbps / 8 * 0.96;

/** One bottleneck for one direction, shared by all connections. */
function bottleneck() {
  let freeAt = 0;
  const pass = (chunk, deliver) => {
    for (let at = 0; at < chunk.length; at += 1400) {
      const piece = chunk.subarray(at, at + 1400);
      freeAt = Math.max(freeAt, Date.now()) + piece.length / bytesPerMs;
      setTimeout(deliver, freeAt - Date.now() + delayMs, piece);
    }
  };
  /** Behind everything that is still under way. */
  const after = (act) => setTimeout(act, Math.max(0, freeAt - Date.now()) + delayMs + 20);
  return { pass, after };
}

async function relay(port) {
  const down = bottleneck(), up = bottleneck();
  const server = createServer((client) => {
    const origin = connect(port, '127.0.0.1');
    const pipe = (from, to, through) => {
      from.on('data', (chunk) => through.pass(chunk, (piece) => to.writable && to.write(piece)));
      from.on('error', () => to.destroy());
      from.on('close', () => through.after(() => to.end()));
    };
    setTimeout(() => {
      pipe(origin, client, down);
      pipe(client, origin, up);
    }, 2 * delayMs); // the handshake
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

const server = await serve();
server.lesson.rung = 'R2';
const thin = await relay(Number(new URL(server.origin).port));
const browser = await chromium();
const page = await browser.open('about:blank');
await page.addInitScript(() => {
  document.addEventListener('DOMContentLoaded', () => {
    const audio = document.getElementById('voice'), t = (window.times = { page: performance.now() });
    audio.addEventListener('timeupdate', () => {
      if (!t.sound && !audio.paused && !audio.seeking && audio.currentTime > 1 && audio.readyState > 2) t.sound = performance.now();
    });
    const look = setInterval(() => {
      const stage = document.getElementById('stage');
      if (stage.dataset.picture === 'still') t.still = t.still || performance.now();
      if (window.airclass) t.controls = t.controls || performance.now();
      if (t.still && t.controls) clearInterval(look);
    }, 50);
  });
});
await page.goto(`http://localhost:${thin}/watch/demo`, { waitUntil: 'commit' });
await page.click('#enter');
let times = {};
while (!(times.sound && times.still && times.controls)) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  times = await page.evaluate(() => window.times || {});
}
console.log(`${kbps} kbit/s, ${2 * delayMs} ms round trip; seconds from navigation (the button is tapped at once):`);
console.log(['page', 'sound', 'still', 'controls'].map((k) => `  ${k} ${(times[k] / 1000).toFixed(1)}`).join('\n'));
await browser.close();
server.close();
process.exit(0);
