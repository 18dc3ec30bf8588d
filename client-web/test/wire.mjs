// The server's half of docs/protocol.md §1.1: writes units.

export function unit(track, kind, ptsMs, ...payload) {
  const body = Buffer.concat(payload.map((p) => Buffer.from(p)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length, 0); // the first byte is overwritten: 24 bits are left
  head[0] = track << 4 | kind;
  head.writeUInt32BE(ptsMs >>> 0, 4);
  return Buffer.concat([head, body]);
}

const u16 = (v) => Buffer.from([v >> 8 & 255, v & 255]);
const u24 = (v) => Buffer.from([v >> 16 & 255, v >> 8 & 255, v & 255]);
const u32 = (v) => Buffer.from([v >>> 24, v >>> 16 & 255, v >>> 8 & 255, v & 255]);

export const opusConfig = (pts) => unit(0, 0, pts, [0, 1], u16(2880), u32(48000));
export const aacConfig = (pts) => unit(0, 0, pts, [1, 1], u16(1024), u32(48000), [0x11, 0x88]);

export function bundle(pts, packets) {
  const parts = packets.map((p) => Buffer.concat([
    p.length < 252 ? Buffer.from([p.length]) : Buffer.from([252 + (p.length & 3), (p.length - 252 - (p.length & 3)) >> 2]), p]));
  return unit(0, 3, pts, ...parts);
}

export const videoConfig = (pts, rung, v) => unit(1, 0, pts, [rung, 0], u16(v.width), u16(v.height), v.avcc);
export const frame = (pts, f) => unit(1, f.isKey ? 1 : 2, pts, f.data);
/** The same in parts of `size` bytes. */
export function frameParts(pts, f, size) {
  const out = [];
  for (let at = 0; at < f.data.length; at += size) {
    out.push(unit(1, 6, pts, [f.isKey ? 1 : 2], u24(f.data.length), u24(at), f.data.subarray(at, at + size)));
  }
  return out;
}

export const gap = (pts) => unit(1, 5, pts);

export function pieces(pts, format, id, bytes, size) {
  const out = [];
  for (let at = 0; at < bytes.length; at += size) {
    out.push(unit(2, 4, pts, [format], u32(id), u24(bytes.length), u24(at), bytes.subarray(at, at + size)));
  }
  return out;
}

/** Ink, §1.3: `kind` 1 key, 2 delta, 4 piece; its first event was `spanMs` before. */
export const ink = (pts, kind, events, spanMs = 0) => unit(3, kind, pts, [spanMs / 4], ...events);
export const inkPage = (page) => Buffer.from([6, page]);
export const inkPicture = Buffer.from([7]);
export const inkHide = Buffer.from([8]);
export const inkErase = (id) => Buffer.concat([Buffer.from([4]), u16(id)]);
export const inkAt = (pts) => Buffer.concat([Buffer.from([9]), u32(pts)]);
/** A stroke from x, y to the right, `steps` of 100 units, which takes `ms`; of 4096 units the page is wide. */
export const inkLine = (id, x, y, steps, ms = 0, colour = 1, width = 40) => Buffer.concat([
  Buffer.from([1, 0]), u16(id), Buffer.from([0, colour, width]), u24(x << 12 | y),
  Buffer.from([2, steps, ms / 4]), Buffer.concat(Array(steps).fill(Buffer.from([100, 0]))), Buffer.from([3]),
]);
