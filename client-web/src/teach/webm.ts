// WebM as MediaRecorder writes it, slice by slice: finds the packets in it. Pure; whatever does not fit is a WebmError. Only what is
// needed: clusters, times, blocks without lacing, the codec of each track.

export class WebmError extends Error {}

export interface Block { track: number; codec: string; ms: number; data: Uint8Array }

const enum Id {
  Segment = 0x18538067, Info = 0x1549a966, Scale = 0x2ad7b1, Tracks = 0x1654ae6b, Track = 0xae, Number = 0xd7, Codec = 0x86,
  Cluster = 0x1f43b675, Time = 0xe7, Simple = 0xa3, Group = 0xa0, Block = 0xa1,
}
/** What is looked into; an unknown length, as live recordings have it, ends where the next of its sort begins. */
const MASTERS: readonly number[] = [Id.Segment, Id.Info, Id.Tracks, Id.Track, Id.Cluster, Id.Group];
const LEAVES: readonly number[] = [Id.Scale, Id.Number, Id.Codec, Id.Time, Id.Simple, Id.Block];
const LEAF_MAX = 1 << 20, TRACKS_MAX = 8;

interface Vint { value: number; length: number }

/** undefined: not all of it is there. `keeps` the marker: ids do. */
function vint(b: Uint8Array, at: number, most: number, keeps: boolean): Vint | undefined {
  if (at >= b.length) return undefined;
  const length = Math.clz32(b[at]!) - 23;
  if (length > most) throw new WebmError('number');
  if (at + length > b.length) return undefined;
  let value = keeps ? b[at]! : b[at]! & 0xff >> length, isUnknown = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    isUnknown = isUnknown && b[at + i] === 0xff;
    value = value * 256 + b[at + i]!;
  }
  return { value: !keeps && isUnknown ? Infinity : value, length };
}

const uint = (b: Uint8Array): number => b.reduce((n, byte) => n * 256 + byte, 0);

export class Webm {
  private rest = new Uint8Array();
  /** Bytes of what is of no interest that are still to come. */
  private skip = 0;
  private scale = 1e6;
  private clusterTime = 0;
  private number = 0;
  private codecs = new Map<number, string>();

  /** The next slice; all packets that are whole by now. */
  push(slice: Uint8Array): Block[] {
    const b = new Uint8Array(this.rest.length + slice.length), blocks: Block[] = [];
    b.set(this.rest);
    b.set(slice, this.rest.length);
    let at = 0;
    for (let length = this.step(b, at, blocks); length; length = this.step(b, at, blocks)) at += length;
    this.rest = b.slice(at);
    return blocks;
  }

  /** One element, or the head of one that is looked into; its bytes, 0: more have to come. */
  private step(b: Uint8Array, at: number, blocks: Block[]): number {
    if (this.skip) {
      const skipped = Math.min(this.skip, b.length - at);
      this.skip -= skipped;
      return skipped;
    }
    const id = vint(b, at, 4, true), size = id && vint(b, at + id.length, 8, false);
    if (!id || !size) return 0;
    const head = id.length + size.length;
    if (MASTERS.includes(id.value)) return head;
    if (size.value === Infinity) throw new WebmError('length');
    if (!LEAVES.includes(id.value)) {
      this.skip = size.value;
      return head;
    }
    if (size.value > LEAF_MAX) throw new WebmError('length');
    if (at + head + size.value > b.length) return 0;
    this.leaf(id.value, b.subarray(at + head, at + head + size.value), blocks);
    return head + size.value;
  }

  private leaf(id: number, body: Uint8Array, blocks: Block[]): void {
    if (id === Id.Simple || id === Id.Block) return void blocks.push(this.block(body));
    if (id === Id.Codec) return this.codec(String.fromCharCode(...body.subarray(0, 32)));
    if (body.length > 8) throw new WebmError('number');
    if (id === Id.Scale) this.scale = uint(body) || 1e6;
    else if (id === Id.Time) this.clusterTime = uint(body);
    else this.number = uint(body);
  }

  private codec(name: string): void {
    if (this.codecs.size >= TRACKS_MAX) throw new WebmError('tracks');
    this.codecs.set(this.number, name);
  }

  private block(body: Uint8Array): Block {
    const track = vint(body, 0, 4, false), at = track ? track.length : 0;
    if (!track || body.length < at + 4) throw new WebmError('block');
    if (body[at + 2]! & 0x06) throw new WebmError('lacing');
    const codec = this.codecs.get(track.value), time = this.clusterTime + ((body[at]! << 24 | body[at + 1]! << 16) >> 16);
    if (codec === undefined) throw new WebmError('track');
    return { track: track.value, codec, ms: time * this.scale / 1e6, data: body.slice(at + 3) };
  }
}

/** Of a VP8 frame (RFC 6386 §9.1): its size, if it is a keyframe. */
export function vp8Key(data: Uint8Array): { width: number; height: number } | undefined {
  if (data.length < 10 || data[0]! & 1 || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return undefined;
  return { width: (data[7]! << 8 | data[6]!) & 0x3fff, height: (data[9]! << 8 | data[8]!) & 0x3fff };
}
