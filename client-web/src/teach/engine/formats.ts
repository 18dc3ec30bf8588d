// What pictures look like at a rate: size, frames, codec. Pure tables.

import type { SourceKind, UplinkMode } from '../contract';
import { Coding } from './wire';

export interface Format { fromBps: number; width: number; height: number; fps: number; mostBps: number }

/** On a weak link faces get smaller, then slower; text stays sharp and gets slower. */
const CAMERA: readonly Format[] = [
  { fromBps: 0, width: 320, height: 180, fps: 8, mostBps: 90e3 },
  { fromBps: 70e3, width: 320, height: 180, fps: 12, mostBps: 140e3 },
  { fromBps: 120e3, width: 480, height: 270, fps: 15, mostBps: 250e3 },
  { fromBps: 210e3, width: 640, height: 360, fps: 15, mostBps: 700e3 },
];
const SLIDES: readonly Format[] = [
  { fromBps: 0, width: 1280, height: 720, fps: 2, mostBps: 150e3 },
  { fromBps: 120e3, width: 1280, height: 720, fps: 5, mostBps: 400e3 },
  { fromBps: 350e3, width: 1280, height: 720, fps: 8, mostBps: 900e3 },
];
/** A single picture is coded as if there were so little, at a constant rate: dense text has 38 kB so, and 45 at twice or ten times as much, or at a variable one. */
const STILL_BPS = 12e3, STILL_FPS = 2;
/**
 * As large as pupils get stills: a dense page of 1280 x 720 has 55 kB as a keyframe, 20 s on a link of 48 kbit/s; of 960 x 540 38 kB, 14 s. Where
 * less than SMALL_BELOW_BPS is left for it a page comes small first, readable, in 20 kB, and then as large, if it stays.
 */
const STILL_PAGE = { width: 960, height: 540 }, STILL_SMALL = { width: 640, height: 360 };
const SMALL_BELOW_BPS = 45e3;
/** A format is taken again when there is so much more than it needs. */
const AGAIN = 1.12;

export const isSlides = (kind: SourceKind): boolean => kind !== 'camera';

export interface Wish { mode: UplinkMode; videoBps: number }
/** Whether a page comes small: no; at first; and nothing else, as long as nothing is known of the line. */
export type Small = 'no' | 'first' | 'only';
export interface Setting { width: number; height: number; fps: number; bps: number; isStill?: boolean }

/** The format's place in its table, given the one before. */
export function place(kind: SourceKind, bps: number, before: number): number {
  const table = isSlides(kind) ? SLIDES : CAMERA;
  let at = Math.min(before, table.length - 1);
  while (at > 0 && bps < table[at]!.fromBps) at--;
  while (at + 1 < table.length && bps >= table[at + 1]!.fromBps * AGAIN) at++;
  return at;
}

export function smallOf(kind: SourceKind, { mode, videoBps }: Wish, isUntried: boolean): Small {
  if (!isSlides(kind)) return 'no';
  return isUntried ? 'only' : mode === 'stills' && videoBps < SMALL_BELOW_BPS ? 'first' : 'no';
}

export function setting(kind: SourceKind, { mode, videoBps }: Wish, at: number, isSmall = false): Setting {
  const table = isSlides(kind) ? SLIDES : CAMERA;
  if (mode === 'video') return { ...sized(table[at]!), bps: Math.min(videoBps, table[at]!.mostBps) };
  return { ...(isSmall ? STILL_SMALL : isSlides(kind) ? STILL_PAGE : sized(CAMERA[2]!)), fps: STILL_FPS, bps: STILL_BPS, isStill: true };
}

const sized = ({ width, height, fps }: Format): { width: number; height: number; fps: number } => ({ width, height, fps });

/** As large as it is, within the setting, in its own shape; even, as encoders want it. */
export function fit(width: number, height: number, most: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, most.width / width, most.height / height), even = (n: number): number => Math.max(16, Math.round(n * scale / 2) * 2);
  return { width: even(width), height: even(height) };
}

export interface Candidate { coding: Coding; codec: string; wants: 'hardware' | 'any' }
const H264: Candidate = { coding: Coding.H264, codec: 'avc1.42E01F', wants: 'hardware' };
const VP8: Candidate = { coding: Coding.Vp8, codec: 'vp8', wants: 'any' };
const AV1: Candidate = { coding: Coding.Av1, codec: 'av01.0.05M.08', wants: 'any' };

/**
 * In this order. H.264 only where the device has a chip for it: Chromium's own (openh264) does not go below 170 kbit/s on moving pictures.
 * AV1 for screens: text in the fewest bytes, at 8 % of a core. Firefox takes 2.7 s for H.264 and five times the CPU for AV1: VP8.
 */
export function candidates(kind: SourceKind, isFirefox: boolean): readonly Candidate[] {
  if (isFirefox) return [VP8];
  return isSlides(kind) ? [AV1, VP8] : [H264, VP8];
}
