// The teacher's WebSocket: says hello, hands over what is heard, and comes back. A link that is silent gets a second connection beside it:
// whichever is heard first goes on, since the server takes a device's new connection for the old one.

import { Close, mayReturn, ProtocolError } from '../../protocol';
import { type Heard, parseHeard } from './control';

export interface LineEvents {
  /** The text to say first on a new connection. */
  hello(): string;
  onheard(message: Heard): void;
  /** Units: the board as the server has it. */
  onunits(bytes: Uint8Array): void;
  /** There is no connection; said again after each attempt that is vain. */
  onaway(): void;
  /** It is over and will not be tried again by itself; `code` as in the protocol. */
  onend(code: number): void;
}

/** Nothing for so long, though the server says something every 2 s: the link may be dead. A new try costs little, if it is not. */
const SILENCE_MS = 4500;
/**
 * How long an attempt lasts: TCP asks at 0, 1 and 3 s. No shorter after the first ones: from some 15 vain attempts on Chromium puts each
 * WebSocket off by 1 to 5 s.
 */
const PATIENCE_MS = 2500, PATIENCE_LATER_MS = 5000, EAGER = 4;
/** Between attempts that were refused. */
const DELAY_FIRST_MS = 300, DELAY_MAX_MS = 5000;

export class Line {
  private socket: WebSocket | undefined;
  private attempt: WebSocket | undefined;
  private attemptAt = 0;
  private heardAt = 0;
  private nextAt = 0;
  private vain = 0;
  private refused = 0;
  private isOver = true;
  /** In binary messages, on this connection. */
  sentBytes = 0;

  constructor(private url: string, private events: LineEvents, private now: () => number = () => performance.now()) {}

  get isOpen(): boolean {
    return !!this.socket && this.socket.readyState === 1;
  }

  start(): void {
    this.isOver = false;
    this.vain = this.refused = this.nextAt = 0;
    if (!this.socket && !this.attempt) this.dial();
  }

  stop(): void {
    this.isOver = true;
    this.drop('attempt');
    this.drop('socket');
  }

  /** Says hello again: another wish. Where there is no connection the next one begins with it. */
  greet(): void {
    if (this.isOpen) this.send(this.events.hello());
  }

  /** A new connection with a new hello, at once: another network. The old one serves until then. */
  renew(): void {
    if (!this.isOver) this.dial();
  }

  send(data: string | Uint8Array): void {
    if (!this.isOpen) return;
    if (typeof data !== 'string') this.sentBytes += data.length;
    this.socket!.send(data as Uint8Array<ArrayBuffer>);
  }

  /** Some times a second, by whatever is awake. */
  tick(): void {
    const now = this.now();
    if (this.isOver) return;
    if (this.attempt) {
      if (now - this.attemptAt > (this.vain < EAGER ? PATIENCE_MS : PATIENCE_LATER_MS)) this.failed(0);
    } else if (this.socket ? now - this.heardAt > SILENCE_MS : now >= this.nextAt) this.dial();
  }

  private dial(): void {
    this.drop('attempt');
    this.attemptAt = this.now();
    const socket = this.attempt = new WebSocket(this.url, 'airclass.teach.v1');
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.opened();
    socket.onclose = (e) => this.closed(socket, e.code);
    socket.onmessage = (e) => this.receive(e.data as string | ArrayBuffer);
  }

  private opened(): void {
    this.drop('socket');
    this.socket = this.attempt;
    this.attempt = undefined;
    this.heardAt = this.now();
    this.sentBytes = 0;
    this.greet();
  }

  private receive(data: string | ArrayBuffer): void {
    this.heardAt = this.now();
    this.drop('attempt');
    try {
      if (typeof data === 'string') this.read(parseHeard(data));
      else this.events.onunits(new Uint8Array(data));
    } catch (e) {
      if (!(e instanceof ProtocolError)) throw e;
      console.error(e);
      this.end(Close.BadMessage);
    }
  }

  private read(message: Heard | undefined): void {
    if (!message) return;
    if (message.t === 'welcome' || message.t === 'busy') this.vain = this.refused = 0;
    this.events.onheard(message);
  }

  private closed(socket: WebSocket, code: number): void {
    if (!mayReturn(code)) return this.end(code);
    if (socket === this.attempt) return this.failed(Math.random() * Math.min(DELAY_MAX_MS, DELAY_FIRST_MS * Math.pow(2, ++this.refused)));
    this.drop('socket');
    this.nextAt = this.now() + Math.random() * DELAY_FIRST_MS * Math.pow(2, this.refused++);
    this.events.onaway();
  }

  private failed(delayMs: number): void {
    this.vain++;
    this.drop('attempt');
    this.nextAt = this.now() + delayMs;
    if (!this.socket && this.vain < EAGER) return;
    this.drop('socket'); // silent, and the way to the server is not there
    this.events.onaway();
  }

  private end(code: number): void {
    this.stop();
    this.events.onend(code);
  }

  private drop(which: 'socket' | 'attempt'): void {
    const socket = this[which];
    this[which] = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
