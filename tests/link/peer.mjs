// A player of another server, judged by the same ear: takes FLV by HTTP, or anything else through ffmpeg,
// and writes down when which voice came.
//   node peer.mjs --page BUNDLE --url URL --seconds N --out FILE

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { parseArgs } from 'node:util';
import { Flv } from './flv.mjs';
import { loadPage } from './page.mjs';

const TICK_MS = 50, AGAIN_MS = 1000, AAC = 10, SAMPLES = 1024, KEY = 1;

const { values: o } = parseArgs({ options: Object.fromEntries(['page', 'url', 'seconds', 'out'].map((name) => [name, { type: 'string' }])) });
const page = await loadPage(o.page);
const ear = new page.Ear();
const seen = { startedAt: Date.now(), welcomes: [], aways: [], voice: [], rungs: [], stills: [], frames: [], ear: [] };
const config = { codec: 1, channels: 1, packetSamples: SAMPLES, rate: 44100, asc: new Uint8Array([0x12, 0x08]) };
const frameMs = SAMPLES * 1000 / config.rate;
let child;

function take({ isAudio, ms, body }) {
  if (!isAudio) {
    if (body[1] === 1) seen.frames.push([Date.now(), ms, body.length, body[0] >> 4 === KEY]);
    return;
  }
  if (body[0] >> 4 === AAC && body[1] === 0) return; // its config
  seen.voice.push([Date.now(), ms, frameMs]);
  ear.push({ ptsMs: ms, packets: [body] }, config, performance.now());
  if (ear.hasSounded && !seen.soundedAt) seen.soundedAt = Date.now();
}

function again() {
  seen.aways.push(Date.now());
  setTimeout(open, AGAIN_MS);
}

function open() {
  const flv = new Flv(take);
  seen.welcomes.push(Date.now());
  if (o.url.endsWith('.flv')) {
    get(o.url, (answer) => answer.on('data', (b) => flv.push(b)).on('close', again)).on('error', again);
    return;
  }
  child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'ffmpeg', '-v', 'error', '-nostdin', '-fflags', 'nobuffer', '-flags', 'low_delay',
    '-analyzeduration', '500000', '-i', o.url, '-copyts', '-c', 'copy', '-f', 'flv', '-flush_packets', '1', 'pipe:1'],
  { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (b) => flv.push(b));
  child.on('close', again);
}

function end() {
  child?.removeAllListeners('close');
  child?.kill('SIGKILL');
  const wall = Date.now() - performance.now();
  const holes = ear.holes.map((h) => ({ ...h, at: Math.round(h.at + wall), ms: Math.round(h.ms) }));
  writeFileSync(o.out, JSON.stringify({ ...seen, endedAt: Date.now(), holes, meterBytes: 0 }));
  process.exit(0);
}

setInterval(() => {
  ear.tick(performance.now());
  if (seen.soundedAt) seen.ear.push([Date.now(), Math.round(ear.place), Math.round(ear.heardMs)]);
}, TICK_MS);
setTimeout(end, Number(o.seconds) * 1000);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end);
open();
