// What the teacher draws on: a canvas that takes pen, finger and mouse, keeps the board, and says in batches what the pen does. No text, no
// buttons: the page places those.
//
//     const pad = new Pad(canvas);                      // its CSS box says how large it is; 16:9 is best
//     pad.onink((batch) => broadcast.sendInk(batch));   // false: it could not be kept, and comes again until it can
//     broadcast.onboard((payload) => pad.load(payload)); // what was drawn before a reload, or on another device; pad.arrived() when it has all
//     pad.setBase('blank'); pad.tool = 'pen'; pad.colour = 2; pad.undo(); pad.newPage(); pad.go(1); ...
//     broadcast.setSource({ kind: 'board', canvas: pad.composed });
//
// `composed` is what viewers see who can't draw: ground and ink, repainted when they have changed, at most once in COMPOSE_MS.

import { type InkEvent, Op, PAGE_HEIGHT, PAGE_WIDTH, PAGES_MAX, type Pen, readBatch, Tool, writeEvent } from './events';
import { type Change, History } from './history';
import { Board, type Shown, type Stroke } from './model';
import { touches } from './reach';
import { copyPicture, fitPage, type Ground, Sheet } from './sheet';
import type { Sample } from './thin';
import { eventsOf, Writer } from './writer';

export type PadTool = 'pen' | 'highlighter' | 'eraser';
/** 'hidden': no board; 'picture': draw over a picture, which stands still from then on; 'blank': the white pages. */
type Base = Shown;

type Image = CanvasImageSource & { width: number | SVGAnimatedLength; height: number | SVGAnimatedLength };

const TICK_MS = 50;
const COMPOSE_MS = 1000;
const COMPOSED_WIDTH = 1280;
const ERASER_RADIUS = 28;
const HIGHLIGHTER = 4;
/** As the pen gives them: 4 to 16 s without lifting it, and 10 to 20 ms to paint. A longer line is several strokes; the server takes twice as many. */
const STROKE_POINTS = 1000;
/** What one stroke may take there: a zigzag of a pen, and the heads of its batches. */
const STROKE_MOST = 8000;
/** So much a page and all white ones take at the server (BOARD_PAGE_BYTES, BOARD_BYTES), less one more stroke, and ink over a picture; and what a
 *  stroke counts there beside its events. */
const PAGE_BYTES = (128 << 10) - STROKE_MOST, BOARD_BYTES = 1950000, STROKE_BYTES = 64;
/** More than any board: then it is shorter to say it anew. */
const UNSENT_MAX = 4 << 20;
const ERASER_BUTTON = 32;

export class Pad {
  tool: PadTool = 'pen';
  /** A number of COLOURS in paint.ts. */
  colour = 0;
  /** Units of the page, 4096 of which are its width; a highlighter is four times as wide. */
  width = 12;
  /** What to give to the broadcast as its source. */
  readonly composed = document.createElement('canvas');

  private board = new Board();
  private histories = new Map<string, History>();
  private sheet: Sheet;
  private composedSheet = new Sheet(this.composed);
  private writer = new Writer((batch) => this.emit(batch));
  private ink: (batch: Uint8Array) => boolean | void = () => undefined;
  private listeners: (() => void)[] = [];
  private picture: HTMLCanvasElement | undefined;
  private nextId = 1;
  private pages = 1;
  private pointer = -1;
  private isErasing = false;
  /** Since the pen is down. */
  private drawn: Stroke[] = [];
  private erased: Stroke[] = [];
  private hasPen = false;
  private isDirty = true;
  private isPainting = false;
  private composedAt = -Infinity;
  /** What the listener could not keep yet. */
  private unsent: Uint8Array[] = [];
  private unsentBytes = 0;
  /** Strokes that nobody else is known to have. */
  private drafts = new WeakSet<Stroke>();
  /** Of those that are written. */
  private sizes = new WeakMap<Stroke, number>();
  /** White pages with some that are still to be said. */
  private brought: { page: number; strokes: Stroke[] }[] = [];
  private timer: number;

  constructor(readonly canvas: HTMLCanvasElement) {
    this.sheet = new Sheet(canvas);
    canvas.style.touchAction = 'none';
    this.composedSheet.resize(COMPOSED_WIDTH, COMPOSED_WIDTH * PAGE_HEIGHT / PAGE_WIDTH);
    canvas.addEventListener('pointerdown', (e) => this.down(e));
    canvas.addEventListener('pointermove', (e) => this.move(e));
    canvas.addEventListener('pointerup', (e) => this.up(e));
    canvas.addEventListener('pointercancel', (e) => this.up(e));
    window.addEventListener('resize', this.paint);
    this.timer = window.setInterval(() => this.tick(performance.now()), TICK_MS);
    this.compose();
    this.paint();
  }

  /** Gets each batch, every 250 ms at most while something happens. Give back false if it could not be kept. */
  onink(listener: (batch: Uint8Array) => boolean | void): void {
    this.ink = listener;
  }

  /** After whatever buttons may want to show: page, canUndo, isFull and so on. */
  onchange(listener: () => void): void {
    this.listeners.push(listener);
  }

  get base(): Base {
    return this.board.shown;
  }

  /** The white page that is shown, from 1, and how many there are. */
  get page(): number {
    return this.board.page;
  }

  get pageCount(): number {
    return this.pages;
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** On any page. */
  get hasInk(): boolean {
    return this.board.hasInk;
  }

  /** No more goes on this page. */
  get isFull(): boolean {
    return this.bytesOf(this.board.strokes) >= PAGE_BYTES || this.isBoardFull;
  }

  /** Nor on another one. */
  get isBoardFull(): boolean {
    let bytes = 0;
    this.board.eachPage((_, strokes) => (bytes += this.bytesOf(strokes)));
    return bytes >= BOARD_BYTES;
  }

  /** At the server, which counts events: a step that is long takes three times a short one. */
  private bytesOf(strokes: readonly Stroke[]): number {
    return strokes.reduce((sum, s) => sum + (s.isOpen ? STROKE_BYTES + this.writer.lineBytes : this.sizeOf(s)), 0);
  }

  private sizeOf(stroke: Stroke): number {
    const size = this.sizes.get(stroke) || STROKE_BYTES + eventsOf(stroke).reduce((sum, event) => sum + writeEvent(event).length, 0);
    this.sizes.set(stroke, size);
    return size;
  }

  /** What strokes over a picture lie on. */
  get frozen(): HTMLCanvasElement | undefined {
    return this.base === 'picture' ? this.picture : undefined;
  }

  /** 'picture' wants the picture as it is now; it is copied. */
  setBase(base: Base, image?: Image): void {
    if (base === this.base && base !== 'picture') return;
    this.picture = base === 'picture' && image ? copy(image) : undefined;
    if (base === 'picture') this.histories.delete('picture');
    this.turn(base === 'blank' ? { op: Op.Page, page: this.page } : { op: base === 'picture' ? Op.Picture : Op.Hide });
  }

  newPage(): void {
    if (this.pages < PAGES_MAX) this.go(++this.pages);
  }

  go(page: number): void {
    if (page < 1 || page > this.pages || page === this.page && this.base === 'blank') return;
    this.picture = undefined;
    this.turn({ op: Op.Page, page });
  }

  clear(): void {
    this.lift(performance.now());
    const removed = this.board.strokes.slice();
    if (!removed.length) return;
    this.history.add({ added: [], removed });
    this.say({ op: Op.Clear });
    this.said();
  }

  undo(): void {
    this.revise(this.history.undo());
  }

  redo(): void {
    this.revise(this.history.redo());
  }

  /** Ground and ink as they are now, 16:9. */
  compose(): HTMLCanvasElement {
    this.composedSheet.draw(this.board, this.frozen || 'paper');
    this.composedAt = performance.now();
    this.isDirty = false;
    return this.composed;
  }

  /** Whatever was drawn was given to the listener. */
  get isSaid(): boolean {
    return !this.unsent.length && !this.brought.length && this.writer.isEmpty;
  }

  /** What was given to the listener has arrived: from now on others have it, and may change it. */
  arrived(): void {
    this.drafts = new WeakSet();
  }

  /**
   * After a reload, or on another device: the board as the server has it (Broadcaster.onboard). What was drawn here and never arrived there follows
   * it on white pages of its own: their numbers. Strokes over a picture lie on paper until lay() brings it.
   */
  load(payload: Uint8Array): number[] {
    const batch = readBatch(payload);
    if (!batch) return [];
    const own = this.board.pick((s) => this.drafts.has(s));
    this.forgetSaid(performance.now());
    this.board.reset();
    this.histories.clear();
    this.picture = undefined;
    this.replay(batch.events);
    this.board.apply({ op: Op.End }, 0);
    this.pages = this.board.lastPage;
    this.brought = own.map((strokes) => this.bring(strokes));
    const numbers = this.brought.map(({ page }) => page);
    this.sayBrought();
    this.nextId = this.freeId();
    this.said();
    this.compose();
    return numbers;
  }

  /** As the server keeps them. */
  private replay(events: readonly InkEvent[]): void {
    let stroke: Stroke | undefined;
    for (const event of events) {
      this.board.apply(event, 0);
      if (event.op === Op.Begin) stroke = this.open;
      if (stroke && event.op <= Op.End) this.sizes.set(stroke, (this.sizes.get(stroke) || STROKE_BYTES) + writeEvent(event).length);
    }
  }

  /** Onto a page of their own; there is always a last one. */
  private bring(own: Stroke[]): { page: number; strokes: Stroke[] } {
    const page = this.pages = Math.min(PAGES_MAX, this.pages + 1), strokes = this.board.add(page, own);
    strokes.forEach((s) => this.drafts.add(s));
    return { page, strokes };
  }

  /** Not while ink lies over a picture: who turns to a page and back begins another picture. */
  private sayBrought(): void {
    if (this.base === 'picture' || !this.brought.length) return;
    const now = performance.now();
    for (const { page, strokes } of this.brought.splice(0)) {
      this.writer.say({ op: Op.Page, page }, now);
      strokes.forEach((s) => this.writer.again(s, now));
    }
    this.sayShown();
    this.writer.flush(now);
  }

  /** The picture that strokes were drawn over, if it has been missing. */
  lay(image: Image): void {
    if (this.base !== 'picture' || this.picture) return;
    this.picture = copy(image);
    this.said();
    this.compose();
  }

  /** Says the whole board anew, the page that is shown last: to a server that knows nothing of it. */
  resend(): void {
    const { board } = this, now = performance.now();
    this.forgetSaid(now);
    const say = (event: InkEvent): void => this.writer.say(event, now);
    const page = (strokes: Stroke[]): void => {
      say({ op: Op.Clear });
      strokes.forEach((s) => this.writer.again(s, now));
    };
    board.eachPage((number, strokes) => {
      if (number === board.page && this.base === 'blank') return;
      say({ op: Op.Page, page: number });
      page(strokes);
    });
    this.sayShown();
    if (this.base !== 'hidden') page(board.strokes);
    this.writer.flush(now);
  }

  private sayShown(): void {
    const { base, page } = this;
    this.writer.say(base === 'blank' ? { op: Op.Page, page } : { op: base === 'picture' ? Op.Picture : Op.Hide }, performance.now());
  }

  /** Lets go of canvas and timer. */
  close(): void {
    window.clearInterval(this.timer);
    window.removeEventListener('resize', this.paint);
  }

  private get history(): History {
    const key = this.base === 'blank' ? String(this.page) : this.base;
    let history = this.histories.get(key);
    if (!history) this.histories.set(key, (history = new History()));
    return history;
  }

  private emit(batch: Uint8Array): void {
    this.unsent.push(batch);
    this.unsentBytes += batch.length;
    this.send();
    if (this.unsentBytes > UNSENT_MAX) this.resend();
  }

  /** All will be said anew, or is another's by now. */
  private forgetSaid(now: number): void {
    this.lift(now);
    this.writer.flush(now);
    this.unsent = [];
    this.unsentBytes = 0;
    this.brought = [];
  }

  /** In order, as far as it is taken. */
  private send(): void {
    while (this.unsent.length && this.ink(this.unsent[0]!) !== false) this.unsentBytes -= this.unsent.shift()!.length;
  }

  private tick(now: number): void {
    this.send();
    this.writer.tick(now);
    if (this.isDirty && now - this.composedAt >= COMPOSE_MS) this.compose();
  }

  /** To the board here and to all others. */
  private say(event: InkEvent): void {
    const now = performance.now();
    this.board.apply(event, 0);
    this.writer.say(event, now);
  }

  /** Something else is shown: at once, and in a batch of its own. */
  private turn(event: InkEvent): void {
    const now = performance.now();
    this.lift(now);
    this.writer.flush(now);
    this.say(event);
    this.writer.flush(now);
    this.sayBrought();
    this.nextId = this.freeId();
    this.said();
    this.compose();
  }

  private freeId(): number {
    return this.board.strokes.reduce((next, s) => Math.max(next, s.id + 1), 1);
  }

  private said(): void {
    this.isDirty = true;
    this.paint();
    this.listeners.forEach((tell) => tell());
  }

  private revise(change: Change | undefined): void {
    if (!change) return;
    const now = performance.now();
    this.lift(now);
    for (const stroke of change.removed) this.say({ op: Op.Erase, id: stroke.id });
    for (const stroke of change.added) {
      this.board.put(stroke);
      this.writer.again(stroke, now);
    }
    this.said();
  }

  private paint = (): void => {
    if (this.isPainting) return;
    this.isPainting = true;
    requestAnimationFrame(() => {
      this.isPainting = false;
      this.sheet.fit();
      this.sheet.draw(this.board, this.ground);
    });
  };

  private get ground(): Ground {
    return this.base === 'hidden' ? 'none' : this.frozen || 'paper';
  }

  // -- pen, finger and mouse

  private down(e: PointerEvent): void {
    const isPen = e.pointerType === 'pen';
    if (isPen && !this.hasPen) this.drop(); // what lay there was the hand
    this.hasPen = this.hasPen || isPen;
    if (this.base === 'hidden' || this.pointer >= 0 || e.button > 0 && !(e.buttons & ERASER_BUTTON) || e.pointerType === 'touch' && this.hasPen) return;
    e.preventDefault();
    this.pointer = e.pointerId;
    this.canvas.setPointerCapture(e.pointerId);
    this.isErasing = this.tool === 'eraser' || !!(e.buttons & ERASER_BUTTON);
    if (this.isErasing) this.erase(this.sample(e));
    else if (!this.isFull) this.beginStroke(this.pen, this.sample(e));
    else this.pointer = -1;
  }

  private get pen(): Pen {
    const isHighlighter = this.tool === 'highlighter';
    return { tool: isHighlighter ? Tool.Highlighter : Tool.Pen, colour: this.colour, width: Math.min(255, this.width * (isHighlighter ? HIGHLIGHTER : 1)) };
  }

  private get open(): Stroke | undefined {
    return this.board.strokes.find((stroke) => stroke.isOpen);
  }

  private beginStroke({ tool, colour, width }: Pen, first: Sample): void {
    const id = this.nextId++, pen: Pen = { tool, colour, width };
    this.board.apply({ op: Op.Begin, ...pen, id, ticks: 0, point: [first.x, first.y, first.pressure] }, 0);
    this.drafts.add(this.open!);
    this.writer.begin(id, pen, first);
    this.said();
  }

  private endStroke(at: number): void {
    const { open } = this;
    if (!open) return;
    this.board.apply({ op: Op.End }, 0);
    open.points = this.writer.up(at);
    this.sizes.set(open, STROKE_BYTES + this.writer.lineBytes);
    this.board.version++;
    this.drawn.push(open);
  }

  /** The line goes on as another stroke, where there is room for one. */
  private cut(stroke: Stroke, at: number): void {
    const [x, y, pressure] = stroke.points[stroke.points.length - 1]!;
    this.endStroke(at);
    if (!this.isFull) this.beginStroke(stroke, { x, y, pressure, at });
  }

  private move(e: PointerEvent): void {
    if (e.pointerId !== this.pointer) return;
    const all = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
    (all.length ? all : [e]).map((each) => this.sample(each)).forEach((s) => (this.isErasing ? this.erase(s) : this.draw(s)));
    this.paint();
  }

  private draw(s: Sample): void {
    const { open } = this, last = open && open.points[open.points.length - 1];
    if (!last || last[0] === s.x && last[1] === s.y) return;
    this.board.apply({ op: Op.Points, ticks: 0, steps: [[s.x - last[0], s.y - last[1], last[2] && s.pressure]] }, 0);
    this.writer.move(s);
    this.isDirty = true;
    if (open.points.length >= STROKE_POINTS) this.cut(open, s.at);
  }

  private erase(s: Sample): void {
    for (const stroke of this.board.strokes.filter((each) => touches(each, s.x, s.y, ERASER_RADIUS))) {
      this.erased.push(stroke);
      this.say({ op: Op.Erase, id: stroke.id });
      this.isDirty = true;
    }
  }

  private up(e: PointerEvent): void {
    if (e.pointerId !== this.pointer) return;
    this.lift(performance.now());
    this.said();
  }

  /** The pen is up, by itself or because something else happens. */
  private lift(now: number): void {
    if (this.pointer < 0) return;
    this.pointer = -1;
    this.endStroke(now);
    this.history.add({ added: this.drawn, removed: this.erased });
    this.drawn = [];
    this.erased = [];
  }

  /** Takes back what is being drawn. */
  private drop(): void {
    this.pointer = -1;
    this.endStroke(performance.now());
    for (const { id } of this.drawn.splice(0)) this.say({ op: Op.Erase, id });
  }

  private sample(e: PointerEvent): Sample {
    const { canvas } = this, box = canvas.getBoundingClientRect(), { scale, x, y } = fitPage(box.width, box.height);
    return {
      x: within((e.clientX - box.left - x) / scale, PAGE_WIDTH), y: within((e.clientY - box.top - y) / scale, PAGE_HEIGHT),
      pressure: e.pointerType === 'pen' && e.pressure > 0 ? Math.max(1, Math.round(e.pressure * 255)) : 0, at: e.timeStamp,
    };
  }
}

const within = (v: number, size: number): number => Math.max(0, Math.min(size - 1, Math.round(v)));

function copy(image: Image): HTMLCanvasElement {
  const { videoWidth, videoHeight } = image as HTMLVideoElement, { naturalWidth, naturalHeight } = image as HTMLImageElement;
  return copyPicture(image, videoWidth || naturalWidth || Number(image.width), videoHeight || naturalHeight || Number(image.height), COMPOSED_WIDTH);
}
