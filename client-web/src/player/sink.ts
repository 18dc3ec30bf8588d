// One media element with a MediaSource of its own and one SourceBuffer: bytes go in, in order. Voice and
// video never share one: a starved video track freezes the sound of its MediaSource for good.

interface MediaSourceLike {
  new (): MediaSource;
  isTypeSupported(type: string): boolean;
}

/** iPhones since 17.1 have only the managed kind. */
export function mediaSourceKind(): MediaSourceLike | undefined {
  const w = window as unknown as { MediaSource?: MediaSourceLike; ManagedMediaSource?: MediaSourceLike };
  return w.ManagedMediaSource || w.MediaSource;
}

type Job = { type: string } | { bytes: Uint8Array; isRetry?: boolean } | { removeTo: number };

export class Sink {
  private source: MediaSource;
  private buffer: SourceBuffer | undefined;
  private type = '';
  private jobs: Job[] = [];
  private url: string;
  private isDead = false;

  /** `onfail` is told once, and the sink is of no use afterwards. */
  constructor(readonly element: HTMLMediaElement, private onupdate: () => void, private onfail: () => void) {
    this.source = new (mediaSourceKind()!)();
    (element as { disableRemotePlayback?: boolean }).disableRemotePlayback = true; // or the managed kind stays closed
    this.url = URL.createObjectURL(this.source);
    this.source.addEventListener('sourceopen', () => this.run());
    element.addEventListener('error', this.fail);
    element.src = this.url;
  }

  private fail = (): void => {
    if (this.isDead) return;
    this.close();
    this.onfail();
  };

  close(): void {
    this.isDead = true;
    this.jobs = [];
    this.element.removeEventListener('error', this.fail);
    URL.revokeObjectURL(this.url);
  }

  /** False: this browser cannot change the codec of a running sink; make a new one. */
  setType(type: string): boolean {
    if (this.type === type) return true;
    if (this.type && !SourceBuffer.prototype.changeType) return false;
    this.type = type;
    this.add({ type });
    return true;
  }

  append(bytes: Uint8Array): void {
    this.add({ bytes });
  }

  removeTo(seconds: number): void {
    if (seconds > 0) this.add({ removeTo: seconds });
  }

  private add(job: Job): void {
    if (this.isDead) return;
    this.jobs.push(job);
    this.run();
  }

  private run(): void {
    const isReady = () => !this.isDead && this.source.readyState === 'open' && !(this.buffer && this.buffer.updating);
    while (this.jobs.length && isReady()) {
      const job = this.jobs.shift()!;
      try {
        this.perform(job);
      } catch (e) {
        if ((e as Error).name !== 'QuotaExceededError' || !('bytes' in job) || job.isRetry) return this.fail();
        this.jobs.unshift({ removeTo: this.element.currentTime - 2 }, { bytes: job.bytes, isRetry: true });
      }
    }
  }

  private perform(job: Job): void {
    if ('type' in job) {
      if (this.buffer) this.buffer.changeType(job.type);
      else this.open(job.type);
    } else if ('bytes' in job) this.buffer!.appendBuffer(job.bytes as Uint8Array<ArrayBuffer>);
    else if (job.removeTo > 0) this.buffer!.remove(0, job.removeTo);
  }

  private open(type: string): void {
    const buffer = (this.buffer = this.source.addSourceBuffer(type));
    buffer.addEventListener('updateend', () => {
      if (this.isDead) return;
      this.run();
      this.onupdate();
    });
    buffer.addEventListener('error', this.fail);
  }

  /** All that was given is in the ranges. */
  get isSettled(): boolean {
    return !this.jobs.length && !!this.buffer && !this.buffer.updating;
  }

  /** Buffered ranges in seconds. */
  ranges(): [number, number][] {
    const out: [number, number][] = [];
    const b = this.element.buffered;
    for (let i = 0; i < b.length; i++) out.push([b.start(i), b.end(i)]);
    return out;
  }
}

type Ranges = [number, number][];

/** Seconds buffered without a hole from `time` on. */
export function aheadOf(ranges: Ranges, time: number): number {
  for (const [start, end] of ranges) if (time >= start - 0.02 && time <= end) return end - time;
  return 0;
}

/** Where the next range behind `time` begins, or -1. */
export function nextStart(ranges: Ranges, time: number): number {
  for (const [start] of ranges) if (start > time + 0.02) return start;
  return -1;
}
