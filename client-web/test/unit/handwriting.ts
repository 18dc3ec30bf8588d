// Handwriting as a pen gives it: characters of several strokes, bent and shaky, 120 samples a second, without a pause but the pen's way from
// stroke to stroke. Figures as they were seen on tablets: 2.5 strokes a second, a character of 55 pixels of 960, 250 pixels a second.

import type { Sample } from '../../src/board/thin';
import { chance } from './bytes';

const RATE = 120, UNITS_A_PIXEL = 4096 / 960;

/** So many seconds of it. */
export function handwriting(seconds: number, seed = 11): Sample[][] {
  const next = chance(seed), strokes: Sample[][] = [];
  const around = (v: number, by: number): number => v + (next() * 2 - 1) * by;
  let at = 200, column = 0;
  while (at < seconds * 1000) {
    const cellX = 100 + (column % 55) * 68, cellY = 150 + Math.floor(column / 55) % 9 * 230;
    for (let n = 3 + Math.floor(next() * 6); n > 0 && at < seconds * 1000; n--) {
      const ms = around(220, 120), samples: Sample[] = [], count = Math.max(2, Math.round(ms * RATE / 1000));
      const from = [around(cellX + 100, 90), around(cellY + 100, 90)], to = [around(cellX + 100, 110), around(cellY + 100, 110)];
      const bend = around(0, 60), hook = next() < 0.3 ? around(0, 50) : 0;
      for (let i = 0; i < count; i++) {
        const t = i / (count - 1), ease = t * t * (3 - 2 * t), bow = Math.sin(Math.PI * ease) * bend, flick = t > 0.8 ? (t - 0.8) * 5 * hook : 0;
        samples.push({
          x: Math.round(from[0]! + (to[0]! - from[0]!) * ease + bow + flick + around(0, 0.3 * UNITS_A_PIXEL)),
          y: Math.round(from[1]! + (to[1]! - from[1]!) * ease - bow - flick + around(0, 0.3 * UNITS_A_PIXEL)),
          pressure: 0, at: Math.round(at + i * 1000 / RATE),
        });
      }
      strokes.push(samples);
      at += ms + around(180, 60);
    }
    column++;
  }
  return strokes;
}
