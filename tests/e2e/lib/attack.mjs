// Raw sockets, reproducible chance, and a watch over what attacks may cost.

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { isSanitized, PATIENCE_MS, until } from './testing.mjs';

/** Numbers that look random and are the same in every run (mulberry32). */
export function chance(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
  return {
    below: (n) => Math.floor(next() * n),
    bytes: (n) => Buffer.from(Array.from({ length: n }, () => Math.floor(next() * 256))),
  };
}

/** A connection without manners. */
export class Raw {
  static async connect(port) {
    const raw = new Raw();
    Object.assign(raw, { received: Buffer.alloc(0), isClosed: false, hasEnded: false });
    raw.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    raw.socket.on('data', (data) => (raw.received = Buffer.concat([raw.received, data])));
    raw.socket.on('error', () => (raw.isClosed = true));
    raw.socket.on('end', () => (raw.hasEnded = true));
    raw.socket.on('close', () => (raw.isClosed = true));
    await until('a connection', () => raw.isClosed || !raw.socket.connecting);
    return raw;
  }

  send(bytes) {
    if (!this.isClosed) this.socket.write(bytes);
  }

  get text() {
    return this.received.toString('latin1');
  }

  /** Closed by the server: reset, or its half ended. */
  async untilClosed(ms = PATIENCE_MS) {
    await until('the server closes', () => this.isClosed || this.hasEnded, ms);
    this.socket.destroy();
  }

  close() {
    this.socket.destroy();
  }

  /** Sends `bytes`, ends its half, and waits for the server's. */
  async say(bytes) {
    this.send(bytes);
    if (!this.isClosed) this.socket.end();
    await this.untilClosed();
  }
}

/** Passes connections on to `port` and keeps what the client said. */
export async function recorder(port) {
  const parts = [];
  const server = createServer((client) => {
    const origin = connect(port, '127.0.0.1');
    client.on('data', (data) => parts.push(Buffer.from(data)));
    client.pipe(origin).pipe(client);
    client.on('error', () => origin.destroy());
    origin.on('error', () => client.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, bytes: () => Buffer.concat(parts), close: () => server.close() };
}

/** What the server holds at most while attacks go on, above what it held before. */
export function watchMemory(server) {
  const before = server.residentKib();
  let most = before;
  const look = () => (most = Math.max(most, server.residentKib()));
  const timer = setInterval(look, 50);
  timer.unref();
  return {
    assertBelow(kib) {
      look();
      clearInterval(timer);
      console.log(`# resident: ${before} KiB before, ${most - before} KiB more at most`);
      if (isSanitized) return; // a sanitizer keeps what is freed
      assert.ok(most - before < kib, `${most - before} KiB more than before`);
    },
  };
}

/** A pupil who must notice nothing. */
export async function assertUndisturbed(pupil) {
  await pupil.hears(1000);
  pupil.assertNoGap();
  assert.equal(pupil.state, 'live');
}

/** A masked WebSocket frame from a client, or whatever else the fields say. */
export function frame({ opcode = 1, payload = Buffer.alloc(0), isFinal = true, rsv = 0, isMasked = true, length }) {
  const said = length ?? payload.length, mask = Buffer.from([1, 2, 3, 4]);
  const size = said < 126 ? Buffer.from([said]) : Buffer.alloc(said < 65536 ? 3 : 9);
  if (size.length === 3) {
    size[0] = 126;
    size.writeUInt16BE(said, 1);
  } else if (size.length === 9) {
    size[0] = 127;
    size.writeBigUInt64BE(BigInt(said), 1);
  }
  if (isMasked) size[0] |= 0x80;
  const body = isMasked ? payload.map((b, i) => b ^ mask[i & 3]) : payload;
  return Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | rsv << 4 | opcode]), size, isMasked ? mask : Buffer.alloc(0), body]);
}

export const upgrade = (port, more = '') => `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
  + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: airclass.v1\r\n${more}\r\n`;

/** A WebSocket whose frames are ours to break. */
export async function rawWebSocket(server) {
  const raw = await Raw.connect(server.port);
  raw.send(upgrade(server.port));
  await until('101', () => raw.text.includes('\r\n\r\n') || raw.isClosed);
  if (!raw.text.startsWith('HTTP/1.1 101')) throw new Error(`not upgraded: ${raw.text.split('\r\n')[0]}`);
  raw.received = raw.received.subarray(raw.text.indexOf('\r\n\r\n') + 4);
  return raw;
}

/** Code of the close frame among what came; undefined when there is none. */
export function closeCode(raw) {
  for (let at = 0; at + 2 <= raw.received.length;) {
    const opcode = raw.received[at] & 15;
    let length = raw.received[at + 1] & 127, head = 2;
    if (length === 126) [length, head] = [raw.received.readUInt16BE(at + 2), 4];
    else if (length === 127) [length, head] = [Number(raw.received.readBigUInt64BE(at + 2)), 10];
    if (opcode === 8) return length >= 2 ? raw.received.readUInt16BE(at + head) : 1005;
    at += head + length;
  }
  return undefined;
}
