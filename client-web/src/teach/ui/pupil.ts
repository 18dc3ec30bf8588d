// The ordinary player in the seat of a pupil, to show the teacher what pupils get: at once, or recorded and then played.

import { Ink } from '../../player/ink';
import { Player, type Seat } from '../../player/player';
import { Video } from '../../player/video';
import type { Unit } from '../../protocol';

/** A recording in units as they came, with their times. */
type Tape = { atMs: number; units: Unit[] }[];

export class Pupil extends Player {
  private hasJoined = false;
  private tape: Tape | undefined;
  private timers: number[] = [];

  constructor(audio: HTMLAudioElement, stage: HTMLElement) {
    super({ lesson: '', key: '', mode: 'auto' }, audio, stage);
    this.picture.attach(Video);
    new Ink(this, stage);
  }

  /** Takes this seat, in a tap if it shall sound. */
  sit(seat: Seat): void {
    this.leave();
    this.seat = seat;
    this.picture.reset();
    this.view.rung = undefined;
    if (this.hasJoined) {
      this.voice.forget();
      this.setMode(seat.mode);
      this.link.start();
    } else this.join(seat.mode);
    this.hasJoined = true;
  }

  leave(): void {
    this.timers.splice(0).forEach(clearTimeout);
    this.tape = undefined;
    this.link.stop();
    this.voice.element.pause();
  }

  get isSeated(): boolean {
    return this.link.isOpen && this.view.phase === 'open';
  }

  /** From now on what comes is kept instead of shown: whoever speaks must not hear it. */
  record(): void {
    this.tape = [];
  }

  /** What is on the tape: ms of voice, and whether a picture is. */
  recorded(): { heardMs: number; hasStill: boolean } {
    const units = this.tape?.flatMap((part) => part.units) ?? [], pts = units.filter((u) => u.type === 'voice').map((u) => u.ptsMs);
    const heardMs = pts.length > 1 ? pts[pts.length - 1]! - pts[0]! : 0;
    return { heardMs, hasStill: units.some((u) => u.type === 'still') || this.picture.still.shown > 0 };
  }

  /** Plays the tape in its own time; resolves when it has been heard. */
  replay(): Promise<void> {
    const tape = this.tape ?? [];
    this.leave();
    this.voice.forget();
    const begin = tape[0]?.atMs ?? 0, lastMs = (tape[tape.length - 1]?.atMs ?? 0) - begin;
    for (const { atMs, units } of tape) this.later(atMs - begin, () => super.take(units));
    return new Promise((resolve) => this.later(lastMs + this.voice.buffering.targetMs(performance.now()), resolve));
  }

  private later(ms: number, act: () => void): void {
    this.timers.push(window.setTimeout(act, ms));
  }

  protected override take(units: Unit[]): void {
    if (this.tape) this.tape.push({ atMs: performance.now(), units });
    else super.take(units);
  }
}

