import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StillView } from '../../src/player/still';
import { Format, type StillPiece } from '../../src/protocol';

class FakeImage {
  static made: FakeImage[] = [];
  src = '';
  onload?: () => void;

  constructor() {
    FakeImage.made.push(this);
  }
}

function view() {
  let urls = 0;
  FakeImage.made = [];
  URL.createObjectURL = () => 'still:' + ++urls;
  URL.revokeObjectURL = () => undefined;
  Object.assign(globalThis, { Image: FakeImage });
  const image = new FakeImage();
  return { image, still: new StillView(image as unknown as HTMLImageElement, () => undefined) };
}

const piece = (id: number, data: number[] = [id]): StillPiece =>
  ({ type: 'still', ptsMs: id, format: Format.Webp, id, total: 1, offset: data.length ? 0 : 1, data: new Uint8Array(data) });

test('a still is shown when it is decoded', () => {
  const { image, still } = view();
  still.push(piece(1));
  assert.equal(image.src, '');
  FakeImage.made[1]!.onload!();
  assert.equal(image.src, 'still:1');
  assert.equal(still.shown, 1);
});

test('an older still that takes longer to decode does not replace a newer one', () => {
  const { image, still } = view();
  still.push(piece(1));
  still.push(piece(2));
  FakeImage.made[2]!.onload!();
  FakeImage.made[1]!.onload!();
  assert.equal(image.src, 'still:2');
  assert.equal(still.shown, 1);
});

test('one that comes again by its name is shown from what is kept, unless it is one of long ago', () => {
  const { image, still } = view();
  for (let id = 1; id <= 9; id++) still.push(piece(id));
  still.push(piece(5, []));
  FakeImage.made[10]!.onload!();
  assert.equal(image.src, 'still:5');
  still.push(piece(1, []));
  assert.equal(FakeImage.made.length, 11);
});
