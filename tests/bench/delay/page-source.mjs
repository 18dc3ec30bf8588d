// A teacher whose clock is known, at the teach page: Chromium's own camera, and in the microphone's place beeps whose times are known.
// `beeps` are the wall-clock times of their first samples.

import { PITCHES } from './pitch.mjs';

/** Runs before the page's own scripts. A microphone beeps until it is let go: pages open more than one. */
function replaceMicrophone({ everyMs, pitches }) {
  const BEEP_MS = 120, AHEAD_MS = 200, devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
  window.beeps = [];
  const beep = (context, out, track) => {
    if (track.readyState === 'ended') return void context.close();
    setTimeout(() => beep(context, out, track), everyMs + 200 * Math.random()); // never quite regular
    if (context.state !== 'running') return;
    const oscillator = context.createOscillator(), at = context.currentTime + AHEAD_MS / 1000;
    oscillator.frequency.value = pitches[window.beeps.length % pitches.length];
    oscillator.connect(out);
    oscillator.start(at);
    oscillator.stop(at + BEEP_MS / 1000);
    window.beeps.push(performance.timeOrigin + performance.now() + AHEAD_MS);
  };
  devices.getUserMedia = async (wanted) => {
    if (!wanted.audio) return open(wanted);
    const context = new AudioContext({ sampleRate: 48000 }), out = context.createMediaStreamDestination(), volume = context.createGain();
    volume.gain.value = 0.5;
    volume.connect(out);
    void context.resume(); // once the page has been tapped
    beep(context, volume, out.stream.getAudioTracks()[0]);
    return out.stream;
  };
}

export class PageSource {
  beeps = [];

  /** `browser`: one with made-up devices, which asks nobody. */
  static async open(browser, url, everyMs = 1300) {
    const source = new PageSource(), context = await browser.newContext({ locale: 'en', permissions: ['camera', 'microphone'] });
    source.page = await context.newPage();
    await source.page.addInitScript(replaceMicrophone, { everyMs, pitches: PITCHES });
    await source.page.goto(url);
    await source.page.getByRole('button', { name: /^Start/ }).click();
    source.timer = setInterval(async () => (source.beeps = await source.page.evaluate(() => window.beeps)), 200);
    return source;
  }

  stop() {
    clearInterval(this.timer);
  }
}
