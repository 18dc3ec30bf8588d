// The teach page in real Firefox: with its own encoders, and with MediaRecorder where it has none.
// browser: encodes in one

import assert from 'node:assert/strict';
import { ALL, Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { TeachPage } from './lib/teach-page.mjs';
import { atEnd, run, skip, test } from './lib/testing.mjs';
import { harness, whyNot } from './lib/watch-page.mjs';

const DRAWS = [...ALL, 'ink'];
const has = (pupil, count) => pupil.until(`${count} strokes`, () => pupil.ink.shown === 'page 1' && pupil.ink.ids.length === count);

/** On air from the address on. */
async function begins(browser, server, options) {
  const t = await TeachPage.open(browser, server, options);
  if (await t.isSeen('#allow')) await t.click('#allow');
  await t.seesItself();
  await t.click('#go');
  await t.isOnAir();
  return t;
}

async function testTeaching(browser, server) {
  const pupil = await Pupil.join(server, { can: DRAWS });
  let t;
  await test('Firefox: on air, heard, and seen', async () => {
    t = await begins(browser, server);
    await pupil.hears(1500);
    await pupil.until('pictures', () => pupil.frames > 0 || pupil.still.whole.length > 0);
  });
  await test('Firefox: strokes of the board arrive, and a reload goes on with all of it', async () => {
    await t.choose('board');
    await t.draw();
    await has(pupil, 1);
    await t.page.reload();
    await t.asks(/这节课还在继续/);
    await t.click('#sheetYes');
    await t.isOnAir();
    await pupil.hears(1000);
    await t.until('the board is back', () => t.evaluate(() => document.getElementById('stage').dataset.base === 'blank'));
    await t.draw();
    await has(pupil, 2);
    assert.deepEqual([pupil.closed, t.complaints], [undefined, []]);
  });
  await t.page.close(); // Firefox gives devices only to the tab in front
}

async function testRecorder(browser, server) {
  await test('Firefox without WebCodecs: heard and seen all the same', async () => {
    const pupil = await Pupil.join(server, { lesson: 'old' });
    const prepare = (page) => page.evaluateOnNewDocument(() => {
      if (location.host) localStorage.removeItem('airclass.teach'); // the board, of last time
      ['VideoEncoder', 'AudioEncoder'].forEach((name) => delete window[name]);
    });
    const t = await begins(browser, server, { lesson: 'old', prepare });
    await pupil.hears(1500);
    await pupil.until('pictures', () => pupil.frames > 0 || pupil.still.whole.length > 0);
    assert.deepEqual([await t.evaluate(() => 'AudioEncoder' in window), t.complaints], [false, []]);
  });
}

await run(async () => {
  const reason = whyNot('firefox');
  if (reason) return skip('the teach page in Firefox', reason);
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'old' }] });
  const { firefox, TEACHER_PREFS } = await harness(), browser = await firefox(TEACHER_PREFS);
  atEnd(() => browser.close());
  await testTeaching(browser, server);
  await testRecorder(browser, server);
});
