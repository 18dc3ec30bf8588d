// MediaRecorder in the place of encoders that a browser lacks: voice and pictures each have one, so that the voice goes on when that of
// the pictures is begun anew, which is how its rate is changed and how a keyframe is made.

import { opusMs } from './engine/wire';
import { type Block, Webm } from './webm';

const SLICE_MS = 200;
const VOICE_MIME = 'audio/webm;codecs=opus', VIDEO_MIME = 'video/webm;codecs=vp8';
const VOICE_BPS = 24000;

const records = (mime: string): boolean => 'MediaRecorder' in window && MediaRecorder.isTypeSupported(mime);

/** One recording; its first packet is at `ptsMs`. */
class Recording {
  private recorder: MediaRecorder;
  private webm = new Webm();
  private slices = Promise.resolve();
  private isOver = false;

  constructor(stream: MediaStream, options: MediaRecorderOptions, take: (block: Block) => void, onbroken: () => void) {
    this.recorder = new MediaRecorder(stream, options);
    this.recorder.onerror = () => onbroken();
    this.recorder.ondataavailable = (e) => {
      this.slices = this.slices.then(async () => {
        const slice = new Uint8Array(await e.data.arrayBuffer());
        if (!this.isOver) this.webm.push(slice).forEach(take);
      }).catch(() => onbroken());
    };
    this.recorder.start(SLICE_MS);
  }

  stop(): void {
    this.isOver = true;
    if (this.recorder.state !== 'inactive') this.recorder.stop();
  }
}

/** What begins at a time is told by that. */
export class VoiceRecorder {
  private recording: Recording;

  static isCapable(): boolean {
    return records(VOICE_MIME);
  }

  /** `stream` is there for good: microphones change behind it. */
  constructor(stream: MediaStream, ptsMs: number, onpacket: (ptsMs: number, ms: number, data: Uint8Array) => void, onbroken: () => void) {
    this.recording = new Recording(stream, { mimeType: VOICE_MIME, audioBitsPerSecond: VOICE_BPS }, (b) => onpacket(ptsMs + b.ms, opusMs(b.data), b.data), onbroken);
  }

  close(): void {
    this.recording.stop();
  }
}

/** No more often than this: each time costs a keyframe and a moment without a picture. */
const AGAIN_MS = 4000;
const RATE_CHANGE = 1.3;

export class VideoRecorder {
  private recording: Recording | undefined;
  private startedAt = -Infinity;
  private bps = 0;

  constructor(private track: MediaStreamTrack, private onpicture: (ptsMs: number, data: Uint8Array) => void, private onbroken: () => void) {}

  /** Begins anew where that is called for. `nowPts` is the page's clock. */
  set(nowPts: number, bps: number, needsKey: boolean): void {
    const isOther = Math.max(bps / this.bps, this.bps / bps) > RATE_CHANGE;
    if (this.recording && (!needsKey && !isOther || nowPts - this.startedAt < AGAIN_MS)) return;
    this.recording?.stop();
    this.bps = bps;
    this.startedAt = nowPts;
    this.recording = new Recording(new MediaStream([this.track]), { mimeType: VIDEO_MIME, videoBitsPerSecond: Math.round(bps) }, (b) => this.onpicture(nowPts + b.ms, b.data), this.onbroken);
  }

  close(): void {
    this.recording?.stop();
  }
}
