import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dense } from '../../src/board/dense';
import { type InkEvent, Op, PAGE_HEIGHT, PAGE_WIDTH, type Point, readBatch, Tool, writeEvent } from '../../src/board/events';
import { History } from '../../src/board/history';
import { Board, type Stroke } from '../../src/board/model';
import { touches } from '../../src/board/reach';
import { BEAT_MS, deedsOf, hasInk, inkIn, isWanted, LEAD_MS } from '../../src/board/schedule';
import { fitPage } from '../../src/board/sheet';
import { OFF_MAX, type Sample, Thin } from '../../src/board/thin';
import { BATCH_MS, Writer } from '../../src/board/writer';
import { chance } from './bytes';
import { handwriting } from './handwriting';

const PEN = { tool: Tool.Pen, colour: 2, width: 12 };
const bytes = (events: InkEvent[], span = 0): Uint8Array => new Uint8Array([span, ...events.flatMap(writeEvent)]);
const begin = (id: number, ticks = 0): InkEvent => ({ op: Op.Begin, ...PEN, id, ticks, point: [100, 200, 0] });
const points = (ticks: number, ...steps: [number, number][]): InkEvent => ({ op: Op.Points, ticks, steps: steps.map(([x, y]) => [x, y, 0]) });

test('what is written is read', () => {
  const events: InkEvent[] = [
    { op: Op.Page, page: 50 }, { op: Op.Begin, tool: Tool.Highlighter, colour: 15, width: 255, id: 65535, ticks: 255, point: [4095, 2303, 0] },
    points(9, [1, -1], [127, -127], [128, -128], [-4000, 2300]), { op: Op.End },
    { op: Op.Begin, ...PEN, id: 0, ticks: 0, point: [0, 0, 255] }, { op: Op.Points, ticks: 1, steps: [[-128, 128, 1], [0, 0, 200]] },
    { op: Op.Erase, id: 300 }, { op: Op.Clear }, { op: Op.Picture }, { op: Op.Hide }, { op: Op.Time, pts: 0xfedcba98 },
  ];
  assert.deepEqual(readBatch(bytes(events, 7)), { span: 7, events });
});

test('more points than an event holds become two', () => {
  const steps: Point[] = Array.from({ length: 300 }, () => [1, 0, 0]);
  const read = readBatch(bytes([{ op: Op.Points, ticks: 5, steps }]))!.events;
  assert.deepEqual(read.map((e) => e.op === Op.Points && [e.steps.length, e.ticks]), [[255, 5], [45, 0]]);
});

test('what is no batch is not read', () => {
  const bad = [
    [], [0, 0], [0, 10], [0, 0x43], [0, 0x83], [0, 1, 0, 0, 1, 0, 1, 12, 0, 0], [0, 0x81, 0, 0, 1, 0, 1, 12, 0, 0, 0], [0, 1, 0, 0, 1, 2, 1, 12, 0, 0, 0],
    [0, 1, 0, 0, 1, 0, 16, 12, 0, 0, 0], [0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 1, 0, 1, 12, 0, 9, 0], [0, 2, 0, 1], [0, 2, 2, 1, 1, 1],
    [0, 2, 1, 1, 0x80, 1], [0, 4, 0], [0, 6, 0], [0, 6, 51], [0, 9, 0, 0, 1],
  ];
  for (const each of bad) assert.equal(readBatch(new Uint8Array(each)), undefined, each.join());
});

test('any bytes are read or not, and nothing else happens', () => {
  const next = chance(5);
  for (let i = 0; i < 20000; i++) {
    const raw = Uint8Array.from({ length: Math.floor(next() * 30) }, () => Math.floor(next() * (i % 2 ? 256 : 12)));
    const batch = readBatch(raw), board = new Board();
    batch?.events.forEach((e) => board.apply(e, i));
    if (batch?.events.every((e) => e.op !== Op.Points || e.steps.every((s) => Math.abs(s[0]) < 128 && Math.abs(s[1]) < 128))) {
      assert.deepEqual(readBatch(bytes(batch.events, batch.span)), batch);
    }
  }
});

const drawn = (...events: InkEvent[]): Board => {
  const board = new Board();
  events.forEach((e, i) => board.apply(e, i * 100));
  return board;
};
const ids = (board: Board): number[] => board.strokes.map((s) => s.id);
const page = (n: number): InkEvent => ({ op: Op.Page, page: n });

test('strokes lie in the order of their ids, and go on where they were', () => {
  const board = drawn(page(1), begin(2), points(0, [5, 5]), begin(1), points(0, [1, 1], [2, 2]), { op: Op.End }, points(0, [9, 9]));
  assert.deepEqual(ids(board), [1, 2]);
  assert.deepEqual(board.strokes.map((s) => [s.points.length, s.isOpen, s.endPts]), [[3, false, 400], [2, false, 200]]);
  assert.deepEqual(board.strokes[0]!.points[2], [103, 203, 0]);
});

test('pages keep their strokes, what lies over a picture goes with it, and hidden there is nothing', () => {
  const board = drawn(begin(9), page(1), begin(1), page(2), begin(1), begin(2), page(1));
  assert.deepEqual(ids(board), [1]);
  const turn = (e: InkEvent): number[] => (board.apply(e, 0), ids(board));
  assert.deepEqual(turn({ op: Op.Picture }), []);
  assert.deepEqual(turn(begin(4)), [4]);
  assert.deepEqual(turn({ op: Op.Hide }), []);
  assert.deepEqual(turn({ op: Op.Clear }), []);
  assert.deepEqual(turn({ op: Op.Picture }), []);
  assert.deepEqual(turn(page(2)), [1, 2]);
  assert.deepEqual(turn({ op: Op.Erase, id: 1 }), [2]);
  assert.deepEqual(turn({ op: Op.Clear }), []);
});

test('events said twice change nothing', () => {
  const events = [page(1), begin(1), points(0, [5, 5]), begin(2), { op: Op.Erase, id: 1 } as InkEvent, begin(3), points(3, [1, 1])];
  assert.deepEqual(drawn(...events, ...events).strokes.map((s) => [s.id, s.points]), drawn(...events).strokes.map((s) => [s.id, s.points]));
});

test('undo and redo go back and forth, and a new stroke ends what could be redone', () => {
  const history = new History(), [a, b] = [{ id: 1 }, { id: 2 }] as Stroke[];
  history.add({ added: [a!], removed: [] });
  history.add({ added: [], removed: [a!] });
  history.add({ added: [], removed: [] }); // nothing happened
  assert.deepEqual(history.undo(), { added: [a], removed: [] });
  assert.deepEqual(history.undo(), { added: [], removed: [a] });
  assert.equal(history.undo(), undefined);
  assert.deepEqual(history.redo(), { added: [a], removed: [] });
  history.add({ added: [b!], removed: [] });
  assert.equal(history.canRedo, false);
});

test('an eraser touches what is as near as both are wide', () => {
  const stroke = { points: [[0, 0, 0], [100, 0, 0]], width: 10 } as unknown as Stroke;
  assert.ok(touches(stroke, 50, 24, 20));
  assert.ok(!touches(stroke, 50, 26, 20));
  assert.ok(!touches(stroke, 130, 0, 20));
  assert.ok(touches({ ...stroke, points: [[7, 7, 0]] }, 10, 10, 1));
});

// -- thinning

/** How far the samples are from the line through what was kept, at worst. */
function off(samples: Sample[], kept: Sample[]): number {
  let worst = 0, k = 0;
  for (const s of samples) {
    while (k + 2 < kept.length && s.at > kept[k + 1]!.at) k++;
    const a = kept[k]!, b = kept[k + 1] || a, stroke = { points: [[a.x, a.y, 0], [b.x, b.y, 0]], width: 0 } as unknown as Stroke;
    let low = 0, high = 5000;
    while (high - low > 0.1) touches(stroke, s.x, s.y, (low + high) / 2) ? (high = (low + high) / 2) : (low = (low + high) / 2);
    worst = Math.max(worst, high);
  }
  return worst;
}

function thinned(samples: Sample[]): Sample[] {
  const thin = new Thin(samples[0]!), kept = [samples[0]!];
  for (const s of samples.slice(1)) kept.push(...[thin.add(s)].filter((k): k is Sample => !!k));
  const last = thin.flush();
  return last ? [...kept, last] : kept;
}

test('a line that was thinned is nowhere off by more than a pixel of 960', () => {
  const shapes: [string, (t: number) => [number, number]][] = [
    ['straight', (t) => [t * 2000, t * 500]], ['circle', (t) => [1000 + 400 * Math.cos(t * 6.28), 1000 + 400 * Math.sin(t * 6.28)]],
    ['there and back', (t) => [1000 * (t < 0.5 ? t : 1 - t), 7]], ['spiral', (t) => [1000 + 300 * t * Math.cos(t * 40), 1000 + 300 * t * Math.sin(t * 40)]],
    ['zigzag', (t) => [t * 1000, Math.abs((t * 20) % 2 - 1) * 100]], ['still', () => [5, 5]], ['across pi', (t) => [2000 - t * 1500, 1000 + 30 * Math.sin(t * 9)]],
  ];
  for (const [name, shape] of shapes) {
    const samples = Array.from({ length: 400 }, (_, i) => {
      const [x, y] = shape(i / 400);
      return { x: Math.round(x), y: Math.round(y), pressure: 0, at: i * 8 };
    });
    const kept = thinned(samples);
    assert.ok(off(samples, kept) <= OFF_MAX + 1, `${name} is off by ${off(samples, kept)}`);
    assert.ok(kept.length < samples.length / 2, `${name}: ${kept.length} kept`);
  }
  assert.equal(thinned(Array.from({ length: 100 }, (_, i) => ({ x: i * 10, y: i * 3, pressure: 0, at: i }))).length, 2);
});

test('handwriting needs a third of its points, and stays itself', () => {
  let all = 0, kept = 0;
  for (const stroke of handwriting(60)) {
    const thin = thinned(stroke);
    assert.ok(off(stroke, thin) <= OFF_MAX + 1);
    all += stroke.length;
    kept += thin.length;
  }
  assert.ok(kept < all / 3, `${kept} of ${all}`);
});

test('a thinned line gets its steps and its bends back, keeps its corners, and does not grow without end', () => {
  assert.deepEqual(dense([[5, 5, 0]]), [[5, 5, 0]]);
  assert.deepEqual(dense([[0, 0, 100], [24, 0, 200], [24, 6, 200]]), [[0, 0, 100], [12, 0, 150], [24, 0, 200], [24, 6, 200]]);
  const circle = dense(Array.from({ length: 19 }, (_, i): Point => [1000 + 400 * Math.cos(i * Math.PI / 9), 1000 + 400 * Math.sin(i * Math.PI / 9), 0]));
  const worst = Math.max(...circle.slice(20, -20).map(([x, y]) => Math.abs(Math.sqrt((x - 1000) * (x - 1000) + (y - 1000) * (y - 1000)) - 400)));
  assert.ok(worst < 1, `a circle is off by ${worst}`);
  const far = Array.from({ length: 20000 }, (_, i): Point => [i % 2 * 32000, 0, 0]);
  assert.ok(dense(far).length < 40000);
});

// -- batches

/** What a writer says of a minute's handwriting, and when. */
function writes(strokes: Sample[][]): { at: number; batch: Uint8Array }[] {
  const said: { at: number; batch: Uint8Array }[] = [];
  let now = 0;
  const writer = new Writer((batch) => said.push({ at: now, batch }));
  writer.say(page(1), 0);
  strokes.forEach((stroke, id) => {
    for (const s of stroke) {
      for (; now < s.at; now += 16) writer.tick(now);
      now = s.at;
      if (s === stroke[0]) writer.begin(id, PEN, s);
      else writer.move(s);
    }
    writer.up(now);
  });
  now += BATCH_MS;
  writer.flush(now);
  return said;
}

test('what is said is what was written, in its time', () => {
  const strokes = handwriting(20), board = new Board();
  for (const { at, batch } of writes(strokes)) {
    for (const deed of deedsOf(batch, at, false, false)) {
      assert.ok(deed.pts <= at + 8 && deed.pts >= at - BATCH_MS - 40, `${deed.pts} said at ${at}`);
      board.apply(deed.event, deed.pts);
    }
  }
  assert.equal(board.strokes.length, strokes.length);
  board.strokes.forEach((s, i) => {
    const stroke = strokes[i]!, last = stroke[stroke.length - 1]!, end = s.points[s.points.length - 1]!;
    assert.deepEqual([end[0], end[1]], [last.x, last.y]);
    assert.ok(Math.abs(s.endPts - last.at) < 30, `stroke ${i} ended at ${last.at}, not at ${s.endPts}`);
    assert.ok(!s.isOpen);
  });
});

test('batches are small, and of a quarter of a second', () => {
  const strokes = handwriting(30);
  const first: Sample = { x: 0, y: 0, pressure: 0, at: 40000 };
  strokes.push([first, ...Array.from({ length: 4000 }, (_, i) => ({ x: (i * 37) % 4000, y: (i * 91) % 2000, pressure: 9, at: 40000 + i }))]);
  const said = writes(strokes);
  assert.ok(said.every(({ batch }) => batch.length < 1300));
  assert.ok(said.every(({ batch }) => readBatch(batch)));
});

test('continuous handwriting takes at most 1.6 kbit/s beside the voice', () => {
  const strokes = handwriting(60), said = writes(strokes), UNIT = 8;
  const kbps = said.reduce((sum, { batch }) => sum + UNIT + batch.length, 0) * 8 / 60 / 1000;
  assert.ok(kbps <= 1.6, `${kbps} kbit/s`);
});

// -- what a pupil's page does when

test('the pen is at most so much ahead of its voice, and a page is not early', () => {
  const deeds = deedsOf(bytes([begin(1, 5), points(50, [30, 0], [10, 0]), { op: Op.End }], 100), 10000, false, false);
  assert.deepEqual(deeds.map((d) => [d.pts, d.due]), [[9620, 9320], [9770, 9470], [9820, 9520], [9820, 9520]].map(([pts, due]) => [pts, due! + 300 - LEAD_MS]));
  assert.deepEqual(deedsOf(bytes([page(2)]), 10000, false, false).map((d) => d.due), [10000]);
});

test('a page is there at once, and over a picture it says how old its strokes are', () => {
  const key = bytes([{ op: Op.Time, pts: 700 }, { op: Op.Picture }, { op: Op.Time, pts: 900 }, begin(1, 200), points(250, [1, 1])]);
  const deeds = deedsOf(key, 5000, true, true);
  assert.deepEqual(deeds.map((d) => [d.pts, d.due, d.isFirst]), [[700, 5000, true], [900, 5000, false], [900, 5000, false]]);
  assert.equal(deedsOf(new Uint8Array([0, 9]), 0, true, true).length, 0);
});

test('the picture of the moment is kept, and one that was on its way is taken', () => {
  const SINCE = 60000, still = (pts: number) => ({ pts, isVideo: false }), video = (pts: number) => ({ pts, isVideo: true });
  assert.ok(isWanted(still(1000), undefined, SINCE, -Infinity), 'a slide that was there for long');
  assert.ok(!isWanted(video(SINCE - 10), undefined, SINCE, -Infinity), 'video that is not there yet');
  assert.ok(isWanted(video(SINCE + 10), undefined, SINCE, -Infinity));
  assert.ok(isWanted(still(SINCE + 800), still(1000), SINCE, -Infinity), 'turned to just before');
  assert.ok(!isWanted(still(SINCE + 900), still(SINCE + 800), SINCE, -Infinity), 'only once');
  assert.ok(!isWanted(still(SINCE + 20000), still(1000), SINCE, -Infinity), 'ink that is drawn already');
});

test('who comes late draws what the picture lacks, and takes another when ink in it is erased', () => {
  const SINCE = 60000, held = { pts: 90000, isVideo: false };
  assert.equal(inkIn({ pts: SINCE - 5, isVideo: false }, SINCE), -1);
  assert.equal(inkIn(held, SINCE), 90000 - BEAT_MS);
  assert.ok(hasInk(held, SINCE, 89000) && !hasInk(held, SINCE, 91000) && !hasInk({ ...held, pts: 100 }, SINCE, 90));
  assert.ok(!isWanted({ pts: 95000, isVideo: false }, held, SINCE, 95500), 'it has the stroke still');
  assert.ok(isWanted({ pts: 96000, isVideo: false }, held, SINCE, 95500));
  assert.ok(isWanted({ pts: 99000, isVideo: false }, { pts: 96000, isVideo: false }, SINCE, 95500), 'that one may have had it');
  assert.ok(!isWanted({ pts: 109000, isVideo: false }, { pts: 99000, isVideo: false }, SINCE, 95500));
});

test('a page is in the middle of any box, whole', () => {
  assert.deepEqual(fitPage(PAGE_WIDTH, PAGE_HEIGHT), { scale: 1, x: 0, y: 0 });
  assert.deepEqual(fitPage(PAGE_WIDTH, PAGE_HEIGHT * 2), { scale: 1, x: 0, y: PAGE_HEIGHT / 2 });
  assert.deepEqual(fitPage(PAGE_WIDTH, PAGE_HEIGHT / 2), { scale: 0.5, x: PAGE_WIDTH / 4, y: 0 });
});
