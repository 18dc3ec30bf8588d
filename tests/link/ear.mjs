// What the pupil hears: an audio element's clock without sound, driven by the page's own Buffering and
// Timeline in the way that player/voice.ts does it.

const START_MS = 450;
const HOLD_MOST_MS = 1500;
const SETTLE_FROM_MS = 1500, SETTLE_TO_MS = 6000;
/** Chromium stops about so much before the end of what is buffered. */
const DRY_MS = 30;

export class Ear {
  constructor({ Buffering, Timeline }) {
    this.buffering = new Buffering();
    this.timeline = new Timeline();
    /** {at: wall ms, ms, kind: 'silence' | 'skip'}; the last silence may still go on. */
    this.holes = [];
    this.heardMs = 0;
    Object.assign(this, { ranges: [], heldMs: 0, heldSince: 0, isHolding: true, place: -1, rate: 1, soundedAt: 0, lastAt: 0, backlogMs: 0 });
  }

  get hasSounded() {
    return this.soundedAt > 0;
  }

  /** A new connection: what comes up to `clockMs` is old by intent. */
  expectBacklog(clockMs) {
    this.backlogMs = clockMs;
  }

  push(bundle, config, now) {
    this.tick(now);
    const starved = !this.isHolding && this.isDry();
    const place = this.timeline.place(bundle, config);
    const n = bundle.packets.length - place.skip;
    if (n <= 0) return;
    const ms = n * config.packetSamples * 1000 / config.rate, end = this.timeline.endMs;
    const late = end > this.backlogMs ? this.buffering.arrived(now, end, ms) : 0;
    if (starved) {
      this.isHolding = true;
      if (!place.isHole && this.hasSounded) this.buffering.stalled(now, late);
    }
    if (!this.heldMs) this.heldSince = now;
    this.heldMs += ms;
    this.append(end - ms, end);
    if (!this.isHolding || this.heldMs >= Math.max(START_MS, this.buffering.targetMs(now) * 0.75)) this.release();
    this.tick(now);
  }

  append(start, end) {
    const last = this.ranges.at(-1);
    if (last && start - last.end < 1) last.end = end;
    else this.ranges.push({ start, end });
  }

  release() {
    this.heldMs = 0;
    this.isHolding = false;
  }

  /** Up to where it may play now: what is held back is not in the element yet. */
  endMs() {
    const range = this.ranges.find((r) => this.place >= r.start - 1 && this.place < r.end);
    return range ? Math.min(range.end, this.timeline.endMs - this.heldMs) : this.place;
  }

  aheadMs() {
    return Math.max(0, this.endMs() - this.place) + this.heldMs;
  }

  isDry() {
    return this.place < 0 || this.endMs() - this.place < DRY_MS;
  }

  /** Plays on to `now`; call it often. */
  tick(now) {
    if (this.heldMs && now - this.heldSince > HOLD_MOST_MS) this.release();
    this.play(now);
    if (this.isDry()) this.seekNext(now);
    if (!this.hasSounded) return;
    const ahead = this.aheadMs(), heard = now - this.soundedAt;
    const isSettling = heard > SETTLE_FROM_MS && heard < SETTLE_TO_MS;
    if (this.buffering.isTooFar(now, ahead, isSettling)) this.jump(now, this.place + ahead - this.buffering.targetMs(now));
    else this.rate = this.buffering.rate(now, this.place, ahead);
  }

  play(now) {
    const passed = now - this.lastAt;
    this.lastAt = now;
    if (!this.hasSounded || passed <= 0) return;
    const can = Math.max(0, this.endMs() - this.place), wanted = passed * this.rate, played = Math.min(can, wanted);
    this.place += played;
    this.heardMs += played;
    if (played < wanted - 1) this.silence(now, (wanted - played) / this.rate);
  }

  silence(now, ms) {
    const last = this.holes.at(-1);
    if (last?.kind === 'silence' && now - (last.at + last.ms) < ms + 100) last.ms += ms;
    else this.holes.push({ at: now - ms, ms, kind: 'silence' });
  }

  /** Dry: goes on where there is something, if it is not where it stands. */
  seekNext(now) {
    if (this.isHolding) return;
    const next = this.ranges.find((r) => r.start > this.place - 1 && r.end > this.place + DRY_MS);
    if (!next) return;
    if (this.place < 0) {
      this.place = next.start;
      this.soundedAt = now;
    } else this.jump(now, next.start);
  }

  jump(now, to) {
    if (to - this.place > 1) this.holes.push({ at: now, ms: to - this.place, kind: 'skip' });
    this.place = to;
    this.ranges = this.ranges.filter((r) => r.end > to);
  }
}
