// window.airclass: what the player knows about itself, read-only; for support staff and for tests.

import { type Meter, pageBytes } from './player/meter';
import type { Player } from './player/player';

/** Everything on the wire, page included. */
export function wireBytes(meter: Meter): number {
  const entries = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'));
  return meter.total + pageBytes(entries as PerformanceResourceTiming[]);
}

export function describe(player: Player, meter: Meter): void {
  const { view, voice } = player;
  const read: Record<string, () => unknown> = {
    phase: () => view.phase,
    state: () => view.state,
    rung: () => (view.rung ? view.rung.rung : ''),
    why: () => (view.rung ? view.rung.why : ''),
    picture: () => player.picture.kind,
    voiceBufferedMs: () => Math.round(voice.aheadMs()),
    voiceEndPts: () => Math.round(voice.timeline.endMs),
    voiceClockMs: () => Math.round(voice.clockMs()),
    voiceStalls: () => voice.stalls,
    targetMs: () => Math.round(voice.buffering.targetMs(performance.now())),
    lateMs: () => Math.round(voice.buffering.worstMs),
    playbackRate: () => voice.element.playbackRate,
    framesShown: () => (player.picture.video ? player.picture.video.framesShown : 0),
    stillsShown: () => player.picture.still.shown,
    bytes: () => wireBytes(meter),
    kbps: () => meter.kbps(performance.now()),
  };
  const hooks = {};
  for (const name of Object.keys(read)) Object.defineProperty(hooks, name, { get: read[name]!, enumerable: true });
  Object.defineProperty(window, 'airclass', { value: Object.freeze(hooks) });
}
