// Waiting for what a test is about.

import assert from 'node:assert/strict';

const PATIENCE_MS = 20000, LOOK_MS = 50;

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The first true value of `condition`, which may be a promise; a failure if there is none for so long. */
export async function until(what, condition, ms = PATIENCE_MS) {
  for (const end = Date.now() + ms; ; await wait(LOOK_MS)) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) assert.fail('never: ' + what);
  }
}
