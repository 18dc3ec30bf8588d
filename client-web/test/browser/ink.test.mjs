// The teacher's ink on a pupil's page, in real browsers: where it is, when, and over what.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { chromium, firefox, isInstalled } from '../browser.mjs';
import { serve } from '../fake-server.mjs';
import { until, wait } from '../until.mjs';
import * as wire from '../wire.mjs';

const RED = [217, 45, 32], BLUE = [29, 111, 224], WHITE = [255, 255, 255], NOTHING = [0, 0, 0];
const KEY = 1, DELTA = 2;

/** The colour of the canvas at a place of the page, units; nothing where it is not shown. */
const colourAt = (page, x, y) => page.evaluate(([ux, uy]) => {
  const canvas = document.querySelector('.stage canvas');
  if (!canvas || canvas.hidden) return [0, 0, 0];
  const scale = Math.min(canvas.width / 4096, canvas.height / 2304);
  const at = [canvas.width / 2 + (ux - 2048) * scale, canvas.height / 2 + (uy - 1152) * scale];
  return [...canvas.getContext('2d').getImageData(Math.round(at[0]), Math.round(at[1]), 1, 1).data].slice(0, 3);
}, [x, y]);
const isColour = (a, b) => a.every((v, i) => Math.abs(v - b[i]) < 12);
const sees = (page, what, colour, x, y, ms) => until(what, async () => isColour(await colourAt(page, x, y), colour), ms);
const clockOf = (page) => page.evaluate(() => window.airclass.voiceClockMs);

async function join(browser, server, { mode, ...options } = {}) {
  const page = await browser.open(server.origin + '/watch/demo', options);
  page.complaints = [];
  page.on('pageerror', (e) => page.complaints.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && page.complaints.push(m.text()));
  if (mode) await page.click(`input[name=mode][value=${mode}]`);
  await page.click('#enter');
  await until('sound', () => page.evaluate(() => window.airclass && window.airclass.voiceClockMs > 0));
  return page;
}

for (const [kind, launch] of [['chromium', chromium], ['firefox', firefox]]) {
  describe('ink in ' + kind, { skip: isInstalled(kind) ? false : kind + ' is not installed' }, () => {
    let browser, server, page;
    before(async () => {
      server = await serve();
      browser = await launch();
    });
    afterEach(() => (server.lesson.board = undefined));
    after(async () => {
      await browser?.close();
      server?.close();
    });
    const { ink, inkAt, inkErase, inkHide, inkLine, inkPage, inkPicture } = wire;
    const now = () => server.lesson.clock();

    test('a page without ink loads nothing of it', async () => {
      page = await join(browser, server);
      await wait(1500);
      const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name).filter((n) => /\/ink-/.test(n)).length);
      assert.equal(loaded, 0);
      assert.equal(await page.evaluate(() => !!document.querySelector('.stage canvas')), false);
    });

    test('a white page covers the picture, and a stroke is seen with its voice', async () => {
      server.lesson.ink(ink(now(), KEY, [inkPage(1)]));
      await sees(page, 'paper', WHITE, 2000, 1000);
      const pts = now() + 2500;
      server.lesson.ink(ink(pts, DELTA, [inkLine(1, 500, 500, 10)]));
      await wait(300);
      assert.ok(isColour(await colourAt(page, 1000, 500), WHITE), 'not before its voice');
      await sees(page, 'the stroke', RED, 1000, 500);
      const ahead = pts - await clockOf(page);
      assert.ok(ahead < 320, `${ahead} ms ahead of the voice`);
      assert.ok(isColour(await colourAt(page, 1000, 560), WHITE));
    });

    test('a stroke grows as it was drawn', async () => {
      const pts = now() + 1000;
      server.lesson.ink(ink(pts, DELTA, [inkLine(2, 500, 1500, 30, 1000, 2)], 1000));
      await sees(page, 'its beginning', BLUE, 600, 1500);
      assert.ok(isColour(await colourAt(page, 3400, 1500), WHITE), 'its end is not there yet');
      await sees(page, 'its end', BLUE, 3400, 1500);
    });

    test('what is erased is gone, and the rest stays', async () => {
      server.lesson.ink(ink(now(), DELTA, [inkErase(1)]));
      await sees(page, 'paper again', WHITE, 1000, 500);
      assert.ok(isColour(await colourAt(page, 1000, 1500), BLUE));
    });

    test('another size of the window shows the same page', async () => {
      if (!page.setViewportSize) return;
      await page.setViewportSize({ width: 400, height: 700 });
      await sees(page, 'the stroke', BLUE, 1000, 1500);
      assert.ok(isColour(await colourAt(page, 2000, 200), WHITE));
      await page.setViewportSize({ width: 1280, height: 720 });
    });

    test('a board that is put away leaves the picture', async () => {
      server.lesson.ink(ink(now(), KEY, [inkHide]));
      await sees(page, 'nothing', NOTHING, 1000, 1500);
      assert.equal(await page.evaluate(() => window.airclass.picture), 'video');
    });

    test('over a picture the picture stands still below the strokes', async () => {
      server.lesson.ink(ink(now(), KEY, [inkAt(now()), inkPicture]));
      server.lesson.ink(ink(now() + 100, DELTA, [inkLine(1, 500, 500, 10)]));
      await sees(page, 'the stroke', RED, 1000, 500);
      const look = () => page.evaluate(() => document.querySelector('.stage canvas').toDataURL());
      await until('a picture', async () => !isColour(await colourAt(page, 2000, 1800), WHITE) && !isColour(await colourAt(page, 2000, 1800), NOTHING));
      const before = await look();
      await wait(1000);
      assert.equal(await look(), before);
    });

    test('who comes late gets the whole page, and draws nothing twice', async () => {
      const old = now() - 60000;
      server.lesson.setRung('R2', 'choice');
      server.lesson.board = ink(now(), KEY, [inkAt(old), inkPicture, inkAt(old + 1000), inkLine(1, 500, 500, 10), inkAt(now()), inkLine(2, 500, 1500, 10, 0, 2)]);
      const late = await join(browser, server);
      await sees(late, 'what the picture lacks', BLUE, 1000, 1500);
      assert.ok(!isColour(await colourAt(late, 1000, 500), RED), 'it is in the picture');
      assert.deepEqual(late.complaints, []);
      await late.close();
    });

    test('voice alone gets ink on paper', async () => {
      server.lesson.board = ink(now(), KEY, [inkAt(now() - 500), inkPicture, inkLine(1, 500, 500, 10)]);
      const poor = await join(browser, server, { mode: 'voice' });
      await sees(poor, 'the stroke', RED, 1000, 500);
      assert.ok(isColour(await colourAt(poor, 2000, 1800), WHITE));
      assert.deepEqual(poor.complaints, []);
      await poor.close();
    });

    test('a board that makes no sense is left out', async () => {
      server.lesson.ink(ink(now(), KEY, [inkPage(1)]));
      server.lesson.ink(ink(now(), DELTA, [Buffer.from([1, 2, 3])]));
      server.lesson.ink(ink(now(), DELTA, [inkLine(7, 500, 500, 10)]));
      await sees(page, 'the stroke behind it', RED, 1000, 500);
      assert.deepEqual(page.complaints, []);
    });

    test('a session that began anew has no old board', async () => {
      server.lesson.startedAt = Date.now() - 20000;
      server.lesson.cut();
      await sees(page, 'nothing', NOTHING, 1000, 500, 20000);
    });
  });
}
