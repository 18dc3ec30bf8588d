// Where video frames are taken from: a track that is read here, or whatever the page has. The newest one, whenever it is asked for.

/** The frame is lent for the time of the call. */
export type Take = (frame: VideoFrame) => void;

export interface Tap {
  /** Now, or soon, or never, if there is none yet. */
  next(take: Take): void;
  close(): void;
}

/** Chromium's own: frames come while the page is hidden behind what it shares, where a video element may sleep. */
export class ReaderTap implements Tap {
  private newest: VideoFrame | undefined;
  private reader: ReadableStreamDefaultReader<VideoFrame>;

  constructor(frames: ReadableStream<VideoFrame>, private onframe: () => void) {
    this.reader = frames.getReader();
    void this.read();
  }

  private async read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.reader.read();
      if (done) return;
      this.newest?.close();
      this.newest = value;
      this.onframe();
    }
  }

  next(take: Take): void {
    if (this.newest) take(this.newest);
  }

  close(): void {
    void this.reader.cancel();
    this.newest?.close();
    this.newest = undefined;
  }
}

/** A page that is busy is not asked twice. */
export class AskedTap implements Tap {
  private take: Take | undefined;

  constructor(private ask: () => void) {}

  next(take: Take): void {
    const isAsked = !!this.take;
    this.take = take;
    if (!isAsked) this.ask();
  }

  given(frame: VideoFrame | undefined): void {
    const { take } = this;
    this.take = undefined;
    if (frame && take) take(frame);
    frame?.close();
  }

  close(): void {
    this.take = undefined;
  }
}

/** Smaller than a letter's stroke on a screen: a caret, a pointer, a stroke of the pen show. */
const WIDTH = 320, HEIGHT = 180;

/** Says whether pictures differ, by their brightness in small. */
export class Change {
  private g: CanvasRenderingContext2D;
  private before = new Uint8ClampedArray();

  constructor() {
    const canvas = 'OffscreenCanvas' in self ? new OffscreenCanvas(WIDTH, HEIGHT) : Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    this.g = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    this.g.imageSmoothingQuality = 'medium'; // 'low' passes over lines
  }

  /** Since the last time that it was asked. */
  isNew(frame: VideoFrame): boolean {
    this.g.drawImage(frame, 0, 0, WIDTH, HEIGHT);
    const now = this.g.getImageData(0, 0, WIDTH, HEIGHT).data, { before } = this;
    this.before = now;
    if (before.length !== now.length) return true;
    for (let i = 1; i < now.length; i += 4) if (now[i] !== before[i]) return true;
    return false;
  }
}
