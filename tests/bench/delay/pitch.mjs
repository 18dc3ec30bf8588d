// Beeps follow one another in these pitches, Hz: which one is heard is known by its own.

export const PITCHES = [500, 700, 900, 1100, 1300, 1500];
export const pitchOf = (n) => PITCHES[n % PITCHES.length];

/** Puts `window.Ear` into a page, before its own scripts. */
export function installEar(pitches) {
  const LOUD = 0.08, QUIET_MS = 400, LOOK_MS = 60;

  /** Finds beeps in sound that comes in pieces. */
  window.Ear = class {
    wasLoud = -1e9;

    /** `onbeep({ at, pitch, note })`: when its first sample was, and what was noted with the piece. */
    constructor(onbeep) {
      this.onbeep = onbeep;
    }

    /** `end`: when the last sample was, ms. */
    hear(samples, rate, end, note) {
      this.look(samples, rate);
      const first = samples.findIndex((v) => Math.abs(v) > LOUD);
      if (first < 0) return;
      const at = end - (samples.length - first) / rate * 1000;
      if (at - this.wasLoud > QUIET_MS) this.beep = { at, note, crossings: 0, last: 0, ms: 0 };
      this.wasLoud = at;
    }

    look(samples, rate) {
      if (!this.beep) return;
      for (const sample of samples) {
        if (sample * this.beep.last < 0) this.beep.crossings++;
        this.beep.last = sample;
      }
      this.beep.ms += samples.length / rate * 1000;
      if (this.beep.ms < LOOK_MS) return;
      const { at, note, crossings, ms } = this.beep, hz = crossings * 500 / ms;
      const pitch = pitches.reduce((best, p) => (Math.abs(p - hz) < Math.abs(best - hz) ? p : best));
      this.beep = undefined;
      this.onbeep({ at, note, pitch });
    }
  };
}
