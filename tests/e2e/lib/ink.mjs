// The teacher's ink (docs/protocol.md §1.3): what a page would write, and a board that reads it strictly.

export const PRESSED = 0x80;

const u16 = (v) => [v >> 8 & 255, v & 255];

export const page = (number) => [6, number];
export const picture = [7];
export const hide = [8];
export const clear = [5];
export const erase = (id) => [4, ...u16(id)];
export const begin = (id, x = 500, y = 500, { ticks = 0, colour = 1, width = 40 } = {}) => [1, ticks, ...u16(id), 0, colour, width, x >> 4, (x & 15) << 4 | y >> 8, y & 255];
export const points = (steps, ticks = 0) => [2, steps.length, ticks, ...steps.flatMap(([x, y]) => [x & 255, y & 255])];
export const end = [3];
/** A stroke of `steps` times 100 units to the right. */
export const line = (id, x, y, steps = 5, more) => [...begin(id, x, y, more), ...points(Array(steps).fill([100, 0])), ...end];
/** The payload of a unit; its first event was `spanMs` before. */
export const batch = (events, spanMs = 0) => Buffer.from([spanMs / 4, ...events.flat()]);

/** What a player that believes the protocol has on its board. */
export class InkBoard {
  constructor() {
    Object.assign(this, { shown: 'unknown', strokes: new Map(), open: undefined, pages: [], keys: 0, batches: 0, pieces: 0, bytes: 0 });
  }

  get ids() {
    return [...this.strokes.keys()].sort((a, b) => a - b);
  }

  take({ kind, body }) {
    this.bytes += 8 + body.length;
    if (kind === 1) {
      this.keys++;
      Object.assign(this, { shown: 'hidden', strokes: new Map(), open: undefined });
    } else if (kind === 4) this.pieces++;
    else if (kind === 2) this.batches++;
    else throw new Error(`ink of kind ${kind}`);
    if (this.shown === 'unknown') throw new Error('ink before a key');
    if (kind !== 2 && body[0]) throw new Error('a page that takes time');
    this.read(body.subarray(1), kind !== 2);
  }

  read(b, isPage) {
    let at = 0;
    const take = (n) => {
      if (at + n > b.length) throw new Error('ink cut off');
      at += n;
      return b.subarray(at - n, at);
    };
    while (at < b.length) {
      const head = take(1)[0], op = head & ~PRESSED, pressure = head & PRESSED ? 1 : 0;
      if (op === 1) this.begin(take(9 + pressure));
      else if (op === 2) this.extend(take, pressure);
      else if (op === 3) this.open = undefined;
      else if (op === 4) this.strokes.delete(take(2).readUInt16BE(0));
      else if (op === 5) this.strokes.clear();
      else if (op === 6) this.turn(take(1)[0]);
      else if (op === 7) this.shown = 'picture';
      else if (op === 8) this.shown = 'hidden';
      else if (op === 9 && isPage) take(4);
      else throw new Error(`ink event ${op}`);
    }
  }

  turn(page) {
    this.shown = `page ${page}`;
    this.pages.push(page);
  }

  begin(b) {
    this.open = { points: 1 };
    this.strokes.set(b.readUInt16BE(1), this.open);
  }

  extend(take, pressure) {
    const [n] = take(2);
    for (let i = 0; i < 2 * n + n * pressure; i++) {
      const isStep = !pressure || i % 3 < 2;
      if (take(1)[0] === 0x80 && isStep) take(2);
    }
    if (this.open) this.open.points += n;
  }
}
