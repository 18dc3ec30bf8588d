// A thinned line with points at short steps again, bent as a pen bends between them, and with its corners: what rounds an outline off rounds
// between neighbours, and would cut those. Pure.

import type { Point } from './events';

/** Units of the page: three pixels of 960. */
const STEP = 12;
/** However long a line is. */
const POINTS_MAX = 6000;
/** Cosine of the turn from which on it is a corner: 55 degrees. */
const CORNER = 0.57;

const way = (a: Point, b: Point): number => Math.sqrt((b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1]));

/** Where the line goes at `at`, as long as the shorter of its neighbours is away; undefined at corners and ends. */
function bend(before: Point | undefined, at: Point, after: Point | undefined): [number, number] | undefined {
  if (!before || !after) return undefined;
  const from = way(before, at), to = way(at, after);
  if (!from || !to) return undefined;
  const [ax, ay, bx, by] = [(at[0] - before[0]) / from, (at[1] - before[1]) / from, (after[0] - at[0]) / to, (after[1] - at[1]) / to];
  if (ax * bx + ay * by < CORNER) return undefined;
  const both = Math.sqrt((ax + bx) * (ax + bx) + (ay + by) * (ay + by)), long = Math.min(from, to) / both;
  return [(ax + bx) * long, (ay + by) * long];
}

export function dense(points: Point[]): Point[] {
  const all: Point[] = [points[0]!];
  const whole = points.reduce((sum, p, i) => sum + (i ? way(points[i - 1]!, p) : 0), 0), step = Math.max(STEP, whole / POINTS_MAX);
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!, b = points[i]!, n = Math.max(1, Math.ceil(way(a, b) / step));
    const chord: [number, number] = [b[0] - a[0], b[1] - a[1]];
    const out = bend(points[i - 2], a, b) || chord, into = bend(a, b, points[i + 1]) || chord;
    for (let k = 1; k <= n; k++) {
      const t = k / n, h = t * t * (3 - 2 * t), h0 = t * (1 - t) * (1 - t), h1 = t * t * (t - 1);
      const place = (axis: 0 | 1): number => a[axis] + (b[axis] - a[axis]) * h + out[axis] * h0 + into[axis] * h1;
      all.push([place(0), place(1), a[2] + (b[2] - a[2]) * t]);
    }
  }
  return all;
}
