// Which sentence tells the pupil what is going on. Pure.

import type { View } from './player';

type StatusKey =
  | 'connecting' | 'away' | 'waiting' | 'reconnecting' | 'ended' | 'muted' | 'starved' | 'skipped' | 'paused'
  | 'weakVoice' | 'weakStill' | 'choiceVoice' | 'choiceStill' | 'sourceVoice' | 'starting' | 'live';

/** 'ok' needs no attention, 'wait' will pass by itself, 'weak' is worse than it should be. */
export type Tone = 'ok' | 'wait' | 'weak' | 'off';

export interface Status { key: StatusKey; tone: Tone }

const say = (key: StatusKey, tone: Tone): Status => ({ key, tone });

export function statusOf(v: View): Status {
  if (v.phase === 'away') return say('away', 'wait');
  if (v.phase !== 'open') return say('connecting', 'wait');
  if (v.state === 'waiting') return say('waiting', 'off');
  if (v.state === 'ended') return say('ended', 'off');
  if (v.isPaused || v.isBlocked) return say('paused', 'off');
  if (v.state === 'reconnecting') return say('reconnecting', 'wait');
  if (v.muted) return say('muted', 'off');
  if (v.isStarved) return say('starved', 'weak');
  if (v.skippedAt) return say('skipped', 'wait');
  return ofRung(v);
}

function ofRung(v: View): Status {
  const rung = v.rung;
  if (!rung) return say('starting', 'wait');
  if (rung.picture === 'none') {
    if (v.mode === 'voice' || rung.why === 'choice' || rung.why === 'limit') return say('choiceVoice', 'ok');
    if (rung.why === 'source' || rung.why === 'start') return say('sourceVoice', 'ok');
    return rung.why === 'hidden' ? say('live', 'ok') : say('weakVoice', 'weak');
  }
  if (rung.picture === 'still') {
    if (v.mode === 'save' || rung.why === 'choice') return say('choiceStill', 'ok');
    if (rung.why === 'weak' || rung.why === 'good') return say('weakStill', 'weak');
  }
  return say('live', 'ok');
}
