// What the lesson has cost: WebSocket payload and an estimate of what the network puts around it.

const SEGMENT = 1400;
/** IPv4 20 + TCP 20 + time stamps 12. */
const SEGMENT_HEADER = 52;
/** A TLS 1.3 record: 5 + tag 16 + type 1. */
const TLS_RECORD = 22;
const WINDOW_MS = 10000;

export class Meter {
  private recent: { at: number; bytes: number }[] = [];

  /** All bytes so far, both directions. */
  total = 0;

  constructor(private isTls: boolean) {}

  /** A message of `length` bytes came down or (`isUp`) went up. */
  message(now: number, length: number, isUp = false): void {
    const header = (length < 126 ? 2 : length < 65536 ? 4 : 10) + (isUp ? 4 : 0) + (this.isTls ? TLS_RECORD : 0);
    const segments = Math.ceil((length + header) / SEGMENT);
    this.add(now, length + header + segments * SEGMENT_HEADER + Math.ceil(segments / 2) * SEGMENT_HEADER);
  }

  /** Bytes known from elsewhere: the page itself. */
  add(now: number, bytes: number): void {
    this.total += bytes;
    this.recent.push({ at: now, bytes });
    while (this.recent[0]!.at < now - WINDOW_MS) this.recent.shift();
  }

  /** Over the last ten seconds. */
  kbps(now: number): number {
    const fresh = this.recent.filter((r) => r.at >= now - WINDOW_MS);
    if (!fresh.length) return 0;
    const spanMs = Math.max(1000, now - fresh[0]!.at);
    return fresh.reduce((sum, r) => sum + r.bytes, 0) * 8 / spanMs;
  }
}
