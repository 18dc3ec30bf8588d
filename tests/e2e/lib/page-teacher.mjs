// A teacher's page without a browser: keeps to docs/protocol.md §2, with packets that ffmpeg encoded.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseIvf, parseOgg } from './containers.mjs';
import { atEnd, makeFolder, PATIENCE_MS, ROOT, until } from './testing.mjs';
import { BUNDLE, CONFIG, DELTA, KEY, PART, VIDEO, VOICE } from './units.mjs';

const WebSocket = createRequire(join(ROOT || '.', 'client-web', 'package.json'))('ws');
export const INK = 3, PROBE = 7, VP8 = 3;
const PACKET_MS = 20, TICK_MS = 100, KEPT_MS = 5000, FIRST_MS = 1e6;

let clip;

/** Ten seconds of tone and moving picture, encoded as browsers do; a keyframe a second. */
function encode() {
  if (clip) return clip;
  const folder = makeFolder(), ivf = join(folder, 'clip.ivf'), ogg = join(folder, 'clip.ogg');
  execFileSync('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=10,noise=alls=20:allf=t',
    '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', '10', '-map', '0:v', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8',
    '-b:v', '300k', '-g', '10', '-auto-alt-ref', '0', '-lag-in-frames', '0', ivf, '-t', '10', '-map', '1:a', '-c:a', 'libopus', '-b:a', '24k', '-ac', '1', '-frame_duration', String(PACKET_MS), ogg]);
  clip = { ...parseIvf(readFileSync(ivf)), packets: parseOgg(readFileSync(ogg)).slice(0, 10000 / PACKET_MS) };
  clip.frames = clip.frames.filter((f) => f.ms < 10000);
  return clip;
}

const u16 = (v) => Buffer.from([v >> 8, v & 255]);
const u24 = (v) => Buffer.from([v >> 16 & 255, v >> 8 & 255, v & 255]);
const u32 = (v) => Buffer.from([v >>> 24, v >> 16 & 255, v >> 8 & 255, v & 255]);

export const unit = (track, kind, pts, ...payload) => {
  const body = Buffer.concat(payload);
  return Buffer.concat([Buffer.from([track << 4 | kind]), u24(body.length), u32(pts), body]);
};
export const voiceConfig = (pts) => unit(VOICE, CONFIG, pts, Buffer.from([1, 1]), u32(48000));
export const videoConfig = (pts, width, height) => unit(VIDEO, CONFIG, pts, Buffer.from([VP8]), u16(width), u16(height));
export const bundle = (pts, packets) => unit(VOICE, BUNDLE, pts, ...packets.flatMap((p) => [Buffer.from(p.length < 252 ? [p.length] : [252 + (p.length & 3), (p.length - 252 - (p.length & 3)) / 4]), p]));

/** What is captured, by a clock that goes on whatever becomes of connections. */
export class Studio {
  constructor(device = 'browser-of-the-test') {
    this.device = device;
    this.began = Date.now();
    encode();
  }

  get clockMs() {
    return FIRST_MS + Date.now() - this.began;
  }

  /** [{pts, packet}] whose time begins in [from, to). */
  voice(from, to) {
    const made = [];
    for (let pts = Math.ceil(from / PACKET_MS) * PACKET_MS; pts < to; pts += PACKET_MS) {
      made.push({ pts, packet: clip.packets[pts / PACKET_MS % clip.packets.length] });
    }
    return made;
  }

  frames(from, to) {
    const made = [];
    for (let pts = Math.ceil(from / 100) * 100; pts < to; pts += 100) {
      const frame = clip.frames[pts / 100 % clip.frames.length];
      made.push({ pts, ...frame });
    }
    return made;
  }
}

export class PageTeacher {
  constructor(studio, { name = 'teacher' } = {}) {
    Object.assign(this, { studio, name, texts: [], boards: [], closed: undefined, acks: 0, keysAsked: 0, from: 0 });
  }

  /** Connected and welcomed. */
  static async join(server, { lesson = 'demo', key = `${lesson}-teaches-here`, studio = new Studio(), name, ...hello } = {}) {
    const teacher = new PageTeacher(studio, { name });
    await teacher.connect(server);
    teacher.hello(key, hello);
    await teacher.until('an answer to hello', () => teacher.welcome || teacher.closed);
    return teacher;
  }

  async connect(server, options = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, 'airclass.teach.v1', { perMessageDeflate: false, ...options });
    this.socket.on('message', (data, isBinary) => (isBinary ? this.boards.push(data) : this.take(JSON.parse(String(data)))));
    this.socket.on('close', (code, reason) => this.onClosed(code, String(reason)));
    this.socket.on('error', (error) => (this.error = error));
    await until('a WebSocket', () => this.socket.readyState !== WebSocket.CONNECTING);
    atEnd(() => this.vanish());
  }

  onClosed(code, reason) {
    clearInterval(this.timer);
    this.closed = { code, reason };
  }

  take(m) {
    this.texts.push(m);
    if (m.t === 'ack') {
      this.ack = m;
      this.acks++;
    } else if (m.t === 'key') {
      this.keysAsked++;
    } else {
      this[m.t] = m;
    }
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  hello(key, more = {}) {
    this.say({ t: 'hello', v: 1, key, device: this.studio.device, media: true, ...more });
  }

  send(...units) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(Buffer.concat(units));
  }

  /** From now on voice and pictures are sent in their time; first what the server has not got of the last seconds. */
  teach({ video = true, bundleMs = TICK_MS } = {}) {
    const now = this.studio.clockMs, heard = this.welcome.voice;
    this.from = heard === null ? now : Math.max(heard + 1, now - KEPT_MS);
    this.videoFrom = now;
    this.needsKey = true;
    this.send(voiceConfig(this.from), ...(video ? [videoConfig(now, clip.width, clip.height)] : []));
    this.timer = setInterval(() => this.tick(video), bundleMs);
    this.tick(video);
  }

  tick(video) {
    const now = this.studio.clockMs;
    const voice = this.studio.voice(this.from, now);
    for (let at = 0; at < voice.length; at += 50) {
      const some = voice.slice(at, at + 50);
      this.send(bundle(some[0].pts, some.map((v) => v.packet)));
    }
    this.from = now;
    for (const f of video ? this.studio.frames(this.videoFrom, now) : []) this.sendFrame(f);
    this.videoFrom = now;
  }

  /** Keyframes in two parts, the others whole. */
  sendFrame({ pts, bytes, isKey }) {
    if (this.needsKey && !isKey) return;
    this.needsKey = false;
    if (!isKey) {
      this.send(unit(VIDEO, DELTA, pts, bytes));
      return;
    }
    const half = bytes.length >> 1, head = Buffer.concat([Buffer.from([KEY]), u24(bytes.length)]);
    this.send(unit(VIDEO, PART, pts, head, u24(0), bytes.subarray(0, half)));
    this.send(unit(VIDEO, PART, pts, head, u24(half), bytes.subarray(half)));
  }

  pause() {
    clearInterval(this.timer);
  }

  until(what, condition, ms = PATIENCE_MS) {
    return until(`${this.name}: ${what}`, () => condition(this), ms);
  }

  /** So much more of its voice has arrived. */
  async isTaken(ms) {
    await this.until('an ack', () => typeof this.ack?.voice === 'number');
    const from = this.ack.voice;
    await this.until(`${ms} ms more`, () => this.ack.voice >= from + ms);
  }

  untilStatus(condition, ms) {
    return this.until(`status ${condition}`, () => this.status && condition(this.status), ms);
  }

  untilClosed() {
    return this.until('closed', () => this.closed);
  }

  /** As a crash, or a line that is cut: without a word. */
  vanish() {
    clearInterval(this.timer);
    this.socket.terminate();
  }
}
