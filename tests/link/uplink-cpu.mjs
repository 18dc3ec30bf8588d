// What a camera of 640 x 360 at 15 frames and a voice cost in Chromium: our broadcast and MediaRecorder with slices of two lengths, in turn, on loopback.
//   node uplink-cpu.mjs --rounds 2 --seconds 20 --out FILE

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { serveTeacher } from '../../client-web/test/teach-server.mjs';
import { chromium } from './page.mjs';

const { values: o } = parseArgs({ options: Object.fromEntries(['rounds', 'seconds', 'out'].map((name) => [name, { type: 'string' }])) });
const SETTLE_MS = 5000, VIDEO_BPS = 275000, VOICE_BPS = 24000;
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'];
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch (e) {
    return undefined;
  }
}

/** Of all our descendants: this process starts nothing but the browser. */
function ticks() {
  const stats = new Map(readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map((p) => [Number(p), statOf(p)]).filter(([, s]) => s));
  const isOurs = (pid) => pid === process.pid || stats.has(pid) && isOurs(stats.get(pid).parent);
  return [...stats].filter(([pid]) => pid !== process.pid && isOurs(pid)).reduce((sum, [, s]) => sum + s.ticks, 0);
}

async function record([video, voice, way]) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true }, video: { width: 640, height: 360, frameRate: 15 } });
  const socket = window.socket = new WebSocket(location.href.replace('http', 'ws') + 'ws', 'airclass.teach.v1');
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus', videoBitsPerSecond: video, audioBitsPerSecond: voice });
  window.slices = [];
  recorder.ondataavailable = async (e) => {
    const slice = await e.data.arrayBuffer();
    window.slices.push(slice);
    socket.send(slice);
  };
  recorder.start(parseInt(/\d+/.exec(way)[0]));
}

/** Slices of 200 ms are what our fallback takes; of 120 ms, as much as waits in our broadcast on such a link, so that pupils hear it as soon. */
const WAYS = {
  broadcast: async () => {
    const b = new window.Broadcast({ key: 'stream-key' });
    await b.start();
    await b.setSource({ kind: 'camera' });
  },
  'recorder, 200 ms': record,
  'recorder, 120 ms': record,
};

/** Bytes and frames sent so far. */
const sent = {
  broadcast: (page, { taken: { bytes, pictures } }) => ({ bytes, frames: pictures.length }),
  recorder: (page) => page.evaluate(() => {
    const webm = new window.Webm(), blocks = window.slices.flatMap((slice) => webm.push(new Uint8Array(slice)));
    return { bytes: window.slices.reduce((sum, slice) => sum + slice.byteLength, 0), frames: blocks.filter((b) => b.codec.startsWith('V_')).length };
  }),
};

async function measure(way) {
  const server = await serveTeacher(), browser = await chromium().launch({ executablePath: '/usr/bin/chromium', args: ARGS });
  const page = await browser.newPage(), look = () => sent[way.split(',')[0]](page, server), seconds = Number(o.seconds);
  await page.goto(server.origin);
  await page.evaluate(WAYS[way], [VIDEO_BPS, VOICE_BPS, way]);
  await wait(SETTLE_MS);
  const before = await look(), from = ticks();
  await wait(seconds * 1000);
  const cpuPercent = (ticks() - from) / seconds, after = await look();
  await browser.close();
  server.close();
  return { way, cpuPercent, kbps: (after.bytes - before.bytes) * 8 / seconds / 1000, fps: (after.frames - before.frames) / seconds };
}

const runs = [];
for (let round = 0; round < Number(o.rounds); round++) for (const way of Object.keys(WAYS)) runs.push(await measure(way));
writeFileSync(o.out, JSON.stringify(runs));
for (const r of runs) console.log(`${r.way}: ${r.cpuPercent.toFixed(1)} % of a core, ${r.kbps.toFixed(0)} kbit/s, ${r.fps.toFixed(1)} frames/s`);
process.exit(0);
