// A pen gives 60 to 240 points a second, of which the line needs some ten: those without which it would be off by more than an eye sees.
// By a cone from the last point kept: as long as all that follows lies in it, a straight line is close enough to all. Pure.

/** Units of the page: a pixel of 960. */
export const OFF_MAX = 4;

export interface Sample { x: number; y: number; pressure: number; at: number }

export class Thin {
  private last: Sample | undefined;
  private low = -Infinity;
  private high = Infinity;
  private axis = 0;
  /** How far from the last point kept the pen has been. */
  private far = 0;

  /** `kept` is the first point of a line. */
  constructor(private kept: Sample) {}

  /** The point before `next`, if it has to be kept. */
  add(next: Sample): Sample | undefined {
    const { last } = this;
    if (last && !this.holds(next)) {
      this.keep(last);
      this.holds(next);
      this.last = next;
      return last;
    }
    this.last = next;
    return undefined;
  }

  /** The newest point, if it is not kept yet: the line is shown up to it. */
  flush(): Sample | undefined {
    const { last } = this;
    if (last) this.keep(last);
    return last;
  }

  private keep(point: Sample): void {
    this.kept = point;
    this.last = undefined;
    this.low = -Infinity;
    this.high = Infinity;
    this.far = 0;
  }

  /** Whether a line from the last point kept to `next` is close to all between; narrows the cone. */
  private holds(next: Sample): boolean {
    const dx = next.x - this.kept.x, dy = next.y - this.kept.y, away = Math.sqrt(dx * dx + dy * dy);
    if (away < this.far - OFF_MAX / 2) return false; // a pen that comes back has to be followed
    this.far = Math.max(this.far, away);
    if (away <= OFF_MAX) return true;
    const angle = Math.atan2(dy, dx), slack = Math.asin(OFF_MAX / away);
    if (this.low === -Infinity) this.axis = angle;
    let off = angle - this.axis;
    off -= Math.round(off / (2 * Math.PI)) * 2 * Math.PI;
    if (off < this.low || off > this.high) return false;
    this.low = Math.max(this.low, off - slack);
    this.high = Math.min(this.high, off + slack);
    return true;
  }
}
