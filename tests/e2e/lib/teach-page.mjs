// The teach page in a real Chromium, as a teacher uses it, with a camera and a microphone that are none.

import { atEnd, until } from './testing.mjs';
import { keyOf } from './server.mjs';
import { harness, WatchPage } from './watch-page.mjs';

/** A browser whose devices and permissions are as in `flags`: everything is there and allowed, unless it is said. */
export async function teacherBrowser(flags) {
  const { chromium, TEACHER } = await harness(), browser = await chromium({}, flags ?? TEACHER);
  atEnd(() => browser.close());
  return browser;
}

export class TeachPage {
  clicks = 0;

  /** The page at the printed address. `key`: '' is none. `prepare(page)`: before it is there. `isNew`: the browser has not been asked for the microphone before. */
  static async open(browser, server, { lesson = 'demo', key = keyOf(lesson), origin, isNew, prepare, options } = {}) {
    const t = new TeachPage(), w = await WatchPage.blank(browser, options);
    Object.assign(t, { page: w.page, complaints: w.complaints, hosts: w.hosts, openedAt: Date.now() });
    t.page.on('dialog', (dialog) => dialog.accept()); // "leave this page?"
    await prepare?.(t.page);
    if (isNew) await t.page.addInitScript(() => (navigator.permissions.query = async () => ({ state: sessionStorage.isAllowed ? 'granted' : 'prompt' })));
    await t.page.goto(`${origin ?? `http://localhost:${server.port}`}/teach${key && '#k=' + key}`);
    return t;
  }

  evaluate(...args) {
    return this.page.evaluate(...args);
  }

  click(selector) {
    this.clicks++;
    return this.page.click(selector, { timeout: 20000 });
  }

  scene() {
    return this.evaluate(() => document.body.dataset.scene);
  }

  text(selector) {
    return this.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
  }

  isSeen(selector) {
    return this.evaluate((s) => !!document.querySelector(s)?.getClientRects().length, selector);
  }

  until(what, condition, ms = 30000) {
    return until(what, condition, ms).catch(async (error) => {
      throw new Error(`${error.message}; the page: "${await this.text('#status')}" "${await this.text('#notes')}" "${await this.text('#sheetTitle')}" ${this.complaints.join('; ')}`);
    });
  }

  says(words, ms) {
    return this.until(`the page says ${words}`, async () => words.test(await this.text('#status')), ms);
  }

  notes(words, ms) {
    return this.until(`the page notes ${words}`, async () => words.test(await this.text('#notes')), ms);
  }

  /** The sheet over the page, by its button's words. */
  asks(words, ms) {
    return this.until(`the page asks ${words}`, async () => await this.isSeen('#sheet') && words.test(await this.text('#sheet')), ms);
  }

  isOnAir() {
    return this.until('on air', async () => await this.scene() === 'air' && /正在直播|只发声音|静止图/.test(await this.text('#status')));
  }

  /** From now on the browser remembers that it may, or has to be asked again. */
  allow(isAllowed) {
    return this.evaluate((is) => (is ? (sessionStorage.isAllowed = 1) : sessionStorage.removeItem('isAllowed')), isAllowed);
  }

  /** Camera and microphone are there. */
  seesItself() {
    return this.page.waitForSelector('#stage[data-shows=video]', { timeout: 20000 });
  }

  /** A source by its place in the row. */
  async choose(kind) {
    const icons = ['camera', 'screen', 'picture', 'board', 'none'];
    await this.click(`#sources button:nth-child(${icons.indexOf(kind) + 1})`);
    await this.until(`source ${kind}`, () => this.evaluate((n) => document.querySelectorAll('#sources button')[n].getAttribute('aria-pressed') === 'true', icons.indexOf(kind)));
  }

  /** A stroke. */
  async draw() {
    const box = await (await this.page.$('#pad')).boundingBox(), { mouse } = this.page, x = box.x + 60, y = box.y + 40 + 30 * (this.strokes = (this.strokes || 0) + 1);
    await mouse.move(x, y);
    await mouse.down();
    await mouse.move(x + 100, y + 20, { steps: 8 });
    await mouse.up();
  }

  async end() {
    await this.click('#end');
    await this.click('#askYes');
  }

  close() {
    return this.page.context().close();
  }
}
