// Outbox and uplink together: which message goes up next, and what follows from the server's acknowledgements. Pure.

import { Outbox } from './outbox';
import { type Plan, Uplink } from './uplink';
import { PROBE_MAX, probe } from './wire';

/** Of what the link is believed to carry, at most so much is one part of a picture. */
const PART_MS = 100;
/** No new picture is made while more than so much of them waits. */
const BACKLOG_MS = 150;
const PROBE_LEAST = 200;

export class Sender {
  readonly outbox = new Outbox();
  readonly uplink = new Uplink();
  plan: Plan = this.uplink.plan(0);
  private probedBytes = 0;
  /** Where the first whole picture of this connection ended. */
  private triedBytes = Infinity;

  /** The server greeted a new connection, and has the voice up to there. */
  begin(now: number, voicePts: number | undefined): void {
    this.uplink.reset(now);
    this.outbox.resume(voicePts);
    this.probedBytes = 0;
    this.triedBytes = Infinity;
  }

  /** No whole picture has arrived on this connection: nobody knows what it carries. */
  get isUntried(): boolean {
    return this.uplink.ackedBytes < this.triedBytes;
  }

  /** The next message; undefined: not now. To be handed to the socket at once. */
  next(now: number, ptsMs: number): Uint8Array | undefined {
    const { outbox, uplink } = this, hasPicture = outbox.pictureBytes > 0, room = uplink.room(now, hasPicture);
    outbox.bundleMs = this.plan.bundleMs;
    const message = outbox.take({ voice: uplink.mayVoice(now), room, partBytes: uplink.targetBps / 8000 * PART_MS });
    if (message) uplink.sent(now, message.length);
    if (hasPicture && !outbox.pictureBytes) this.triedBytes = Math.min(this.triedBytes, uplink.sentBytes);
    return message || this.nextProbe(now, ptsMs, room);
  }

  private nextProbe(now: number, ptsMs: number, room: number): Uint8Array | undefined {
    const bytes = Math.min(Math.floor(this.uplink.probeBytes(now)), room, PROBE_MAX - this.probedBytes);
    if (bytes < PROBE_LEAST || this.outbox.pictureBytes) return undefined;
    this.probedBytes += bytes;
    this.uplink.sent(now, bytes);
    this.outbox.skipped(bytes);
    return probe(ptsMs, bytes);
  }

  /** A keyframe now would show what the link carries, even if nothing has changed. */
  wantsProof(now: number): boolean {
    return !this.outbox.pictureBytes && this.uplink.probeBytes(now) > PROBE_LEAST;
  }

  acked(now: number, bytes: number): void {
    this.uplink.acked(now, bytes);
    this.outbox.acked(bytes);
    this.plan = this.uplink.plan(now);
  }

  /** Whether another picture would find room; asked before it is encoded, so that nothing that is encoded is thrown away. */
  get wantsPicture(): boolean {
    const { mode, videoBps } = this.plan, waiting = this.outbox.isSharpening ? 0 : this.outbox.pictureBytes;
    return mode === 'video' ? waiting <= videoBps / 8000 * BACKLOG_MS : mode === 'stills' && !waiting;
  }
}
