// Whether an eraser touches a stroke. Pure.

import type { Stroke } from './model';

export function touches(stroke: Stroke, x: number, y: number, radius: number): boolean {
  const { points } = stroke, reach = radius + stroke.width / 2;
  return points.some((to, i) => distance(points[i ? i - 1 : 0]!, to, x, y) <= reach);
}

/** From a point to the line between two. */
function distance([ax, ay]: readonly number[], [bx, by]: readonly number[], x: number, y: number): number {
  const dx = bx! - ax!, dy = by! - ay!, long = dx * dx + dy * dy;
  const along = long ? Math.max(0, Math.min(1, ((x - ax!) * dx + (y - ay!) * dy) / long)) : 0;
  const offX = ax! + along * dx - x, offY = ay! + along * dy - y;
  return Math.sqrt(offX * offX + offY * offY);
}
