// What a lesson costs in MB of 1,000,000 bytes. Pure; a test holds the rates against the ladder.

/** On the wire, both ways, kbit/s: voice with stills; the lowest and the highest that the server chooses by itself. */
const KBPS = { save: 15.5, least: 12.5, most: 381.5 };

const megabytes = (kbps: number, minutes: number): string => String(Math.max(1, Math.round(kbps * minutes * 60 / 8000)));

export const saveMb = (minutes: number): string => megabytes(KBPS.save, minutes);
export const autoMb = (minutes: number): string => megabytes(KBPS.least, minutes) + '–' + megabytes(KBPS.most, minutes);
