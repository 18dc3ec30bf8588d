// What a teacher draws in the browser reaches pupils as strokes: in order, late joiners too, and nobody who can't draw.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { batch, begin, clear, end, erase, hide, InkBoard, line, page, picture, points } from './lib/ink.mjs';
import { INK, PageTeacher, Studio, unit } from './lib/page-teacher.mjs';
import { ALL, Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { run, skip, test, until, wait } from './lib/testing.mjs';
import { DELTA } from './lib/units.mjs';
import { launch, WatchPage, whyNot } from './lib/watch-page.mjs';

const DRAWS = [...ALL, 'ink'];

/** A teacher with a pen. */
class Pen {
  constructor(teacher) {
    this.teacher = teacher;
  }

  /** Each batch is later than the one before. */
  draw(...events) {
    this.pts = Math.max(this.teacher.studio.clockMs, (this.pts || 0) + 1);
    this.teacher.send(unit(INK, DELTA, this.pts, batch(events)));
  }
}

const has = (pupil, shown, ids) => pupil.until(`${shown} with ${ids}`, (p) => p.ink.shown === shown && String(p.ink.ids) === String(ids));

async function testStrokes(server, pen) {
  const pupil = await Pupil.join(server, { can: DRAWS, name: 'draws' }), plain = await Pupil.join(server, { name: 'does not draw' });
  await pupil.hears(500);

  await test('strokes reach the pupil, and a late joiner has the whole page', async () => {
    pen.draw(page(1));
    pen.draw(line(1, 500, 500), begin(2, 500, 900));
    await has(pupil, 'page 1', [1, 2]);
    pen.draw(points([[5, 5], [5, 5]], 20), end);
    await pupil.until('the rest of it', (p) => p.ink.strokes.get(2).points === 3);
    const late = await Pupil.join(server, { can: DRAWS, name: 'late' });
    await has(late, 'page 1', [1, 2]);
    assert.equal(late.ink.strokes.get(2).points, 3);
    assert.deepEqual([late.ink.keys, late.ink.batches], [1, 0]);
    pen.draw(line(3, 500, 1200));
    await has(late, 'page 1', [1, 2, 3]);
    await has(pupil, 'page 1', [1, 2, 3]);
    late.leave();
  });

  await test('undo, redo and clear reach everybody', async () => {
    pen.draw(erase(3));
    await has(pupil, 'page 1', [1, 2]);
    pen.draw(line(3, 500, 1200));
    await has(pupil, 'page 1', [1, 2, 3]);
    pen.draw(clear);
    await has(pupil, 'page 1', []);
  });

  await test('pages are turned, and keep what is on them', async () => {
    pen.draw(line(4, 500, 500));
    pen.draw(page(2));
    pen.draw(line(1, 100, 100));
    await has(pupil, 'page 2', [1]);
    pen.draw(page(1));
    await has(pupil, 'page 1', [4]);
    pen.draw(picture);
    await has(pupil, 'picture', []);
  });

  await test('a white page is all that is sent of the picture, and voice alone has it, too', async () => {
    pen.draw(page(1));
    await pupil.untilRung((r) => r.picture === 'board');
    const { frames } = pupil, stills = pupil.still.whole.length;
    const poor = await Pupil.join(server, { can: DRAWS, mode: 'voice', name: 'voice alone' });
    await has(poor, 'page 1', [4]);
    await pupil.hears(1500);
    assert.deepEqual([pupil.frames, pupil.still.whole.length], [frames, stills]);
    pen.draw(hide);
    await has(pupil, 'hidden', []);
    await pupil.untilRung((r) => r.picture !== 'board');
    await pupil.until('a picture again', (p) => p.frames > frames || p.still.whole.length + p.still.named.length > stills);
    poor.leave();
  });

  await test('a page of 30 kB comes whole', async () => {
    pen.draw(page(3));
    for (let id = 0; id < 1000; id += 50) pen.draw(...Array.from({ length: 50 }, (_, i) => line(id + i, 100, 100 + i, 10)));
    await pupil.until('1000 strokes', (p) => p.ink.strokes.size === 1000);
    const late = await Pupil.join(server, { can: DRAWS, name: 'late' });
    await late.until('1000 strokes', (p) => p.ink.strokes.size === 1000);
    assert.ok(late.ink.bytes > 30000 && late.ink.pieces > 2, `${late.ink.bytes} bytes in ${late.ink.pieces + 1} pieces`);
    late.leave();
  });

  await test('who does not say that it draws gets nothing of it', async () => {
    assert.equal(plain.ink, undefined); // a unit of ink would have been a violation
    assert.notEqual(plain.rung.picture, 'board');
    plain.leave();
  });
  pupil.leave();
}

async function testReload(server, pen) {
  await test('a reload of the teacher leaves the board, says it to the page, and goes on', async () => {
    const pupil = await Pupil.join(server, { can: DRAWS, name: 'stays' });
    pen.draw(page(5));
    pen.draw(line(1, 500, 500));
    await has(pupil, 'page 5', [1]);
    const { studio } = pen.teacher;
    pen.teacher.vanish();
    pen.teacher = await PageTeacher.join(server, { studio });
    pen.teacher.teach();
    await pen.teacher.until('the board', (t) => t.boards.length > 0);
    const whole = new InkBoard();
    whole.take({ kind: 1, body: pen.teacher.boards[0].subarray(8) });
    assert.deepEqual([whole.shown, whole.pages], ['page 5', [1, 2, 3, 5]]);
    pen.draw(line(2, 500, 900));
    await has(pupil, 'page 5', [1, 2]);
    assert.equal(pupil.ink.keys, 2); // on joining, and for page 5
    pupil.leave();
  });

  await test('what is no ink ends the connection, and changes nothing', async () => {
    const pupil = await Pupil.join(server, { can: DRAWS, name: 'stays, too' });
    await has(pupil, 'page 5', [1, 2]);
    pen.draw([9, 0, 0, 0, 1]);
    assert.equal((await pen.teacher.untilClosed()).code, 4000);
    assert.deepEqual(pupil.ink.ids, [1, 2]);
    pen.teacher = await PageTeacher.join(server, { studio: pen.teacher.studio });
    pen.teacher.teach();
    pupil.leave();
  });
}

/** The colour of the canvas at a place of the page, units. */
const colourAt = ([x, y]) => {
  const canvas = document.querySelector('.stage canvas');
  if (!canvas || canvas.hidden) return 'none';
  const scale = Math.min(canvas.width / 4096, canvas.height / 2304), left = canvas.width / 2 + (x - 2048) * scale, top = canvas.height / 2 + (y - 1152) * scale;
  const [r, g, b] = canvas.getContext('2d').getImageData(Math.round(left), Math.round(top), 1, 1).data;
  return r > 240 && g > 240 && b > 240 ? 'white' : r > 150 && g < 90 && b < 90 ? 'red' : 'other';
};

async function testChromium(server, pen) {
  const why = whyNot('chromium');
  if (why) return skip('a pupil sees what is drawn', why);
  const browser = await launch('chromium');
  try {
    await test('a pupil sees in Chromium what is drawn, and what is undone', async () => {
      const w = await WatchPage.join(browser, server);
      await w.plays();
      pen.draw(page(9));
      pen.draw(line(1, 1000, 1000, 10));
      const sees = (what, x, y) => until(`${what} at ${x}, ${y}`, async () => await w.evaluate(colourAt, [x, y]) === what, 30000);
      await sees('red', 1500, 1000);
      await sees('white', 1500, 1200);
      pen.draw(erase(1));
      await sees('white', 1500, 1000);
      pen.draw(hide);
      await sees('none', 1500, 1000);
      assert.deepEqual(w.complaints, []);
      await w.page.close();
    });
  } finally {
    await browser.close();
  }
}

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo' }] });
  const pen = new Pen(await PageTeacher.join(server, { studio: new Studio() }));
  pen.teacher.teach();
  await pen.teacher.untilStatus((s) => s.state === 'live');
  await testStrokes(server, pen);
  await testReload(server, pen);
  await testChromium(server, pen);
});
