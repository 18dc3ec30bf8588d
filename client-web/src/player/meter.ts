// What the lesson has cost: what the page is told of, and an estimate of what the network puts around it.

const SEGMENT = 1400;
/** IPv4 20 + TCP 20 + time stamps 12; an acknowledgement is no more. */
const SEGMENT_HEADER = 52;
/** A TLS 1.3 record: 5 + tag 16 + type 1. */
const TLS_RECORD = 22;
/** As it was captured from Chromium: opening and closing a connection, and half of another one that it opened in vain. */
const CONNECTION = 600;
/** Certificates, mostly. */
const TLS_OPENING = 4000;
/** The WebSocket's request and answer, in their packets. */
const UPGRADE = 1250;
/** A request of the page in its packet, and the headers of the server's answers; browsers call the latter 300 whatever they are. */
const REQUEST = 480, ANSWER = 500, ANSWER_PAGE = 1000;
const WINDOW_MS = 10000;

export class Meter {
  private recent: { at: number; bytes: number }[] = [];

  /** All bytes so far, both directions, but the page's. */
  total = CONNECTION + UPGRADE;

  constructor(private isTls: boolean) {
    if (isTls) this.total += TLS_OPENING;
  }

  /** A message of `length` bytes came down or (`isUp`) went up. */
  message(now: number, length: number, isUp = false): void {
    const header = (length < 126 ? 2 : length < 65536 ? 4 : 10) + (isUp ? 4 : 0) + (this.isTls ? TLS_RECORD : 0);
    const segments = Math.ceil((length + header) / SEGMENT);
    this.add(now, length + header + segments * SEGMENT_HEADER + Math.ceil(segments / 2) * SEGMENT_HEADER);
  }

  private add(now: number, bytes: number): void {
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

/** Bytes of the page itself: the document and the parts. */
export function pageBytes(entries: PerformanceResourceTiming[]): number {
  return entries
    .filter((e) => e.transferSize && !/^(data|blob):/.test(e.name)) // 0: from the cache
    .reduce((sum, e) => sum + loadBytes(e), 0);
}

function loadBytes(e: PerformanceResourceTiming): number {
  const whole = e.encodedBodySize + (e.entryType === 'navigation' ? ANSWER_PAGE : ANSWER);
  const answer = e.transferSize < e.encodedBodySize ? e.transferSize : Math.max(e.transferSize, whole); // less: 304
  const isNew = e.connectEnd > e.connectStart, opening = isNew ? CONNECTION + (e.secureConnectionStart ? TLS_OPENING : 0) : 0;
  return opening + REQUEST + answer + Math.ceil(answer / SEGMENT) * 2 * SEGMENT_HEADER; // so early each packet is acknowledged
}
