// What the teacher's uplink carries, and what therefore is sent: numbers and a clock in, a plan out. Pure; no timers, no DOM.
//
// All that is known comes from the server's acknowledgements, four a second: WebSocket.bufferedAmount stays 0 while 5 s of media wait in
// the kernel. Two loops. The window bounds the bytes under way by the delay that they see, and pictures keep to it: so the voice, which
// does not, finds a short queue. The target is the rate that the encoders are set to: what the link has been seen to carry, less a reserve.

import { UNIT_HEADER } from '../../protocol';
import type { UplinkMode } from '../contract';
import { PACKET_MS } from './samples';

export interface Plan {
  mode: UplinkMode;
  /** Bits a second for pictures while they move. */
  videoBps: number;
  voiceBps: number;
  /** So much of the voice is sent at once. */
  bundleMs: number;
}

/** How often the server acknowledges while something comes. */
const ACK_MS = 250;
/** What the window may add to the delay of an empty link: above the first it shrinks, below the second it may grow. */
const QUEUE_HIGH_MS = 420, QUEUE_LOW_MS = 250;
/** Older than this beyond the link's own delay: pictures wait. */
const STALE_MS = 600;
/** Voice that has been under way for so long fills no more buffers: what waits here can still be left out. */
const VOICE_STALE_MS = 2500;
const WINDOW_LEAST = 1500, WINDOW_FIRST = 4000, WINDOW_MOST = 256 << 10;
/** Of what was acknowledged. Twice as much finds a fast link a second sooner, and lets the voice wait a second more on a slow one. */
const GROWTH = 0.5;
/** A window that nobody filled for so long says nothing about the link of now. */
const IDLE_MS = 5000;
/** The delay of an empty link is looked for anew so often. */
const BASE_MS = 20000;
/** Long enough that a repaired loss, after which much comes at once, does not look like a fast link. */
const RATE_MS = 1000;

const CARRIED_MS = 500;
/** Pictures that fill their room while the link adds so much to its delay are held up by it: there is no more to be had. */
const HELD_MS = 100;

const TARGET_FIRST = 300e3, TARGET_LEAST = 12e3, TARGET_MOST = 1200e3;
/** Of what the link is seen to carry. */
const SHARE = 0.85;
const EASE = 0.9;
/** Until so much has arrived, a page and a half, the target is a guess. */
const GUESS_BYTES = 32 << 10, EASE_GUESS = 0.5;
/** After a cut the link drains first; then it is looked at anew. */
const CUT_EVERY_MS = 750;
const DRIFT_EVERY_MS = 5000, DRIFT = 1.1;
/** The target is in use when so much of it is sent. */
const USED = 0.75;
/** So long after a cut the drift keeps below what the link carried; twice as long each time that is found true again. */
const CEILING_MS = 15000, CEILING_MOST_MS = 120000, CEILING_SHARE = 0.92, BEYOND = 1.2;

/** Where nothing shows what more the link would carry, some is sent in order to know: in all at most so many times the target. */
const PROBE_EVERY_MS = 8000, PROBE_MS = 2000, PROBE_TIMES = 3;
/** After a silence of the server so long, all comes at once: that is no measure. Two in a row are no accident. */
const STALL_MS = 1500;

/** Pictures move above the first, and from the second on when they did not; below the third there are none. */
const VIDEO_LEAST = 48e3, VIDEO_AGAIN = 60e3, STILLS_LEAST = 3e3, STILLS_AGAIN = 5e3;
/**
 * A link that just about carries them would have pictures move and stand in turn. They stand for so long, and twice as long each time that
 * they moved for less than VIDEO_LASTS_MS; half as long when they did for longer. But not where there is clearly more.
 */
const STILLS_MS = 20000, STILLS_MOST_MS = 320000, VIDEO_LASTS_MS = 60000, VIDEO_CLEARLY = 1.4 * VIDEO_AGAIN;

/** The voice, by the target. A row that was left upwards is taken again when the target is so much above it. */
interface VoiceRow { fromBps: number; bps: number; bundleMs: number }
const VOICE: readonly VoiceRow[] = [
  { fromBps: 0, bps: 12e3, bundleMs: 240 },
  { fromBps: 22e3, bps: 16e3, bundleMs: 240 },
  { fromBps: 56e3, bps: 24e3, bundleMs: 240 },
  { fromBps: 100e3, bps: 24e3, bundleMs: 120 }, // 240 would save 0.6 % of a core, and have each pupil hear 0.1 s later
];
const VOICE_AGAIN = 1.15;
/** With the headers of its bundles, and a length for each packet. */
const voiceWireBps = (row: VoiceRow): number => row.bps + 8000 * (UNIT_HEADER / row.bundleMs + 1 / PACKET_MS);

interface Mark { at: number; bytes: number }

export class Uplink {
  /** Handed to the socket and acknowledged, on this connection. */
  sentBytes = 0;
  ackedBytes = 0;
  /** What the link has been seen to carry, bits a second; 0: nothing is known. */
  capacityBps = 0;
  targetBps = TARGET_FIRST;
  private window = WINDOW_FIRST;
  private flights: Mark[] = [];
  private acks: Mark[] = [{ at: 0, bytes: 0 }]; // never empty
  private baseMs = Infinity;
  private nextBaseMs = Infinity;
  private baseAt = 0;
  private isQueued = false;
  private freeAt = 0;
  /** Since when pictures wait for room, and whether the link queued meanwhile; 0: they don't. */
  private waitsSince = 0;
  private waitsByLink = false;
  private isFull = false;
  private fullAt = 0;
  private heldAt = -Infinity;
  private cutAt = -Infinity;
  private driftAt = 0;
  /** What it carried when it last held us up. */
  private limitBps = 0;
  private ceilingBps = 0;
  private ceilingMs = CEILING_MS;
  private hasStalled = false;
  private probeAt = 0;
  private probeFrom = 0;
  private row = VOICE.length - 1;
  private mode: UplinkMode = 'video';
  private movesSince = -Infinity;
  private standsUntil = -Infinity;
  private stillsMs = STILLS_MS;

  /** A new connection, perhaps of another network. What was believed is where it begins. */
  reset(now: number): void {
    this.sentBytes = this.ackedBytes = 0;
    this.flights = [];
    this.acks = [{ at: now, bytes: 0 }];
    this.window = WINDOW_FIRST;
    this.baseMs = this.nextBaseMs = Infinity;
    this.baseAt = this.driftAt = this.probeAt = this.fullAt = now;
    this.waitsSince = 0;
    this.heldAt = -Infinity;
    this.isQueued = this.isFull = false;
    this.standsUntil = -Infinity;
    this.targetBps = Math.min(this.targetBps, TARGET_FIRST);
  }

  sent(now: number, bytes: number): void {
    this.sentBytes += bytes;
    this.flights.push({ at: now, bytes: this.sentBytes });
  }

  /** `bytes`: the server's count of this connection. */
  acked(now: number, bytes: number): void {
    const took = Math.min(bytes, this.sentBytes) - this.ackedBytes;
    if (took <= 0) return;
    this.ackedBytes += took;
    this.note(now);
    let newest: Mark | undefined;
    while (this.flights.length && this.flights[0]!.bytes <= this.ackedBytes) newest = this.flights.shift();
    if (newest) this.learn(now, now - newest.at, took);
  }

  private note(now: number): void {
    const hasStalled = now - this.acks[this.acks.length - 1]!.at > STALL_MS;
    if (hasStalled && !this.hasStalled) this.acks = [];
    this.hasStalled = hasStalled;
    this.acks.push({ at: now, bytes: this.ackedBytes });
    while (this.acks.length > 1 && this.acks[1]!.at <= now - 2 * RATE_MS) this.acks.shift();
  }

  private learn(now: number, delayMs: number, took: number): void {
    this.learnBase(now, delayMs);
    const queueMs = delayMs - this.baseMs, wasQueued = this.isQueued;
    this.isQueued = queueMs > QUEUE_HIGH_MS;
    if (!this.isQueued) this.freeAt = now;
    if (queueMs > QUEUE_LOW_MS) this.waitsByLink = true;
    this.resize(now, queueMs, took);
    if (this.isQueued && wasQueued) this.limited(now, Math.max(this.rateBps(now, now - this.freeAt), this.rateBps(now)));
    else if (!this.isQueued) this.proved(now, this.rateBps(now));
    if (this.mode === 'video' && this.waitsByLink && this.waitsSince && now - this.waitsSince > RATE_MS) this.eased(now);
  }

  private learnBase(now: number, delayMs: number): void {
    if (now - this.baseAt > BASE_MS) {
      this.baseMs = this.nextBaseMs;
      this.nextBaseMs = Infinity;
      this.baseAt = now;
    }
    this.nextBaseMs = Math.min(this.nextBaseMs, delayMs);
    this.baseMs = Math.min(this.baseMs, delayMs);
  }

  private resize(now: number, queueMs: number, took: number): void {
    if (this.isFull) this.fullAt = now;
    if (this.isFull && queueMs > HELD_MS) this.heldAt = now;
    if (queueMs > QUEUE_HIGH_MS) this.window = Math.max(WINDOW_LEAST, Math.min(this.window, this.inFlight + took) / 2);
    else if (this.isFull && queueMs < QUEUE_LOW_MS) this.window = Math.min(WINDOW_MOST, this.window + took * GROWTH);
    else if (now - this.fullAt > IDLE_MS) {
      this.window = Math.max(WINDOW_FIRST, this.window / 2);
      this.fullAt = now;
    }
    this.isFull = false;
  }

  /** It is the link that holds us up: that is what it carries. */
  private limited(now: number, rate: number): void {
    if (now - this.cutAt < CUT_EVERY_MS || now - this.acks[0]!.at < RATE_MS / 2 || rate >= this.targetBps / SHARE) return;
    const isAsBefore = Math.abs(rate - this.limitBps) < this.limitBps / 4;
    this.ceilingMs = isAsBefore ? Math.min(CEILING_MOST_MS, this.ceilingMs * 2) : CEILING_MS;
    this.limitBps = rate;
    this.capacityBps = rate;
    this.ceilingBps = rate * CEILING_SHARE;
    this.cutAt = this.driftAt = now;
    this.targetBps = Math.max(TARGET_LEAST, rate * SHARE, this.targetBps / 2);
  }

  /** So much got through without waiting. */
  private proved(now: number, rate: number): void {
    if (now - this.cutAt < 2 * CUT_EVERY_MS) return;
    this.capacityBps = Math.max(this.capacityBps, rate);
    if (rate > this.limitBps * BEYOND || now - this.cutAt > this.ceilingMs) this.ceilingBps = 0;
    this.targetBps = Math.min(TARGET_MOST, Math.max(this.targetBps, rate * SHARE));
    if (rate < this.targetBps * USED || now - this.driftAt < DRIFT_EVERY_MS) return;
    this.driftAt = now;
    if (now - this.heldAt < DRIFT_EVERY_MS) return this.eased(now);
    const most = this.ceilingBps || TARGET_MOST;
    this.targetBps = Math.max(this.targetBps, Math.min(most, this.targetBps * DRIFT));
  }

  /** The window does its work, but moving pictures always wait for it. */
  private eased(now: number): void {
    if (now - this.cutAt < CUT_EVERY_MS) return;
    this.cutAt = this.driftAt = now;
    this.ceilingBps = this.targetBps;
    const ease = this.ackedBytes < GUESS_BYTES ? EASE_GUESS : EASE;
    this.targetBps = Math.max(TARGET_LEAST, Math.min(this.targetBps, Math.max(this.rateBps(now) * SHARE, this.targetBps * ease)));
  }

  get inFlight(): number {
    return this.sentBytes - this.ackedBytes;
  }

  /** What the server took in the last second, or less. */
  rateBps(now: number, spanMs = RATE_MS): number {
    const newest = this.acks[this.acks.length - 1]!;
    let from = this.acks[0]!;
    for (const a of this.acks) if (a.at <= newest.at - Math.min(spanMs, RATE_MS)) from = a;
    const ms = Math.max(RATE_MS / 2, newest.at - from.at, now - newest.at - ACK_MS);
    return (newest.bytes - from.bytes) * 8000 / ms;
  }

  /** Age of the oldest byte under way. */
  unackedMs(now: number): number {
    return this.flights.length ? now - this.flights[0]!.at : 0;
  }

  private isOlder(now: number, ms: number): boolean {
    return this.unackedMs(now) > this.delayMs + ms;
  }

  /**
   * What the link has just been seen to carry until it can be known that it did, and a start, by which it grows. Half as much again would
   * stand in front of the voice for a second longer when the link shrinks, and shows no more of it.
   */
  private get most(): number {
    const carried = this.rateBps(this.acks[this.acks.length - 1]!.at, CARRIED_MS) / 8000;
    return Math.min(this.window, WINDOW_FIRST + carried * (this.delayMs + ACK_MS));
  }

  private get delayMs(): number {
    return this.baseMs === Infinity ? 2 * ACK_MS : this.baseMs;
  }

  /** Bytes that pictures may put under way now. Ask while there are any, and again before each; say `false` when none are left. */
  room(now: number, isWanted: boolean): number {
    const left = Math.max(0, this.most - this.inFlight);
    if (!isWanted) this.waitsSince = 0;
    else if (left < WINDOW_LEAST / 2) {
      this.isFull = true;
      if (!this.waitsSince) {
        this.waitsSince = now;
        this.waitsByLink = false;
      }
    }
    return this.isOlder(now, STALE_MS) ? 0 : left;
  }

  mayVoice(now: number): boolean {
    return !this.isOlder(now, VOICE_STALE_MS);
  }

  /** Bytes that would show whether the link carries more; 0: there is no need to know, or it is known. */
  probeBytes(now: number): number {
    const isNeeded = this.mode !== 'video' && !this.isQueued;
    if (now - this.probeAt > PROBE_EVERY_MS && isNeeded) {
      this.probeAt = now;
      this.probeFrom = this.sentBytes;
    }
    if (now - this.probeAt > PROBE_MS || !isNeeded) return 0;
    return Math.max(0, this.probeFrom + this.targetBps / 8 * PROBE_TIMES - this.sentBytes);
  }

  plan(now: number): Plan {
    while (this.row > 0 && this.targetBps < VOICE[this.row]!.fromBps) this.row--;
    while (this.row + 1 < VOICE.length && this.targetBps >= VOICE[this.row + 1]!.fromBps * VOICE_AGAIN) this.row++;
    const { bps, bundleMs } = VOICE[this.row]!, left = Math.max(0, this.targetBps - voiceWireBps(VOICE[this.row]!));
    this.mode = this.moves(now, left) ? 'video' : left < (this.mode === 'voice' ? STILLS_AGAIN : STILLS_LEAST) ? 'voice' : 'stills';
    return { mode: this.mode, videoBps: left, voiceBps: bps, bundleMs };
  }

  /** Whether pictures move, with so much left for them. */
  private moves(now: number, left: number): boolean {
    if (this.mode === 'video') {
      if (left >= VIDEO_LEAST) return true;
      const isAgain = now - this.movesSince < VIDEO_LASTS_MS;
      this.stillsMs = isAgain ? Math.min(STILLS_MOST_MS, this.stillsMs * 2) : Math.max(STILLS_MS, this.stillsMs / 2);
      this.standsUntil = now + this.stillsMs;
      return false;
    }
    if (left < VIDEO_AGAIN || left < VIDEO_CLEARLY && now < this.standsUntil) return false;
    this.movesSince = now;
    return true;
  }
}
