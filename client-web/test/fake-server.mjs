// A stand-in for the server: pages from build/web, and a lesson over WebSocket whose course the test sets.
// `node test/fake-server.mjs [port]` serves it for a look by hand.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { FPS, makeMedia } from './media.mjs';
import { policy } from './policy.mjs';
import * as wire from './wire.mjs';

const WEB = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'build', 'web');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
const TICK_MS = 300;
const BURST_MS = 900;

const RUNGS = {
  R0: { kbps: 11, picture: 'none' }, R2: { kbps: 17, picture: 'still' },
  R4: { kbps: 52, picture: 'video', video: 'low' }, R6: { kbps: 140, picture: 'video', video: 'high' },
};

function servePage(request, response) {
  const path = new URL(request.url, 'http://x').pathname;
  const name = path === '/' ? 'index.html' : path.startsWith('/watch/') ? 'watch.html' : path.slice(1);
  const isThere = /^[\w.-]+$/.test(name) && existsSync(join(WEB, name));
  const file = join(WEB, isThere ? name : '404.html');
  const headers = { 'content-type': TYPES[extname(file)] || 'text/plain', 'content-encoding': 'gzip' };
  if (file.endsWith('.html')) headers['content-security-policy'] = policy(readFileSync(file, 'utf8'));
  response.writeHead(isThere ? 200 : 404, headers);
  response.end(readFileSync(file + '.gz'));
}

/** One pupil's connection. */
class Seat {
  constructor(lesson, socket) {
    Object.assign(this, { lesson, socket, reports: [], video: '', wantsKey: true, isHeld: false, sentVoice: -1 });
    socket.on('message', (data) => this.read(JSON.parse(data.toString())));
    socket.on('close', () => lesson.seats.delete(this));
  }

  text(m) {
    this.socket.send(JSON.stringify(m));
  }

  read(m) {
    this.lesson.heard.push(m);
    if (m.t === 'report') this.reports.push(m);
    if (m.t === 'mode') this.setRung({ auto: 'R6', save: 'R2', voice: 'R0' }[m.mode], 'choice');
    if (m.t === 'hello') this.welcome(m);
  }

  welcome(hello) {
    const { lesson } = this, now = lesson.clock();
    this.hello = hello;
    if (lesson.refuse) return this.socket.close(lesson.refuse, 'refused');
    this.text({ t: 'welcome', v: 1, lesson: hello.lesson, title: lesson.title, state: lesson.state, pts: now });
    this.voice = hello.can.includes('opus') ? 'opus' : 'aac';
    const from = hello.pts !== undefined && hello.pts <= now ? Math.max(hello.pts, now - lesson.resumeMs) : now - BURST_MS;
    this.sentVoice = Math.max(0, Math.ceil(from / this.packetMs()));
    this.send([this.voice === 'opus' ? wire.opusConfig(from) : wire.aacConfig(from)]);
    this.setRung({ auto: lesson.rung, save: 'R2', voice: 'R0' }[hello.mode], 'start');
    if (lesson.board) this.send([lesson.board]);
    lesson.seats.add(this);
    if (lesson.restMs) this.rest(lesson.restMs);
    else this.tick(now);
  }

  /** A break; 0: it is over, and the lesson goes on where it is now. */
  rest(ms) {
    this.text({ t: 'break', ms, kind: 'eyes' });
    this.isHeld = ms > 0;
    this.sentVoice = Math.ceil(this.lesson.clock() / this.packetMs());
    this.wantsKey = true;
  }

  packetMs() {
    return this.voice === 'opus' ? 60 : 1024 / 48;
  }

  setRung(rung, why) {
    const r = RUNGS[rung];
    if (this.video && !r.video) this.send([wire.gap(this.lesson.clock())]);
    if (this.video !== (r.video || '')) this.wantsKey = true;
    this.video = r.video || '';
    this.picture = r.picture;
    this.text({ t: 'rung', rung, kbps: r.kbps, picture: r.picture, why });
    if (r.picture !== 'none' && !this.lesson.isStillHeld) this.sendStill();
  }

  sendStill() {
    const still = this.lesson.media.stills[this.lesson.slide], can = this.hello.can;
    const format = can.includes('avif') && !this.lesson.prefersWebp ? 1 : 2;
    for (const piece of wire.pieces(this.lesson.clock(), format, still.id, format === 1 ? still.avif : still.webp, 500)) this.send([piece]);
  }

  send(units) {
    if (this.socket.readyState === 1) this.socket.send(Buffer.concat(units));
  }

  tick(now) {
    if (this.isHeld || this.lesson.state !== 'live') return;
    const voice = this.voiceUntil(now), video = this.videoUntil(now);
    if (!this.lesson.partBytes) voice.push(...video.splice(0));
    if (voice.length) this.send(voice);
    video.forEach((unit) => this.send([unit]));
  }

  voiceUntil(now) {
    if (this.lesson.isMute) return [];
    const list = this.lesson.media[this.voice], units = [], ms = this.packetMs();
    const end = Math.floor(now / ms);
    while (this.sentVoice < end) {
      const count = Math.min(this.voice === 'opus' ? 5 : 14, end - this.sentVoice);
      const packets = Array.from({ length: count }, (_, i) => list[(this.sentVoice + i) % list.length]);
      units.push(wire.bundle(Math.round(this.sentVoice * ms), packets));
      this.sentVoice += count;
    }
    return units;
  }

  videoUntil(now) {
    const units = [], end = Math.floor(now * FPS / 1000);
    this.sentVideo = Math.max(this.sentVideo || 0, end - 20);
    for (; this.sentVideo < end; this.sentVideo++) {
      if (!this.video) continue;
      const v = this.lesson.media[this.video], f = v.frames[this.sentVideo % v.frames.length], pts = Math.round(this.sentVideo * 1000 / FPS);
      if (this.wantsKey && !f.isKey) continue;
      if (this.wantsKey) units.push(wire.videoConfig(pts, 1, v));
      this.wantsKey = false;
      if (this.lesson.partBytes) units.push(...wire.frameParts(pts, f, this.lesson.partBytes));
      else units.push(wire.frame(pts, f));
    }
    return units;
  }
}

export class Lesson {
  title = '分数的加法 · Adding fractions';
  state = 'live';
  rung = 'R6';
  slide = 0;
  /** Frames come in parts of so many bytes; 0: whole. */
  partBytes = 0;
  resumeMs = 10000;
  refuse = 0;
  isStillHeld = false;
  /** A break that goes on; 0: none. */
  restMs = 0;
  /** A key that who comes is sent. */
  board = undefined;
  seats = new Set();
  heard = [];
  media = makeMedia();
  startedAt = Date.now() - 3600_000; // an hour in: time stamps far from 0 must be no problem

  clock() {
    return Date.now() - this.startedAt;
  }

  all(act) {
    for (const seat of this.seats) act(seat);
  }

  setState(state) {
    this.state = state;
    this.all((s) => {
      s.text({ t: 'state', state });
      if (state === 'live') s.sentVoice = Math.ceil(this.clock() / s.packetMs());
      s.wantsKey = true;
    });
  }

  setRung(rung, why) {
    this.rung = rung;
    this.all((s) => s.setRung(rung, why));
  }

  setSlide(slide) {
    this.slide = slide;
    this.all((s) => s.picture !== 'none' && s.sendStill());
  }

  /** What the pen did, to all who can draw it. */
  ink(unit) {
    this.all((s) => s.hello.can.includes('ink') && s.send([unit]));
  }

  rest(ms) {
    this.restMs = ms;
    this.all((s) => s.rest(ms));
  }

  /** The link freezes; what was not sent comes at once when it thaws. */
  hold(isHeld) {
    this.all((s) => (s.isHeld = isHeld));
  }

  cut() {
    this.all((s) => s.socket.terminate());
  }
}

export async function serve(port = 0) {
  const lesson = new Lesson();
  const http = createServer(servePage);
  const sockets = new WebSocketServer({ server: http, path: '/ws', perMessageDeflate: false, handleProtocols: () => 'airclass.v1' });
  let accepted = 0;
  sockets.on('connection', (socket) => {
    accepted++;
    if (lesson.isAway) socket.terminate();
    else new Seat(lesson, socket);
  });
  const timer = setInterval(() => lesson.all((s) => s.tick(lesson.clock())), TICK_MS);
  await new Promise((resolve) => http.listen(port, '127.0.0.1', resolve));
  const close = () => {
    clearInterval(timer);
    sockets.clients.forEach((c) => c.terminate());
    http.close();
  };
  const hangUp = () => sockets.clients.forEach((c) => c.close());
  return { lesson, origin: `http://localhost:${http.address().port}`, connections: () => accepted, hangUp, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { origin } = await serve(Number(process.argv[2] || 0));
  console.log(origin + '/watch/demo');
}
