// A teacher who talks and moves, the page's own sender, and a server behind a simulated uplink: TCP as far as it makes voice late. What is
// written waits in a queue without a bound (the browser, the kernel, the modem); a lost segment is sent again after a round trip, and
// what came behind it waits for it.

import { parseMessage } from '../../src/protocol';
import { PACKET_MS } from '../../src/teach/engine/samples';
import { Sender } from '../../src/teach/engine/sender';
import { Coding, joined, voiceBundle } from '../../src/teach/engine/wire';
import { chance } from './bytes';

export interface Line {
  /** Bits a second at a time; 0: it stands still. */
  bps: (at: number) => number;
  rttMs: number;
  jitterMs?: number;
  loss?: number;
  /** Between two new screens; 0: a camera, whose pictures always move. */
  turnMs?: number;
  /** Of a keyframe while pictures move; of a still, a third. */
  keyBytes?: number;
  seconds: number;
  seed?: number;
  /** Connections end at these times and are back after the second number. */
  breaks?: [number, number][];
}

export interface Look { at: number; unackedMs: number; inFlight: number; targetBps: number; mode: string; voiceWaitingMs: number }
export interface Lesson {
  /** What the server has of the voice: [when, pts, ms]. */
  voice: [number, number, number][];
  pictures: { at: number; ptsMs: number; isKey: boolean; bytes: number }[];
  looks: Look[];
  endMs: number;
}

const TICK_MS = 10, ACK_MS = 250, MSS = 1448, HEADERS = 52, MESSAGE_HEADERS = 30, FPS = 15;
const SHAPE = { coding: Coding.Vp8, width: 640, height: 360, description: new Uint8Array() };

interface Segment { bytes: number; message?: Uint8Array; againAt?: number }

/** The link and the server's socket of one connection. */
class Wire {
  taken = 0;
  private queue: Segment[] = [];
  private way: { at: number; segment: Segment }[] = [];
  private held: { at: number; segment: Segment }[] = [];
  private credit = 0;
  private arrivesAt = 0;

  constructor(private line: Line, private random: () => number, private take: (at: number, message: Uint8Array) => void) {}

  write(message: Uint8Array): void {
    let left = message.length + MESSAGE_HEADERS;
    for (; left > MSS; left -= MSS) this.queue.push({ bytes: MSS + HEADERS });
    this.queue.push({ bytes: left + HEADERS, message });
  }

  run(now: number): void {
    this.credit = Math.min(this.credit + this.line.bps(now) * TICK_MS / 8000, this.queue.length ? Infinity : MSS);
    while (this.queue.length && this.credit >= this.queue[0]!.bytes) {
      const segment = this.queue.shift()!, jitter = (this.line.jitterMs || 0) * this.random();
      this.credit -= segment.bytes;
      this.arrivesAt = Math.max(this.arrivesAt, now + this.line.rttMs / 2 + jitter);
      const repair = this.random() < (this.line.loss || 0) ? this.line.rttMs * 1.25 : 0;
      this.way.push({ at: this.arrivesAt + repair, segment });
    }
    while (this.way.length && this.way[0]!.at <= now) this.held.push(this.way.shift()!);
    for (const { segment } of this.held.splice(0)) {
      if (!segment.message) continue;
      this.taken += segment.message.length;
      this.take(now, segment.message);
    }
  }
}

class Server {
  voice: Lesson['voice'] = [];
  pictures: Lesson['pictures'] = [];
  newestPts: number | undefined;
  private parts = new Map<number, number>();

  take(at: number, message: Uint8Array): void {
    if (message[0]! >> 4 === 7) return;
    for (const u of parseMessage(withoutConfigs(message))) {
      if (u.type === 'voice') {
        const ms = u.packets.reduce((sum, p) => sum + p[0]!, 0);
        this.voice.push([at, u.ptsMs, ms]);
        this.newestPts = Math.max(this.newestPts || 0, u.ptsMs + ms);
      } else if (u.type === 'video') {
        this.pictures.push({ at, ptsMs: u.ptsMs, isKey: u.isKey, bytes: u.data.length });
      } else if (u.type === 'video-part') {
        const have = (u.offset && this.parts.get(u.ptsMs) || 0) + u.data.length;
        this.parts.set(u.ptsMs, have);
        if (have === u.total) this.pictures.push({ at, ptsMs: u.ptsMs, isKey: u.isKey, bytes: u.total });
      }
    }
  }
}

/** The player's reader knows the teacher's units but for the configs, which look otherwise. */
function withoutConfigs(message: Uint8Array): Uint8Array {
  const units: Uint8Array[] = [];
  for (let at = 0; at < message.length;) {
    const length = message[at + 1]! << 16 | message[at + 2]! << 8 | message[at + 3]!, end = at + 8 + length;
    if (message[at]! & 15) units.push(message.subarray(at, end));
    at = end;
  }
  return units.length ? joined(units) : voiceBundle(0, [Uint8Array.of(0)]);
}

/** What a microphone and an encoder give at a plan. The first byte of a packet says its length in ms. */
class Studio {
  private voiceEnd = 0;
  private pictureAt = 0;
  private turned = -1;

  constructor(private line: Line, private random: () => number, private sender: Sender) {}

  run(now: number): void {
    const { plan, outbox } = this.sender;
    for (; now - this.voiceEnd >= PACKET_MS; this.voiceEnd += PACKET_MS) {
      const bytes = Math.round(plan.voiceBps * PACKET_MS / 8000 * (0.7 + 0.6 * this.random())), data = new Uint8Array(bytes);
      data[0] = PACKET_MS;
      outbox.pushVoice({ ptsMs: this.voiceEnd, ms: PACKET_MS, data });
    }
    if (now < this.pictureAt || !this.sender.wantsPicture) return;
    if (plan.mode === 'video') this.film(now);
    else if (plan.mode === 'stills') this.still(now);
  }

  private film(now: number): void {
    const { plan, outbox } = this.sender, isKey = outbox.needsKey, share = plan.videoBps / 8 / FPS;
    if (this.line.turnMs && !isKey && !this.turns(now)) return;
    const bytes = isKey || this.line.turnMs ? this.line.keyBytes ?? 7000 + 9000 * this.random() : Math.max(250, share * (0.6 + 0.8 * this.random()));
    outbox.pushPicture({ ptsMs: now, isKey, data: new Uint8Array(Math.round(bytes)), shape: SHAPE });
    this.pictureAt = now + 1000 / FPS;
  }

  private turns(now: number): boolean {
    const page = Math.floor(now / (this.line.turnMs || 2000));
    if (page === this.turned) return false;
    this.turned = page;
    return true;
  }

  private still(now: number): void {
    if (!this.turns(now) && !this.sender.wantsProof(now)) return;
    const { keyBytes } = this.line, bytes = keyBytes ? keyBytes / 3 : 7000 + 9000 * this.random();
    this.sender.outbox.pushPicture({ ptsMs: now, isKey: true, data: new Uint8Array(Math.round(bytes)), shape: SHAPE });
  }
}

export function teach(line: Line): Lesson {
  const random = chance(line.seed || 1), sender = new Sender(), server = new Server(), studio = new Studio(line, random, sender);
  const looks: Look[] = [], connect = (): Wire => new Wire(line, random, (at, message) => server.take(at, message));
  let wire = connect(), acks: [number, number][] = [], told = 0, awayUntil = 0;
  sender.begin(0, undefined);
  for (let now = 0; now < line.seconds * 1000; now += TICK_MS) {
    const gap = (line.breaks || []).find(([at]) => at === now);
    if (gap) awayUntil = now + gap[1];
    if (awayUntil && now >= awayUntil) {
      wire = connect();
      acks = [];
      told = awayUntil = 0;
      sender.begin(now, server.newestPts);
    }
    studio.run(now);
    if (awayUntil) continue;
    wire.run(now);
    if (now % ACK_MS === 0 && wire.taken !== told) acks.push([now + line.rttMs / 2, told = wire.taken]);
    while (acks[0] && acks[0][0] <= now) sender.acked(now, acks.shift()![1]);
    for (let message = sender.next(now, now); message; message = sender.next(now, now)) wire.write(message);
    looks.push({ at: now, unackedMs: sender.uplink.unackedMs(now), inFlight: sender.uplink.inFlight, targetBps: sender.uplink.targetBps,
      mode: sender.plan.mode, voiceWaitingMs: sender.outbox.voiceMs });
  }
  return { voice: server.voice, pictures: server.pictures, looks, endMs: line.seconds * 1000 };
}

// What is asked of such a lesson.

/** How late each bundle was: from the end of what it holds to its arrival. */
export const latenesses = (l: Lesson): number[] => l.voice.map(([at, pts, ms]) => at - pts - ms).sort((a, b) => a - b);
export const quantile = (sorted: number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

/** Share of the voice up to `slackMs` before the end that the server has. */
export function voiceShare(l: Lesson, slackMs = 3000): number {
  const end = l.endMs - slackMs;
  return l.voice.filter(([, pts]) => pts < end).reduce((sum, [, pts, ms]) => sum + Math.min(ms, end - pts), 0) / end;
}
