// What a rehearsal showed, in the order in which it should be mended. Pure.

import { type UplinkKey, uplinkOf } from './saying';

export interface Findings {
  /** 0: the measuring came to nothing. */
  uplinkKbps: number;
  /** Of the microphone while it was recorded, as Broadcaster.level() tells it: 0 is -60 dBFS, 1 full scale. None: it did not come to that. */
  levels: readonly number[];
  /** Mean of the pictures, 0..255; undefined: no camera. */
  brightness: number | undefined;
  hasPicture: boolean;
  /** Voice that came back as a pupil gets it. */
  heardMs: number;
  hasStill: boolean;
}

type VerdictKey =
  | 'nothingCame' | 'noUplink' | 'noSound' | 'tooQuiet' | 'tooLoud' | 'tooDark' | 'noStill' | 'slidesOnly' | 'voiceOnly' | 'voiceBreaks' | 'well';

export interface Verdict { key: VerdictKey; tone: 'ok' | 'weak' | 'bad' }

/** Half of what was said, at least. */
const HEARD_MIN_MS = 5000;
/** The server lifts a quiet voice by 20 dB or so; below -54 dBFS there is none, at -39 noise comes up with it; above -6 it is cut off. */
const SILENT = 0.1, QUIET = 0.35, LOUD = 0.9;
/** A face before a bright window. */
const DARK = 50;

/** The loudness of what is loud: pauses between words don't count. */
export function loudness(levels: readonly number[]): number {
  const sorted = [...levels].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length * 0.9)]! : 0;
}

function ofVoice(f: Findings): VerdictKey | undefined {
  const loud = loudness(f.levels);
  if (!f.levels.length) return 'nothingCame';
  if (loud < SILENT) return 'noSound';
  if (f.heardMs < HEARD_MIN_MS) return 'nothingCame';
  return loud < QUIET ? 'tooQuiet' : loud > LOUD ? 'tooLoud' : undefined;
}

function ofPicture(f: Findings): VerdictKey | undefined {
  if (f.brightness !== undefined && f.brightness < DARK) return 'tooDark';
  return f.hasPicture && f.heardMs >= HEARD_MIN_MS && !f.hasStill ? 'noStill' : undefined;
}

const OF_UPLINK: Record<UplinkKey, VerdictKey | undefined> = {
  strong: undefined, fair: 'slidesOnly', thin: 'voiceOnly', none: 'voiceBreaks', unknown: 'noUplink',
};
const BAD: readonly VerdictKey[] = ['nothingCame', 'noUplink', 'noSound', 'voiceBreaks'];

/** Never empty: all well is a verdict, too. */
export function verdictsOf(f: Findings): Verdict[] {
  const keys = [ofVoice(f), ofPicture(f), OF_UPLINK[uplinkOf(f.uplinkKbps)]].filter((key): key is VerdictKey => !!key);
  if (!keys.length) return [{ key: 'well', tone: 'ok' }];
  return keys.map((key) => ({ key, tone: BAD.includes(key) ? 'bad' : 'weak' }));
}
