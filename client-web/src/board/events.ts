// The teacher's ink as bytes (docs/protocol.md §1.3): batches of events, read and written. Pure. Whatever comes is checked.

export const PAGE_WIDTH = 4096, PAGE_HEIGHT = 2304;
export const PAGES_MAX = 50;
export const TICK_MS = 4;
export const SPAN_MAX = 255;

export const enum Op { Begin = 1, Points, End, Erase, Clear, Page, Picture, Hide, Time }
export const enum Tool { Pen, Highlighter }

const PRESSED = 0x80, FAR = 0x80, NEAR_MAX = 127, POINTS_MAX = 255, TOOLS = 2, COLOURS = 16;

/** x, y in units of the page; pressure 1 to 255, or 0: none. */
export type Point = [x: number, y: number, pressure: number];

export interface Pen { tool: Tool; colour: number; width: number }
/** `ticks`: since the event before. */
export interface Begin extends Pen { op: Op.Begin; ticks: number; id: number; point: Point }
/** `steps` from point to point; `ticks` that they took. */
export interface Points { op: Op.Points; ticks: number; steps: Point[] }
export interface Erase { op: Op.Erase; id: number }
export interface Page { op: Op.Page; page: number }
export interface Time { op: Op.Time; pts: number }
export interface Plain { op: Op.End | Op.Clear | Op.Picture | Op.Hide }
export type InkEvent = Begin | Points | Erase | Page | Time | Plain;

interface Batch { span: number; events: InkEvent[] }

/** undefined: no batch. */
export function readBatch(bytes: Uint8Array): Batch | undefined {
  const events: InkEvent[] = [];
  let at = 1, isBad = !bytes.length;
  const u8 = (): number => (at < bytes.length ? bytes[at++]! : ((isBad = true), 0));
  const u16 = (): number => u8() << 8 | u8();
  const step = (): number => {
    const near = u8();
    return near === FAR ? u16() << 16 >> 16 : near << 24 >> 24;
  };

  const begin = (isPressed: number): Begin => {
    const ticks = u8(), id = u16(), tool = u8(), colour = u8(), width = u8(), place = u8() << 16 | u16();
    const point: Point = [place >> 12, place & 0xfff, isPressed && u8()];
    if (tool >= TOOLS || colour >= COLOURS || !width || point[1] >= PAGE_HEIGHT) isBad = true;
    return { op: Op.Begin, ticks, id, tool, colour, width, point };
  };
  const points = (isPressed: number): Points => {
    const steps: Point[] = [], n = u8(), ticks = u8();
    if (!n) isBad = true;
    while (steps.length < n && !isBad) steps.push([step(), step(), isPressed && u8()]);
    return { op: Op.Points, ticks, steps };
  };
  const rest = (op: number): InkEvent => {
    if (op === Op.Erase) return { op, id: u16() };
    if (op === Op.Page) {
      const page = u8();
      if (!page || page > PAGES_MAX) isBad = true;
      return { op, page };
    }
    if (op === Op.Time) return { op, pts: u16() * 0x10000 + u16() };
    if (op !== Op.End && op !== Op.Clear && op !== Op.Picture && op !== Op.Hide) isBad = true;
    return { op: op as Plain['op'] };
  };

  while (at < bytes.length && !isBad) {
    const head = u8(), op = head & ~PRESSED, isPressed = head & PRESSED;
    events.push(op === Op.Begin ? begin(isPressed) : op === Op.Points ? points(isPressed) : rest(head));
  }
  return isBad ? undefined : { span: bytes[0]!, events };
}

const u16 = (v: number): number[] => [v >> 8 & 255, v & 255];
const far = (v: number): number[] => (Math.abs(v) <= NEAR_MAX ? [v & 255] : [FAR, ...u16(v)]);
const pressed = (op: Op, pressure: number): number => (pressure ? op | PRESSED : op);

/** At most POINTS_MAX steps in an event; the others follow in no time. */
function writePoints(e: Points): number[] {
  const isPressed = e.steps[0]![2], bytes: number[] = [];
  for (let i = 0; i < e.steps.length; i += POINTS_MAX) {
    const steps = e.steps.slice(i, i + POINTS_MAX);
    bytes.push(pressed(Op.Points, isPressed), steps.length, i ? 0 : e.ticks);
    for (const [x, y, pressure] of steps) bytes.push(...far(x), ...far(y), ...(isPressed ? [pressure || 1] : []));
  }
  return bytes;
}

export function writeEvent(e: InkEvent): number[] {
  switch (e.op) {
    case Op.Begin: {
      const [x, y, pressure] = e.point;
      return [pressed(Op.Begin, pressure), e.ticks, ...u16(e.id), e.tool, e.colour, e.width, x >> 4, (x & 15) << 4 | y >> 8, y & 255,
        ...(pressure ? [pressure] : [])];
    }
    case Op.Points: return writePoints(e);
    case Op.Erase: return [e.op, ...u16(e.id)];
    case Op.Page: return [e.op, e.page];
    case Op.Time: return [e.op, ...u16(e.pts / 0x10000), ...u16(e.pts)];
    default: return [e.op];
  }
}
