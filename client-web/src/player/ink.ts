// The teacher's ink over the picture, at the voice's clock. A part of the page of its own: lessons without ink never load it.

import { Board } from '../board/model';
import { type Deed, deedsOf, hasInk, inkIn, isWanted, type Shown } from '../board/schedule';
import { copyPicture, type Ground, Sheet } from '../board/sheet';
import { type InkUnit, Kind } from '../protocol';
import type { Player } from './player';

const LOOK_MS = 250;
const HELD_WIDTH = 1280;
/** So far behind the board, the voice is of another session: the server began anew, and knows no board. */
const ANEW_MS = 30000;
/** Of a lesson whose voice stands still: more is never behind it. */
const DEEDS_MAX = 100000;

export class Ink {
  readonly board = new Board();
  /** Nothing waits here for anybody. */
  readonly length = 0;
  private canvas = document.createElement('canvas');
  private sheet = new Sheet(this.canvas);
  private deeds: Deed[] = [];
  private held: (Shown & { image: HTMLCanvasElement }) | undefined;
  private heldSincePts = -1;
  private isDrawing = false;

  constructor(private player: Player, private stage: HTMLElement) {
    this.canvas.hidden = true;
    stage.insertBefore(this.canvas, stage.querySelector('.over'));
    window.addEventListener('resize', () => this.wake());
    setInterval(() => this.board.shown === 'hidden' && !this.deeds.length || this.wake(), LOOK_MS);
    const waiting = player.picture.inks as InkUnit[];
    player.picture.inks = this;
    waiting.forEach((unit) => this.push(unit));
  }

  push({ kind, ptsMs, data }: InkUnit): void {
    const isKey = kind === Kind.Key;
    if (this.deeds.length < DEEDS_MAX || isKey) this.deeds.push(...deedsOf(data, ptsMs, isKey, kind !== Kind.Delta));
    this.wake();
  }

  /** Nothing is drawn before its voice; without a voice there is nothing to wait for. */
  private clockMs(): number {
    const { voice } = this.player;
    return voice.hasSounded && !voice.isDry() ? voice.clockMs() : Infinity;
  }

  private wake(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      this.draw();
      if (this.deeds.length) this.wake();
    });
  }

  private forgetOld(): void {
    const { board } = this, last = this.player.voice.timeline.endMs + ANEW_MS;
    if (last < ANEW_MS || board.shownPts <= last) return;
    board.reset();
    this.deeds = this.deeds.filter((deed) => deed.pts <= last);
  }

  private draw(): void {
    this.forgetOld();
    const { board, canvas, deeds } = this, now = this.clockMs();
    let done = 0;
    for (; done < deeds.length && deeds[done]!.due <= now; done++) {
      const deed = deeds[done]!;
      if (deed.isFirst) board.reset();
      board.apply(deed.event, deed.pts);
    }
    deeds.splice(0, done);
    canvas.hidden = board.shown === 'hidden';
    if (canvas.hidden) return;
    this.sheet.fit();
    const ground = this.ground();
    this.sheet.draw(board, ground, this.held && ground === this.held.image ? inkIn(this.held, board.shownPts) : -1);
  }

  private ground(): Ground {
    const { board, player } = this;
    if (board.shown === 'blank') return 'paper';
    if (this.heldSincePts !== board.shownPts) this.held = undefined;
    this.heldSincePts = board.shownPts;
    this.hold();
    if (this.held) return this.held.image;
    return player.view.rung && player.view.rung.picture === 'none' ? 'paper' : 'none';
  }

  /** Keeps what is shown, if it is better than what is kept. */
  private hold(): void {
    const { kind, still } = this.player.picture, { board, held } = this;
    if (kind !== 'still' && kind !== 'video') return;
    const isVideo = kind === 'video', { erased } = board;
    const video = this.stage.querySelector('video')!, { image } = still;
    const shown = { pts: isVideo ? video.currentTime * 1000 : still.ptsMs, isVideo };
    const erasedPts = erased && held && hasInk(held, board.shownPts, erased.endPts) ? erased.pts : -Infinity;
    if (!isWanted(shown, held, board.shownPts, erasedPts)) return;
    this.held = isVideo ? { ...shown, image: copyPicture(video, video.videoWidth, video.videoHeight, HELD_WIDTH) }
      : { ...shown, image: copyPicture(image, image.naturalWidth, image.naturalHeight, HELD_WIDTH) };
  }
}
