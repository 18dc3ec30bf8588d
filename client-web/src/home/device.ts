// Which kind of device this is, as far as it says so. Pure.

import type { Device } from './contract';

/** Most say TV somewhere; the others by their makers' names, Fire TVs by that of the model. */
const TV = /tv\b|web0s|bravia|viera|aquos|netcast|crkey/i, FIRE_TV = /\bAFT[A-Z]/;

export const guessDevice = (agent: string): Device => (TV.test(agent) || FIRE_TV.test(agent) ? 'tv' : 'phone');
