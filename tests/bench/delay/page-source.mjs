// A teacher whose clock is known, at the teach page: Chromium's own camera and microphone, which plays a file of beeps. `beeps` are
// the wall-clock times at which the browser had their first samples from the microphone, at the earliest it could have handed them
// to the page: what capture and its echo cancellation take before that is not in them.
// (An audio graph in the microphone's place loses a second of sound now and then: the page would be blamed for that.)

import { writeFileSync } from 'node:fs';
import { installEar, PITCHES, pitchOf } from './pitch.mjs';

const RATE = 48000, BEEP_MS = 120, BEEPS = 8 * PITCHES.length;

/** Beeps in a WAV file, never quite regular; played again and again. */
export function writeBeeps(path, everyMs = 1300) {
  const steps = Array.from({ length: BEEPS }, (_, i) => everyMs + 83 * i % 401), frames = Math.round(steps.reduce((a, b) => a + b) * RATE / 1000);
  const wav = Buffer.alloc(44 + 2 * frames);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 2 * frames, 4);
  wav.write('WAVEfmt ', 8);
  [16, 1 << 16 | 1, RATE, 2 * RATE, 16 << 16 | 2].forEach((v, i) => wav.writeUInt32LE(v, 16 + 4 * i));
  wav.write('data', 36);
  wav.writeUInt32LE(2 * frames, 40);
  let from = 0;
  steps.forEach((ms, n) => {
    for (let i = 0; i < BEEP_MS * RATE / 1000; i++) wav.writeInt16LE(Math.round(16000 * Math.sin(2 * Math.PI * pitchOf(n) * i / RATE)), 44 + 2 * (from + i));
    from += Math.round(ms * RATE / 1000);
  });
  writeFileSync(path, wav);
}

/** Runs before the page's own scripts: listens beside them to what they get. Pages open a microphone more than once. */
function listenIn() {
  const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
  window.beeps = [];
  const hear = async (track) => {
    const mine = track.clone(), reader = new MediaStreamTrackProcessor({ track: mine, maxBufferSize: 500 }).readable.getReader();
    let leadMs = Infinity; // from the microphone's clock to ours
    const ear = new window.Ear(({ at, pitch }) => window.beeps.push({ at: at + leadMs, pitch }));
    while (track.readyState === 'live') {
      const { value, done } = await reader.read();
      if (done) break;
      const samples = new Float32Array(value.numberOfFrames), end = (value.timestamp + value.duration) / 1000;
      value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      leadMs = Math.min(leadMs, performance.timeOrigin + performance.now() - end);
      ear.hear(samples, value.sampleRate, end);
      value.close();
    }
    mine.stop();
  };
  devices.getUserMedia = async (wanted) => {
    const stream = await open(wanted), [track] = stream.getAudioTracks();
    if (track) void hear(track);
    return stream;
  };
}

export class PageSource {
  beeps = [];

  /** `browser`: one with made-up devices, which asks nobody. */
  static async open(browser, url) {
    const source = new PageSource(), context = await browser.newContext({ locale: 'en', permissions: ['camera', 'microphone'] });
    source.page = await context.newPage();
    await source.page.addInitScript(installEar, PITCHES);
    await source.page.addInitScript(listenIn);
    await source.page.goto(url);
    await source.page.getByRole('button', { name: /^Start/ }).click();
    source.timer = setInterval(async () => (source.beeps = await source.page.evaluate(() => window.beeps)), 200);
    return source;
  }

  stop() {
    clearInterval(this.timer);
  }
}
