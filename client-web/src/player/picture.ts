// The lazily loaded part for what is seen: stills and moving pictures, and which of them to show.

import type { Unit, VideoFrame } from '../protocol';
import { Frames } from './assembly';
import type { PicturePart, Player } from './player';
import { StillView } from './still';
import { Video } from './video';

/** After video stops, its last frame is newer than the still we have; a fresh still comes by then. */
const LAST_FRAME_MS = 5000;

class Pictures implements PicturePart {
  private video: Video;
  private still: StillView;
  private whole = new Frames();
  private stillAt = 0;
  private videoEndAt = 0;
  kind: 'none' | 'still' | 'video' = 'none';

  constructor(private player: Player, private stage: HTMLElement) {
    this.video = new Video(stage.querySelector('video')!, () => {
      if (!this.video.isShowing) this.videoEndAt = performance.now();
      this.draw();
    });
    this.still = new StillView(stage.querySelector('img')!, () => {
      this.stillAt = performance.now();
      this.draw();
    });
    player.onchange(() => this.draw());
  }

  get framesShown(): number {
    return this.video.framesShown;
  }

  get stillsShown(): number {
    return this.still.shown;
  }

  get wantsVideo(): boolean {
    return this.video.isWanted;
  }

  units(units: Unit[]): void {
    let frames: VideoFrame[] = [];
    const flush = (): void => {
      if (frames.length) this.video.push(frames);
      frames = [];
    };
    for (const unit of units) {
      const frame = this.whole.take(unit);
      if (frame) frames.push(frame);
      else {
        flush();
        if (unit.type === 'video-config') this.video.configure(unit);
        else if (unit.type === 'video-gap') this.video.gap();
        else if (unit.type === 'still') this.still.push(unit);
      }
    }
    flush();
  }

  tick(clockMs: number): void {
    this.video.tick(clockMs);
    this.draw();
  }

  reset(): void {
    this.video.reset();
    this.whole.reset();
    this.still.assembly.reset();
  }

  private draw(): void {
    const kind = this.choose();
    if (kind === this.kind) return;
    this.kind = kind;
    this.stage.dataset.picture = kind;
  }

  private choose(): 'none' | 'still' | 'video' {
    const rung = this.player.view.rung;
    if (!rung || rung.picture === 'none') return 'none';
    if (this.video.isShowing) return 'video';
    const hasFrame = this.videoEndAt > 0;
    const isFresh = this.stillAt > this.videoEndAt || performance.now() - this.videoEndAt > LAST_FRAME_MS;
    if (this.still.shown && isFresh) return 'still';
    return hasFrame ? 'video' : 'none';
  }
}

export function attach(player: Player, stage: HTMLElement): void {
  player.attachPicture(new Pictures(player, stage));
}
