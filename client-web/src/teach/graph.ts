// A microphone's samples by way of an audio graph, in blocks of 60 ms, where the browser does not hand them over.

import { HEARING_MS } from './engine/microphone';
import { RATE } from './engine/samples';

declare const WORKLET: string;

export interface Input {
  close(): void;
}

type TakeBlock = (block: Float32Array<ArrayBuffer>) => void;

/** Makes one rate of all. */
export class Graph {
  private context = new AudioContext({ sampleRate: RATE });
  private loaded: Promise<void> | undefined;

  /** Inside a tap. */
  resume(): void {
    void this.context.resume();
  }

  async input(track: MediaStreamTrack, take: TakeBlock): Promise<Input> {
    await (this.loaded ||= this.context.audioWorklet.addModule(WORKLET));
    const source = this.context.createMediaStreamSource(new MediaStream([track])), node = new AudioWorkletNode(this.context, 'blocks');
    node.port.onmessage = (e) => take(e.data as Float32Array<ArrayBuffer>);
    source.connect(node).connect(this.context.destination); // says nothing; what leads nowhere is not run
    return {
      close: () => {
        node.port.onmessage = null;
        source.disconnect();
        node.disconnect();
      },
    };
  }

  /** The same microphone as a stream that stays when it is changed; it can be hushed. */
  output(): { stream: MediaStream; hush(isMuted: boolean): void; connect(track: MediaStreamTrack): Input } {
    const end = this.context.createMediaStreamDestination(), gate = this.context.createGain();
    gate.connect(end);
    const connect = (track: MediaStreamTrack): Input => {
      const source = this.context.createMediaStreamSource(new MediaStream([track]));
      source.connect(gate);
      return { close: () => source.disconnect() };
    };
    const hush = (isMuted: boolean): void => {
      const { gain } = gate, now = this.context.currentTime;
      gain.cancelScheduledValues(now);
      gain.setValueAtTime(isMuted ? 0 : 1, isMuted ? now : now + HEARING_MS / 1000);
    };
    return { stream: end.stream, hush, connect };
  }

  close(): void {
    void this.context.close();
  }
}
