// Strokes onto a canvas, in units of the page: alike for teacher and pupil.

import { getStroke } from 'perfect-freehand';
import { dense } from './dense';
import { type Pen, Tool } from './events';
import type { Stroke } from './model';

/** By their numbers on the wire. */
export const COLOURS = [
  '#1b1f24', '#d92d20', '#1d6fe0', '#15803d', '#f59e0b', '#7c3aed', '#0e7490', '#be185d',
  '#ffffff', '#6b7280', '#fde047', '#86efac', '#93c5fd', '#f9a8d4', '#a16207', '#000000',
];
const SEE_THROUGH = 0.38;
const MOST_PRESSURE = 255;

/** Drawn when its pen is up: it does not change any more. */
const outlines = new WeakMap<Stroke, Path2D>();

/** A highlighter's ends are flat: round ones would lie upon one another, darker, where a line goes on as another stroke. Not those of a dot. */
function hasRoundEnds({ tool, width, points }: Stroke): boolean {
  const [x, y] = points[0]!;
  return tool !== Tool.Highlighter || points.every((p) => Math.abs(p[0] - x) < width && Math.abs(p[1] - y) < width);
}

function outline(stroke: Stroke): Path2D {
  const isPressed = stroke.points[0]![2] > 0, path = new Path2D(), ends = { cap: hasRoundEnds(stroke) };
  const shape = getStroke(dense(stroke.points).map(([x, y, p]) => [x, y, p / MOST_PRESSURE]), {
    size: stroke.width * (isPressed ? 1.5 : 1), thinning: isPressed ? 0.6 : 0, smoothing: 0.3, streamline: 0.15, simulatePressure: false, last: !stroke.isOpen,
    start: ends, end: ends,
  });
  shape.forEach(([x, y], i) => {
    const [nextX, nextY] = shape[(i + 1) % shape.length]!;
    if (!i) path.moveTo((x! + nextX!) / 2, (y! + nextY!) / 2);
    else path.quadraticCurveTo(x!, y!, (x! + nextX!) / 2, (y! + nextY!) / 2);
  });
  path.closePath();
  return path;
}

export function paintStroke(context: CanvasRenderingContext2D, stroke: Stroke): void {
  let path = stroke.isOpen ? undefined : outlines.get(stroke);
  if (!path) path = outline(stroke);
  if (!stroke.isOpen) outlines.set(stroke, path);
  setPen(context, stroke);
  context.fill(path);
}

function setPen(context: CanvasRenderingContext2D, pen: Pen): void {
  context.fillStyle = COLOURS[pen.colour]!;
  context.globalAlpha = pen.tool === Tool.Highlighter ? SEE_THROUGH : 1;
}
