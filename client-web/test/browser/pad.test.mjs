// The pad that a teacher draws on, with Chromium's own mouse, pen and touch: what it says, and what it shows.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { build } from 'esbuild';
import { chromium, isInstalled } from '../browser.mjs';
import { wait } from '../until.mjs';

const SCRIPT = `
  export { Pad } from './src/board/pad';
  export { Board } from './src/board/model';
  export { readBatch, writeEvent } from './src/board/events';
`;

describe('the pad', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, page, cdp, script;
  before(async () => {
    const built = await build({ stdin: { contents: SCRIPT, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, write: false, format: 'iife', globalName: 'board' });
    script = built.outputFiles[0].text;
    browser = await chromium();
  });
  after(() => browser?.close());

  beforeEach(async () => {
    await page?.close();
    page = await browser.open('about:blank', { viewport: { width: 960, height: 540 }, hasTouch: true });
    cdp = await page.context().newCDPSession(page);
    await page.setContent('<canvas id="pad" style="position:fixed;left:0;top:0;width:960px;height:540px"></canvas>');
    await page.addScriptTag({ content: script });
    await page.evaluate(() => {
      const { Pad, Board, readBatch } = window.board;
      window.pad = new Pad(document.getElementById('pad'));
      window.batches = [];
      window.isFull = false;
      window.read = () => {
        const board = new Board();
        window.batches.forEach((b) => readBatch(b).events.forEach((e) => board.apply(e, 0)));
        return { shown: board.shown, page: board.page, strokes: board.strokes.map((s) => ({ id: s.id, tool: s.tool, n: s.points.length, from: s.points[0], to: s.points[s.points.length - 1], isOpen: s.isOpen })) };
      };
      window.pad.onink((batch) => !window.isFull && !!window.batches.push(batch));
      window.pad.setBase('blank');
    });
  });

  const pad = (act) => page.evaluate(act);
  /** What others have, a moment later. */
  const others = async () => {
    await wait(350);
    return pad(() => window.read());
  };
  const drag = async (...places) => {
    await page.mouse.move(...places[0]);
    await page.mouse.down();
    for (const place of places.slice(1)) await page.mouse.move(...place, { steps: 6 });
    await page.mouse.up();
  };
  const pen = async (type, x, y, force) => cdp.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: 1, pointerType: 'pen', force, clickCount: 1 });
  const touch = (type, ...points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  const colourAt = (which, x, y) => page.evaluate(([name, px, py]) => {
    const canvas = name === 'composed' ? window.pad.compose() : document.getElementById('pad');
    const [r, g, b] = canvas.getContext('2d').getImageData(Math.round(px * canvas.width / 960), Math.round(py * canvas.height / 540), 1, 1).data;
    return r > 240 && g > 240 && b > 240 ? 'white' : r < 60 && g < 60 && b < 60 ? 'black' : `${r},${g},${b}`;
  }, [which, x, y]);

  test('a line is said as it was drawn, and shown here and to who can\'t draw', async () => {
    await drag([100, 100], [300, 100]);
    const { shown, page: number, strokes } = await others();
    assert.deepEqual([shown, number, strokes.length], ['blank', 1, 1]);
    const [s] = strokes, units = 4096 / 960;
    assert.ok(Math.abs(s.from[0] - 100 * units) < 2 && Math.abs(s.to[0] - 300 * units) < 2 && Math.abs(s.to[1] - 100 * units) < 2);
    assert.ok(!s.isOpen && s.n <= 4, `${s.n} points of a straight line`);
    for (const which of ['pad', 'composed']) {
      assert.equal(await colourAt(which, 200, 100), 'black', which);
      assert.equal(await colourAt(which, 200, 120), 'white', which);
    }
  });

  /** A spiral of so many points, faster than by hand; `act` before the pen is lifted. */
  const scribble = async (points, act = () => undefined) => {
    await page.evaluate(spiral, points);
    await pad(act);
    await page.evaluate((n) => window.is('pointerup', n), points);
  };
  const spiral = (n) => {
    const canvas = document.getElementById('pad'), is = window.is = (type, i) => canvas.dispatchEvent(new PointerEvent(type, {
      pointerId: 7, pointerType: 'mouse', buttons: 1, clientX: 480 + (20 + i / 20) * Math.cos(i / 9), clientY: 270 + (20 + i / 20) * Math.sin(i / 9),
    }));
    canvas.setPointerCapture = () => undefined;
    is('pointerdown', 0);
    for (let i = 1; i < n; i++) is('pointermove', i);
  };

  test('a line without end is strokes that follow one another, and are undone together', async () => {
    await scribble(2600);
    const { strokes } = await others(), [a, b, c] = strokes;
    assert.deepEqual(strokes.map((s) => s.id), [1, 2, 3]);
    assert.ok(strokes.every((s) => s.n <= 1000 && !s.isOpen));
    assert.deepEqual([a.to, b.to], [b.from, c.from]);
    await pad(() => window.pad.undo());
    assert.deepEqual((await others()).strokes, []);
    assert.equal(await pad(() => window.pad.canUndo), false);
    await pad(() => window.pad.redo());
    assert.equal((await others()).strokes.length, 3);
  });

  test('what is cleared while it is drawn comes back with undo, and goes for good with redo', async () => {
    await scribble(1500, () => window.pad.clear());
    assert.deepEqual((await others()).strokes, []);
    await pad(() => window.pad.undo());
    assert.equal((await others()).strokes.length, 2);
    await pad(() => window.pad.redo());
    assert.deepEqual([(await others()).strokes, await pad(() => window.pad.canRedo)], [[], false]);
  });

  test('where a highlighter\'s line goes on as another stroke nothing is seen of it; a tap is a dot', async () => {
    await pad(() => {
      const canvas = document.getElementById('pad'), is = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 7, pointerType: 'mouse', buttons: 1, clientX: x, clientY: y }));
      canvas.setPointerCapture = () => undefined;
      window.pad.tool = 'highlighter';
      is('pointerdown', 50, 200);
      for (let i = 1; i < 1500; i++) is('pointermove', 50 + i / 2, 200);
      is('pointerup', 800, 200);
      is('pointerdown', 50, 300);
      is('pointerup', 50, 300);
    });
    const { strokes: [first, ...more] } = await others(), join = first.to[0] * 960 / 4096, colour = await colourAt('pad', 100, 200);
    assert.equal(more.length, 2);
    assert.notEqual(colour, 'white');
    assert.deepEqual([await colourAt('pad', join - 3, 200), await colourAt('pad', join + 3, 200), await colourAt('pad', 50, 303)], [colour, colour, colour]);
  });

  test('a line ends where the page is full, and what was written of it can be undone', async () => {
    await pad(() => {
      const points = Array.from({ length: 3630 }, (_, i) => [i, i % 2000, 0]);
      for (let id = 1; id <= 17; id++) window.pad.board.put({ id, tool: 0, colour: 0, width: 4, points: points.slice(0, id < 17 ? 3630 : 1700), isOpen: false, endPts: 0 });
      window.pad.nextId = 18;
    });
    assert.equal(await pad(() => window.pad.isFull), false);
    await scribble(4000);
    const strokes = () => pad(() => window.pad.board.strokes.length - 17);
    assert.deepEqual([await strokes(), await pad(() => window.pad.isFull)], [1, true]);
    await pad(() => window.pad.undo());
    assert.equal(await strokes(), 0);
  });

  test('a page of zigzags is full before the server has no room for it, and after a reload as well', async () => {
    const bytes = () => pad(() => window.batches.flatMap((b) => window.board.readBatch(b).events).reduce((sum, e) => sum + (e.op <= 3 ? window.board.writeEvent(e).length : 0) + (e.op === 1 ? 64 : 0), 0));
    const isFull = await pad(async () => {
      const canvas = document.getElementById('pad'), is = (type, i) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 7, pointerType: 'mouse', buttons: 1, clientX: 100 + i % 2 * 700, clientY: 100 + i % 90 }));
      canvas.setPointerCapture = () => undefined;
      window.pad.paint = () => undefined;
      for (let i = 0; i < 30000 && !window.pad.isFull; i += 300) {
        is('pointerdown', i);
        for (let k = 1; k < 300; k++) is('pointermove', i + k);
        is('pointerup', i + 300);
      }
      return window.pad.isFull;
    });
    assert.ok(isFull);
    await wait(350);
    const taken = await bytes();
    assert.ok(taken <= 128 << 10 && taken > 110 << 10, `${taken} bytes`);
    assert.ok(await pad(() => {
      const other = new window.board.Pad(document.createElement('canvas'));
      other.load(new Uint8Array([0, ...window.batches.flatMap((b) => [...b.subarray(1)])]));
      return other.isFull;
    }));
  });

  test('undo, redo and clear, and their undo, reach others', async () => {
    await drag([100, 100], [300, 100]);
    await drag([100, 200], [300, 200]);
    await pad(() => window.pad.undo());
    assert.deepEqual((await others()).strokes.map((s) => s.id), [1]);
    await pad(() => window.pad.redo());
    assert.deepEqual((await others()).strokes.map((s) => s.id), [1, 2]);
    await pad(() => window.pad.clear());
    assert.deepEqual((await others()).strokes, []);
    assert.deepEqual(await pad(() => [window.pad.canUndo, window.pad.canRedo]), [true, false]);
    await pad(() => window.pad.undo());
    const { strokes } = await others();
    assert.deepEqual(strokes.map((s) => [s.id, s.isOpen]), [[1, false], [2, false]]);
    assert.equal(await colourAt('composed', 200, 200), 'black');
  });

  test('the eraser takes whole strokes, in one step of undo', async () => {
    for (const y of [100, 200, 300]) await drag([100, y], [300, y]);
    await pad(() => (window.pad.tool = 'eraser'));
    await drag([200, 80], [200, 220]);
    assert.deepEqual((await others()).strokes.map((s) => s.id), [3]);
    await pad(() => window.pad.undo());
    assert.deepEqual((await others()).strokes.map((s) => s.id), [1, 2, 3]);
  });

  test('pages keep what is on them', async () => {
    await drag([100, 100], [300, 100]);
    await pad(() => window.pad.newPage());
    assert.deepEqual((await others()).strokes, []);
    assert.deepEqual(await pad(() => [window.pad.page, window.pad.pageCount, window.pad.canUndo]), [2, 2, false]);
    await pad(() => window.pad.go(1));
    assert.equal((await others()).strokes.length, 1);
    await pad(() => window.pad.setBase('hidden'));
    assert.equal((await others()).shown, 'hidden');
  });

  test('a pen presses; once there was one, fingers and palms draw no more', async () => {
    await touch('touchStart', [100, 400]);
    await touch('touchMove', [200, 400]);
    await touch('touchEnd');
    await pen('mousePressed', 100, 100, 0.8);
    await pen('mouseMoved', 300, 160, 0.4);
    await pen('mouseReleased', 300, 160, 0);
    await touch('touchStart', [400, 400]);
    await touch('touchMove', [500, 400]);
    await touch('touchEnd');
    const { strokes } = await others();
    assert.deepEqual(strokes.map((s) => s.from[2]), [0, 204]);
  });

  test('a palm that came before the pen is taken back', async () => {
    await touch('touchStart', [600, 400]);
    await touch('touchMove', [620, 410]);
    await pen('mousePressed', 100, 100, 0.5);
    await pen('mouseMoved', 200, 100, 0.5);
    await pen('mouseReleased', 200, 100, 0);
    await touch('touchEnd');
    assert.deepEqual((await others()).strokes.map((s) => s.from[2]), [128]);
  });

  test('what could not be kept comes again, in order', async () => {
    await pad(() => (window.isFull = true));
    await drag([100, 100], [300, 100]);
    await drag([100, 200], [300, 200]);
    await pad(() => window.pad.undo());
    assert.deepEqual((await others()).strokes, []);
    await pad(() => (window.isFull = false));
    assert.deepEqual((await others()).strokes.map((s) => s.id), [1]);
  });

  test('all of it can be said anew, and a page that was loaded anew takes it', async () => {
    await drag([100, 100], [300, 100]);
    await pad(() => window.pad.newPage());
    await drag([100, 200], [300, 200]);
    await wait(350);
    await pad(() => {
      window.batches = [];
      window.pad.resend();
    });
    const { page: number, strokes } = await others();
    assert.deepEqual([number, strokes.length], [2, 1]);
    const after = await pad(() => {
      const other = new window.board.Pad(document.createElement('canvas'));
      other.load(new Uint8Array([0, ...window.batches.flatMap((b) => [...b.subarray(1)])]));
      const seen = [other.base, other.page, other.pageCount, other.hasInk];
      other.go(1);
      other.onink(() => true);
      return [...seen, other.isFull];
    });
    assert.deepEqual(after, ['blank', 2, 2, true, false]);
  });

  /** Another device's board, of `pages` pages with a stroke each; the last one is shown. */
  const elsewhere = (pages) => page.evaluate(async (n) => {
    const other = new window.board.Pad(document.createElement('canvas')), batches = [];
    other.onink((batch) => !!batches.push(batch));
    const pen = { tool: 0, colour: 1, width: 12 }, point = [100, 100, 0];
    for (let i = 1; i <= n; i++) {
      i > 1 ? other.newPage() : other.setBase('blank');
      other.board.put({ ...pen, id: 1, points: [point, [200, 100, 0]], isOpen: false, endPts: 0 });
    }
    other.resend();
    other.close();
    return [0, ...batches.flatMap((b) => [...b.subarray(1)])];
  }, pages);
  const load = (payload) => page.evaluate((bytes) => {
    window.batches = [];
    return window.pad.load(Uint8Array.from(bytes));
  }, payload);
  const strokesOf = (number) => page.evaluate((n) => {
    window.pad.go(n);
    return window.pad.board.strokes.map((s) => s.colour);
  }, number);

  test('what was drawn before another device\'s board came follows it on pages of its own, here and for others', async () => {
    await drag([100, 100], [300, 100]);
    await pad(() => window.pad.newPage());
    await drag([100, 200], [300, 200]);
    const kept = await load(await elsewhere(2));
    assert.deepEqual(kept, [3, 4]);
    assert.deepEqual(await pad(() => [window.pad.page, window.pad.pageCount]), [2, 4]);
    const { page: number, strokes } = await others(); // their own strokes others have already
    assert.deepEqual([number, strokes.length], [2, 0]);
    for (const [at, colours] of [[1, [1]], [2, [1]], [3, [0]], [4, [0]]]) assert.deepEqual(await strokesOf(at), colours, `page ${at}`);
    const said = await pad(() => window.read());
    assert.deepEqual([said.page, said.strokes.length], [4, 1]);
    assert.deepEqual((await load(await elsewhere(1))), [2, 3], 'and still does, as long as nobody is known to have it');
  });

  test('what has arrived is another\'s to change: it does not come back', async () => {
    await drag([100, 100], [300, 100]);
    await wait(350);
    await pad(() => window.pad.arrived());
    await pad(() => window.pad.newPage());
    await drag([100, 200], [300, 200]);
    assert.deepEqual(await load(await elsewhere(1)), [2]);
    assert.deepEqual(await strokesOf(2), [0]);
  });

  test('strokes over a picture are not turned away from; what follows them is said behind it', async () => {
    await drag([100, 100], [300, 100]);
    const over = [0, 7, 1, 0, 0, 1, 0, 1, 12, 10, 0, 100, 3];
    assert.deepEqual(await load(over), [2]);
    assert.deepEqual((await others()).strokes, []);
    assert.equal(await colourAt('pad', 480, 300), 'white', 'nobody knows what they were drawn over');
    await pad(() => {
      const red = Object.assign(document.createElement('canvas'), { width: 160, height: 90 }), context = red.getContext('2d');
      context.fillStyle = '#ff0000';
      context.fillRect(0, 0, 160, 90);
      window.pad.lay(red);
    });
    await wait(100);
    for (const which of ['pad', 'composed']) assert.equal(await colourAt(which, 480, 300), '255,0,0', which);
    await pad(() => window.pad.setBase('hidden'));
    assert.equal((await others()).shown, 'hidden');
    assert.deepEqual(await strokesOf(2), [0]);
    assert.equal((await others()).strokes.length, 1);
  });

  test('over a picture, the picture stands still below the ink', async () => {
    await pad(() => {
      const picture = Object.assign(document.createElement('canvas'), { width: 400, height: 300 }), context = picture.getContext('2d');
      context.fillStyle = '#00ff00';
      context.fillRect(0, 0, 400, 300);
      window.pad.setBase('picture', picture);
      context.fillStyle = '#0000ff';
      context.fillRect(0, 0, 400, 300);
    });
    await drag([400, 100], [600, 100]);
    assert.equal((await others()).shown, 'picture');
    for (const which of ['pad', 'composed']) {
      assert.equal(await colourAt(which, 480, 300), '0,255,0', which);
      assert.equal(await colourAt(which, 500, 100), 'black', which);
      assert.equal(await colourAt(which, 20, 300), 'black', 'beside a picture that is less wide');
    }
  });
});
