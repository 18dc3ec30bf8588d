// What the pen does, thinned out and in batches, as the wire wants it. Numbers and a clock in, bytes out.

import { type InkEvent, Op, type Pen, type Point, SPAN_MAX, TICK_MS, writeEvent } from './events';
import type { Stroke } from './model';
import { type Sample, Thin } from './thin';

/** A batch is on its way so long after its first event at the latest. */
export const BATCH_MS = 250;
/** A batch is no longer than a piece that a thin link takes at once. */
const BATCH_BYTES = 900;
const STEPS_MAX = 100;

/** A stroke of before, which takes no time. */
export function eventsOf({ id, tool, colour, width, points }: Stroke): InkEvent[] {
  const events: InkEvent[] = [{ op: Op.Begin, id, tool, colour, width, ticks: 0, point: points[0]! }];
  for (let i = 1; i < points.length; i += STEPS_MAX) {
    const steps = points.slice(i, i + STEPS_MAX).map(([x, y, p], k): Point => [x - points[i + k - 1]![0], y - points[i + k - 1]![1], p]);
    events.push({ op: Op.Points, ticks: 0, steps });
  }
  events.push({ op: Op.End });
  return events;
}

export class Writer {
  private bytes: number[] = [];
  /** When the first of what is not sent yet happened; -1: there is nothing. */
  private beganAt = -1;
  /** Up to here the batch has told the time, ticks since it began. */
  private told = 0;
  private thin: Thin | undefined;
  private steps: Point[] = [];
  private line: Point[] = [];
  /** What the line under the pen has taken so far, or the last one. */
  lineBytes = 0;
  private end: Sample = { x: 0, y: 0, pressure: 0, at: 0 };

  /** `emit` gets each batch when it is closed. */
  constructor(private emit: (batch: Uint8Array) => void) {}

  begin(id: number, pen: Pen, first: Sample): void {
    this.lineBytes = 0;
    this.put({ op: Op.Begin, ...pen, id, ticks: 0, point: [first.x, first.y, first.pressure] }, first.at);
    this.thin = new Thin(first);
    this.line = [[first.x, first.y, first.pressure]];
    this.end = first;
  }

  /** Coordinates are whole numbers. */
  move(sample: Sample): void {
    if (this.beganAt < 0) this.beganAt = sample.at;
    const kept = this.thin && this.thin.add(sample);
    if (kept) this.keep(kept);
  }

  /** Nothing is under the pen, and all of it was emitted. */
  get isEmpty(): boolean {
    return this.beganAt < 0;
  }

  /** The line as the others have it. */
  up(at: number): Point[] {
    this.catchUp();
    this.thin = undefined;
    this.put({ op: Op.End }, at);
    return this.line;
  }

  /** Anything that takes no time. */
  say(event: InkEvent, at: number): void {
    this.put(event, at);
  }

  /** A stroke of before, at once. */
  again(stroke: Stroke, at: number): void {
    for (const event of eventsOf(stroke)) this.put(event, at);
  }

  /** Closes the batch if it is old enough; call it often. */
  tick(now: number): void {
    if (this.beganAt >= 0 && now - this.beganAt >= BATCH_MS) this.flush(now);
  }

  flush(now: number): void {
    this.catchUp();
    if (this.bytes.length) this.send(now);
  }

  private send(now: number): void {
    const span = Math.min(SPAN_MAX, Math.max(0, Math.round((now - this.beganAt) / TICK_MS)));
    const batch = new Uint8Array([span, ...this.bytes]);
    this.bytes = [];
    this.beganAt = -1;
    this.told = 0;
    this.emit(batch);
  }

  private keep(sample: Sample): void {
    const { end } = this;
    this.steps.push([sample.x - end.x, sample.y - end.y, sample.pressure]);
    this.line.push([sample.x, sample.y, sample.pressure]);
    this.end = sample;
    if (this.steps.length >= STEPS_MAX) this.writeSteps();
  }

  /** The line up to the newest point. */
  private catchUp(): void {
    const newest = this.thin && this.thin.flush();
    if (newest) this.keep(newest);
    this.writeSteps();
  }

  private writeSteps(): void {
    const { steps } = this;
    this.steps = [];
    if (steps.length) this.put({ op: Op.Points, ticks: 0, steps }, this.end.at);
  }

  /** What was under the pen before comes first; then `event`, which is over at `at`. */
  private put(event: InkEvent, at: number): void {
    if (event.op !== Op.Points) this.writeSteps();
    if (this.beganAt < 0) this.beganAt = at;
    if (event.op === Op.Begin || event.op === Op.Points) {
      event.ticks = Math.min(SPAN_MAX, Math.max(0, Math.round((at - this.beganAt) / TICK_MS) - this.told));
      this.told += event.ticks;
    }
    const bytes = writeEvent(event);
    this.lineBytes += bytes.length;
    this.bytes.push(...bytes);
    if (this.bytes.length > BATCH_BYTES) this.send(at);
  }
}
