// A headless pupil behind a weak link: joins, reports and comes back as the page does (with the page's own
// modules), and writes down what came when.
//   node viewer.mjs --page BUNDLE --url WS_URL --lesson ID --mode auto --seconds N --out FILE

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadPage, rungKbps } from './page.mjs';

const CAN = ['opus', 'aac', 'h264', 'avif', 'webp'];
/** As in docs/protocol.md, bytes. */
const UNIT_HEADER = 8, VOICE_CONFIG = 8, PIECE_HEADER = 11;
/** As in player/player.ts. */
const TICK_MS = 50, REPORT_MS = 10000, SILENCE_MS = 8000;

export class Viewer {
  constructor(page, { url, lesson, mode }) {
    Object.assign(this, { page, lesson, mode, config: undefined, still: undefined, reportedAt: 0, hasVoice: false, state: '' });
    this.ear = new page.Ear();
    this.frames = new page.Frames();
    this.meter = new page.Meter(false);
    /** All times are wall clock ms. */
    this.seen = { startedAt: Date.now(), welcomes: [], aways: [], voice: [], rungs: [], stills: [], frames: [], ear: [], bytes: { all: 0, voice: 0, video: 0, still: 0 } };
    this.link = new page.Link(url, {
      hello: () => this.hello(),
      onunits: (units) => units.forEach((u) => {
        this.count(u);
        this.take(u);
      }),
      ontext: (m) => this.read(m),
      onbytes: (length, isUp) => {
        this.seen.bytes.all += length;
        this.meter.message(performance.now(), length, isUp);
      },
      onaway: () => this.seen.aways.push(Date.now()),
      onend: (code) => (this.seen.ended = code),
    });
    this.link.start();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  hello() {
    this.hasVoice = false;
    const hello = { lesson: this.lesson, mode: this.mode, can: CAN };
    if (this.ear.timeline.endMs >= 0) hello.pts = Math.round(this.ear.timeline.endMs);
    return this.page.writeHello(hello);
  }

  read(m) {
    if (m.t === 'welcome') {
      this.seen.welcomes.push(Date.now());
      this.ear.voice.expectBacklog(m.pts, this.link.rttMs);
      this.reportedAt = performance.now();
    }
    if (m.t === 'welcome' || m.t === 'state') this.state = m.state;
    if (m.t === 'resent') this.meter.message(performance.now(), m.bytes);
    if (m.t === 'rung') this.seen.rungs.push({ at: Date.now(), rung: m.rung, kbps: rungKbps[m.rung], picture: m.picture, why: m.why });
  }

  /** What the media are of all messages' bytes; the rest is control. */
  count(u) {
    const { bytes } = this.seen, lengths = (list) => list.reduce((sum, b) => sum + b.length, 0);
    if (u.type === 'voice') bytes.voice += UNIT_HEADER + lengths(u.packets) + u.packets.length;
    else if (u.type === 'voice-config') bytes.voice += UNIT_HEADER + VOICE_CONFIG + u.asc.length;
    else if (u.type === 'still') bytes.still += UNIT_HEADER + PIECE_HEADER + u.data.length;
    else bytes.video += UNIT_HEADER + (u.data || u.avcc || []).length;
  }

  take(u) {
    const frame = this.frames.take(u);
    if (frame) this.seen.frames.push([Date.now(), frame.ptsMs, frame.data.length, frame.isKey]);
    switch (u.type) {
      case 'voice-config': this.config = u; break;
      case 'voice': this.takeVoice(u); break;
      case 'still': this.takePiece(u); break;
      default:
    }
  }

  takeVoice(u) {
    const now = performance.now(), ms = u.packets.length * this.config.packetSamples * 1000 / this.config.rate;
    this.hasVoice = true;
    this.seen.voice.push([Date.now(), u.ptsMs, Math.round(ms)]);
    this.ear.push(u, this.config, now);
    if (this.ear.hasSounded && !this.seen.soundedAt) this.seen.soundedAt = Date.now();
  }

  takePiece(u) {
    const isKnown = !u.data.length; // one that the pupil still has: its name alone
    if (isKnown || u.offset === 0) this.still = { id: u.id, pts: u.ptsMs, total: u.total, firstAt: Date.now(), have: isKnown ? u.offset : 0 };
    if (!this.still || this.still.id !== u.id || this.still.have !== u.offset) throw new Error('still with a hole');
    this.still.have += u.data.length;
    if (this.still.have === u.total) this.seen.stills.push({ ...this.still, doneAt: Date.now() });
  }

  tick() {
    const now = performance.now(), ear = this.ear;
    ear.tick(now);
    if (this.seen.soundedAt) this.seen.ear.push([Date.now(), Math.round(ear.place), Math.round(ear.heardMs)]);
    if (!this.link.isOpen || !this.seen.welcomes.length) return;
    if (now - this.reportedAt >= REPORT_MS) this.report(now);
    if (this.hasVoice && this.state === 'live' && this.link.silentMs(now) >= SILENCE_MS) {
      this.link.renew();
      this.seen.aways.push(Date.now());
    }
  }

  report(now) {
    this.reportedAt = now;
    const { timeline, buffering } = this.ear;
    this.link.send(this.page.writeReport({
      pts: Math.max(0, Math.round(timeline.endMs)), buf: Math.round(this.ear.aheadMs()), late: Math.round(buffering.takeWorst()), hidden: false,
    }));
  }

  /** Ends it; what was seen. */
  close() {
    clearInterval(this.timer);
    this.link.stop();
    const wall = Date.now() - performance.now();
    const holes = this.ear.holes.map((h) => ({ ...h, at: Math.round(h.at + wall), ms: Math.round(h.ms) }));
    return { ...this.seen, endedAt: Date.now(), holes, meterBytes: this.meter.total };
  }
}

const { values: o } = parseArgs({ options: Object.fromEntries(
  ['page', 'url', 'lesson', 'mode', 'seconds', 'out'].map((name) => [name, { type: 'string' }])) });
const viewer = new Viewer(await loadPage(o.page), o);
const end = () => {
  writeFileSync(o.out, JSON.stringify(viewer.close()));
  process.exit(0);
};
setTimeout(end, Number(o.seconds) * 1000);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end);
