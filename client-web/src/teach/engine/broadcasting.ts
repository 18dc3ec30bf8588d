// What of a broadcast needs no page: line, sender, encoders and their clock, joined together.

import { Close, Kind, Track } from '../../protocol';
import { PageClock } from './clock';
import type { Failure, KeyChange, Phase } from '../contract';
import { ADMIT, END, type Heard, TeachClose, type Welcome, writeBreak, writeHello, writeRotate, writeSource } from './control';
import { Line } from './line';
import { Gauge } from './measure';
import { Microphone } from './microphone';
import type { Packet } from './outbox';
import { Pictures } from './pictures';
import { type Engine, type EngineHost, type EngineOptions, type EngineView, epochMs, type Feed } from '../seam';
import { Sender } from './sender';
import { until, wait } from './wait';
import { probe, units } from './wire';

/** Blocks of sound and new pictures beat as well. */
const BEAT_MS = 250;
/** What gathers until there is voice to be sent leaves as one message: each costs the browser three processes' attention, 0.4 ms. */
const FLUSH_MS = 200;
/** So often the page is told how the uplink is, and that it is dead; whoever waits is told at each acknowledgement. */
const UPLINK_MS = 950, LATE_MS = 800;
const GREETED_MS = 15000;
const MEASURE_LOOK_MS = 20;
/** Nothing of ours will be taken there, however long one waits. */
const SHUT: readonly Phase[] = ['busy', 'taken', 'failed', 'idle'];
/** Who looks at the level asks again before that. */
const METER_MS = 1500;

const FAILURES: Record<number, Failure> = { [TeachClose.NotAllowed]: 'key', [TeachClose.Insecure]: 'insecure' };

export class Broadcasting implements Engine {
  private view: EngineView = {
    phase: 'idle', failure: '', isTeaching: false, canContinue: false, isRehearsing: false, lesson: undefined, status: undefined,
    uplink: { mode: 'video', kbps: 0, capacityKbps: 0, unackedMs: 0, width: 0, height: 0, fps: 0, videoKbps: 0, voiceKbps: 0 },
  };
  private clock: PageClock;
  private sender = new Sender();
  private line: Line;
  private microphone: Microphone;
  private pictures: Pictures;
  private takes = false;
  /** It is over here; said again behind each welcome, until the server says anything: the line may have been dead. */
  private isEnding = false;
  /** Greeted as what the view says. */
  private isTaken = false;
  /** A hello is not answered yet; another one, as things are then, waits for that. */
  private isAsking = false;
  private asksAgain = false;
  /** What went before the last hello on its connection: the server counts it as well. */
  private bytesBefore = 0;
  private gauge: Gauge | undefined;
  /** How often the key was asked for that options have as the next one; one before a reload counts. */
  private keyAsks: number;
  private live = { ms: 0, atMs: 0 };
  /** Since when it is muted, or not. */
  private mutedPts: number;
  private timer: ReturnType<typeof setInterval> | undefined;
  private flushedAt = 0;
  private uplinkToldAt = 0;
  private meteredAt = -Infinity;
  private inks = 0;
  /** The uplink had no room for all that there was: the next acknowledgement may make some. */
  private isHeld = false;
  private isStuck = false;
  /** The microphone that is read. */
  private heardId = 0;

  constructor(private options: EngineOptions, private host: EngineHost) {
    this.clock = new PageClock(options.clockMs + epochMs() - options.atMs);
    this.mutedPts = this.clock.ms;
    this.keyAsks = options.nextKey ? 1 : 0;
    this.line = new Line(options.url, {
      hello: () => this.hello(),
      onheard: (m) => this.heard(m),
      onunits: (bytes) => this.board(bytes),
      onaway: () => this.away(),
      onend: (code) => this.over(code),
    });
    this.microphone = new Microphone(this.clock, {
      onpacket: (packet) => this.voice(packet),
      onbeat: () => this.beat(false),
      onbroken: () => host.broken('microphone'),
      onunfit: () => host.unfit(this.heardId),
      onrecord: (ptsMs) => host.recordVoice(ptsMs),
    });
    this.pictures = new Pictures(this.sender, host, () => this.beat(true));
  }

  private change(next: Partial<EngineView>): void {
    const { live, inks } = this;
    Object.assign(this.view, next);
    this.host.told({ view: next, clockMs: this.clock.ms, atMs: epochMs(), liveMs: live.ms, liveAtMs: live.atMs, inkBytes: this.sender.outbox.inkBytes, inks });
  }

  // The connection.

  open(): void {
    this.change({ phase: 'connecting', failure: '' });
    this.run();
  }

  private run(): void {
    this.timer ||= setInterval(() => this.beat(false), BEAT_MS);
    this.line.start();
  }

  renew(): void {
    this.line.renew();
  }

  private hello(): string {
    const { isTeaching, isRehearsing } = this.view;
    this.isTaken = this.asksAgain = false;
    this.isAsking = true;
    this.bytesBefore = this.line.sentBytes;
    const { key, nextKey, lesson, device } = this.options;
    return writeHello({ ...(lesson ? { lesson } : { key }), ...(nextKey ? { next: nextKey } : {}), device, take: this.takes, rehearse: isRehearsing, media: isTeaching });
  }

  private heard(m: Heard): void {
    const now = performance.now();
    switch (m.t) {
      case 'welcome': return this.welcome(now, m);
      case 'busy': return this.busy();
      case 'ack': return this.acked(now, m.bytes - this.bytesBefore);
      case 'key': return void (this.sender.outbox.needsKey = true);
      case 'status':
        this.isEnding &&= this.isAsking;
        this.live = { ms: m.sinceMs, atMs: epochMs() };
        if (this.keyAsks > 1) this.askKey();
        return this.change({ status: m.status });
      case 'rotated': return this.rotated(m.change);
      case 'bye': return;
    }
  }

  private welcome(now: number, m: Welcome): void {
    this.isAsking = false;
    if (this.asksAgain) return this.line.greet();
    const { isTeaching } = this.view, isOn = !this.isEnding && (m.state === 'live' || m.state === 'reconnecting');
    this.takes = false;
    this.live = { ms: m.sinceMs, atMs: epochMs() };
    if (m.voicePts !== undefined && this.clock.atLeast(m.voicePts) && isTeaching) this.microphone.leap();
    if (this.isEnding) this.line.send(END);
    if (this.keyAsks) this.askKey();
    this.isTaken = true;
    if (isTeaching) this.begin(now, m.voicePts);
    this.change({ phase: 'open', lesson: m.lesson, canContinue: !isTeaching && isOn && m.voicePts !== undefined });
  }

  private begin(now: number, voicePts: number | undefined): void {
    this.sender.begin(now, voicePts);
    this.say();
    this.flush(now);
    this.tellUplink(now);
  }

  private busy(): void {
    this.sender.outbox.dropInk();
    this.takes = this.isAsking = this.isEnding = false;
    this.change({ phase: 'busy', isTeaching: false });
  }

  private acked(now: number, bytes: number): void {
    if (!this.isTaken) return;
    this.gauge?.acked(now, bytes);
    if (!this.view.isTeaching) return;
    this.sender.acked(now, bytes);
    this.microphone.bps = this.sender.plan.voiceBps;
    if (this.view.uplink.unackedMs > LATE_MS || this.sender.uplink.unackedMs(now) > LATE_MS) this.tellUplink(now);
    if (this.isHeld) this.flush(now);
  }

  private tellUplink(now: number): void {
    this.uplinkToldAt = now;
    this.change({ uplink: this.uplinkNow(now) });
  }

  private uplinkNow(now: number): EngineView['uplink'] {
    const { plan, uplink } = this.sender, { width, height, fps, bps } = this.pictures.setting, kbps = (n: number): number => Math.round(n / 1000);
    return {
      mode: plan.mode, kbps: kbps(uplink.rateBps(now)), capacityKbps: kbps(uplink.capacityBps), unackedMs: Math.round(uplink.unackedMs(now)),
      width, height, fps, videoKbps: kbps(plan.mode === 'video' ? bps : 0), voiceKbps: kbps(plan.voiceBps),
    };
  }

  private away(): void {
    this.cut();
    this.change({ phase: 'away' });
  }

  /** What was asked is not answered any more. */
  private cut(): void {
    this.isTaken = this.isAsking = false;
    if (this.keyAsks === 1) this.host.keyChanged({ why: 'later' });
  }

  private over(code: number): void {
    this.cut();
    this.isEnding = false;
    if (code === Close.NoLesson && this.view.isRehearsing) return this.rehearsalOver();
    if (code === TeachClose.TakenOver) {
      this.sender.outbox.dropInk();
      return this.change({ phase: 'taken', isTeaching: false });
    }
    this.change({ phase: 'failed', failure: FAILURES[code] || 'down', isTeaching: false });
  }

  /** A private session has its time. */
  private rehearsalOver(): void {
    this.change({ isTeaching: false, isRehearsing: false });
    this.connect();
  }

  /** Is told whoever draws on it. */
  private board(bytes: Uint8Array): void {
    for (const { track, kind, payload } of units(bytes)) if (track === Track.Events && kind === Kind.Key) this.host.board(payload);
  }

  private say(): void {
    const { isSlides } = this.pictures;
    if (!this.isTaken || !this.view.isTeaching) return;
    this.line.send(writeSource(isSlides === undefined ? 'auto' : isSlides ? 'slides' : 'camera', this.microphone.isMuted, this.mutedPts));
  }

  private voice(packet: Packet): void {
    const { isTeaching } = this.view, { outbox } = this.sender;
    if (!isTeaching) return;
    outbox.pushVoice(packet);
    if (outbox.hasBundle) this.flush(performance.now());
  }

  private beat(isFrame: boolean): void {
    const now = performance.now();
    if (!isFrame) this.beatVoice(now);
    if (!this.view.isTeaching) return;
    if (this.isTaken && now - this.uplinkToldAt > UPLINK_MS) this.tellUplink(now);
    this.pictures.beat(now, this.clock.ms, isFrame);
    if (now - this.flushedAt > FLUSH_MS) this.flush(now);
  }

  private beatVoice(now: number): void {
    const { isStuck } = this.microphone;
    this.line.tick();
    this.microphone.tick();
    if (now - this.meteredAt < METER_MS) this.host.level(this.microphone.meter.level);
    if (isStuck !== this.isStuck && this.view.isTeaching) this.host.stuck(this.isStuck = isStuck);
  }

  private flush(now: number): void {
    this.flushedAt = now;
    if (!this.isTaken || this.view.phase !== 'open') return;
    for (let m = this.sender.next(now, this.clock.ms); m; m = this.sender.next(now, this.clock.ms)) this.line.send(m);
    const { outbox } = this.sender;
    this.isHeld = outbox.pictureBytes > 0 || outbox.hasInk || outbox.hasBundle;
  }

  // Teaching.

  start(): void {
    if (this.view.isTeaching) return;
    this.isEnding = false;
    this.change({ isTeaching: true, canContinue: false });
    this.connect();
  }

  take(): void {
    this.takes = true;
    this.view.isTeaching = false;
    this.start();
  }

  /** With a new hello, on the connection that is there: another one takes round trips, and a slow machine seconds. */
  private connect(): void {
    const phase = this.view.phase === 'open' ? 'open' : 'connecting';
    this.isTaken = false;
    this.change({ phase, failure: '' });
    this.run();
    if (this.isAsking) this.asksAgain = true;
    else this.line.greet();
  }

  end(): void {
    this.isEnding = true;
    this.line.send(END);
    this.isTaken = false;
    this.sender = this.pictures.renew(new Sender());
    this.change({ isTeaching: false, canContinue: false });
  }

  rehearse(isRehearsing: boolean): void {
    if (this.view.isTeaching || isRehearsing === this.view.isRehearsing) return;
    this.isEnding = false; // of another one: a private session goes with its connection
    this.change({ isRehearsing });
    this.connect();
  }

  release(): void {
    this.line.stop();
    clearInterval(this.timer);
    this.timer = undefined;
    this.microphone.close();
    this.pictures.show(undefined);
    this.change({ phase: 'idle', isTeaching: false });
  }

  async measure(): Promise<void> {
    this.host.measured(this.view.isTeaching ? 0 : await this.gauged());
  }

  private async gauged(): Promise<number> {
    this.connect();
    await until(() => this.isTaken || SHUT.includes(this.view.phase), GREETED_MS);
    if (!this.isTaken) return 0;
    const gauge = this.gauge = new Gauge(performance.now());
    const isOver = (): boolean => this.gauge !== gauge || !this.isTaken || this.view.isTeaching;
    const send = (length: number): void => this.line.send(probe(this.clock.ms, length));
    for (; !isOver() && !gauge.isDone(performance.now()); await wait(MEASURE_LOOK_MS)) gauge.go(performance.now(), send);
    if (this.gauge === gauge) this.gauge = undefined;
    return Math.round(gauge.bps / 1000);
  }

  changeKey(next: string): void {
    if (this.keyAsks) return; // it will be told of
    if (!this.line.isOpen) return this.host.keyChanged({ why: 'busy' });
    this.options.nextKey = next;
    this.askKey();
  }

  /** Asked again with each greeting and status where an answer may have been lost: it changes nothing that is so already. */
  private askKey(): void {
    this.keyAsks++;
    this.line.send(writeRotate(this.options.nextKey!));
  }

  private rotated(change: KeyChange): void {
    const isSure = 'key' in change || change.why !== 'busy' || this.keyAsks === 1; // else an earlier one may be on its way to the disk
    if (!this.keyAsks || !isSure) return;
    if ('key' in change) this.options.key = change.key;
    this.options.nextKey = '';
    this.keyAsks = 0;
    this.host.keyChanged(change);
  }

  admit(): void {
    this.line.send(ADMIT);
  }

  rest(minutes: number): void {
    this.line.send(writeBreak(minutes));
  }

  // What is captured.

  mute(isMuted: boolean): void {
    this.microphone.mute(isMuted);
    this.mutedPts = this.clock.ms;
    this.say();
  }

  hear(id: number, chunks: ReadableStream<AudioData>): void {
    this.heardId = id;
    this.microphone.read(chunks);
  }

  listen(): void {
    this.microphone.listen();
  }

  block(samples: Float32Array<ArrayBuffer>): void {
    this.microphone.take(samples);
  }

  deafen(): void {
    this.microphone.letGo();
  }

  meter(): void {
    this.meteredAt = performance.now();
  }

  packet(ptsMs: number, ms: number, data: Uint8Array): void {
    this.voice({ ptsMs, ms, data });
  }

  show(feed: Feed | undefined): void {
    this.pictures.show(feed);
    this.say();
  }

  frame(id: number, frame: VideoFrame | undefined): void {
    this.pictures.given(id, frame);
  }

  recorded(id: number, ptsMs: number, data: Uint8Array): void {
    this.pictures.recorded(id, ptsMs, data);
  }

  ink(payload: Uint8Array): void {
    this.inks++;
    if (!this.view.isTeaching) return;
    this.sender.outbox.pushInk(this.clock.ms, payload);
    this.flush(performance.now()); // it has waited in the page
  }
}

