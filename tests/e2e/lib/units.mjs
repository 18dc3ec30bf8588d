// Reads the media of docs/protocol.md §1.1, strictly: what does not fit throws.

export const VOICE = 0, VIDEO = 1, STILL = 2, INK = 3;
export const CONFIG = 0, KEY = 1, DELTA = 2, BUNDLE = 3, PIECE = 4, GAP = 5, PART = 6;

export function parseUnits(message) {
  const units = [];
  for (let at = 0; at < message.length;) {
    if (message.length - at < 8) throw new Error('unit header cut off');
    const length = message.readUIntBE(at + 1, 3), end = at + 8 + length;
    if (end > message.length) throw new Error('unit cut off');
    units.push({ track: message[at] >> 4, kind: message[at] & 15, pts: message.readUInt32BE(at + 4), body: message.subarray(at + 8, end) });
    at = end;
  }
  if (!units.length) throw new Error('empty message');
  return units;
}

export function parseVoiceConfig(b) {
  if (b.length < 8) throw new Error('voice config cut off');
  return { codec: ['opus', 'aac'][b[0]], channels: b[1], samples: b.readUInt16BE(2), rate: b.readUInt32BE(4), asc: b.subarray(8) };
}

export function parsePackets(b) {
  const packets = [];
  for (let at = 0; at < b.length;) {
    let length = b[at++];
    if (length >= 252) length += 4 * b[at++];
    if (!(at + length <= b.length)) throw new Error('packet cut off');
    packets.push(b.subarray(at, at + length));
    at += length;
  }
  return packets;
}

export function parseVideoConfig(b) {
  if (b.length < 6 + 7 || b[6] !== 1) throw new Error('no avcC in a video config');
  return { rendition: b[0], width: b.readUInt16BE(2), height: b.readUInt16BE(4), avcc: b.subarray(6) };
}

export function parsePiece(b) {
  if (b.length < 11) throw new Error('piece cut off');
  return { format: ['', 'avif', 'webp'][b[0]], id: b.readUInt32BE(1), total: b.readUIntBE(5, 3), offset: b.readUIntBE(8, 3), bytes: b.subarray(11) };
}

/** A part of a frame. */
export function parsePart(b) {
  if (b.length < 8) throw new Error('part cut off');
  return { kind: b[0], total: b.readUIntBE(1, 3), offset: b.readUIntBE(4, 3), bytes: b.subarray(7) };
}

/** NAL unit types of an AVCC access unit. */
export function nalTypes(b) {
  const types = [];
  for (let at = 0; at < b.length;) {
    const length = b.length - at >= 5 ? b.readUInt32BE(at) : 0;
    if (!length || at + 4 + length > b.length) throw new Error('access unit is not AVCC');
    types.push(b[at + 4] & 31);
    at += 4 + length;
  }
  return types;
}
