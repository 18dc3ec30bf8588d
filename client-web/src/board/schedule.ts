// When a pupil's page does what the teacher's pen did, and what it draws over. Numbers in, answers out.

import { type InkEvent, Op, type Point, type Points, readBatch, TICK_MS } from './events';

/** Of the voice, so that the pen is seen in time; as much as eye and ear forgive. */
export const LEAD_MS = 300;

/** What is to be done when the player's clock is at `due`; it happened at `pts`. Both session ms. */
export interface Deed { due: number; pts: number; event: InkEvent; isFirst: boolean }

const turns = (e: InkEvent): boolean => e.op === Op.Page || e.op === Op.Picture || e.op === Op.Hide;

/** A step each, spread over the time by the way of the pen. */
function spread(e: Points, fromPts: number, ms: number): [number, Points][] {
  const way = ([x, y]: Point): number => Math.sqrt(x * x + y * y);
  const whole = e.steps.reduce((sum, step) => sum + way(step), 0);
  let gone = 0;
  return e.steps.map((step, i) => {
    gone += way(step);
    return [fromPts + ms * (whole ? gone / whole : (i + 1) / e.steps.length), { op: Op.Points, ticks: 0, steps: [step] }];
  });
}

/** The deeds of a batch that was closed at `pts`. A page is there at once, and is not early: strokes lie on what was turned to. */
export function deedsOf(payload: Uint8Array, pts: number, isKey: boolean, isPage: boolean): Deed[] {
  const batch = readBatch(payload), deeds: Deed[] = [];
  if (!batch) return deeds;
  let at = pts - batch.span * TICK_MS;
  const add = (event: InkEvent, due: number, when: number): void => void deeds.push({ due, pts: when, event, isFirst: isKey && !deeds.length });
  for (const event of batch.events) {
    if (event.op === Op.Time) at = event.pts;
    else if (isPage) add(event, pts, at);
    else if (event.op === Op.Points) {
      spread(event, at, event.ticks * TICK_MS).forEach(([when, step]) => add(step, when - LEAD_MS, when));
      at += event.ticks * TICK_MS;
    } else {
      if (event.op === Op.Begin) at += event.ticks * TICK_MS;
      add(event, turns(event) ? at : at - LEAD_MS, at);
    }
  }
  return deeds;
}

/** A picture: what it shows is of `pts`, session ms. */
export interface Shown { pts: number; isVideo: boolean }

/** The teacher's page draws the ink into its pictures at this beat: one of `pts` may lack what is younger. */
export const BEAT_MS = 3000;
/** A picture that was turned to just before the pen came out may be so long on its way. */
const SETTLE_MS = 5000;

/** Whether what is shown is to be kept as what strokes lie on, since `sincePts`. `held`: what is kept; `erasedPts`: when ink in it went away. */
export function isWanted(shown: Shown, held: Shown | undefined, sincePts: number, erasedPts: number): boolean {
  if (!held) return !shown.isVideo || shown.pts >= sincePts;
  if (shown.pts <= held.pts) return false;
  const wasOnItsWay = held.pts < sincePts && shown.pts < sincePts + SETTLE_MS;
  return wasOnItsWay || shown.pts > erasedPts && held.pts < erasedPts + BEAT_MS;
}

/** Strokes that ended by then are in the picture. */
export function inkIn(held: Shown, sincePts: number): number {
  return held.pts <= sincePts ? -1 : held.pts - BEAT_MS;
}

/** Whether a stroke that ended at `endPts` may be in the picture. */
export function hasInk(held: Shown, sincePts: number, endPts: number): boolean {
  return held.pts > sincePts && endPts <= held.pts;
}
