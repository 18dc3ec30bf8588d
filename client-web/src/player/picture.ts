// What is seen: stills at once, moving pictures when their part is loaded; and which of them to show.

import type { InkUnit, Picture as Kind, Rung, Unit } from '../protocol';
import { StillView } from './still';
import type { Video } from './video';

/** After video stops, its last frame is newer than the still we have; a fresh still comes by then. */
const LAST_FRAME_MS = 5000;
/** Of video, and of ink, that nobody can show yet. */
const WAITING_UNITS_MAX = 2000;

export class Picture {
  readonly still: StillView;
  video: Video | undefined;
  private waiting: Unit[] = [];
  private stillAt = 0;
  private videoEndAt = 0;
  kind: Kind = 'none';
  /** What the pen did, until its part is loaded and takes this place. */
  inks: { length: number; push(unit: InkUnit): unknown } = [];

  constructor(private stage: HTMLElement, private rung: () => Rung | undefined) {
    this.still = new StillView(stage.querySelector('img')!, () => {
      this.stillAt = performance.now();
      this.draw();
    });
  }

  get wantsVideo(): boolean {
    return !this.video || this.video.isWanted;
  }

  /** Video has come, and its part has not: it wants attach(). */
  get lacksVideo(): boolean {
    return this.waiting.length > 0;
  }

  /** What the server promised is shown, or could be. Voice alone is a promise, too, unless the link is to blame. */
  get isThere(): boolean {
    const rung = this.rung();
    return this.kind !== 'none' || this.lacksVideo || !!rung && (rung.picture === 'board' || rung.picture === 'none' && rung.why !== 'weak');
  }

  attach(make: typeof Video): void {
    const video = new make(this.stage.querySelector('video')!, () => {
      if (!video.isShowing) this.videoEndAt = performance.now();
      this.draw();
    });
    this.video = video;
    video.take(this.waiting);
    this.waiting = [];
  }

  take(units: Unit[]): void {
    const forVideo: Unit[] = [];
    for (const unit of units) {
      if (unit.type === 'still') this.still.push(unit);
      else if (unit.type !== 'ink') forVideo.push(unit);
      else if (this.inks.length < WAITING_UNITS_MAX) this.inks.push(unit);
    }
    if (this.video) this.video.take(forVideo);
    else if (this.waiting.length < WAITING_UNITS_MAX) this.waiting.push(...forVideo);
  }

  tick(clockMs: number): void {
    if (this.video) this.video.tick(clockMs);
    this.draw();
  }

  reset(): void {
    this.waiting = [];
    if (this.video) this.video.reset();
    this.still.assembly.reset();
  }

  draw(): void {
    const kind = this.choose();
    if (kind !== this.kind) this.stage.dataset.picture = this.kind = kind;
  }

  private choose(): Kind {
    const rung = this.rung();
    if (!rung || rung.picture === 'none') return 'none';
    if (this.video && this.video.isShowing) return 'video';
    const isFresh = this.stillAt > this.videoEndAt || performance.now() - this.videoEndAt > LAST_FRAME_MS;
    if (this.still.shown && isFresh) return 'still';
    return this.videoEndAt ? 'video' : 'none';
  }
}
