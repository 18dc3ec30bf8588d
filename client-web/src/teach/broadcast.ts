// One teacher's broadcast as the page has it: what is captured here, what is sent by an engine (seam.ts), and both as one plain view (contract.ts).

import { recall, remember } from '../i18n/language';
import { UNIT_HEADER } from '../protocol';
import { recallClock } from './engine/clock';
import {
  type BroadcastOptions, type Broadcaster, type CaptureError, type Devices, type KeyChange, type Source, type SourceKind, type Trouble, type View,
} from './contract';
import { listDevices, ondeviceschange, refusal, sourceKinds } from './devices';
import { INK_MAX } from './engine/outbox';
import { remote, serve } from './remote';
import { Scene } from './scene';
import { type Engine, type EngineHost, type EngineOptions, epochMs, type Told } from './seam';
import { startEngine } from './start';
import { randomText } from './token';
import { Voice } from './voice';

const DEVICE = 'airclass.device', CLOCK = 'airclass.clock';
/** Whoever looks at the level is told it for a while; so often that is asked for. */
const METER_MS = 500;

function deviceId(): string {
  const kept = recall(DEVICE);
  if (kept) return kept;
  const made = randomText(12);
  remember(DEVICE, made);
  return made;
}

const optionsOf = (options: BroadcastOptions): EngineOptions => ({
  url: location.origin.replace(/^http/, 'ws') + '/ws', ...options,
  device: deviceId(), clockMs: recallClock(CLOCK, { getItem: recall, setItem: remember }), atMs: epochMs(),
});

export class Broadcast implements Broadcaster {
  readonly view: View = {
    phase: 'idle', failure: '', isTeaching: false, canContinue: false, isRehearsing: false, lesson: undefined, status: undefined,
    uplink: { mode: 'video', kbps: 0, capacityKbps: 0, unackedMs: 0, width: 0, height: 0, fps: 0, videoKbps: 0, voiceKbps: 0 },
    source: undefined, isMuted: false, troubles: [],
  };
  readonly kinds: readonly SourceKind[] = sourceKinds();
  private engine: Engine;
  private voice: Voice;
  private scene: Scene;
  private listeners: (() => void)[] = [];
  private boards: ((payload: Uint8Array) => void)[] = [];
  private told: Omit<Told, 'view'>;
  private toldAt = 0;
  private loudness = 0;
  private meteredAt = -Infinity;
  /** Lengths of the ink that the engine has not spoken of. */
  private inks: number[] = [];
  private measured: ((kbps: number) => void)[] = [];
  private keyListeners: ((change: KeyChange) => void)[] = [];
  /** Why nothing comes of the microphone; the first one is told of. */
  private silences = new Set<'stuck' | 'shut'>();
  private shownStream: MediaStream | undefined;
  private hasNoEngine = false;

  constructor(options: BroadcastOptions) {
    const engineOptions = optionsOf(options), { clockMs, atMs } = engineOptions, port = startEngine(engineOptions, () => this.failed());
    this.told = { clockMs, atMs, liveMs: 0, liveAtMs: 0, inkBytes: 0, inks: 0 };
    this.engine = remote<Engine>(port);
    this.voice = new Voice(this.engine, {
      onlost: () => void this.replaceMicrophone(),
      onbroken: () => this.broken('microphone'),
      onshut: (isShut) => this.silent('shut', isShut),
    });
    this.scene = new Scene(this.engine, (kind) => this.lostSource(kind), (kind) => this.broken(kind));
    serve(port, this.host);
    window.addEventListener('online', () => this.engine.renew());
    ondeviceschange(() => void (this.has('microphone') && this.view.isTeaching && this.replaceMicrophone()));
  }

  private readonly host: EngineHost = {
    told: (told) => this.hear(told),
    level: (level) => void (this.loudness = level),
    board: (payload) => this.boards.forEach((tell) => tell(payload)),
    ask: (id) => this.scene.asked(id),
    record: (id, nowPts, bps, needsKey) => this.scene.record(id, nowPts, bps, needsKey),
    recordVoice: (ptsMs) => this.voice.record(ptsMs),
    unfit: (id) => this.voice.unfit(id),
    stuck: (isStuck) => this.silent('stuck', isStuck),
    broken: (what) => this.broken(what),
    measured: (kbps) => this.measured.splice(0).forEach((resolve) => resolve(kbps)),
    keyChanged: (change) => this.keyListeners.forEach((tell) => tell(change)),
  };

  private hear({ view, ...told }: Told): void {
    this.inks.splice(0, told.inks - this.told.inks);
    this.told = told;
    if (view.status) this.toldAt = performance.now();
    this.change(view);
  }

  onchange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private change(next: Partial<View>): void {
    Object.assign(this.view, next);
    this.listeners.forEach((tell) => tell());
  }

  // The connection.

  /** The engine could not be loaded: the page has to be, again. */
  private failed(): void {
    this.hasNoEngine = true;
    this.host.measured(0);
    this.host.keyChanged({ why: 'later' });
    this.change({ phase: 'failed', failure: 'down', isTeaching: false });
  }

  open(): void {
    if (this.hasNoEngine) return location.reload();
    if (!Voice.isCapable()) return this.change({ phase: 'failed', failure: window.isSecureContext ? 'incapable' : 'insecure' });
    this.change({ phase: 'connecting', failure: '' });
    this.engine.open();
  }

  onboard(listener: (payload: Uint8Array) => void): void {
    this.boards.push(listener);
  }

  /** Whoever asks meanwhile is answered alike: two at once would spoil one another. */
  async measure(): Promise<number> {
    if (this.hasNoEngine) return 0;
    if (!this.measured.length) this.engine.measure();
    return new Promise((resolve) => this.measured.push(resolve));
  }

  changeKey(next: string): void {
    if (this.hasNoEngine) this.host.keyChanged({ why: 'later' });
    else this.engine.changeKey(next);
  }

  onkey(listener: (change: KeyChange) => void): void {
    this.keyListeners.push(listener);
  }

  // Teaching. What is pressed shows at once; the engine says the same a little later.

  async start(): Promise<void> {
    if (!this.voice.track) await this.setMicrophone('');
    if (this.view.isTeaching || this.hasNoEngine) return;
    this.change({ isTeaching: true, canContinue: false });
    this.engine.start();
  }

  async take(): Promise<void> {
    if (!this.voice.track) await this.setMicrophone('');
    if (this.hasNoEngine) return;
    this.change({ isTeaching: true, canContinue: false });
    this.engine.take();
  }

  end(): void {
    this.change({ isTeaching: false, canContinue: false });
    this.engine.end();
  }

  admit(): void {
    this.engine.admit();
  }

  rehearse(isRehearsing: boolean): void {
    if (this.view.isTeaching || isRehearsing === this.view.isRehearsing) return;
    this.change({ isRehearsing });
    this.engine.rehearse(isRehearsing);
  }

  rest(minutes: number): void {
    this.engine.rest(minutes);
  }

  release(): void {
    this.voice.close();
    this.scene.close();
    this.engine.release();
    this.shownStream = undefined;
    this.change({ phase: 'idle', isTeaching: false, source: undefined });
  }

  // What is captured.

  async setSource(source: Source | undefined): Promise<void> {
    await this.scene.choose(source);
    const { track, kind } = this.scene;
    this.shownStream = track && new MediaStream([track]);
    this.settle((t) => t.what !== 'microphone');
    this.change({ source: kind });
  }

  cover(canvas: HTMLCanvasElement | undefined): Promise<void> {
    this.scene.hide(canvas);
    this.look();
    return Promise.resolve();
  }

  private lostSource(kind: SourceKind): void {
    this.trouble({ what: kind, why: kind === 'screen' ? 'stopped' : 'lost' });
    this.look();
  }

  /** What is shown now is what the view says. */
  private look(): void {
    const { kind } = this.scene;
    if (!kind) this.shownStream = undefined;
    this.change({ source: kind });
  }

  async setMicrophone(id: string): Promise<void> {
    await this.voice.open(id).catch((e) => {
      throw refusal('microphone', e);
    });
    this.silences.clear();
    this.settle((t) => t.what === 'microphone');
    this.silent('shut', !!this.voice.track?.muted);
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
    this.voice.mute(isMuted);
    this.engine.mute(isMuted);
    this.change({ isMuted });
  }

  private silent(why: 'stuck' | 'shut', isSo: boolean): void {
    this.silences[isSo ? 'add' : 'delete'](why);
    if (!isSo) this.settle((t) => t.why === why);
    const [first] = this.silences;
    if (first && !this.has('microphone')) this.trouble({ what: 'microphone', why: first });
  }

  private broken(what: Trouble['what']): void {
    this.trouble({ what, why: 'broken' });
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

  get preview(): MediaStream | undefined {
    return this.shownStream;
  }

  get microphoneId(): string {
    return this.voice.track?.getSettings().deviceId ?? '';
  }

  level(): number {
    const now = performance.now();
    if (now - this.meteredAt > METER_MS) {
      this.meteredAt = now;
      this.engine.meter();
    }
    return this.voice.track ? this.loudness : 0;
  }

  // Times and ink.

  lessonMs(): number {
    const { liveMs, liveAtMs } = this.told;
    return liveMs ? liveMs + epochMs() - liveAtMs : 0;
  }

  breakMs(): number {
    const { status } = this.view;
    return status ? Math.max(0, status.breakMs - (performance.now() - this.toldAt)) : 0;
  }

  get clockMs(): number {
    return this.told.clockMs + epochMs() - this.told.atMs;
  }

  private get inkBytes(): number {
    return this.inks.reduce((sum, length) => sum + length, this.told.inkBytes);
  }

  sendInk(payload: Uint8Array): boolean {
    const length = payload.length + UNIT_HEADER;
    if (!this.view.isTeaching || this.inkBytes + length > INK_MAX) return false;
    this.inks.push(length);
    this.engine.ink(payload);
    return true;
  }

  get isInkWaiting(): boolean {
    return this.inkBytes > 0;
  }
}
