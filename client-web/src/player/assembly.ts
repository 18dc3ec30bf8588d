// Bytes that come in pieces, in order and without holes: stills, and frames too long for one turn of a thin link. Pure.

import type { Slice, Unit, VideoFrame } from '../protocol';

export class Assembly {
  private key = '';
  private total = 0;
  private bytes = new Uint8Array(0);
  private have = 0;

  /** All `total` bytes when `piece` was the last one of `key`. One that does not follow makes what is unfinished void. */
  add(key: string, piece: Slice): Uint8Array | undefined {
    if (!piece.offset) this.begin(key, piece.total);
    if (key !== this.key || piece.total !== this.total || piece.offset !== this.have) {
      this.reset();
      return undefined;
    }
    this.append(piece.data);
    if (this.have < this.total) return undefined;
    const whole = this.bytes.subarray(0, this.total);
    this.reset();
    return whole;
  }

  private begin(key: string, total: number): void {
    this.reset();
    this.key = key;
    this.total = total;
  }

  /** Memory follows what has come (at most twice as much), not what was announced. */
  private append(data: Uint8Array): void {
    const need = this.have + data.length;
    if (need > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.total, need * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(data, this.have);
    this.have = need;
  }

  reset(): void {
    this.key = '';
    this.total = this.have = 0;
    this.bytes = new Uint8Array(0);
  }
}

/** The video track as whole frames, in whatever way they came. */
export class Frames {
  private assembly = new Assembly();

  /** The frame that `unit` is or makes whole. Anything else of the track gives the unfinished one up. */
  take(unit: Unit): VideoFrame | undefined {
    switch (unit.type) {
      case 'video-part': {
        const { ptsMs, isKey } = unit, data = this.assembly.add([ptsMs, isKey].join(), unit);
        return data && { type: 'video', ptsMs, isKey, data };
      }
      case 'video':
      case 'video-config':
      case 'video-gap':
        this.assembly.reset();
    }
    return unit.type === 'video' ? unit : undefined;
  }

  reset(): void {
    this.assembly.reset();
  }
}
