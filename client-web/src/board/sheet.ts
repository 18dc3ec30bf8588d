// A page on a canvas of any size: what lies below it, the strokes, and what of them need not be painted again.

import { PAGE_HEIGHT, PAGE_WIDTH } from './events';
import type { Board, Stroke } from './model';
import { paintStroke } from './paint';

const PAPER = '#ffffff', AROUND = '#070b0f';
/** Sharper than this costs old phones more than eyes get. */
const RATIO_MAX = 2;

export interface Box { scale: number; x: number; y: number }

/** The page in the middle of `width` times `height`, as large as it goes. */
export function fitPage(width: number, height: number): Box {
  const scale = Math.min(width / PAGE_WIDTH, height / PAGE_HEIGHT);
  return { scale, x: (width - PAGE_WIDTH * scale) / 2, y: (height - PAGE_HEIGHT * scale) / 2 };
}

/** What lies below the strokes: a picture, white paper, or whatever shines through. */
export type Ground = HTMLCanvasElement | 'paper' | 'none';

export class Sheet {
  private context: CanvasRenderingContext2D;
  /** The ground and the first `count` strokes, none of which is open. */
  private done = document.createElement('canvas');
  private ink = this.done.getContext('2d')!;
  private count = 0;
  private state = '';
  private ground: Ground = 'none';

  constructor(readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext('2d')!;
  }

  /** As many pixels as the screen has for it. */
  fit(): void {
    const ratio = Math.min(RATIO_MAX, window.devicePixelRatio || 1), { canvas } = this;
    this.resize(Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio));
  }

  resize(width: number, height: number): void {
    const { canvas } = this;
    if (canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
  }

  /** `after`: strokes that ended by then, session ms, are part of the ground. */
  draw(board: Board, ground: Ground, after = -1): void {
    const { canvas, context, done } = this, { width, height } = canvas, { strokes } = board;
    const state = [board.version, width, height, after].join();
    if (state !== this.state || ground !== this.ground) this.restart(width, height, ground);
    this.state = state;
    this.ground = ground;
    const isDrawn = (s: Stroke): boolean => s.isOpen || s.endPts > after;
    this.scale(this.ink);
    for (; this.count < strokes.length && !strokes[this.count]!.isOpen; this.count++) {
      if (isDrawn(strokes[this.count]!)) paintStroke(this.ink, strokes[this.count]!);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.clearRect(0, 0, width, height);
    if (width && height) context.drawImage(done, 0, 0);
    this.scale(context);
    strokes.slice(this.count).filter(isDrawn).forEach((s) => paintStroke(context, s));
  }

  private scale(context: CanvasRenderingContext2D): void {
    const { scale, x, y } = fitPage(this.canvas.width, this.canvas.height);
    context.setTransform(scale, 0, 0, scale, x, y);
  }

  private restart(width: number, height: number, ground: Ground): void {
    const { done, ink } = this;
    done.width = width; // clears it
    done.height = height;
    this.count = 0;
    if (ground === 'none') return;
    ink.fillStyle = AROUND;
    ink.fillRect(0, 0, width, height);
    this.scale(ink);
    ink.fillStyle = PAPER;
    if (ground === 'paper') ink.fillRect(0, 0, PAGE_WIDTH, PAGE_HEIGHT);
    else ink.drawImage(ground, 0, 0, PAGE_WIDTH, PAGE_HEIGHT);
  }
}

/** A picture as it is now, whole in the middle of a page of `width` pixels. */
export function copyPicture(image: CanvasImageSource, imageWidth: number, imageHeight: number, width: number): HTMLCanvasElement {
  const copy = Object.assign(document.createElement('canvas'), { width, height: Math.round(width * PAGE_HEIGHT / PAGE_WIDTH) });
  const scale = Math.min(copy.width / imageWidth, copy.height / imageHeight), context = copy.getContext('2d')!;
  context.fillStyle = AROUND;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(image, (copy.width - imageWidth * scale) / 2, (copy.height - imageHeight * scale) / 2, imageWidth * scale, imageHeight * scale);
  return copy;
}
