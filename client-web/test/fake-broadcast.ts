// Stands in for teach/broadcast.ts where only the layout is looked at: its view is whatever the test makes it (window.fake).

import { type Broadcaster, CaptureError, type Devices, type KeyChange, type SourceKind, type Trouble, type View } from '../src/teach/contract';

const QUIET: View = {
  phase: 'connecting', failure: '', isTeaching: false, canContinue: false, isRehearsing: false, lesson: undefined, status: undefined,
  uplink: { mode: 'video', kbps: 0, capacityKbps: 0, unackedMs: 0, width: 0, height: 0, fps: 0, videoKbps: 0, voiceKbps: 0 },
  source: undefined, isMuted: false, troubles: [],
};

/** A teacher before a blackboard, as far as a canvas can. */
function picture(): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 }), pen = canvas.getContext('2d')!;
  setInterval(() => {
    pen.fillStyle = sessionStorage.ground || '#2d4a3e';
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = '#fff';
    pen.font = '44px sans-serif';
    pen.fillText('1/2 + 1/3 = 5/6', 150, 190);
  }, 200);
  return canvas.captureStream(5);
}

export class Broadcast implements Broadcaster {
  view: View = { ...QUIET };
  readonly kinds: readonly SourceKind[] = window.innerWidth < 600 ? ['camera', 'picture', 'board'] : ['camera', 'screen', 'picture', 'board'];
  preview: MediaStream | undefined;
  clockMs = 0;
  calls: string[] = [];
  microphoneId = 'a';
  tellKey: (change: KeyChange) => void = () => undefined;
  loudness = 0.6;
  lengthMs = 0;
  uplinkKbps = 600;
  refusal: Trouble | undefined;
  /** The server's board comes. */
  board: (bytes: number[]) => void = () => undefined;
  private listeners: (() => void)[] = [];

  constructor() {
    Object.assign(window, { fake: this });
  }

  /** The test's part. */
  set(part: Partial<View>): void {
    Object.assign(this.view, part);
    this.listeners.forEach((tell) => tell());
  }

  private async allow(what: string, part: Partial<View> = {}): Promise<void> {
    this.calls.push(what);
    if (this.refusal) throw new CaptureError(this.refusal);
    this.set(part);
  }

  onchange(listener: () => void): void { this.listeners.push(listener); }
  open(): void { this.calls.push('open'); }
  start(): Promise<void> { return this.allow('start', { isTeaching: true }); }
  take(): Promise<void> { return this.allow('take', { isTeaching: true, phase: 'open' }); }
  rehearse(isRehearsing: boolean): void { this.set({ isRehearsing }); }
  release(): void { this.calls.push('release'); }
  setMicrophone(id: string): Promise<void> {
    if (id) this.microphoneId = id;
    return this.allow('microphone');
  }

  setMuted(isMuted: boolean): void { this.set({ isMuted }); }
  level(): number { return this.loudness * (0.7 + 0.3 * Math.random()); }
  lessonMs(): number { return this.lengthMs; }
  breakMs(): number { return this.view.status?.breakMs ?? 0; }
  async measure(): Promise<number> { return this.uplinkKbps; }
  sendInk(): boolean { return true; }
  readonly isInkWaiting = false;
  cover(canvas: unknown): Promise<void> { return this.allow(canvas ? 'cover' : 'uncover'); }
  onboard(listener: (payload: Uint8Array) => void): void { this.board = (bytes) => listener(Uint8Array.from(bytes)); }
  changeKey(key: string): void { this.tellKey({ key }); }
  onkey(listener: (change: KeyChange) => void): void { this.tellKey = listener; }

  admit(): void { this.calls.push('admit'); }

  rest(minutes: number): void {
    this.calls.push('rest ' + minutes);
    this.set({ status: { ...this.view.status!, breakMs: minutes * 60000 } });
  }

  end(): void {
    this.calls.push('end');
    this.set({ isTeaching: false, isMuted: false });
  }

  setSource(source: { kind: SourceKind } | undefined): Promise<void> {
    if (source?.kind === 'camera' || source?.kind === 'screen') this.preview = picture();
    return this.allow('source ' + (source?.kind ?? 'none'), { source: source?.kind });
  }

  async devices(): Promise<Devices> {
    return { microphones: [{ id: 'a', label: '内置麦克风' }, { id: 'b', label: 'USB headset' }], cameras: [{ id: 'c', label: '前置摄像头' }, { id: 'd', label: '实物展台 X3' }] };
  }
}
