// The WebSocket: says hello, hands over what comes, comes back when the link was lost.

import {
  Close, mayReturn, parseMessage, parseText, ProtocolError, type ServerText, type Unit,
} from '../protocol';

interface LinkEvents {
  /** The text to say first on a new connection. */
  hello(): string;
  onunits(units: Unit[]): void;
  ontext(message: ServerText): void;
  /** Every message, either way, in bytes. */
  onbytes(length: number, isUp: boolean): void;
  /** The connection is away; the link tries again by itself. */
  onaway(): void;
  /** It is over and will not be tried again; `code` as in the protocol. */
  onend(code: number): void;
}

/** A connection that lasted this long was a good one: the next delay begins small again. */
const STEADY_MS = 5000;
export const DELAY_MAX_MS = 15000;

/** Random, so that a school does not come back as one; the first one hardly waits. */
export function retryDelayMs(attempt: number, random: number): number {
  return random * Math.min(DELAY_MAX_MS, 400 * Math.pow(2, attempt));
}

/** Before anything is known of a link. */
const RTT_MS = 1500;
const PATIENCE_MIN_MS = 2500;

/**
 * How long to wait for a connection (two round trips without TLS, four with it), and then for the greeting (one). A new attempt asks at
 * once, TCP would ask again after 1, 2 and 4 seconds: who comes out of a tunnel should not have to wait for that.
 */
export function patienceMs(attempt: number, rttMs: number): number {
  return Math.min(DELAY_MAX_MS, Math.max(PATIENCE_MIN_MS, 8 * rttMs) * Math.pow(1.5, Math.max(0, attempt - 3)));
}

export class Link {
  private socket: WebSocket | undefined;
  private attempt = 0;
  private timer = 0;
  private isOver = true;
  private lastHeardAt = 0;
  private openedAt = 0;
  private welcomedAt = 0;

  /** How long the last greeting took. */
  rttMs = RTT_MS;

  /** `early` was opened while the page was still being read, which spares two round trips; it may have ended since. */
  constructor(private url: string, private events: LinkEvents, private early?: WebSocket) {}

  get isOpen(): boolean {
    return !!this.socket && this.socket.readyState === 1;
  }

  /** ms since anything was heard on this connection. */
  silentMs(now: number): number {
    return now - this.lastHeardAt;
  }

  start(): void {
    this.isOver = false;
    this.attempt = 0;
    this.connect();
  }

  stop(): void {
    this.isOver = true;
    this.drop();
  }

  /** Comes back at once on a new connection, with a new hello. */
  renew(): void {
    if (this.isOver) return;
    this.drop();
    this.connect();
  }

  send(text: string): void {
    if (!this.isOpen) return;
    this.socket!.send(text);
    this.events.onbytes(text.length, true);
  }

  private drop(): void {
    clearTimeout(this.timer);
    if (this.welcomedAt && performance.now() - this.welcomedAt > STEADY_MS) this.attempt = 0;
    this.welcomedAt = 0;
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private connect(): void {
    this.drop();
    const socket = (this.socket = this.takeEarly() || new WebSocket(this.url, 'airclass.v1'));
    socket.binaryType = 'arraybuffer';
    this.wait();
    socket.onopen = () => this.opened();
    socket.onmessage = (e) => this.receive(e.data as string | ArrayBuffer);
    socket.onclose = (e) => this.closed(e.code);
    if (socket.readyState === 1) this.opened();
  }

  private takeEarly(): WebSocket | undefined {
    const early = this.early;
    this.early = undefined;
    return early && early.readyState <= 1 ? early : undefined;
  }

  private opened(): void {
    this.wait();
    this.openedAt = this.lastHeardAt = performance.now();
    this.send(this.events.hello());
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.closed(Close.Lost, true), patienceMs(this.attempt, this.rttMs));
  }

  private receive(data: string | ArrayBuffer): void {
    const isText = typeof data === 'string';
    this.lastHeardAt = performance.now();
    this.events.onbytes(isText ? data.length : data.byteLength, false);
    try {
      if (isText) this.read(parseText(data));
      else this.events.onunits(parseMessage(new Uint8Array(data)));
    } catch (e) {
      if (!(e instanceof ProtocolError)) throw e;
      console.error(e);
      this.closed(Close.BadMessage);
    }
  }

  private read(message: ServerText): void {
    if (message.t === 'welcome') this.greeted();
    this.events.ontext(message);
  }

  private greeted(): void {
    clearTimeout(this.timer);
    this.welcomedAt = this.lastHeardAt;
    this.rttMs = this.welcomedAt - this.openedAt;
  }

  /** Who had no answer at all has waited: it is the refused who wait the longer, the oftener it was in vain. */
  private closed(code: number, hasWaited = false): void {
    this.drop();
    if (this.isOver) return;
    if (!mayReturn(code)) {
      this.isOver = true;
      return this.events.onend(code);
    }
    this.timer = window.setTimeout(() => this.connect(), retryDelayMs(hasWaited ? 0 : this.attempt, Math.random()));
    this.attempt++;
    this.events.onaway();
  }
}
