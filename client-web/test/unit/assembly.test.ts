import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Assembly, Frames } from '../../src/player/assembly';
import { parseMessage, ProtocolError, type VideoFrame } from '../../src/protocol';
import { chance, OPUS, u24, u32, unit, VIDEO } from './bytes';

const piece = (total: number, offset: number, data: number[]) => ({ total, offset, data: new Uint8Array(data) });

test('pieces in order make a picture', () => {
  const a = new Assembly();
  assert.equal(a.add('1', piece(5, 0, [1, 2])), undefined);
  assert.equal(a.add('1', piece(5, 2, [3, 4])), undefined);
  assert.deepEqual([...a.add('1', piece(5, 4, [5]))!], [1, 2, 3, 4, 5]);
});

test('a piece of another picture makes the unfinished one void', () => {
  const a = new Assembly();
  a.add('1', piece(4, 0, [1, 2]));
  assert.ok(a.add('2', piece(1, 0, [9])));
  assert.equal(a.add('1', piece(4, 2, [3, 4])), undefined);
});

test('a hole, a repetition, a wrong total or a lone tail give no picture', () => {
  const a = new Assembly();
  for (const [next, tail] of [[piece(6, 4, [5, 6]), 6], [piece(6, 1, [2, 3]), 6], [piece(4, 2, [3, 4]), 4]] as const) {
    a.add('1', piece(6, 0, [1, 2]));
    assert.equal(a.add('1', next), undefined);
    assert.equal(a.add('1', piece(tail, tail - 1, [0])), undefined, 'and the tail is not taken for its end');
  }
  assert.equal(a.add('3', piece(4, 2, [3, 4])), undefined);
});

test('the same picture may be begun again', () => {
  const a = new Assembly();
  a.add('1', piece(3, 0, [7]));
  a.add('1', piece(3, 0, [1, 2]));
  assert.deepEqual([...a.add('1', piece(3, 2, [3]))!], [1, 2, 3]);
});

test('memory follows what has come, not what was announced', () => {
  const a = new Assembly() as unknown as { bytes: Uint8Array; add: Assembly['add'] };
  for (let have = 0; have < 100_000; have += 1000) {
    a.add('1', { total: 4 << 20, offset: have, data: new Uint8Array(1000) });
    assert.ok(a.bytes.length >= have + 1000 && a.bytes.length <= 2 * (have + 1000));
  }
});

test('a whole picture keeps no more memory than its own bytes', () => {
  const a = new Assembly(), data = new Uint8Array(1000);
  for (let at = 0; at < 2000; at += 1000) a.add('1', { total: 3000, offset: at, data });
  assert.equal(a.add('1', { total: 3000, offset: 2000, data })!.buffer.byteLength, 3000);
});

const KEY = 1, DELTA = 2;
const part = (pts: number, kind: number, total: number, offset: number, data: number[]) => unit(1, 6, pts, [kind, ...u24(total), ...u24(offset), ...data]);
const voice = (pts: number) => unit(0, 3, pts, [1, 7]);

/** What the messages come to: each frame as [pts, 'key' or 'delta', bytes…]. */
function framesOf(...messages: number[][][]) {
  const frames = new Frames();
  return messages.flatMap((m) => parseMessage(new Uint8Array(m.flat()))).map((u) => frames.take(u))
    .filter((f): f is VideoFrame => !!f).map((f) => [f.ptsMs, f.isKey ? 'key' : 'delta', ...f.data]);
}

test('a frame in parts is the frame, whatever comes on other tracks between', () => {
  assert.deepEqual(framesOf(
    [voice(0), part(40, KEY, 6, 0, [0, 0])], [voice(60), voice(120), part(40, KEY, 6, 2, [0, 2])],
    [unit(2, 4, 90, [1, ...u32(1), ...u24(4), ...u24(0), 9]), voice(180), part(40, KEY, 6, 4, [5, 6]), unit(1, 2, 140, [0, 0, 0, 1, 9])],
  ), [[40, 'key', 0, 0, 0, 2, 5, 6], [140, 'delta', 0, 0, 0, 1, 9]]);
  assert.deepEqual(framesOf([part(40, DELTA, 5, 0, [0, 0, 0, 1, 7])]), [[40, 'delta', 0, 0, 0, 1, 7]]);
});

test('an unfinished frame is given up silently by whatever else the video track brings', () => {
  const whole = unit(1, 2, 90, [0, 0, 0, 1, 9]), other = part(90, DELTA, 5, 0, [0, 0, 0, 1, 8]);
  for (const [next, left] of [[unit(1, 0, 90, VIDEO), 0], [unit(1, 5, 90, []), 0], [whole, 1], [other, 1]] as const) {
    const frames = framesOf([part(40, KEY, 6, 0, [0, 0, 0])], [next], [part(40, KEY, 6, 3, [2, 5, 6])]);
    assert.equal(frames.length, left);
    assert.ok(frames.every(([pts]) => pts === 90));
  }
});

test('parts with a hole, doubled, of another time or another kind make no frame', () => {
  const first = part(40, KEY, 6, 0, [0, 0, 0]), rest = (pts: number, kind: number, at: number) => part(pts, kind, 6, at, [2, 5, 6].slice(at - 3));
  assert.deepEqual(framesOf([first], [rest(40, KEY, 3)]).length, 1);
  for (const bad of [[rest(40, KEY, 4)], [first.slice(), rest(40, KEY, 4)], [rest(41, KEY, 3)], [rest(40, DELTA, 3)], [part(40, KEY, 6, 2, [0, 2]), part(40, KEY, 6, 4, [5, 6])]]) {
    assert.deepEqual(framesOf([first], ...bad.map((p) => [p])), []);
  }
  assert.deepEqual(framesOf([rest(40, KEY, 3)]), []);
});

test('parts that cannot be are refused', () => {
  const bad = [part(0, 3, 6, 0, [1]), part(0, 0, 6, 0, [1]), part(0, KEY, 0, 0, [1]), part(0, KEY, 4, 0, [1]), part(0, KEY, 6, 0, []), part(0, KEY, 6, 6, [1]),
    part(0, KEY, 6, 5, [1, 2]), part(0, KEY, 6, 0xffffff, [1]), part(0, KEY, (4 << 20) + 1, 0, [1]), unit(1, 6, 0, [KEY, 0, 0]), unit(1, 6, 0, []),
    unit(0, 6, 0, [KEY, ...u24(6), ...u24(0), 1])];
  for (const bytes of bad) assert.throws(() => parseMessage(new Uint8Array(bytes)), ProtocolError, String(bytes));
});

test('parts in any order make no frame but those that were sent', () => {
  const random = chance(7), frames = new Frames(), whole = Array.from({ length: 30 }, (_, i) => i);
  let made = 0;
  for (let i = 0; i < 20000; i++) {
    const at = Math.floor(random() * 3) * 10, u = random() < 0.05 ? unit(0, 0, 0, OPUS) : part(Math.floor(random() * 2), KEY, 30, at, whole.slice(at, at + 10));
    const frame = frames.take(parseMessage(new Uint8Array(u))[0]!);
    if (frame) assert.deepEqual([...frame.data], whole);
    made += frame ? 1 : 0;
  }
  assert.ok(made > 20, `${made} frames`);
});
