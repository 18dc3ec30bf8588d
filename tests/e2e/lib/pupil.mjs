// A pupil's player without picture and sound: keeps to docs/protocol.md, and holds the server to it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InkBoard } from './ink.mjs';
import { atEnd, isSanitized, PATIENCE_MS, ROOT, until } from './testing.mjs';
import * as u from './units.mjs';

const WebSocket = createRequire(join(ROOT || '.', 'client-web', 'package.json'))('ws');
const REPORT_MS = 10000;
export const ALL = ['opus', 'aac', 'h264', 'avif', 'webp'];
/** Rounding of packets' durations to milliseconds. */
const ROUNDING_MS = 2;
const CHANGE_BACK_MS = 1600;
/** For so long nothing may come, and for some times as long as this process stood still itself. */
const WAIT_MS = isSanitized ? 4000 : 2000, LOOK_MS = 20;

export class Pupil {
  constructor({ name = 'pupil' } = {}) {
    Object.assign(this, {
      name, texts: [], states: [], rungs: [], violations: [], bytes: 0, messages: 0, hash: new Map(), closed: undefined, isHidden: false,
      wantsVideo: true,
      voice: { configs: [], config: undefined, packets: 0, first: -1, end: -1, holes: [], repeats: [], lastAt: 0, longestWaitMs: 0, lagMs: 0 },
      video: { configs: [], config: undefined, keys: 0, deltas: 0, gaps: 0, last: -1, needsKey: true, times: [] },
      still: { whole: [], named: [], id: -1, have: 0, total: 0 },
      ink: undefined,
    });
  }

  static async join(server, { lesson = 'demo', mode = 'auto', can = ALL, key, pts, name } = {}) {
    const pupil = new Pupil({ name: name || lesson });
    if (can.includes('ink')) pupil.ink = new InkBoard();
    await pupil.connect(server);
    pupil.say({ t: 'hello', v: 1, lesson, mode, can, ...(key ? { key } : {}), ...(pts === undefined ? {} : { pts }) });
    return pupil;
  }

  /** Only the connection; hello is up to the caller. */
  async connect(server, { url = `ws://127.0.0.1:${server.port}/ws`, ...options } = {}) {
    this.socket = new WebSocket(url, 'airclass.v1', { perMessageDeflate: false, ...options });
    this.socket.on('message', (data, isBinary) => this.take(data, isBinary));
    this.socket.on('close', (code, reason) => this.onClosed(code, String(reason)));
    this.socket.on('error', (error) => (this.error = error));
    await until('a WebSocket', () => this.socket.readyState !== WebSocket.CONNECTING);
    this.timer = setInterval(() => this.report(), REPORT_MS);
    atEnd(() => this.leave());
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  report() {
    if (!this.welcome) return;
    const pts = Math.max(0, Math.round(this.voice.end));
    this.say({ t: 'report', pts, buf: 1000, late: 0, hidden: this.isHidden, video: this.wantsVideo });
  }

  hide(isHidden) {
    this.isHidden = isHidden;
    this.report();
  }

  choose(mode) {
    this.say({ t: 'mode', mode });
  }

  onClosed(code, reason) {
    clearInterval(this.timer);
    this.closed = { code, reason };
  }

  take(data, isBinary) {
    try {
      if (isBinary) this.takeMedia(data);
      else this.takeText(JSON.parse(String(data)));
    } catch (error) {
      this.violations.push(error.message);
    }
  }

  takeText(m) {
    this.texts.push(m);
    if (m.t === 'welcome') this.welcome = m;
    if (m.t === 'welcome' || m.t === 'state') this.states.push({ state: m.state, at: Date.now() });
    if (m.t === 'rung') this.rungs.push(m);
    if (m.t === 'bye') this.bye = m;
  }

  takeMedia(data) {
    if (!this.welcome) throw new Error('media before welcome');
    this.bytes += data.length;
    this.messages++;
    for (const unit of u.parseUnits(data)) {
      if (unit.track === u.VOICE) this.takeVoice(unit);
      else if (unit.track === u.VIDEO) this.takeVideo(unit);
      else if (unit.track === u.STILL) this.takePiece(unit);
      else if (unit.track === u.INK && this.ink) this.ink.take(unit);
      else throw new Error(`unknown track ${unit.track}`);
    }
  }

  remember(track, unit, of) {
    this.hash.set([track, of, unit.pts].join(), createHash('sha1').update(unit.body).digest('hex'));
  }

  takeVoice(unit) {
    const v = this.voice;
    if (unit.kind === u.CONFIG) {
      v.config = u.parseVoiceConfig(unit.body);
      v.configs.push({ ...v.config, pts: unit.pts });
      return;
    }
    if (unit.kind !== u.BUNDLE || !v.config) throw new Error('voice without a config');
    const packets = u.parsePackets(unit.body), ms = packets.length * v.config.samples * 1000 / v.config.rate;
    if (!packets.length) throw new Error('empty bundle');
    this.joinOn(unit.pts);
    v.packets += packets.length;
    if (v.first < 0) v.first = unit.pts;
    v.end = unit.pts + ms;
    this.noteArrival();
    this.remember('voice', unit, `${v.config.codec}${v.config.samples}x${packets.length}`);
  }

  joinOn(pts) {
    const v = this.voice, jump = v.end < 0 ? 0 : pts - v.end;
    if (jump > ROUNDING_MS) v.holes.push({ at: Math.round(v.end), ms: Math.round(jump), wall: Date.now() });
    if (jump < -ROUNDING_MS) v.repeats.push({ at: Math.round(v.end), ms: Math.round(-jump) });
  }

  noteArrival() {
    const v = this.voice, now = Date.now();
    if (v.lastAt) v.longestWaitMs = Math.max(v.longestWaitMs, now - v.lastAt);
    v.lastAt = now;
  }

  /** The frame that a part completes. */
  joinParts(unit) {
    const v = this.video, p = u.parsePart(unit.body);
    if (p.offset === 0) v.parts = { kind: p.kind, pts: unit.pts, total: p.total, have: [] };
    const parts = v.parts, have = parts?.have.reduce((sum, b) => sum + b.length, 0);
    if (!parts || parts.pts !== unit.pts || parts.kind !== p.kind || parts.total !== p.total || have !== p.offset) throw new Error('frame with a hole');
    if (have + p.bytes.length > p.total) throw new Error('frame too long');
    parts.have.push(Buffer.from(p.bytes));
    return have + p.bytes.length === p.total ? { kind: p.kind, pts: unit.pts, body: Buffer.concat(parts.have) } : undefined;
  }

  takeVideo(unit) {
    const v = this.video;
    if (unit.kind === u.PART) {
      const frame = this.joinParts(unit);
      if (frame) this.takeVideo(frame);
      return;
    }
    v.parts = undefined;
    if (unit.kind === u.GAP) {
      v.gaps++;
      v.needsKey = true;
      v.config = undefined;
      return;
    }
    if (unit.kind === u.CONFIG) {
      v.config = u.parseVideoConfig(unit.body);
      v.configs.push({ ...v.config, pts: unit.pts });
      v.needsKey = true;
      return;
    }
    if (!v.config) throw new Error('video without a config');
    const isIdr = u.nalTypes(unit.body).includes(5);
    if ((unit.kind === u.KEY) !== isIdr) throw new Error(`video unit of kind ${unit.kind} ${isIdr ? 'with' : 'without'} an IDR`);
    if (v.needsKey && !isIdr) throw new Error('video does not begin with a keyframe');
    // A new rung may begin a little behind where the old one was left.
    if (v.last >= 0 && unit.pts <= v.last - (v.needsKey ? CHANGE_BACK_MS : 0)) throw new Error(`video goes back: ${v.last} then ${unit.pts}`);
    v.needsKey = false;
    v.last = unit.pts;
    if (isIdr) v.keys++;
    else v.deltas++;
    this.remember('video', unit, v.config.rendition);
  }

  takePiece(unit) {
    const s = this.still, p = u.parsePiece(unit.body);
    if (!p.bytes.length) { // one that we have still
      const known = s.whole.findLast((w) => w.id === p.id);
      if (!known || p.offset !== known.bytes.length || p.total !== p.offset) throw new Error('a still is named that never came');
      s.named.push({ id: p.id, pts: unit.pts });
      return;
    }
    if (p.id !== s.id || p.offset === 0) Object.assign(s, { id: p.id, have: 0, total: p.total, parts: [] });
    if (p.offset !== s.have || p.total !== s.total) throw new Error('still with a hole');
    s.parts.push(Buffer.from(p.bytes));
    s.have += p.bytes.length;
    if (s.have > s.total) throw new Error('still too long');
    if (s.have === s.total) s.whole.push({ format: p.format, id: p.id, bytes: Buffer.concat(s.parts), pts: unit.pts });
  }

  get state() {
    return this.states.at(-1)?.state;
  }

  get isMuted() {
    return !!this.texts.findLast((m) => m.t === 'state' || m.t === 'welcome')?.muted;
  }

  get rung() {
    return this.rungs.at(-1);
  }

  get frames() {
    return this.video.keys + this.video.deltas;
  }

  until(what, condition, ms = PATIENCE_MS) {
    return until(`${this.name}: ${what}`, () => {
      if (this.closed) throw new Error(`${this.name}: closed with ${this.closed.code} ${this.closed.reason} before: ${what}`);
      return condition(this);
    }, ms);
  }

  untilState(state, ms) {
    return this.until(`state ${state}`, () => this.state === state, ms);
  }

  untilRung(condition, ms = 40000) {
    return this.until(`rung ${condition}`, () => this.rung && condition(this.rung), ms);
  }

  /** So much more voice from now on. */
  async hears(ms, patienceMs = ms + PATIENCE_MS) {
    await this.until('voice', () => this.voice.end >= 0, patienceMs);
    const from = this.voice.end;
    await this.until(`${ms} ms of voice after ${from}`, () => this.voice.end >= from + ms, patienceMs);
  }

  untilClosed(ms = PATIENCE_MS) {
    return until(`${this.name}: closed`, () => this.closed, ms);
  }

  /** Begins to look for gaps anew. */
  watchVoice() {
    const v = this.voice;
    let lookedAt = Date.now();
    Object.assign(v, { holes: [], repeats: [], longestWaitMs: 0, lagMs: 0, lastAt: lookedAt });
    clearInterval(this.watch);
    this.watch = setInterval(() => {
      v.lagMs = Math.max(v.lagMs, Date.now() - lookedAt);
      lookedAt = Date.now();
    }, LOOK_MS);
    this.watch.unref();
  }

  /** Time of voice that is missing since watchVoice(), the longest time nothing came, and for how long this process stood still. */
  voiceGap() {
    const { holes, longestWaitMs, lastAt, lagMs } = this.voice;
    return { missingMs: holes.reduce((sum, h) => sum + h.ms, 0), holes, longestWaitMs: Math.max(longestWaitMs, Date.now() - lastAt), lagMs };
  }

  /** Since watchVoice() nothing is missing, and it kept coming as far as the machine let it. */
  assertNoGap() {
    const { holes, longestWaitMs, lagMs } = this.voiceGap();
    assert.deepEqual(holes, []);
    assert.ok(longestWaitMs < WAIT_MS + 3 * lagMs, `nothing for ${longestWaitMs} ms, this process stood still for ${lagMs} ms`);
  }

  leave() {
    clearInterval(this.timer);
    clearInterval(this.watch);
    this.socket.terminate();
    const n = this.violations.length;
    if (n) throw new Error(`${this.name}: the server broke the protocol ${n} times: ${this.violations.slice(0, 3).join('; ')}`);
  }
}

const BUNDLE_MS = 600;

/** All of the voice is there; where another rendition goes on, the first bundle may repeat what the player skips. */
export function assertContiguous(pupil, changes) {
  const { holes, repeats } = pupil.voice;
  assert.deepEqual(holes, []);
  assert.ok(repeats.length <= changes && repeats.every((r) => r.ms < BUNDLE_MS), `repeats ${JSON.stringify(repeats)} after ${changes} changes`);
}
