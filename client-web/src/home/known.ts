// Who has entered on this device, as far as the device knows: who has not is asked nothing of the server.

import { recall, remember } from '../i18n/language';
import type { Me } from '../kit/me';

const KEY = 'airclass.known';

/** 'out': a pupil had entered, and the server knows the device no more. */
export type Known = Me['kind'] | 'out' | '';

export const setKnown = (known: Known): void => remember(KEY, known);

export function known(): Known {
  const value = recall(KEY) || '';
  return /^(pupil|guest|staff|out)$/.test(value) ? value as Known : '';
}

export const isKnown = (): boolean => /^(pupil|guest|staff)$/.test(known());

/** The server knows nobody here. Pupils don't sign out by themselves: their place was taken, or their code changed. */
export const forget = (): void => setKnown(/^(pupil|out)$/.test(known()) ? 'out' : '');
