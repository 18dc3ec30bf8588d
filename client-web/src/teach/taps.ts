// Where video frames are taken from: a track, or a canvas. The newest one, whenever it is asked for.

export interface Tap {
  /** To be closed by whoever takes it; undefined: there is none yet. */
  grab(timestampUs: number): VideoFrame | undefined;
  /** It says when there is a new one. */
  readonly tells: boolean;
  close(): void;
}

declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack; maxBufferSize?: number });
  readonly readable: ReadableStream<VideoFrame>;
}

/** Chromium's own: frames come while the page is hidden behind what it shares, where a video element may sleep. */
class ReaderTap implements Tap {
  readonly tells = true;
  private newest: VideoFrame | undefined;
  private reader: ReadableStreamDefaultReader<VideoFrame>;

  constructor(track: MediaStreamTrack, private onframe: () => void) {
    this.reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
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

  grab(timestamp: number): VideoFrame | undefined {
    return this.newest && new VideoFrame(this.newest, { timestamp });
  }

  close(): void {
    void this.reader.cancel();
    this.newest?.close();
    this.newest = undefined;
  }
}

class ElementTap implements Tap {
  readonly tells = false;
  private video = document.createElement('video');

  constructor(track: MediaStreamTrack) {
    this.video.muted = true;
    this.video.srcObject = new MediaStream([track]);
    void this.video.play();
  }

  grab(timestamp: number): VideoFrame | undefined {
    return this.video.readyState >= 2 ? new VideoFrame(this.video, { timestamp }) : undefined;
  }

  close(): void {
    this.video.srcObject = null;
  }
}

class CanvasTap implements Tap {
  readonly tells = false;

  constructor(private canvas: HTMLCanvasElement) {}

  grab(timestamp: number): VideoFrame | undefined {
    return this.canvas.width && this.canvas.height ? new VideoFrame(this.canvas, { timestamp }) : undefined;
  }

  close(): void {
    // the canvas is another's
  }
}

export function tap(from: MediaStreamTrack | HTMLCanvasElement, onframe: () => void): Tap {
  if (from instanceof HTMLCanvasElement) return new CanvasTap(from);
  return 'MediaStreamTrackProcessor' in window ? new ReaderTap(from, onframe) : new ElementTap(from);
}

/** Smaller than a letter's stroke on a screen: a caret, a pointer, a stroke of the pen show. */
const WIDTH = 320, HEIGHT = 180;

/** Says whether pictures differ, by their brightness in small. */
export class Change {
  private g: CanvasRenderingContext2D;
  private before = new Uint8ClampedArray();

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    this.g = canvas.getContext('2d', { willReadFrequently: true })!;
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
