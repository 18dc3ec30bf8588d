// An encoder written by hand, for what the ordinary ones would not send.

import { connect } from 'node:net';
import { PATIENCE_MS, until } from './testing.mjs';

const PART = 1536;
const CHUNK = 65536;

const u16 = (v) => Buffer.from([v >> 8, v & 255]);
const u24 = (v) => Buffer.from([v >> 16 & 255, v >> 8 & 255, v & 255]);
const u32 = (v) => Buffer.from([v >>> 24, v >> 16 & 255, v >> 8 & 255, v & 255]);

export const amf = {
  number(v) {
    const b = Buffer.alloc(9);
    b.writeDoubleBE(v, 1);
    return b;
  },
  text: (s) => Buffer.concat([Buffer.from([2]), u16(Buffer.byteLength(s)), Buffer.from(s)]),
  null: () => Buffer.from([5]),
  object: (o) => Buffer.concat([Buffer.from([3]), ...Object.entries(o).flatMap(([k, v]) => [u16(k.length), Buffer.from(k), amf.text(v)]),
    Buffer.from([0, 0, 9])]),
};

/** One message as one chunk (or several, if it is larger than `chunk`). */
export function message(chunks, type, stream, ms, body, chunk = CHUNK) {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(stream);
  const parts = [Buffer.from([chunks]), u24(ms), u24(body.length), Buffer.from([type]), id];
  for (let at = 0; at < body.length || at === 0; at += chunk) {
    if (at > 0) parts.push(Buffer.from([0xc0 | chunks]));
    parts.push(body.subarray(at, at + chunk));
  }
  return Buffer.concat(parts);
}

export const command = (...values) => message(3, 20, 0, 0, Buffer.concat(values), 128);

/** Everything up to the first media; what follows is in chunks of 64 KiB. */
export function opening(key) {
  const publish = Buffer.concat([amf.text('publish'), amf.number(5), amf.null(), amf.text(key), amf.text('live')]);
  return Buffer.concat([
    command(amf.text('connect'), amf.number(1), amf.object({ app: 'live', type: 'nonprivate', tcUrl: 'rtmp://127.0.0.1/live' })),
    message(2, 1, 0, 0, u32(CHUNK)),
    message(3, 20, 0, 0, Buffer.concat([amf.text('releaseStream'), amf.number(2), amf.null(), amf.text(key)])),
    message(3, 20, 0, 0, Buffer.concat([amf.text('FCPublish'), amf.number(3), amf.null(), amf.text(key)])),
    message(3, 20, 0, 0, Buffer.concat([amf.text('createStream'), amf.number(4), amf.null()])),
    message(3, 20, 1, 0, publish),
  ]);
}

export const hello = () => Buffer.concat([Buffer.from([3]), Buffer.alloc(PART)]);

export class Encoder {
  /** Connects and greets. */
  static async connect(port) {
    const e = new Encoder();
    Object.assign(e, { received: Buffer.alloc(0), isClosed: false });
    e.socket = connect({ port, host: '127.0.0.1' });
    e.socket.on('data', (data) => (e.received = Buffer.concat([e.received, data])));
    e.socket.on('close', () => (e.isClosed = true));
    e.socket.on('error', () => (e.isClosed = true));
    e.send(hello());
    await until('the handshake', () => e.received.length >= 1 + 2 * PART || e.isClosed);
    e.send(e.received.subarray(1, 1 + PART));
    return e;
  }

  /** ... and asks to publish. */
  static async publish(port, key) {
    const e = await Encoder.connect(port);
    e.send(opening(key));
    await until('an answer to publish', () => /NetStream\.Publish\.\w+/.test(e.text()) || e.isClosed);
    return e;
  }

  send(bytes) {
    if (!this.isClosed) this.socket.write(bytes);
  }

  audio(ms, body) {
    this.send(message(4, 8, 1, ms, Buffer.from(body)));
  }

  video(ms, body) {
    this.send(message(6, 9, 1, ms, Buffer.from(body)));
  }

  /** What the server said, its commands readable among other bytes. */
  text() {
    return this.received.toString('latin1', 1 + 2 * PART);
  }

  get status() {
    return /NetStream\.Publish\.\w+/g[Symbol.match](this.text())?.at(-1);
  }

  untilClosed(ms = PATIENCE_MS) {
    return until('the encoder is closed', () => this.isClosed, ms);
  }

  close() {
    this.socket.destroy();
  }
}
