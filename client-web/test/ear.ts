// What a pupil hears: the page's own Voice, on an element without sound. For tests, and for the pupils of emulated links.

import { Voice } from '../src/player/voice';
import type { VoiceBundle, VoiceConfig } from '../src/protocol';
import { silence, SilentAudio } from './silent-audio';

/** `at` is when it began; 'silence' lasted `ms`, a 'skip' left out `ms` of the lesson. */
export interface Hole { at: number; ms: number; kind: 'silence' | 'skip' }

/** Silences so close together are one. */
const JOIN_MS = 100;
/** Finding the first sample of a bundle is no skip. */
const SKIP_LEAST_MS = 20;

export class Ear {
  readonly holes: Hole[] = [];
  readonly audio: SilentAudio;
  readonly voice: Voice;
  stuck = 0;
  private now = 0;
  soundedAt = 0;

  constructor() {
    silence();
    this.audio = new SilentAudio((ms) => this.silent(ms), (ms) => this.skipped(ms));
    this.voice = new Voice(this.audio as unknown as HTMLAudioElement, {
      onskip: () => undefined, onblocked: () => undefined, onstuck: () => this.stuck++,
    });
    this.voice.open();
  }

  /** Session ms. */
  get place(): number {
    return this.audio.currentTime * 1000;
  }

  get heardMs(): number {
    return this.audio.heardMs;
  }

  get hasSounded(): boolean {
    return this.soundedAt > 0;
  }

  get timeline(): Voice['timeline'] {
    return this.voice.timeline;
  }

  get buffering(): Voice['buffering'] {
    return this.voice.buffering;
  }

  aheadMs(): number {
    return this.voice.aheadMs();
  }

  push(bundle: VoiceBundle, config: VoiceConfig, now: number): void {
    this.tick(now);
    this.voice.configure(config);
    this.voice.push(bundle, now);
    this.tick(now);
  }

  /** As the page's timer does, and as often as you like. */
  tick(now: number): void {
    this.now = now;
    this.audio.advance(now);
    this.voice.tick(now);
    if (this.heardMs && !this.soundedAt) this.soundedAt = now;
  }

  private silent(ms: number): void {
    if (!this.soundedAt) return;
    const last = this.holes[this.holes.length - 1], from = this.now - ms;
    if (last && last.kind === 'silence' && from - (last.at + last.ms) < JOIN_MS) last.ms = this.now - last.at;
    else this.holes.push({ at: from, ms, kind: 'silence' });
  }

  private skipped(ms: number): void {
    if (ms > SKIP_LEAST_MS) this.holes.push({ at: this.now, ms, kind: 'skip' });
  }
}
