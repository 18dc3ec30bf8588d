// A stand-in for the server that a teacher's page talks to: greets, takes, acknowledges, and remembers what came.

import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { serveBundle, teachBundle } from './teach-bundle.mjs';

const ACK_MS = 250, STATUS_MS = 2000;
const VOICE = 0, VIDEO = 1, INK = 3, PROBE = 7;
const CONFIG = 0, KEY = 1, BUNDLE = 3, PART = 6;
export const CODINGS = { 1: 'opus', 2: 'h264', 3: 'vp8', 4: 'vp9', 5: 'av1' };

/** How long an Opus packet lasts, ms: RFC 6716 §3.1. */
function opusMs(p) {
  const config = p[0] >> 3, frame = config < 12 ? [10, 20, 40, 60][config & 3] : config < 16 ? [10, 20][config & 1] : [2.5, 5, 10, 20][config & 3];
  return frame * ((p[0] & 3) === 0 ? 1 : (p[0] & 3) < 3 ? 2 : p[1] & 63);
}

/** What the units of one source say; throws where they don't fit. */
export class Taken {
  voice = []; // { at, pts, ms, bytes }
  pictures = []; // { at, pts, isKey, bytes, codec, width, height, data? }
  ink = [];
  configs = [];
  bytes = 0;
  probed = 0;
  part = undefined;
  keepsData = false;

  message(b, at = Date.now()) {
    this.bytes += b.length;
    for (let i = 0; i < b.length;) {
      if (b.length - i < 8) throw new Error('a unit without its header');
      const end = i + 8 + b.readUIntBE(i + 1, 3);
      if (end > b.length) throw new Error('a unit beyond its message');
      this.unit(at, b[i] >> 4, b[i] & 15, b.readUInt32BE(i + 4), b.subarray(i + 8, end));
      i = end;
    }
  }

  unit(at, track, kind, pts, body) {
    if (track === PROBE) this.probed += body.length;
    else if (track === INK) this.ink.push({ at, pts, bytes: [...body] });
    else if (track === VOICE && kind === CONFIG) this.config(at, 'voice', CODINGS[body[0]], { rate: body.readUInt32BE(2) });
    else if (track === VOICE && kind === BUNDLE) this.bundle(at, pts, body);
    else if (track === VIDEO && kind === CONFIG) this.config(at, 'video', CODINGS[body[0]], { width: body.readUInt16BE(1), height: body.readUInt16BE(3), description: body.subarray(5).toString('hex') });
    else if (track === VIDEO && kind === PART) this.takePart(at, pts, body);
    else if (track === VIDEO) this.picture(at, pts, kind === KEY, body);
    else throw new Error(`a unit of track ${track}, kind ${kind}`);
  }

  config(at, what, codec, more) {
    this[what + 'Config'] = { at, what, codec, ...more };
    this.configs.push(this[what + 'Config']);
  }

  bundle(at, pts, body) {
    if (!this.voiceConfig) throw new Error('voice before its config');
    for (let i = 0, from = pts; i < body.length;) {
      const length = body[i] < 252 ? body[i] : body[i] + 4 * body[i + 1], start = i + (body[i] < 252 ? 1 : 2), packet = body.subarray(start, start + length);
      const ms = opusMs(packet);
      this.voice.push({ at, pts: from, ms, bytes: length, ...(this.keepsData ? { data: Buffer.from(packet) } : {}) });
      from += ms;
      i = start + length;
    }
  }

  takePart(at, pts, body) {
    const kind = body[0], total = body.readUIntBE(1, 3), offset = body.readUIntBE(4, 3), bytes = body.subarray(7);
    if (offset === 0) this.part = { pts, total, pieces: [], have: 0 };
    if (!this.part || this.part.pts !== pts || this.part.have !== offset || this.part.total !== total) throw new Error('a part that does not follow');
    this.part.pieces.push(Buffer.from(bytes));
    this.part.have += bytes.length;
    if (this.part.have === total) this.picture(at, pts, kind === KEY, Buffer.concat(this.part.pieces));
  }

  picture(at, pts, isKey, data) {
    if (!this.videoConfig) throw new Error('a picture before its config');
    const { codec, width, height } = this.videoConfig;
    this.pictures.push({ at, pts, isKey, bytes: data.length, codec, width, height, ...(this.keepsData ? { data: Buffer.from(data) } : {}) });
  }

  /** Holes of the voice longer than `ms`, by its own time stamps. */
  holes(ms = 10, from = 0) {
    const all = this.voice.filter((v) => v.at >= from);
    return all.slice(1).map((v, i) => v.pts - all[i].pts - all[i].ms).filter((hole) => Math.abs(hole) > ms);
  }

  get newest() {
    const last = this.voice.at(-1);
    return last ? Math.round(last.pts + last.ms) : null;
  }
}

export async function serveTeacher(port = 0, host = '127.0.0.1') {
  const bundle = await teachBundle();
  const http = createServer((request, response) => (request.url === server.missing ? response.writeHead(404).end() : serveBundle(bundle, request, response)));
  const sockets = new WebSocketServer({ server: http, path: '/ws', perMessageDeflate: false, handleProtocols: () => 'airclass.teach.v1', maxPayload: 64 << 10 });
  const server = {
    taken: new Taken(), heard: [], dialled: 0, greeted: 0, complaints: [], isBusy: false, isDeaf: false, isSilent: false, state: 'waiting', source: undefined, device: '',
    origin: '', missing: '', sockets: sockets.clients, text: (m) => server.source?.send(JSON.stringify(m)),
    cut: () => sockets.clients.forEach((c) => c.terminate()),
    close: () => {
      sockets.clients.forEach((c) => c.terminate());
      http.close();
    },
  };
  sockets.on('connection', (socket) => greet(server, socket));
  await new Promise((resolve) => http.listen(port, host, resolve));
  server.origin = `http://${host === '127.0.0.1' ? 'localhost' : host}:${http.address().port}`;
  return server;
}

function greet(server, socket) {
  server.dialled++;
  if (server.isDeaf) return socket.terminate();
  let bytes = 0, told = 0;
  const say = (m) => socket.readyState === 1 && !server.isSilent && socket.send(JSON.stringify(m));
  const status = () => say({ t: 'status', state: server.state, since: 1000, pupils: 3, voiceOnly: 1, reconnecting: 0, rungs: { R2: 3 }, source: { kind: 'browser', width: 640, height: 360, fps: 15, content: 'camera' }, hands: 0 });
  const timers = [setInterval(() => bytes !== told && say({ t: 'ack', voice: server.taken.newest, video: null, bytes: (told = bytes) }), ACK_MS), setInterval(status, STATUS_MS)];
  socket.on('close', () => timers.forEach(clearInterval));
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      bytes += data.length;
      try {
        server.taken.message(data);
      } catch (e) {
        server.complaints.push(String(e));
      }
      return;
    }
    const m = JSON.parse(data);
    server.heard.push(m);
    if (m.t === 'end') server.state = 'ended';
    if (m.t !== 'hello') return;
    if (m.media && server.isBusy && !m.take) return say({ t: 'busy' });
    if (m.media && server.source && server.source !== socket) server.source.close(server.device === m.device ? 1000 : 4010);
    if (m.media) Object.assign(server, { source: socket, device: m.device, state: 'live' });
    server.greeted++;
    server.taken.part = undefined;
    say({ t: 'welcome', v: 1, lesson: 'maths', title: '数学', watch: '/watch/maths#k=x', state: server.state, since: 0, rtmp: { port: 1935, path: 'live' }, voice: server.taken.newest,
      ...(m.rehearse ? { rehearsal: { id: 'r1', key: 'k1' } } : {}) });
    status();
  });
}
