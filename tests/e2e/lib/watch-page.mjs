// The watch page in a real browser, as a pupil uses it; the same for every browser.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isSanitized, ROOT, until, wait } from './testing.mjs';

/** client-web's own harness starts the browsers; the installed modules are there, too. */
export async function launch(kind) {
  return (await harness())[kind]();
}

export const harness = () => import(join(ROOT, 'client-web', 'test', 'browser.mjs'));

/** Why this browser can't be driven here; '' when it can. */
export function whyNot(kind) {
  const needed = { chromium: ['/usr/bin/chromium'], firefox: ['/usr/bin/firefox-esr', '/usr/bin/pulseaudio'] }[kind];
  const missing = needed.filter((path) => !existsSync(path));
  return missing.length ? `${missing.join(', ')} is not installed` : '';
}

/** So long, ms, sound may stand still on a machine that has time for the browser. */
export const SILENCE_MS = isSanitized ? 3000 : 1000;

export class WatchPage {
  /** A blank page that notes complaints and every host it asks. */
  static async blank(browser, options) {
    const w = new WatchPage();
    w.complaints = [];
    w.hosts = new Set();
    w.page = await browser.open('about:blank', options);
    w.page.on('pageerror', (error) => w.complaints.push(String(error)));
    w.page.on('console', (m) => (m.type() === 'error' || /Content.Security.Policy/i.test(m.text())) && w.complaints.push(m.text()));
    w.page.on('request', (request) => /^(data|blob|about):/.test(request.url()) || w.hosts.add(new URL(request.url()).host));
    return w;
  }

  /** Opens the lesson, chooses `mode`, and taps the button. */
  static async join(browser, server, { lesson = 'demo', mode, hash = '', options } = {}) {
    const w = await WatchPage.blank(browser, options);
    await w.page.goto(`http://localhost:${server.port}/watch/${lesson}${hash}`);
    if (mode) await w.page.click(`input[name=mode][value=${mode}]`);
    await w.page.click('#enter');
    return w;
  }

  evaluate(...args) {
    return this.page.evaluate(...args);
  }

  /** window.airclass, once it is there. */
  async facts() {
    return (await this.evaluate(() => window.airclass && JSON.parse(JSON.stringify(window.airclass)))) || {};
  }

  until(what, condition, ms = 30000) {
    return until(what, async () => condition(await this.facts()), ms).catch(async (error) => {
      throw new Error(`${error.message}; the page: ${JSON.stringify(await this.facts())} "${await this.status()}" ${this.complaints.join('; ')}`);
    });
  }

  status() {
    return this.evaluate(() => document.getElementById('status')?.textContent);
  }

  /** Which of these sentences it says. */
  says(words, ms) {
    return this.until(`the page says ${words}`, async () => words.test(await this.status()), ms);
  }

  plays() {
    return this.until('sound', (f) => f.voiceClockMs > 0 && f.phase === 'open');
  }

  shows(picture) {
    return this.until(`picture ${picture}`, (f) => f.picture === picture);
  }

  choose(mode) {
    return this.page.click(`#panel input[name=mode][value=${mode}]`);
  }

  /** What happens when the pupil turns to another app. */
  hide(isHidden) {
    return this.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  }

  /** From now on it is measured for how long the sound stood still at most, and the browser itself did. */
  watchSound() {
    return this.evaluate(() => {
      const audio = document.getElementById('voice'), w = (window.watched = { silence: 0, lag: 0 });
      let last = audio.currentTime, at = performance.now(), looked = at;
      clearInterval(window.silenceTimer);
      window.silenceTimer = setInterval(() => {
        const now = performance.now();
        if (audio.currentTime !== last) at = now;
        last = audio.currentTime;
        w.silence = Math.max(w.silence, now - at);
        w.lag = Math.max(w.lag, now - looked);
        looked = now;
      }, 20);
    });
  }

  async assertNoSilence(ms = SILENCE_MS) {
    const { silence, lag } = await this.evaluate(() => window.watched);
    assert.ok(silence < ms + 3 * lag, `no sound for ${Math.round(silence)} ms, the browser stood still for ${Math.round(lag)} ms; ${JSON.stringify(await this.facts())}`);
  }

  /** How much of the time the audio element itself goes on: 1 is as fast as time does. */
  async soundShare(seconds) {
    const time = () => this.evaluate(() => document.getElementById('voice').currentTime);
    const from = await time(), at = Date.now();
    await wait(seconds * 1000);
    return (await time() - from) * 1000 / (Date.now() - at);
  }

  /** Whether it goes on at all, on a machine that may stand still for a while; holes are assertNoSilence's. */
  async assertSounds(seconds = 2, tries = 3) {
    const share = await this.soundShare(seconds);
    if (share <= 0.7 && tries > 1) return this.assertSounds(seconds, tries - 1);
    assert.ok(share > 0.7, `it sounded for ${Math.round(share * 100)} % of ${seconds} s`);
  }

  soundsAgain() {
    return this.until('it sounds again', async () => await this.soundShare(1) > 0.7);
  }
}
