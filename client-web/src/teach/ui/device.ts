// What the device should do for a lesson: stay awake, not lose the page by mistake, keep a text for pasting.

import { make } from '../../ui/dom';
import { find } from './desk';

const COPIED_MS = 2000;
const LOOK_MS = 2000;

/** A screen that sleeps takes the camera of a phone with it. */
export function keepAwake(isWanted: () => boolean): void {
  const wakeLock = navigator.wakeLock as WakeLock | undefined;
  let lock: WakeLockSentinel | undefined;
  if (!wakeLock) return;
  window.setInterval(async () => {
    const wants = isWanted() && !document.hidden;
    if (wants && (!lock || lock.released)) lock = await wakeLock.request('screen').catch(() => undefined);
    else if (!wants && lock && !lock.released) await lock.release();
  }, LOOK_MS);
}

/** The browser asks in its own words. */
export function warnOfLeaving(isWanted: () => boolean): void {
  window.addEventListener('beforeunload', (e) => {
    if (!isWanted()) return;
    e.preventDefault();
    e.returnValue = '';
  });
}

/** Buttons that name the field they copy in data-copy. */
export function watchCopies(words: () => { copy: string; copied: string }): void {
  document.querySelectorAll<HTMLButtonElement>('[data-copy]').forEach((button) => {
    button.onclick = async () => {
      if (!(await copy(find<HTMLInputElement>(button.dataset.copy!).value))) return;
      button.textContent = words().copied;
      setTimeout(() => (button.textContent = words().copy), COPIED_MS);
    };
  });
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (e) {
    const field = make('textarea', { value: text, readOnly: true });
    document.body.append(field);
    field.select();
    const isDone = document.execCommand('copy');
    field.remove();
    return isDone;
  }
}
