// window.airclass: what the player knows about itself, read-only; for support staff and for tests.

import type { Meter } from './player/meter';
import type { Player } from './player/player';

/** What a request and opening its share of connections cost; the WebSocket's counts as two. */
const REQUEST = 600;
/** Headers and acknowledgements of the packets that an answer takes. */
const PACKETS = 1 + 78 / 1400;

/** Bytes of the page itself on the wire: the document and the parts. */
export function pageBytes(): number {
  const entries = ([] as PerformanceEntry[]).concat(
    performance.getEntriesByType('navigation'), performance.getEntriesByType('resource'));
  return (entries as PerformanceResourceTiming[])
    .filter((e) => e.transferSize && !/^(data|blob):/.test(e.name)) // 0: from the cache
    .reduce((sum, e) => sum + e.transferSize * PACKETS + REQUEST, 2 * REQUEST);
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
    framesShown: () => player.picture.framesShown,
    stillsShown: () => player.picture.stillsShown,
    bytes: () => meter.total + pageBytes(),
    kbps: () => meter.kbps(performance.now()),
  };
  const hooks = {};
  for (const name of Object.keys(read)) Object.defineProperty(hooks, name, { get: read[name]!, enumerable: true });
  Object.defineProperty(window, 'airclass', { value: Object.freeze(hooks) });
}
