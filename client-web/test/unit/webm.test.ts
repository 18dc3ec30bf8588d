import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Block, vp8Key, Webm, WebmError } from '../../src/teach/webm';
import { opusMs } from '../../src/teach/engine/wire';
import { chance } from './bytes';

/** As Chromium's MediaRecorder wrote them; what is in them by ffprobe. */
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(`test/unit/webm/chromium-${name}.webm`));
const whole = (bytes: Uint8Array): Block[] => new Webm().push(bytes);
const sum = (blocks: Block[]) => blocks.reduce((n, b) => n + b.data.length, 0);
const of = (blocks: Block[], codec: string) => blocks.filter((b) => b.codec === codec);

test('all packets of a recording are found, with their times', () => {
  const voice = whole(file('opus')), video = whole(file('vp8')), both = whole(file('both'));
  assert.deepEqual([voice.length, sum(voice)], [23, 1297]);
  assert.deepEqual([video.length, sum(video)], [14, 5676]);
  assert.deepEqual([of(both, 'A_OPUS').length, sum(of(both, 'A_OPUS')), of(both, 'V_VP8').length, sum(of(both, 'V_VP8'))], [23, 1324, 15, 6887]);
  assert.ok(both.every((b) => b.ms >= 0 && b.ms < 2000));
  for (const list of [voice, video]) assert.ok(list.every((b, i) => i === 0 || b.ms > list[i - 1]!.ms));
});

test('packets are what their codecs say', () => {
  assert.ok(whole(file('opus')).every((b) => opusMs(b.data) === 60));
  const frames = whole(file('vp8'));
  assert.deepEqual(vp8Key(frames[0]!.data), { width: 320, height: 240 });
  assert.equal(frames.filter((f) => vp8Key(f.data)).length, 1);
});

test('however it is cut into slices, the same comes out', () => {
  const bytes = file('both'), expected = whole(bytes), random = chance(4);
  for (let round = 0; round < 60; round++) {
    const webm = new Webm(), blocks: Block[] = [], most = round === 0 ? 1 : 1 + random() * 900;
    for (let at = 0; at < bytes.length;) {
      const length = Math.ceil(random() * most);
      blocks.push(...webm.push(bytes.slice(at, at + length)));
      at += length;
    }
    assert.deepEqual(blocks, expected);
  }
});

test('damage is an error or less, never more than was there', () => {
  const random = chance(5);
  let errors = 0;
  for (let round = 0; round < 3000; round++) {
    const bytes = file(round % 2 ? 'both' : 'vp8'), length = Math.ceil(random() * bytes.length), head = random() < 0.5 ? 400 : length;
    for (let n = 1 + random() * 5; n > 0; n--) bytes[Math.floor(random() * head)] = random() * 256;
    try {
      const blocks = whole(bytes.subarray(0, length));
      assert.ok(sum(blocks) <= length);
    } catch (e) {
      assert.ok(e instanceof WebmError, String(e));
      errors++;
    }
  }
  assert.ok(errors > 100 && errors < 2900, `${errors}`);
});

test('what can not be is refused', () => {
  const bad = (bytes: number[]) => assert.throws(() => whole(Uint8Array.from(bytes)), WebmError);
  bad([0x00]); // no id
  bad([0xa3, 0x01, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]); // a block of 2^49 bytes
  bad([0xa3, 0xff]); // of unknown length
  bad([0xa3, 0x83, 0x81, 0, 0]); // cut short
  bad([0xa3, 0x85, 0x81, 0, 0, 0x80, 1]); // of no track
  bad([0xd7, 0x81, 1, 0x86, 0x81, 0x41, 0xa3, 0x85, 0x81, 0, 0, 0x04, 1]); // laced
  assert.deepEqual(whole(Uint8Array.of(0xd7, 0x81, 1, 0x86, 0x81, 0x41, 0xe7, 0x81, 5, 0xa3, 0x85, 0x81, 0xff, 0xff, 0x80, 7)), [{ track: 1, codec: 'A', ms: 4, data: Uint8Array.of(7) }]);
});
