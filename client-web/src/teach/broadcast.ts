// One teacher's broadcast: microphone, pictures, sender and line joined together, and said as one plain view (contract.ts).

import { recall, remember } from '../i18n/language';
import { Close, Kind, Track } from '../protocol';
import { PageClock } from './clock';
import {
  type BroadcastOptions, type Broadcaster, type CaptureError, type Devices, type Failure, type KeyChange, type Phase, type Source, type SourceKind, type Trouble,
  type View,
} from './contract';
import { END, type Heard, ROTATE, TeachClose, type Welcome, writeBreak, writeHello, writeSource } from './control';
import { listDevices, ondeviceschange, sourceKinds } from './devices';
import { Line } from './line';
import { Gauge } from './measure';
import { Microphone } from './microphone';
import type { Packet } from './outbox';
import { Pictures } from './pictures';
import { Sender } from './sender';
import { until, wait } from './wait';
import { probe, units } from './wire';

/** Blocks of sound and new pictures beat as well. */
const BEAT_MS = 250;
/** What gathers until there is voice to be sent leaves as one message: each costs the browser three processes' attention, 0.4 ms. */
const FLUSH_MS = 200;
const DEVICE = 'airclass.device', CLOCK = 'airclass.clock';
/** An acknowledgement says how the uplink is; where none comes, that should be known, too. */
const UPLINK_OLD_MS = 500;
const GREETED_MS = 15000, ROTATE_MS = 15000;
const MEASURE_LOOK_MS = 20;

function deviceId(): string {
  const kept = recall(DEVICE);
  if (kept) return kept;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => (n % 36).toString(36)).join('');
  remember(DEVICE, made);
  return made;
}

const FAILURES: Record<number, Failure> = { [TeachClose.NotAllowed]: 'key', [TeachClose.Insecure]: 'insecure' };

export class Broadcast implements Broadcaster {
  readonly view: View = {
    phase: 'idle', failure: '', isTeaching: false, canContinue: false, isRehearsing: false, lesson: undefined, status: undefined,
    uplink: { mode: 'video', kbps: 0, capacityKbps: 0, unackedMs: 0, width: 0, height: 0, fps: 0, videoKbps: 0, voiceKbps: 0 },
    source: undefined, isMuted: false, troubles: [],
  };
  readonly kinds: readonly SourceKind[] = sourceKinds();
  private clock = new PageClock(CLOCK, { getItem: recall, setItem: remember });
  private device = deviceId();
  private sender = new Sender();
  private line: Line;
  private microphone = new Microphone(this.clock, {
    onpacket: (packet) => this.voice(packet),
    onbeat: () => this.beat(false),
    onlost: () => void this.replaceMicrophone(),
    onbroken: () => this.trouble({ what: 'microphone', why: 'broken' }),
  });
  private pictures = new Pictures(this.sender, {
    onlost: (kind) => this.lostSource(kind),
    onbroken: (kind) => this.trouble({ what: kind, why: 'broken' }),
    onframe: () => this.beat(true),
  });
  private listeners: (() => void)[] = [];
  private boards: ((payload: Uint8Array) => void)[] = [];
  private takes = false;
  private isEnding = false;
  /** Who waits for another key. */
  private keyChanged: (change: KeyChange) => void = () => undefined;
  /** Greeted as what the view says. */
  private isTaken = false;
  /** A hello is not answered yet; another one, as things are then, waits for that. */
  private isAsking = false;
  private asksAgain = false;
  /** What went before the last hello on its connection: the server counts it as well. */
  private bytesBefore = 0;
  private gauge: Gauge | undefined;
  private live = { ms: 0, at: 0 };
  /** Since when it is muted, or not. */
  private mutedPts = this.clock.ms;
  private toldAt = 0;
  private uplinkToldAt = 0;
  private timer = 0;
  private flushedAt = 0;
  /** The uplink had no room for all that there was: the next acknowledgement may make some. */
  private isHeld = false;
  private shownStream: MediaStream | undefined;

  constructor(private options: BroadcastOptions) {
    this.line = new Line(options.url || location.origin.replace(/^http/, 'ws') + '/ws', {
      hello: () => this.hello(),
      onheard: (m) => this.heard(m),
      onunits: (bytes) => this.board(bytes),
      onaway: () => this.away(),
      onend: (code) => this.over(code),
    });
    window.addEventListener('online', () => this.line.renew());
    ondeviceschange(() => void (this.has('microphone') && this.view.isTeaching && this.replaceMicrophone()));
  }

  onchange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private change(next: Partial<View>): void {
    Object.assign(this.view, next);
    this.listeners.forEach((tell) => tell());
  }

  // The connection.

  open(): void {
    if (!Microphone.isCapable()) return this.change({ phase: 'failed', failure: window.isSecureContext ? 'incapable' : 'insecure' });
    this.change({ phase: 'connecting', failure: '' });
    this.timer ||= window.setInterval(() => this.beat(false), BEAT_MS);
    this.line.start();
  }

  private hello(): string {
    const { isTeaching, isRehearsing } = this.view;
    this.isTaken = this.asksAgain = false;
    this.isAsking = true;
    this.bytesBefore = this.line.sentBytes;
    const { key, lesson } = this.options;
    return writeHello({ ...(lesson ? { lesson } : { key }), device: this.device, take: this.takes, rehearse: isRehearsing, media: isTeaching });
  }

  private heard(m: Heard): void {
    const now = performance.now();
    switch (m.t) {
      case 'welcome': return this.welcome(now, m);
      case 'busy': return this.busy();
      case 'ack': return this.acked(now, m.bytes - this.bytesBefore);
      case 'key': return void (this.sender.outbox.needsKey = true);
      case 'status':
        this.live = { ms: m.sinceMs, at: now };
        this.toldAt = now;
        return this.change({ status: m.status });
      case 'rotated': return this.keyChanged(m.change);
      case 'bye': return;
    }
  }

  private welcome(now: number, m: Welcome): void {
    this.isAsking = false;
    if (this.asksAgain) return this.line.greet();
    const { isTeaching } = this.view, isOn = m.state === 'live' || m.state === 'reconnecting';
    this.takes = false;
    this.live = { ms: m.sinceMs, at: now };
    if (m.voicePts !== undefined && this.clock.atLeast(m.voicePts) && isTeaching) this.microphone.leap();
    if (this.isEnding) this.line.send(END);
    this.isTaken = true;
    if (isTeaching && !this.isEnding) this.begin(now, m.voicePts);
    this.isEnding = false;
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
    this.takes = this.isAsking = false;
    this.change({ phase: 'busy', isTeaching: false });
  }

  private acked(now: number, bytes: number): void {
    if (!this.isTaken) return;
    this.gauge?.acked(now, bytes);
    if (!this.view.isTeaching) return;
    this.sender.acked(now, bytes);
    this.microphone.bps = this.sender.plan.voiceBps;
    if (this.isHeld) this.flush(now);
    this.tellUplink(now);
  }

  private tellUplink(now: number): void {
    this.uplinkToldAt = now;
    this.change({ uplink: this.uplinkNow(now) });
  }

  private uplinkNow(now: number): View['uplink'] {
    const { plan, uplink } = this.sender, { width, height, fps, bps } = this.pictures.setting, kbps = (n: number): number => Math.round(n / 1000);
    return {
      mode: plan.mode, kbps: kbps(uplink.rateBps(now)), capacityKbps: kbps(uplink.capacityBps), unackedMs: Math.round(uplink.unackedMs(now)),
      width, height, fps, videoKbps: kbps(plan.mode === 'video' ? bps : 0), voiceKbps: kbps(plan.voiceBps),
    };
  }

  private away(): void {
    this.isTaken = this.isAsking = false;
    this.change({ phase: 'away' });
  }

  private over(code: number): void {
    this.isTaken = this.isAsking = false;
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
    for (const { track, kind, payload } of units(bytes)) if (track === Track.Events && kind === Kind.Key) this.boards.forEach((tell) => tell(payload));
  }

  onboard(listener: (payload: Uint8Array) => void): void {
    this.boards.push(listener);
  }

  private say(): void {
    const { isSlides } = this.pictures;
    if (!this.isTaken || !this.view.isTeaching) return;
    this.line.send(writeSource(isSlides === undefined ? 'auto' : isSlides ? 'slides' : 'camera', this.view.isMuted, this.mutedPts));
  }

  private voice(packet: Packet): void {
    const { isTeaching } = this.view, { outbox } = this.sender;
    if (!isTeaching) return;
    outbox.pushVoice(packet);
    if (outbox.hasBundle) this.flush(performance.now());
  }

  private beat(isFrame: boolean): void {
    const now = performance.now();
    if (!isFrame) this.line.tick();
    if (!isFrame) this.microphone.tick();
    if (!this.view.isTeaching) return;
    this.watchMicrophone();
    if (this.view.phase === 'open' && now - this.uplinkToldAt > UPLINK_OLD_MS) this.tellUplink(now);
    this.pictures.beat(now, this.clock.ms, isFrame);
    if (now - this.flushedAt > FLUSH_MS) this.flush(now);
  }

  private flush(now: number): void {
    this.flushedAt = now;
    if (!this.isTaken || this.view.phase !== 'open') return;
    for (let m = this.sender.next(now, this.clock.ms); m; m = this.sender.next(now, this.clock.ms)) this.line.send(m);
    const { outbox } = this.sender;
    this.isHeld = outbox.pictureBytes > 0 || outbox.hasBundle;
  }

  // Teaching.

  async start(): Promise<void> {
    if (!this.microphone.isOpen) await this.setMicrophone('');
    if (this.view.isTeaching) return;
    this.isEnding = false;
    this.change({ isTeaching: true, canContinue: false });
    this.connect();
  }

  async take(): Promise<void> {
    this.takes = true;
    this.change({ isTeaching: false });
    await this.start();
  }

  /** With a new hello, on the connection that is there: another one takes round trips, and a slow machine seconds. */
  private connect(): void {
    const phase: Phase = this.view.phase === 'open' ? 'open' : 'connecting';
    this.isTaken = false;
    this.change({ phase, failure: '' });
    this.timer ||= window.setInterval(() => this.beat(false), BEAT_MS);
    this.line.start();
    if (this.isAsking) this.asksAgain = true;
    else this.line.greet();
  }

  end(): void {
    if (!this.view.isTeaching) return;
    this.isEnding = !this.line.isOpen;
    this.line.send(END);
    this.isTaken = false;
    this.sender = this.pictures.renew(new Sender());
    this.change({ isTeaching: false, canContinue: false });
  }

  rehearse(isRehearsing: boolean): void {
    if (this.view.isTeaching || isRehearsing === this.view.isRehearsing) return;
    this.change({ isRehearsing });
    this.connect();
  }

  release(): void {
    this.line.stop();
    clearInterval(this.timer);
    this.timer = 0;
    this.microphone.close();
    this.pictures.close();
    this.shownStream = undefined;
    this.change({ phase: 'idle', isTeaching: false, source: undefined });
  }

  async measure(): Promise<number> {
    if (this.view.isTeaching) return 0;
    this.connect();
    await until(() => this.isTaken, GREETED_MS);
    if (!this.isTaken) return 0;
    const gauge = this.gauge = new Gauge(performance.now());
    const isOver = (): boolean => this.gauge !== gauge || !this.isTaken || this.view.isTeaching;
    const send = (length: number): void => this.line.send(probe(this.clock.ms, length));
    for (; !isOver() && !gauge.isDone(performance.now()); await wait(MEASURE_LOOK_MS)) gauge.go(performance.now(), send);
    if (this.gauge === gauge) this.gauge = undefined;
    return Math.round(gauge.bps / 1000);
  }

  changeKey(): Promise<KeyChange> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.keyChanged({ why: 'failed' }), ROTATE_MS);
      this.keyChanged = (change) => {
        clearTimeout(timer);
        this.keyChanged = () => undefined;
        if ('key' in change) this.options.key = change.key;
        resolve(change);
      };
      this.line.send(ROTATE);
    });
  }

  // What is captured.

  async setSource(source: Source | undefined): Promise<void> {
    await this.pictures.show(source);
    const { track, kind } = this.pictures;
    this.shownStream = track && new MediaStream([track]);
    this.say();
    this.settle((t) => t.what !== 'microphone');
    this.change({ source: kind });
  }

  async cover(canvas: HTMLCanvasElement | undefined): Promise<void> {
    await this.pictures.cover(canvas);
    this.look();
  }

  private lostSource(kind: SourceKind): void {
    this.trouble({ what: kind, why: kind === 'screen' ? 'stopped' : 'lost' });
    this.look();
  }

  /** What is shown now is what the view says. */
  private look(): void {
    const { kind } = this.pictures;
    if (!kind) this.shownStream = undefined;
    this.say();
    this.change({ source: kind });
  }

  async setMicrophone(id: string): Promise<void> {
    await this.microphone.open(id);
    this.settle((t) => t.what === 'microphone');
  }

  /** Another one, if there is any. */
  private async replaceMicrophone(): Promise<void> {
    try {
      await this.setMicrophone('');
    } catch (e) {
      this.trouble({ what: 'microphone', why: (e as CaptureError).trouble.why === 'missing' ? 'lost' : (e as CaptureError).trouble.why });
    }
  }

  setMuted(isMuted: boolean): void {
    this.microphone.isMuted = isMuted;
    this.mutedPts = this.clock.ms;
    this.change({ isMuted });
    this.say();
  }

  private watchMicrophone(): void {
    const { fault } = this.microphone;
    if (fault && !this.has('microphone')) this.trouble({ what: 'microphone', why: fault });
    else if (!fault) this.settle((t) => t.why === 'stuck' || t.why === 'shut');
  }

  private has(what: Trouble['what']): boolean {
    return this.view.troubles.some((t) => t.what === what);
  }

  private trouble(t: Trouble): void {
    this.change({ troubles: this.view.troubles.filter((other) => other.what !== t.what).concat(t) });
  }

  private settle(isOver: (t: Trouble) => boolean): void {
    if (this.view.troubles.some(isOver)) this.change({ troubles: this.view.troubles.filter((t) => !isOver(t)) });
  }

  devices(): Promise<Devices> {
    return listDevices();
  }

  get microphoneId(): string {
    return this.microphone.deviceId;
  }

  level(): number {
    return this.microphone.meter.level;
  }

  lessonMs(): number {
    return this.live.ms ? this.live.ms + performance.now() - this.live.at : 0;
  }

  rest(minutes: number): void {
    this.line.send(writeBreak(minutes));
  }

  breakMs(): number {
    const { status } = this.view;
    return status ? Math.max(0, status.breakMs - (performance.now() - this.toldAt)) : 0;
  }

  get preview(): MediaStream | undefined {
    return this.shownStream;
  }

  get clockMs(): number {
    return this.clock.ms;
  }

  sendInk(payload: Uint8Array): boolean {
    return this.view.isTeaching && this.sender.outbox.pushInk(this.clock.ms, payload);
  }

  get isInkWaiting(): boolean {
    return this.sender.outbox.inkBytes > 0;
  }
}
