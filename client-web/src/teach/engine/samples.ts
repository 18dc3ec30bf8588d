// The microphone's own clock and loudness: pure numbers.

export const RATE = 48000;
/** Of Opus: a third of the packets of 20 ms, for the processor as for the link. */
export const PACKET_MS = 60;
/** Of what is handed over at once: a packet, so that an encoder that is set anew between them has nothing left inside. */
export const BLOCK_MS = PACKET_MS;

/** Samples that come late in a heap (a busy page) are no hole; those that stay away are: the machine slept, or the browser threw them away. */
const LOOK_MS = 2000, HOLE_MS = 100;
/** In that time no microphone's clock falls behind by more: 0.1 %. */
const DRIFT_MAX_MS = 2;

/**
 * Says when each block of samples was, on the page's clock. Blocks follow one another without a hole as long as the microphone goes on.
 * Its clock differs from the page's by some 0.01 %: the page follows (`drift`), so that pictures stay with the voice. It does not follow
 * further: what is lost would be so much delay for good.
 */
export class SampleClock {
  private next = NaN;
  private leastLag = Infinity;
  private lookedAt = 0;

  /** The end of a block is now, or was a little while ago. */
  stamp(nowPts: number, drift: (ms: number) => void): number {
    if (!this.hasBegun) this.restart(nowPts - BLOCK_MS, nowPts);
    const pts = this.next;
    this.next += BLOCK_MS;
    this.leastLag = Math.min(this.leastLag, nowPts - this.next);
    if (nowPts - this.lookedAt >= LOOK_MS) this.look(nowPts, drift);
    return pts;
  }

  get hasBegun(): boolean {
    return !Number.isNaN(this.next);
  }

  /** What has not been stamped yet; 0 before the first block. */
  behindMs(nowPts: number): number {
    return this.hasBegun ? nowPts - this.next : 0;
  }

  /** Samples of so long were lost before the next block. */
  skip(ms: number, nowPts: number): void {
    if (this.hasBegun) this.restart(Math.max(this.next, Math.min(this.next + ms, nowPts)), nowPts);
  }

  private restart(next: number, nowPts: number): void {
    this.next = next;
    this.leastLag = Infinity;
    this.lookedAt = nowPts;
  }

  private look(nowPts: number, drift: (ms: number) => void): void {
    const lag = this.leastLag;
    this.leastLag = Infinity;
    this.lookedAt = nowPts;
    if (lag > HOLE_MS) return this.restart(this.next + lag, nowPts);
    const step = Math.min(lag, DRIFT_MAX_MS);
    drift(-step);
    this.lookedAt -= step;
  }
}

/** Finds what is missing between chunks by the microphone's own stamps: at once, where SampleClock has to wait and see. */
export class Seams {
  private endMs = NaN;

  /** A chunk of `ms` that begins at `atMs`: how much was lost before it. */
  lostMs(atMs: number, ms: number): number {
    const lost = atMs - this.endMs;
    this.endMs = atMs + ms;
    return lost > HOLE_MS ? lost : 0;
  }
}

/**
 * Encoders count samples. A hole before them Chromium's passes over, so that everything after it would be said to be of an earlier time,
 * for good. So an encoder is given a clock without holes, and they are put back behind it.
 */
export class Unbroken {
  private nextMs = 0;
  /** Where the one clock is on the other, since each hole that has not come out yet. */
  private marks: { ms: number; ptsMs: number }[] = [];

  /** The time to give to samples that were at `ptsMs` and last for `ms`. */
  in(ptsMs: number, ms: number): number {
    const at = this.nextMs, last = this.marks[this.marks.length - 1];
    if (!last || Math.abs(last.ptsMs + at - last.ms - ptsMs) > 1) this.marks.push({ ms: at, ptsMs });
    this.nextMs += ms;
    return at;
  }

  /** When that was, which comes out with the time `ms`. */
  out(ms: number): number {
    while (this.marks.length > 1 && this.marks[1]!.ms <= ms + 1) this.marks.shift();
    const mark = this.marks[0]!;
    return mark.ptsMs + ms - mark.ms;
  }
}

/** In a block. */
const FALL = BLOCK_MS / 1000;

/** 0..1 from -60 dBFS on: falls slowly, so that the eye can follow. */
export class Meter {
  level = 0;

  take(samples: Float32Array): void {
    let power = 0;
    for (const s of samples) power += s * s;
    const db = 10 * Math.log10(power / samples.length + 1e-12);
    this.level = Math.max(Math.min(1, Math.max(0, 1 + db / 60)), this.level - FALL);
  }
}
