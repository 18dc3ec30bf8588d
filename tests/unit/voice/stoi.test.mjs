// The measure of intelligibility, where its answers are known. (On the demo lesson with white noise it agrees with another
// implementation of the paper, on numpy, to five digits: 0.97087 at 20 dB, 0.73464 at 0 dB, 0.53576 at -10 dB.)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayOf, RATE, shifted, stoi } from '../../e2e/lib/stoi.mjs';

const SECONDS = 4;

function randomOf(seed) {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

const noise = (seed, n = SECONDS * RATE) => {
  const random = randomOf(seed);
  return Float64Array.from({ length: n }, () => random() + random() + random() - 1.5);
};

/** Harmonics whose loudness comes and goes as syllables do, each band at its own pace, and a pause in the middle. */
function speech() {
  return Float64Array.from({ length: SECONDS * RATE }, (_, i) => {
    const t = i / RATE;
    if (t > 1.8 && t < 2.2) return 0;
    let sum = 0;
    for (let h = 1; h < 30; h++) sum += Math.sin(2 * Math.PI * 140 * h * t + h * h) * (1 + Math.sin(2 * Math.PI * (2 + h % 5) * t + h)) / h;
    return sum;
  });
}

const power = (v) => v.reduce((sum, x) => sum + x * x, 0) / v.length;
const clean = speech(), hiss = noise(7);
const noisy = (db) => {
  const gain = Math.sqrt(power(clean) / power(hiss)) * 10 ** (-db / 20);
  return clean.map((x, i) => x + hiss[i] * gain);
};
const near = (value, wanted, most) => assert.ok(Math.abs(value - wanted) <= most, `${value} is not ${wanted}`);

test('speech is wholly intelligible as it is, however loud', () => {
  near(stoi(clean, clean), 1, 1e-6);
  near(stoi(clean, clean.map((x) => x * 0.03)), 1, 1e-6);
});

test('the more noise, the less is understood', () => {
  const figures = [30, 20, 10, 0, -10].map((db) => stoi(clean, noisy(db)));
  assert.ok(figures[0] > 0.97, `${figures}`);
  assert.ok(figures[4] < 0.6, `${figures}`);
  assert.deepEqual(figures, [...figures].sort((a, b) => b - a));
});

test('noise alone says next to nothing', () => {
  near(stoi(clean, noise(99)), 0, 0.2);
});

test('what is in a pause of the speech does not matter', () => {
  const heard = clean.map((x, i) => (i > 1.85 * RATE && i < 2.15 * RATE ? hiss[i] : x));
  near(stoi(clean, heard), 1, 1e-3);
});

test('a voice that lacks its high tones is understood less, a little of them gone hardly', () => {
  const smooth = (v, n) => v.map((_, i) => v.subarray(Math.max(0, i - n + 1), i + 1).reduce((a, b) => a + b, 0) / n);
  assert.ok(stoi(clean, smooth(noisy(10), 2)) > stoi(clean, smooth(noisy(10), 40)));
});

test('too little speech is no figure', () => {
  assert.ok(Number.isNaN(stoi(clean.subarray(0, 2000), clean.subarray(0, 2000))));
});

test('the delay is found to the sample, before and behind, in noise as well', () => {
  for (const delay of [0, 1, 137, -60]) {
    const heard = shifted(noisy(5), -delay);
    assert.equal(delayOf(clean, heard, 500), delay);
    near(stoi(clean, shifted(heard, delay)), stoi(clean, noisy(5)), 0.01);
  }
});
