import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../src/teach/engine/outbox';
import { Coding } from '../../src/teach/engine/wire';

const SHAPE = { coding: Coding.Vp8, width: 640, height: 360, description: new Uint8Array() };
const ALL = { voice: true, room: 1e6, partBytes: 16384 };

/** Units as the server reads them: track, kind, pts, payload. */
function units(message: Uint8Array | undefined): { track: number; kind: number; pts: number; payload: number[] }[] {
  const out = [], b = message || new Uint8Array();
  for (let at = 0; at < b.length;) {
    const length = b[at + 1]! << 16 | b[at + 2]! << 8 | b[at + 3]!;
    out.push({ track: b[at]! >> 4, kind: b[at]! & 15, pts: b[at + 4]! * 2 ** 24 + (b[at + 5]! << 16 | b[at + 6]! << 8 | b[at + 7]!), payload: [...b.subarray(at + 8, at + 8 + length)] });
    at += 8 + length;
  }
  return out;
}
const kinds = (message: Uint8Array | undefined) => units(message).map((u) => `${u.track}.${u.kind}@${u.pts}`);

function talk(box: Outbox, from: number, to: number, ms = 20): void {
  for (let pts = from; pts < to; pts += ms) box.pushVoice({ ptsMs: pts, ms, data: Uint8Array.of(pts / ms & 255) });
}
const picture = (ptsMs: number, isKey: boolean, bytes = 1000) => ({ ptsMs, isKey, data: new Uint8Array(bytes), shape: SHAPE });

test('the config comes before the first voice of a connection, and voice before pictures', () => {
  const box = new Outbox();
  box.pushPicture(picture(90, true));
  talk(box, 0, 100);
  assert.deepEqual(kinds(box.take(ALL)), ['0.0@0', '0.3@0', '1.0@90', '1.1@90']);
  talk(box, 100, 200);
  assert.deepEqual(kinds(box.take(ALL)), ['0.3@100']);
});

test('a bundle waits until it is full, and holds its packets in order', () => {
  const box = new Outbox();
  talk(box, 0, 80);
  assert.equal(box.take(ALL), undefined);
  talk(box, 80, 100);
  assert.deepEqual(units(box.take(ALL))[1]!.payload, [1, 0, 1, 1, 1, 2, 1, 3, 1, 4]);
});

test('a hole of the voice begins another bundle', () => {
  const box = new Outbox();
  talk(box, 0, 60);
  talk(box, 500, 540);
  box.bundleMs = 40;
  assert.deepEqual(kinds(box.take(ALL)), ['0.0@0', '0.3@0', '0.3@500']);
});

test('a picture goes in parts that fit, with voice between them', () => {
  const box = new Outbox(), small = { voice: true, room: 1015, partBytes: 16384 };
  box.pushPicture(picture(7, true, 2500));
  assert.deepEqual(kinds(box.take(small)), ['1.0@7', '1.6@7']);
  talk(box, 0, 100);
  assert.deepEqual(kinds(box.take(small)), ['0.0@0', '0.3@0', '1.6@7']);
  const last = units(box.take(small));
  assert.deepEqual(last.map((u) => u.payload.slice(0, 7)), [[1, 0, 9, 196, 0, 7, 208]]); // key, 2500 in all, from 2000
  assert.equal(box.pictureBytes, 0);
});

test('without room for pictures the voice goes on', () => {
  const box = new Outbox();
  box.pushPicture(picture(0, true));
  talk(box, 0, 100);
  assert.deepEqual(kinds(box.take({ voice: true, room: 0, partBytes: 500 })), ['0.0@0', '0.3@0']);
  assert.equal(box.take({ voice: true, room: 0, partBytes: 500 }), undefined);
});

test('deltas that would come too late are left out until a keyframe, which takes their place', () => {
  const box = new Outbox();
  assert.equal(box.pushPicture(picture(0, false)), false);
  box.pushPicture(picture(0, true));
  for (let pts = 100; pts <= 1200; pts += 100) assert.equal(box.pushPicture(picture(pts, false)), true);
  assert.equal(box.pushPicture(picture(1300, false)), false);
  assert.equal(box.needsKey, true);
  assert.equal(box.pushPicture(picture(1400, false)), false);
  assert.equal(box.pushPicture(picture(1500, true)), true);
  assert.deepEqual(kinds(box.take(ALL)), ['1.0@1500', '1.1@1500']);
});

test('a keyframe lets the part that has begun finish', () => {
  const box = new Outbox();
  box.pushPicture(picture(0, true, 2000));
  box.take({ voice: false, room: 1015, partBytes: 16384 });
  box.pushPicture(picture(100, false));
  box.pushPicture(picture(200, true));
  assert.deepEqual(kinds(box.take(ALL)), ['1.6@0', '1.0@200', '1.1@200']);
});

test('what only shows better what is shown already is given up for the next page; a page that has begun is not', () => {
  const box = new Outbox(), thin = { voice: false, room: 1015, partBytes: 16384 };
  box.pushPicture({ ...picture(100, true, 5000), isSharper: true });
  box.take(thin);
  assert.ok(box.isSharpening);
  box.pushPicture(picture(200, true, 5000));
  assert.ok(!box.isSharpening);
  assert.deepEqual(units(box.take(thin)!).map((u) => u.pts), [200, 200]);
  box.pushPicture({ ...picture(300, true), isSharper: true });
  assert.deepEqual(units(box.take(ALL)!).map((u) => u.pts), [200, 300, 300]);
});

test('five seconds of voice wait at most', () => {
  const box = new Outbox();
  talk(box, 0, 20000);
  assert.equal(box.voiceMs, 5000);
  assert.equal(units(box.take(ALL))[0]!.pts, 15000);
});

test('a new connection gets the voice that the server has not, the ink that it has not said to have, and a keyframe', () => {
  const box = new Outbox();
  talk(box, 0, 100);
  box.pushInk(50, Uint8Array.of(1));
  const first = box.take(ALL)!;
  talk(box, 100, 200);
  box.pushInk(150, Uint8Array.of(2));
  box.pushPicture(picture(150, true));
  box.take(ALL);
  talk(box, 200, 240);
  box.acked(first.length);
  box.resume(120);
  assert.equal(box.needsKey, true);
  const again = units(box.take(ALL));
  assert.deepEqual(again.map((u) => `${u.track}.${u.kind}@${u.pts}`), ['0.0@120', '0.3@120', '3.2@150']);
  assert.equal(again[1]!.payload.length, 12);
});

test('ink has a bound, which acknowledgements widen again', () => {
  const box = new Outbox(), piece = new Uint8Array(1000);
  let n = 0;
  while (box.pushInk(0, piece)) n++;
  assert.equal(n, 65);
  const message = box.take(ALL)!;
  assert.equal(box.pushInk(0, piece), false);
  box.acked(message.length);
  assert.equal(box.pushInk(0, piece), true);
});

test('no message is longer than the server takes, however much has waited', () => {
  const box = new Outbox(), batch = new Uint8Array(4 << 10), lengths = [];
  for (let pts = 0; box.pushInk(pts, batch); pts++);
  for (let pts = 0; pts < 5000; pts += 60) box.pushVoice({ ptsMs: pts, ms: 60, data: new Uint8Array(180) });
  const inkBytes = box.inkBytes;
  box.pushPicture(picture(5000, true, 60000));
  for (let m = box.take(ALL); m; m = box.take(ALL)) lengths.push(m.length);
  assert.ok(inkBytes > 60000 && lengths.every((n) => n <= 64 << 10), `${lengths}`);
  box.acked(lengths.reduce((sum, n) => sum + n, 0));
  assert.equal(box.inkBytes, 0);
});

test('no two batches of ink are of the same time: by it the server knows one that comes again', () => {
  const box = new Outbox();
  for (const at of [50, 50, 40, 60]) box.pushInk(at, Uint8Array.of(1));
  const sent = units(box.take(ALL)!).filter((u) => u.track === 3);
  assert.deepEqual(sent.map((u) => u.pts), [50, 51, 52, 60]);
});
