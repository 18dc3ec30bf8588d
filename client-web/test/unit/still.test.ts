import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Assembly } from '../../src/player/still';
import { Format, type StillPiece } from '../../src/protocol';

const piece = (id: number, total: number, offset: number, data: number[]): StillPiece =>
  ({ type: 'still', ptsMs: id, format: Format.Webp, id, total, offset, data: new Uint8Array(data) });

test('pieces in order make a picture', () => {
  const a = new Assembly();
  assert.equal(a.add(piece(1, 5, 0, [1, 2])), undefined);
  assert.equal(a.progress, 0.4);
  assert.equal(a.add(piece(1, 5, 2, [3, 4])), undefined);
  const still = a.add(piece(1, 5, 4, [5]))!;
  assert.deepEqual([...still.bytes], [1, 2, 3, 4, 5]);
  assert.equal(still.id, 1);
  assert.equal(a.progress, 0);
});

test('a piece of another picture makes the unfinished one void', () => {
  const a = new Assembly();
  a.add(piece(1, 4, 0, [1, 2]));
  assert.ok(a.add(piece(2, 1, 0, [9])));
  assert.equal(a.add(piece(1, 4, 2, [3, 4])), undefined);
});

test('a hole, a wrong total or a lone tail give no picture', () => {
  const a = new Assembly();
  a.add(piece(1, 6, 0, [1, 2]));
  assert.equal(a.add(piece(1, 6, 4, [5, 6])), undefined);
  a.add(piece(1, 6, 0, [1, 2]));
  assert.equal(a.add(piece(1, 4, 2, [3, 4])), undefined);
  assert.equal(a.add(piece(3, 4, 2, [3, 4])), undefined);
});

test('the same picture may be begun again', () => {
  const a = new Assembly();
  a.add(piece(1, 3, 0, [7]));
  a.add(piece(1, 3, 0, [1, 2]));
  assert.deepEqual([...a.add(piece(1, 3, 2, [3]))!.bytes], [1, 2, 3]);
});
