import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from '../../src/player/timeline';
import { Codec, type VoiceConfig } from '../../src/protocol';

const OPUS: VoiceConfig = { type: 'voice-config', ptsMs: 0, codec: Codec.Opus, channels: 1, packetSamples: 2880, rate: 48000, asc: new Uint8Array(0) };
const AAC: VoiceConfig = { ...OPUS, codec: Codec.Aac, packetSamples: 1024 };
const bundle = (ptsMs: number, count: number) => ({ type: 'voice' as const, ptsMs, packets: new Array<Uint8Array>(count).fill(new Uint8Array(1)) });

test('rounded milliseconds leave no holes between bundles of AAC', () => {
  const t = new Timeline();
  let expected = 0;
  for (let i = 0; i < 500; i++) {
    const place = t.place(bundle(Math.round(i * 14 * 1024 / 48), 14), AAC);
    assert.deepEqual(place, { start: expected, skip: 0, isHole: false, isRestart: false });
    expected += 14 * 1024;
  }
});

test('a hole in the lesson stays a hole', () => {
  const t = new Timeline();
  t.place(bundle(1000, 5), OPUS);
  assert.deepEqual(t.place(bundle(6300, 5), OPUS), { start: 6300 * 48, skip: 0, isHole: true, isRestart: false });
});

test('voice that is there already is left out', () => {
  const t = new Timeline();
  t.place(bundle(1000, 5), OPUS);
  assert.deepEqual(t.place(bundle(1180, 5), OPUS), { start: 1300 * 48, skip: 2, isHole: false, isRestart: false });
  assert.equal(t.endMs, 1480);
  assert.equal(t.place(bundle(1000, 5), OPUS).skip, 5);
  assert.equal(t.endMs, 1480);
});

test('a clock far back is a new session', () => {
  const t = new Timeline();
  t.place(bundle(1000000, 5), OPUS);
  assert.ok(t.place(bundle(0, 5), OPUS).isRestart);
});

test('the place in the lesson survives a change of codec', () => {
  const t = new Timeline();
  t.place(bundle(1000, 5), OPUS);
  t.changeRate(32000);
  assert.equal(t.place(bundle(1300, 1), { ...AAC, rate: 32000 }).start, 1300 * 32);
});
