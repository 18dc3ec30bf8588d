// What to do for the eyes in a break: for each step a drawing that moves by itself, some bytes and no file. Pure.

type Exercise = 'far' | 'blink' | 'roll' | 'shut' | 'stretch';

/** In this order, over and over: away from the screen first. */
export const EXERCISES: readonly Exercise[] = ['far', 'blink', 'roll', 'shut', 'stretch'];

const STEP_MS = 30000;

/** What is done so long after the beginning. */
export const exerciseAt = (ms: number): Exercise => EXERCISES[Math.floor(Math.max(0, ms) / STEP_MS) % EXERCISES.length]!;

const OPEN = 'M8 32Q32 8 56 32Q32 56 8 32z', SHUT = 'M8 32Q32 54 56 32Q32 56 8 32z';
const BODY = 'M32 22v18l-9 16M32 40l9 16', DOWN = BODY + 'M32 28l-14 12M32 28l14 12', UP = BODY + 'M32 28l-14-18M32 28l14-18';

const moving = (what: string, seconds: number, ...values: (string | number)[]): string =>
  `<animate attributeName="${what}" values="${values.join(';')}" dur="${seconds}s" repeatCount="indefinite"/>`;

const BLINK = moving('d', 3, OPEN, OPEN, SHUT, OPEN, OPEN), VANISH = moving('opacity', 3, 1, 1, 0, 1, 1);

/** On a grid of 64 x 64. */
const DRAWINGS: Record<Exercise, string> = {
  far: `<path d="M4 50l17-21 10 12 8-10 21 19z"/><circle cx="47" cy="17" r="5">${moving('r', 5, 4, 7, 4)}</circle>`,
  blink: `<path d="${OPEN}">${BLINK}</path><circle cx="32" cy="32" r="9">${VANISH}</circle>`,
  roll: `<path d="${OPEN}"/><circle cx="32" cy="32" r="8"><animateMotion path="M0-5a9 5 0 1 1-.1 0z" dur="6s" repeatCount="indefinite"/></circle>`,
  shut: `<path d="M8 32Q32 56 56 32M15 40l-4 5M32 45v7M49 40l4 5">${moving('opacity', 6, 1, 0.4, 1)}</path>`,
  stretch: `<circle cx="32" cy="15" r="6"/><path d="${DOWN}">${moving('d', 5, DOWN, UP, UP, DOWN)}</path>`,
};

/** Who wants no motion sees the same at rest. */
export const drawingOf = (which: Exercise, isStill: boolean): string => (isStill ? DRAWINGS[which].replace(/<animate[^>]*>/g, '') : DRAWINGS[which]);
