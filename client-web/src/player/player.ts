// A pupil's seat: joins the link, the voice and (once its part is loaded) the picture, and says what
// happens as one plain record that the page draws.

import type { Can, Hello, LessonState, Mode, News, Report, Rung, ServerText, State, Unit, Welcome } from '../protocol';
import { Codec, writeHello, writeMode, writeReport } from '../protocol';
import { picturesChosen, playable } from './media';
import { Picture } from './picture';
import { Link } from './socket';
import { Voice } from './voice';

export interface Seat { lesson: string; key: string; mode: Mode }

export type Phase = 'idle' | 'connecting' | 'open' | 'away' | 'failed';

export interface View {
  phase: Phase;
  /** A close code of the protocol, or 0: this browser can't play it. */
  failure: number;
  state: LessonState | '';
  /** By the teacher. */
  muted: boolean;
  title: string;
  rung: Rung | undefined;
  mode: Mode;
  isBlocked: boolean;
  isPaused: boolean;
  isStarved: boolean;
  skippedAt: number;
}

const TICK_MS = 250;
/** Timers of a page that nobody looks at come once a second, or once a minute: what arrives takes their place. */
const SLEEPY_MS = 1000;
const REPORT_MS = 10000, QUIET_REPORT_MS = 20000;
/** A live lesson is never silent for so long: the link is dead even if the browser doesn't know. */
const SILENCE_MS = 8000;
/** While no voice is due nothing tells a dead link from a quiet one; a new one once in a while does. */
const QUIET_MS = 60000;
const PAUSE_LEAVE_MS = 60000;
const SKIP_TOLD_MS = 4000;

export class Player {
  readonly view: View;
  /** Every message: when, how long, and whether it went up. Whoever counts takes them out. */
  readonly traffic: [number, number, boolean][] = [];
  /** The newest of each kind, for parts that come later. */
  readonly news: { [kind in News['t']]?: News } = {};
  readonly voice: Voice;
  readonly picture: Picture;
  protected readonly link: Link;
  private can: Can[] = playable().concat(picturesChosen(), 'ink');
  private listeners: (() => void)[] = [];
  private reportedAt = 0;
  /** On this connection; so more is due. */
  hasVoice = false;
  private pausedAt = 0;
  private starvedAt = 0;
  private tickedAt = 0;
  private told: State | Welcome | undefined;

  constructor(protected seat: Seat, audio: HTMLAudioElement, stage: HTMLElement, early?: WebSocket) {
    this.view = {
      phase: 'idle', failure: 0, state: '', muted: false, title: '', rung: undefined, mode: seat.mode,
      isBlocked: false, isPaused: false, isStarved: false, skippedAt: 0,
    };
    this.voice = new Voice(audio, {
      onskip: () => this.change({ skippedAt: performance.now() }),
      onstuck: (codec) => this.dropCodec(codec),
      onblocked: () => this.change({ isBlocked: true }),
    });
    this.picture = new Picture(stage, () => this.view.rung);
    this.link = new Link(location.origin.replace(/^http/, 'ws') + '/ws', {
      hello: () => this.hello(),
      onunits: (units) => this.take(units),
      ontext: (message) => this.read(message),
      onbytes: (length, isUp) => this.traffic.push([performance.now(), length, isUp]),
      onaway: () => this.change({ phase: 'away' }),
      onend: (code) => this.fail(code),
    }, early);
    audio.addEventListener('pause', () => this.paused());
    audio.addEventListener('playing', () => this.resumed());
    document.addEventListener('visibilitychange', () => this.seen());
    window.addEventListener('online', () => this.link.renew());
  }

  onchange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private change(next: Partial<View>): void {
    Object.assign(this.view, next);
    this.picture.draw();
    this.listeners.forEach((tell) => tell());
  }

  /** Call it inside the tap. */
  join(mode: Mode): void {
    if (!this.can.some((c) => c === 'opus' || c === 'aac')) return this.fail(0);
    this.voice.open();
    this.change({ phase: 'connecting', mode, failure: 0 });
    this.link.start();
    window.setInterval(() => this.tick(performance.now()), TICK_MS);
  }

  /** After a failure, or when the browser wants another tap; inside that tap. */
  again(): void {
    this.change({ isBlocked: false, isPaused: false });
    this.voice.play();
    if (this.view.phase === 'failed' || (this.pausedAt && !this.link.isOpen)) {
      this.change({ phase: 'connecting' });
      this.link.start();
    }
    this.pausedAt = 0;
  }

  setMode(mode: Mode): void {
    this.link.send(writeMode(mode));
    this.change({ mode });
  }

  private hello(): string {
    this.hasVoice = false;
    const hello: Hello = { lesson: this.seat.lesson, mode: this.view.mode, can: this.can };
    if (this.seat.key) hello.key = this.seat.key;
    if (this.voice.timeline.endMs >= 0) hello.pts = Math.round(this.voice.timeline.endMs);
    return writeHello(hello);
  }

  protected take(units: Unit[]): void {
    const now = performance.now(), forPicture: Unit[] = [];
    for (const unit of units) {
      if (unit.type === 'voice-config') this.voice.configure(unit);
      else if (unit.type !== 'voice') forPicture.push(unit);
      else {
        this.hasVoice = true;
        this.voice.push(unit, now);
      }
    }
    this.picture.take(forPicture);
    if (now - this.tickedAt > SLEEPY_MS) this.tick(now);
  }

  private read(m: ServerText): void {
    if (m.t === 'welcome') this.welcome((this.told = m));
    else if (m.t === 'state') this.change({ state: (this.told = m).state });
    else if (m.t === 'rung') this.change({ rung: m });
    else if (m.t === 'resent') this.traffic.push([performance.now(), m.bytes, false]);
    else {
      if (m.t === 'break') this.hasVoice = false; // in it none is due: that none comes is nobody's fault
      m.at = performance.now();
      this.news[m.t] = m;
      this.change({});
    }
  }

  private welcome({ pts, title, state }: Welcome): void {
    if (pts < this.voice.timeline.endMs - 3000) this.picture.reset();
    this.voice.expectBacklog(pts, this.link.rttMs);
    this.reportedAt = performance.now();
    this.change({ phase: 'open', title, state });
  }

  private fail(code: number): void {
    this.change({ phase: 'failed', failure: code });
  }

  /** The browser said it plays this and does not. */
  private dropCodec(codec: Codec): void {
    const name = codec === Codec.Aac ? 'aac' : 'opus';
    this.can = this.can.filter((c) => c !== name);
    if (!this.can.some((c) => c === 'opus' || c === 'aac')) {
      this.link.stop();
      return this.fail(0);
    }
    this.voice.forget();
    this.link.renew();
  }

  private paused(): void {
    if (this.view.phase === 'failed' || this.view.isBlocked) return;
    this.pausedAt = performance.now();
    this.change({ isPaused: true });
  }

  private resumed(): void {
    if (!this.view.isPaused && !this.view.isBlocked) return;
    this.again();
  }

  /** Nobody who looks at the page waits for a retry that was put off while nobody did. */
  private seen(): void {
    if (this.view.phase === 'away' && !document.hidden) this.link.renew();
    this.report();
  }

  private tick(now: number): void {
    const v = this.view;
    this.tickedAt = now;
    this.voice.tick(now);
    this.picture.tick(this.hasVoice ? Math.max(0, this.voice.clockMs()) : -1);
    if (this.link.isOpen) this.watchLink(now);
    if (this.pausedAt && now - this.pausedAt > PAUSE_LEAVE_MS) this.link.stop();
    this.watchVoice(now);
    if (this.told && (this.told.pts <= this.voice.clockMs() || this.voice.isDry())) v.muted = this.told.muted; // not before the last words were heard
    if (v.skippedAt && now - v.skippedAt > SKIP_TOLD_MS) this.change({ skippedAt: 0 });
  }

  private watchLink(now: number): void {
    const isDue = this.hasVoice && this.view.state === 'live';
    if (now - this.reportedAt >= (isDue ? REPORT_MS : QUIET_REPORT_MS)) this.report();
    if (this.link.silentMs(now) < (isDue ? SILENCE_MS : QUIET_MS)) return;
    this.link.renew();
    if (isDue) this.change({ phase: 'away' });
  }

  /** Starved is said only after a second: a short wait needs no words. */
  private watchVoice(now: number): void {
    const isDry = this.view.state === 'live' && this.view.phase === 'open' && this.hasVoice && this.voice.isDry();
    if (!isDry) this.starvedAt = now;
    const isStarved = now - this.starvedAt > 1000;
    if (isStarved !== this.view.isStarved) this.change({ isStarved });
  }

  private report(): void {
    if (!this.link.isOpen || this.view.phase !== 'open') return;
    this.reportedAt = performance.now();
    const report: Report = {
      pts: Math.max(0, Math.round(this.voice.timeline.endMs)),
      buf: Math.round(this.voice.aheadMs()),
      late: Math.round(this.voice.buffering.takeWorst()),
      hidden: document.hidden,
    };
    if (!this.picture.wantsVideo) report.video = false;
    this.link.send(writeReport(report));
  }
}
