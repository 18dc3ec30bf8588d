// The board: pages of strokes, as the events of §1.3 make them. The same for the teacher, who draws, and the pupil, who watches. Pure.

import { type InkEvent, Op, type Pen, type Point } from './events';

export interface Stroke extends Pen {
  id: number;
  points: Point[];
  isOpen: boolean;
  /** When its newest point was there, session ms. */
  endPts: number;
}

export type Shown = 'hidden' | 'picture' | 'blank';

/** The list of what lies over a picture. */
const OVER_PICTURE = 0;

export class Board {
  shown: Shown = 'hidden';
  /** The white page that is shown, or was shown last. */
  page = 1;
  /** Since when what is shown is shown, session ms. */
  shownPts = 0;
  /** Grows with whatever takes strokes away or puts one between others: what was painted is void. */
  version = 0;
  /** The newest time at which strokes went away, and the oldest of those. */
  erased: { pts: number; endPts: number } | undefined;
  private lists = new Map<number, Stroke[]>();
  private open: Stroke | undefined;

  /** Of the page that is shown, in the order in which they lie on each other. */
  get strokes(): Stroke[] {
    const key = this.shown === 'picture' ? OVER_PICTURE : this.page;
    if (this.shown === 'hidden') return [];
    let list = this.lists.get(key);
    if (!list) this.lists.set(key, (list = []));
    return list;
  }

  /** The number of the last page that is shown or has something on it. */
  get lastPage(): number {
    let last = this.page;
    this.lists.forEach((list, page) => (last = list.length ? Math.max(last, page) : last));
    return last;
  }

  /** White pages with something on them. */
  eachPage(see: (page: number, strokes: Stroke[]) => void): void {
    this.lists.forEach((list, page) => list.length && page !== OVER_PICTURE && see(page, list));
  }

  /** Of each page those strokes, where there are any; last, of what lies over a picture. */
  pick(isWanted: (s: Stroke) => boolean): Stroke[][] {
    const picked: [page: number, strokes: Stroke[]][] = [];
    this.lists.forEach((list, page) => picked.push([page === OVER_PICTURE ? Infinity : page, list.filter(isWanted)]));
    return picked.filter(([, strokes]) => strokes.length).sort(([a], [b]) => a - b).map(([, strokes]) => strokes);
  }

  /** Copies strokes of elsewhere onto a white page, above what is there. */
  add(page: number, strokes: Stroke[]): Stroke[] {
    const list = this.lists.get(page) || [], free = list.reduce((next, s) => Math.max(next, s.id + 1), 1);
    const added = strokes.map((s, i): Stroke => Object.assign({}, s, { id: free + i, isOpen: false }));
    this.lists.set(page, list.concat(added));
    this.version++;
    return added;
  }

  get hasInk(): boolean {
    let has = false;
    this.lists.forEach((list) => (has = has || list.length > 0));
    return has;
  }

  reset(): void {
    this.lists.clear();
    this.show('hidden', 0);
  }

  apply(e: InkEvent, pts: number): void {
    switch (e.op) {
      case Op.Begin: return this.begin(e.id, { tool: e.tool, colour: e.colour, width: e.width }, e.point, pts);
      case Op.Points: return this.extend(e.steps, pts);
      case Op.End: return this.end();
      case Op.Erase: return this.remove((s) => s.id === e.id, pts);
      case Op.Clear: return this.remove(() => true, pts);
      case Op.Page:
        this.page = e.page;
        return this.show('blank', pts);
      case Op.Picture:
        this.lists.delete(OVER_PICTURE);
        return this.show('picture', pts);
      case Op.Hide: return this.show('hidden', pts);
    }
  }

  private show(shown: Shown, pts: number): void {
    this.end();
    this.shown = shown;
    this.shownPts = pts;
    this.erased = undefined;
    this.version++;
  }

  private begin(id: number, pen: Pen, point: Point, pts: number): void {
    this.end();
    if (this.shown === 'hidden') return;
    this.remove((s) => s.id === id, pts);
    const { strokes } = this, stroke = (this.open = { ...pen, id, points: [point], isOpen: true, endPts: pts });
    let at = strokes.length;
    while (at && strokes[at - 1]!.id > id) at--;
    if (at < strokes.length) this.version++;
    strokes.splice(at, 0, stroke);
  }

  /** A stroke of before, whole; the teacher's redo. */
  put(stroke: Stroke): void {
    this.begin(stroke.id, stroke, stroke.points[0]!, stroke.endPts);
    const { strokes } = this;
    strokes[strokes.indexOf(this.open!)] = stroke;
    this.open = undefined;
    this.version++;
  }

  private extend(steps: Point[], pts: number): void {
    const { open } = this;
    if (!open) return;
    let [x, y] = open.points[open.points.length - 1]!;
    for (const [dx, dy, pressure] of steps) open.points.push([x += dx, y += dy, pressure]);
    open.endPts = pts;
  }

  private end(): void {
    if (this.open) this.open.isOpen = false;
    this.open = undefined;
  }

  private remove(isGone: (s: Stroke) => boolean, pts: number): void {
    const { strokes } = this, gone = strokes.filter(isGone);
    if (!gone.length) return;
    if (this.open && isGone(this.open)) this.open = undefined;
    strokes.splice(0, strokes.length, ...strokes.filter((s) => gone.indexOf(s) < 0));
    this.erased = { pts, endPts: Math.min(...gone.map((s) => s.endPts), this.erased ? this.erased.endPts : Infinity) };
    this.version++;
  }
}
