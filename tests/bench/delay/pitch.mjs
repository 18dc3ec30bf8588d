// Beeps follow one another in these pitches, Hz: which one is heard is known by its own.

export const PITCHES = [500, 700, 900, 1100, 1300, 1500];
export const pitchOf = (n) => PITCHES[n % PITCHES.length];
