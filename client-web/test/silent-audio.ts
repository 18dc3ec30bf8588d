// An <audio> element and the Media Source Extensions, as far as player/voice.ts and player/sink.ts use them, without a
// browser and without sound. Whoever holds it says what time it is: now in a test, in earnest on an emulated link.

type Listener = () => void;

class Target {
  private listeners: [string, Listener][] = [];

  addEventListener(name: string, listener: Listener): void {
    this.listeners.push([name, listener]);
  }

  removeEventListener(name: string, listener: Listener): void {
    this.listeners = this.listeners.filter(([n, l]) => n !== name || l !== listener);
  }

  tell(name: string): void {
    for (const [n, listener] of this.listeners.slice()) if (n === name) listener();
  }
}

const sources = new Map<string, SilentSource>();

/** Media times are kept in ms: adding up seconds would part what belongs together. */
interface Range { start: number; end: number }

class SilentSource extends Target {
  readyState = 'closed';
  buffer: SilentBuffer | undefined;

  static isTypeSupported(): boolean {
    return true;
  }

  addSourceBuffer(): SilentBuffer {
    return (this.buffer = new SilentBuffer());
  }
}

class SilentBuffer extends Target {
  updating = false;
  ranges: Range[] = [];
  private rate = 1;
  private job: Listener = () => undefined;

  appendBuffer(bytes: Uint8Array): void {
    this.begin(() => this.take(bytes.slice()));
  }

  remove(_from: number, to: number): void {
    this.begin(() => {
      this.ranges = this.ranges.filter((r) => r.end > to * 1000).map((r) => ({ start: Math.max(r.start, to * 1000), end: r.end }));
    });
  }

  changeType(): void { /* the next init segment says it all */ }

  private begin(job: Listener): void {
    if (this.updating) throw new Error('a SourceBuffer takes one thing at a time');
    this.updating = true;
    this.job = job;
  }

  /** As the browser does: a while after it was asked. */
  settle(): void {
    while (this.updating) {
      this.job();
      this.updating = false;
      this.tell('updateend');
    }
  }

  /** What boxer.ts writes: an initialisation segment, or one fragment. */
  private take(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const at = (name: string): number => {
      for (let i = 4; i + 4 <= bytes.length; i++) if (String.fromCharCode(...bytes.subarray(i, i + 4)) === name) return i + 4;
      return -1;
    };
    if (at('mdhd') > 0) {
      this.rate = view.getUint32(at('mdhd') + 12);
      return;
    }
    const time = view.getUint32(at('tfdt') + 4) * 0x100000000 + view.getUint32(at('tfdt') + 8), trun = at('trun');
    let samples = 0;
    for (let i = 0; i < view.getUint32(trun + 4); i++) samples += view.getUint32(trun + 12 + 12 * i);
    this.add(time * 1000 / this.rate, (time + samples) * 1000 / this.rate);
  }

  private add(start: number, end: number): void {
    const last = this.ranges[this.ranges.length - 1];
    if (last && Math.abs(start - last.end) < 1) last.end = end;
    else this.ranges.push({ start, end });
  }
}

const TIMEUPDATE_MS = 250;

export class SilentAudio extends Target {
  paused = true;
  readyState = 0;
  playbackRate = 1;
  /** Chromium goes dry so much before the end of what is buffered; more on a busy machine. */
  dryMs = 30;
  private source: SilentSource | undefined;
  private placeMs = 0;
  private lastAt = -1;
  private toldAt = 0;

  /** Sound that was made so far. */
  heardMs = 0;

  /** `onsilence` hears of time that passed without sound, `onskip` of what was passed over. */
  constructor(private onsilence: (ms: number) => void, private onskip: (ms: number) => void) {
    super();
  }

  set src(url: string) {
    this.source = sources.get(url)!;
    this.paused = true;
    this.placeMs = 0;
    this.readyState = 0;
    this.source.readyState = 'open';
    this.source.tell('sourceopen');
  }

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
    this.tell('pause');
  }

  get currentTime(): number {
    return this.placeMs / 1000;
  }

  set currentTime(seconds: number) {
    if (this.heardMs && seconds * 1000 > this.placeMs) this.onskip(seconds * 1000 - this.placeMs);
    this.placeMs = seconds * 1000;
  }

  private get ranges(): Range[] {
    return this.source && this.source.buffer ? this.source.buffer.ranges : [];
  }

  get buffered(): { length: number; start(i: number): number; end(i: number): number } {
    const r = this.ranges;
    return { length: r.length, start: (i) => r[i]!.start / 1000, end: (i) => r[i]!.end / 1000 };
  }

  private aheadMs(): number {
    const r = this.ranges.find((one) => this.placeMs >= one.start - 1 && this.placeMs < one.end);
    return r ? r.end - this.placeMs : 0;
  }

  /** Plays on to `now`; call it often. */
  advance(now: number): void {
    const passed = this.lastAt < 0 ? 0 : now - this.lastAt;
    this.lastAt = now;
    if (!this.paused) this.sound(passed);
    if (this.source && this.source.buffer) this.source.buffer.settle();
    if (!this.paused && this.aheadMs() > this.dryMs) this.readyState = 4;
    if (now - this.toldAt < TIMEUPDATE_MS || this.paused) return;
    this.toldAt = now;
    this.tell('timeupdate');
  }

  private sound(passed: number): void {
    const wanted = passed * this.playbackRate, can = this.readyState > 2 ? Math.max(0, this.aheadMs() - this.dryMs) : 0;
    const played = Math.min(can, wanted);
    this.placeMs += played;
    this.heardMs += played;
    if (wanted - played < 1) return;
    this.onsilence((wanted - played) / this.playbackRate);
    if (this.readyState < 3) return;
    this.readyState = 2;
    this.tell('waiting');
  }
}

/** Puts in place what the player expects of a browser around its voice. */
export function silence(): void {
  let made = 0;
  URL.createObjectURL = (source: unknown): string => {
    const url = 'silent:' + ++made;
    sources.set(url, source as SilentSource);
    return url;
  };
  URL.revokeObjectURL = (url: string): void => void sources.delete(url);
  Object.assign(globalThis, { window: globalThis, document: { hidden: false }, MediaSource: SilentSource, SourceBuffer: SilentBuffer });
}
