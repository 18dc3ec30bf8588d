// Voice over a simulated link into the page's own player, on a clock that runs as fast as the machine.

import { Codec, type VoiceConfig } from '../../src/protocol';
import { Ear } from '../ear';
import { chance } from './bytes';
import { Clock } from './clock';

export const OPUS_60: VoiceConfig = {
  type: 'voice-config', ptsMs: 0, codec: Codec.Opus, channels: 1, packetSamples: 2880, rate: 48000, asc: new Uint8Array(0),
};
/** Session clock when the pupil is greeted. */
export const WELCOME_MS = 3600_000;
const STEP_MS = 50, PACKET_MS = 60;
/** What a server sends at once of the past. */
const BURST_MS = 600, BURST_RTTS = 4, BURST_MOST_MS = 3000;

/** A bundle of `ms` that ends at `endMs` of the session, and when it came after the welcome. */
export interface Arrival { at: number; endMs: number; ms: number }

export interface Tcp {
  rttMs: number;
  seconds: number;
  /** Share of the segments that are lost. */
  loss?: number;
  bundleMs?: number;
  jitterMs?: number;
  seed?: number;
  /** [from, for how long] nothing passes. */
  stalls?: [number, number][];
}

/** What is lost comes again about a round trip behind the next segment or by a probe after two; and all in order. */
export function overTcp(l: Tcp): Arrival[] {
  const random = chance((l.seed || 1) * 7919), ms = l.bundleMs || 300, loss = l.loss || 0;
  const again = (n: number): number => (n ? l.rttMs * 1.25 + 200 * n : Math.min(2 * l.rttMs + 50, ms + l.rttMs * 1.25));
  const burst = Math.ceil(Math.min(BURST_MOST_MS, BURST_MS + BURST_RTTS * l.rttMs) / ms) - 1;
  const firstMs = -Math.floor(random() * ms / PACKET_MS) * PACKET_MS - burst * ms;
  const out: Arrival[] = [];
  let last = 0;
  for (let end = firstMs; end < l.seconds * 1000; end += ms) {
    let at = Math.max(0, end) + l.rttMs / 2 + random() * (l.jitterMs || 0);
    for (let n = 0; n < 6 && random() < loss; n++) at += again(n);
    for (const [from, length] of l.stalls || []) if (at > from && at < from + length) at = from + length;
    last = Math.max(last, at);
    out.push({ at: last, endMs: WELCOME_MS + end, ms });
  }
  return out;
}

/** Bundles of 300 ms, each `lateMs(i)` late, in order. */
export function late(seconds: number, lateMs: (i: number) => number): Arrival[] {
  const out: Arrival[] = [];
  let last = 0;
  for (let i = 0; i * 300 < seconds * 1000; i++) {
    last = Math.max(last, i * 300 + lateMs(i));
    out.push({ at: last, endMs: WELCOME_MS + i * 300, ms: 300 });
  }
  return out;
}

/** Listens for so long; `look` sees every step. */
export function listen(arrivals: Arrival[], seconds: number, rttMs = 0, look: (ear: Ear, now: number) => void = () => undefined): Ear {
  const clock = new Clock(), ear = new Ear(), rest = arrivals.slice();
  ear.voice.expectBacklog(WELCOME_MS, rttMs);
  for (let now = STEP_MS; now < seconds * 1000; now += STEP_MS) {
    clock.runTo(now);
    while (rest.length && rest[0]!.at <= now) {
      const { endMs, ms } = rest.shift()!;
      const packets = Array.from({ length: ms / PACKET_MS }, () => new Uint8Array([0x58]));
      ear.push({ type: 'voice', ptsMs: endMs - ms, packets }, OPUS_60, now);
    }
    ear.tick(now);
    look(ear, now);
  }
  return ear;
}

export const silences = (ear: Ear, fromMs = 0): number[] => ear.holes.filter((h) => h.kind === 'silence' && h.at >= fromMs).map((h) => h.ms);
export const sum = (list: number[]): number => list.reduce((total, v) => total + v, 0);
