// Where each voice packet lies on the element's time axis, in samples. Pure.
//
// The wire says milliseconds, a packet of AAC is 23.2 ms: placing each bundle at its rounded time would
// leave holes of a sample or two, and each is a click. So a bundle that begins within TOLERANCE_MS of
// where the last one ended is taken to follow it without a hole.

import type { VoiceBundle, VoiceConfig } from '../protocol';

const TOLERANCE_MS = 45;
/** Further back than this is not a repeat: the session clock has begun anew. */
const RESTART_MS = 30000;

interface Placement {
  /** Samples at the config's rate since the session began. */
  start: number;
  /** Packets at the front that are there already. */
  skip: number;
  isHole: boolean;
  isRestart: boolean;
}

export class Timeline {
  private next = -1;

  /** Where the voice ends, ms; -1 before there is any. */
  endMs = -1;

  place(bundle: VoiceBundle, config: VoiceConfig): Placement {
    const perMs = config.rate / 1000, step = config.packetSamples;
    const pts = Math.round(bundle.ptsMs * perMs);
    const isFirst = this.endMs < 0;
    const offMs = isFirst ? 0 : bundle.ptsMs - this.endMs;
    const isRestart = offMs < -RESTART_MS;
    const follows = !isFirst && Math.abs(offMs) <= TOLERANCE_MS;
    let start = follows ? this.next : pts, skip = 0;
    if (!isFirst && !follows && !isRestart && offMs < 0) {
      skip = Math.min(bundle.packets.length, Math.round((this.next - pts) / step));
      start = this.next;
    }
    if (skip < bundle.packets.length) {
      this.next = start + (bundle.packets.length - skip) * step;
      this.endMs = this.next / perMs;
    }
    return { start, skip, isHole: !isFirst && offMs > TOLERANCE_MS, isRestart };
  }

  /** The rate changes with the codec; the place in the lesson does not. */
  changeRate(rate: number): void {
    if (this.endMs >= 0) this.next = Math.round(this.endMs * rate / 1000);
  }

  reset(): void {
    this.next = this.endMs = -1;
  }
}
