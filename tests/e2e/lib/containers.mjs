// Takes the packets out of files that ffmpeg wrote: IVF (VP8) and Ogg (Opus).

/** {width, height, frames: [{ms, bytes, isKey}]} */
export function parseIvf(b) {
  if (b.toString('latin1', 0, 4) !== 'DKIF') throw new Error('no IVF');
  const rate = b.readUInt32LE(16), scale = b.readUInt32LE(20), frames = [];
  for (let at = b.readUInt16LE(6); at + 12 <= b.length;) {
    const length = b.readUInt32LE(at), pts = Number(b.readBigUInt64LE(at + 4)), bytes = b.subarray(at + 12, at + 12 + length);
    frames.push({ ms: Math.round(pts * scale * 1000 / rate), bytes, isKey: (bytes[0] & 1) === 0 });
    at += 12 + length;
  }
  return { width: b.readUInt16LE(12), height: b.readUInt16LE(14), frames };
}

/** The packets behind the two headers. */
export function parseOgg(b) {
  const packets = [];
  let rest = [];
  for (let at = 0; at + 27 <= b.length;) {
    if (b.toString('latin1', at, at + 4) !== 'OggS') throw new Error('no Ogg');
    const segments = b.subarray(at + 27, at + 27 + b[at + 26]);
    let body = at + 27 + segments.length;
    for (const length of segments) {
      rest.push(b.subarray(body, body + length));
      body += length;
      if (length === 255) continue;
      packets.push(Buffer.concat(rest));
      rest = [];
    }
    at = body;
  }
  if (packets[0]?.toString('latin1', 0, 8) !== 'OpusHead') throw new Error('no Opus');
  return packets.slice(2);
}
