// Runs on the browser's audio thread: hands the microphone over in blocks of 60 ms. Without a microphone, blocks of silence: the
// voice never has a hole. A file of its own, as worklets have to be.

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class Blocks extends AudioWorkletProcessor {
  private block = new Float32Array(sampleRate * 60 / 1000);
  private filled = 0;

  process([input]: Float32Array[][]): boolean {
    const samples = input && input[0], count = samples ? samples.length : 128;
    for (let i = 0; i < count; i++) {
      this.block[this.filled++] = samples ? samples[i]! : 0;
      if (this.filled < this.block.length) continue;
      this.port.postMessage(this.block);
      this.block = new Float32Array(this.block.length);
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor('blocks', Blocks);
