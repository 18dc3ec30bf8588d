// What the microphone's level means. Pure.

/** How often it is looked at, and how many looks are kept: nobody who teaches is silent for 15 s often. */
export const LEVEL_MS = 100;
export const LEVELS_KEPT = 150;

/** -54 dBFS: a microphone that is open and hears a quiet room; -33: somebody speaks. */
const SOUND = 0.1, SPEECH = 0.45;
const SPEAKING_SAMPLES = 15;

export type LevelKey = 'levelHint' | 'levelLow' | 'levelLive' | 'speaking' | '';

/** `levels`: the latest last. */
export function levelHint(levels: readonly number[], isTeaching: boolean, isMuted: boolean): LevelKey {
  const latest = levels.slice(-SPEAKING_SAMPLES), loud = latest.filter((level) => level > SPEECH).length;
  if (isMuted) return loud > SPEAKING_SAMPLES / 2 ? 'speaking' : '';
  const isHeard = levels.some((level) => level > SOUND);
  if (isTeaching) return !isHeard && levels.length >= LEVELS_KEPT ? 'levelLow' : '';
  return isHeard ? 'levelLive' : 'levelHint';
}
