// A teacher whose clock is known: sound and pictures made in real time and given to an ordinary encoder. Every
// now and then a beep sounds and the picture turns white; `beeps`: the wall-clock times of the first samples, and the pitches.

import { spawn } from 'node:child_process';
import { pitchOf } from './pitch.mjs';

const RATE = 48000, FPS = 25, WIDTH = 640, HEIGHT = 360, CHUNK_MS = 10;
const BEEP_MS = 120, FLASH_FRAMES = 5, FIRST_BEEP_MS = 2000;

const ENCODER = ['-v', 'error', '-nostdin', '-fflags', 'nobuffer', '-probesize', '32', '-analyzeduration', '0',
  '-f', 's16le', '-ar', String(RATE), '-ac', '1', '-i', 'pipe:3',
  '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FPS), '-i', 'pipe:4',
  '-map', '0:a', '-map', '1:v', '-c:a', 'aac', '-b:a', '96k', '-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency',
  '-g', String(2 * FPS), '-pix_fmt', 'yuv420p', '-flush_packets', '1', '-f', 'flv'];

export class Source {
  /** `out`: where the encoder sends, a URL or 'pipe:1'; `everyMs`: between beeps, never quite regular. */
  constructor(out, everyMs = 1300) {
    this.encoder = spawn('ffmpeg', [...ENCODER, out], { stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'] });
    [, , , this.sound, this.picture] = this.encoder.stdio;
    for (const pipe of [this.sound, this.picture]) pipe.on('error', () => this.stop());
    this.beeps = [];
    this.everyMs = everyMs;
    this.startedAt = Date.now();
    this.samples = 0;
    this.frames = 0;
    this.nextBeep = FIRST_BEEP_MS * RATE / 1000;
    this.beepFrom = -RATE;
    this.timer = setInterval(() => this.tick(), CHUNK_MS);
  }

  /** Like a microphone and a camera: what is past is handed over, nothing early. */
  tick() {
    const passedMs = Date.now() - this.startedAt;
    while ((this.samples / RATE) * 1000 + CHUNK_MS <= passedMs) this.sound.write(this.chunk());
    while ((this.frames / FPS) * 1000 <= passedMs) this.picture.write(this.frame());
  }

  chunk() {
    const n = RATE * CHUNK_MS / 1000, out = Buffer.alloc(n * 2);
    for (let i = 0; i < n; i++, this.samples++) {
      if (this.samples === this.nextBeep) this.beginBeep();
      const since = this.samples - this.beepFrom;
      const isBeep = since < RATE * BEEP_MS / 1000;
      const noise = (Math.random() - 0.5) * 40; // a room is never silent
      out.writeInt16LE(Math.round(noise + (isBeep ? 16000 * Math.sin(2 * Math.PI * this.pitch * since / RATE) : 0)), i * 2);
    }
    return out;
  }

  beginBeep() {
    this.beepFrom = this.samples;
    this.pitch = pitchOf(this.beeps.length);
    this.beeps.push({ at: this.startedAt + this.samples / RATE * 1000, pitch: this.pitch });
    this.nextBeep += Math.round((this.everyMs + Math.random() * 400) * RATE / 1000);
  }

  frame() {
    const at = this.frames++ / FPS, since = at - this.beepFrom / RATE;
    const isFlash = since >= 0 && since < FLASH_FRAMES / FPS;
    const out = Buffer.alloc(WIDTH * HEIGHT * 3 / 2, 128);
    for (let y = 0; y < HEIGHT; y++) {
      const grey = isFlash ? 235 : 30 + (y >> 2) + Math.round(10 * Math.sin(at + y / 20));
      out.fill(grey, y * WIDTH, (y + 1) * WIDTH);
    }
    return out;
  }

  stop() {
    clearInterval(this.timer);
    this.encoder.kill('SIGKILL'); // it would only complain about its pipes
  }
}

/** How long the encoder alone takes, ms: from the end of what a packet of sound holds to the packet. */
export async function encoderDelays(seconds) {
  const source = new Source('pipe:1');
  const delays = [];
  let rest = Buffer.alloc(0), header = 13;
  source.encoder.stdout.on('data', (data) => {
    const now = Date.now();
    rest = Buffer.concat([rest, data]);
    for (;;) {
      if (header) {
        if (rest.length < header) return;
        rest = rest.subarray(header);
        header = 0;
      }
      if (rest.length < 11) return;
      const size = rest.readUIntBE(1, 3), ms = rest.readUIntBE(4, 3) | rest[7] << 24;
      if (rest.length < size + 15) return;
      if (rest[0] === 8 && rest[12] === 1) delays.push(now - (source.startedAt + ms + 1024 / RATE * 1000));
      rest = rest.subarray(size + 15);
    }
  });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  source.stop();
  return delays.slice(Math.floor(delays.length / 4));
}
