// Which sentence tells the teacher what is going on, and what stands in the way of the lesson. Pure.

import type { Trouble, Uplink, View } from '../contract';

type SayingKey =
  | 'connecting' | 'lookAway' | 'ready' | 'otherLive' | 'rtmpLive' | 'waitsForYou' | 'ended'
  | 'resting' | 'rehearsing' | 'goingOn' | 'away' | 'stalled' | 'off' | 'muted' | 'deaf' | 'voiceChosen' | 'weakVoice' | 'weakStills' | 'good';

/** 'ok' needs no attention, 'wait' will pass by itself, 'weak' is worse than it should be, 'bad': pupils hear nothing. */
export type Tone = 'ok' | 'wait' | 'weak' | 'bad' | 'off';

/** `n` goes where the sentence has a '*'. */
interface Saying { key: SayingKey; tone: Tone; n?: number }

/** Pupils' players bridge less than this. */
const STALLED_MS = 3000;

const say = (key: SayingKey, tone: Tone): Saying => ({ key, tone });
/** In steps of five: whoever has it read aloud hears more than numbers. */
const seconds = (ms: number): number => (ms < 5000 ? Math.max(1, Math.floor(ms / 1000)) : Math.floor(ms / 5000) * 5);

/** `awayMs`: how long the connection has been away; 0: it is there. */
export function sayingOf(v: View, awayMs: number): Saying {
  return v.isTeaching ? whileTeaching(v, awayMs) : whileLooking(v);
}

const isResting = ({ status }: View): boolean => !!status && status.breakMs > 0;

function whileTeaching(v: View, awayMs: number): Saying {
  const silentMs = awayMs + v.uplink.unackedMs;
  if (v.isRehearsing) return say('rehearsing', 'wait'); // whatever is wrong, the rehearsal tells
  if (v.phase === 'connecting') return say('goingOn', 'wait');
  if (v.phase === 'away') return { key: 'away', tone: 'bad', n: seconds(silentMs) };
  if (v.phase !== 'open') return say('off', 'bad');
  if (silentMs > STALLED_MS) return { key: 'stalled', tone: 'bad', n: seconds(silentMs) };
  if (isResting(v)) return say('resting', 'off');
  if (v.isMuted) return say('muted', 'bad');
  if (v.troubles.some((t) => t.what === 'microphone')) return say('deaf', 'bad');
  if (!v.source) return say('voiceChosen', 'ok');
  if (v.uplink.mode === 'voice') return say('weakVoice', 'weak');
  return v.uplink.mode === 'stills' ? say('weakStills', 'weak') : say('good', 'ok');
}

function whileLooking(v: View): Saying {
  if (v.phase === 'away') return say('lookAway', 'wait');
  if (v.phase === 'failed') return say('off', 'off');
  if (!v.status) return say('connecting', 'wait');
  const { state, source } = v.status;
  if (v.canContinue) return say('waitsForYou', 'wait');
  if (state === 'live' && source.kind === 'rtmp') return isResting(v) ? say('resting', 'off') : say('rtmpLive', 'ok');
  if (state === 'live') return say('otherLive', 'wait');
  if (state === 'ended') return say('ended', 'off');
  return say(state === 'reconnecting' ? 'waitsForYou' : 'ready', 'off');
}

/** What the page is for now: before the lesson, on air from here, on air from a streaming app. */
export type Scene = 'prepare' | 'air' | 'rtmp';

export function sceneOf(v: View): Scene {
  if (v.isTeaching && !v.isRehearsing) return 'air';
  return v.status?.state === 'live' && v.status.source.kind === 'rtmp' ? 'rtmp' : 'prepare';
}

/** The lesson is on without this page: taught by a streaming app, or by nobody at the moment. */
export const isOnElsewhere = ({ status }: View): boolean => status?.state === 'reconnecting' || status?.state === 'live' && status.source.kind === 'rtmp';

/** What lies over the page until it is answered; '': nothing. */
export type SheetKey = '' | 'old' | 'insecure' | 'key' | 'account' | 'down' | 'busy' | 'taken' | 'continue';

export function sheetOf(v: View): SheetKey {
  if (v.phase === 'failed') return v.failure === 'incapable' ? 'old' : v.failure || 'down';
  if (v.phase === 'busy' || v.phase === 'taken') return v.phase;
  return v.canContinue && !v.isTeaching ? 'continue' : '';
}

/** What goes up, as a teacher asks: enough for which of the three? */
export type UplinkKey = 'unknown' | 'strong' | 'fair' | 'thin' | 'none';

/** Moving pictures want 150 kbit/s beside the voice, sharp slides 48; the voice alone needs 24 with its headers. */
const VIDEO_KBPS = 150, STILLS_KBPS = 48, VOICE_KBPS = 24;

export function uplinkOf(capacityKbps: number): UplinkKey {
  if (!capacityKbps) return 'unknown';
  if (capacityKbps >= VIDEO_KBPS) return 'strong';
  if (capacityKbps >= STILLS_KBPS) return 'fair';
  return capacityKbps >= VOICE_KBPS ? 'thin' : 'none';
}

/** Below this the look at what pupils get would cost the lesson something: off until it is asked for. */
const SPARE_KBPS = 400;
export const canSpareLook = (u: Uplink): boolean => u.mode === 'video' && u.capacityKbps >= SPARE_KBPS;

/** Whoever looks at what pupils get is no pupil. */
export const pupilsBut = (pupils: number, ownSeats: number): number => Math.max(0, pupils - ownSeats);

/** The words for a trouble, the most exact that there are: "camera.used", else "used". */
export function troubleWords(t: Trouble, words: Record<string, string>): string {
  return words[t.what + '_' + t.why] || words[t.why]!;
}

/** What else could be shown, or done, about it. */
type Remedy = 'again' | 'board' | 'none';

export function remedyOf(t: Trouble): Remedy {
  if (t.what === 'microphone' || t.why === 'stopped' || t.why === 'lost' || t.why === 'used' || t.why === 'denied') return 'again';
  return t.what === 'board' ? 'none' : 'board';
}
