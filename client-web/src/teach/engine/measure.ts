// What an uplink carries, by bytes that only measure: numbers and a clock in, an answer out. Pure.
//
// They go in bursts, one when the last one has arrived. Each is longer, until one keeps the link busy for a second: then what the server
// says meanwhile, every 250 ms, is the rate. Of one that is over sooner no more is known than that it took no longer. So a slow link is
// asked to carry some kB, and a fast one shows by some hundred how fast it is at least.

const BURST_FIRST = 4 << 10, BURST_MOST = 256 << 10, GROWTH = 4;
const BURST_MS = 1200;
/** Arrivals come in whole segments: over less time than this they say little. */
const SPAN_MS = 700;
/** Counted when whole, so small ones on slow links. */
const PIECES = 16, PIECE_LEAST = 500, PIECE_MOST = 16 << 10;
const LAST_MS = 5000, BYTES_MAX = 512 << 10;

interface Mark { at: number; bytes: number }

export class Gauge {
  /** Bits a second, at least; 0: nothing has arrived. */
  bps = 0;
  private sent = 0;
  private arrived = 0;
  private burstBytes = BURST_FIRST;
  private from: Mark;
  /** Of this burst. */
  private acks: Mark[] = [];

  constructor(private startedAt: number) {
    this.from = { at: startedAt, bytes: 0 };
  }

  isDone(now: number): boolean {
    return now - this.startedAt >= LAST_MS || this.sent >= BYTES_MAX && this.arrived >= this.sent;
  }

  /** Sends what is due, `send(length)` by `send(length)`. */
  go(now: number, send: (length: number) => void): void {
    if (this.arrived < this.sent || this.isDone(now)) return;
    let left = Math.min(this.burstBytes, BYTES_MAX - this.sent);
    const piece = Math.max(PIECE_LEAST, Math.min(PIECE_MOST, Math.floor(left / PIECES)));
    this.from = { at: now, bytes: this.sent };
    this.acks = [];
    for (this.sent += left; left > 0; left -= piece) send(Math.min(piece, left));
  }

  /** `bytes`: the server's count, of these. */
  acked(now: number, bytes: number): void {
    if (bytes <= this.arrived || bytes > this.sent) return;
    this.arrived = bytes;
    const [first, second] = this.acks.push({ at: now, bytes }) > 1 ? this.acks : [this.from];
    this.learn(this.from, now, bytes);
    if (second && now - second.at >= SPAN_MS) this.learn(second, now, bytes);
    if (bytes === this.sent) this.burstBytes = Math.min(BURST_MOST, this.burstBytes * Math.min(GROWTH, Math.max(1, BURST_MS / (now - first!.at))));
  }

  private learn(since: Mark, now: number, bytes: number): void {
    this.bps = Math.max(this.bps, (bytes - since.bytes) * 8000 / Math.max(1, now - since.at));
  }
}
