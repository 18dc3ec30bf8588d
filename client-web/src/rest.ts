// The part behind the first sound and the first slide: the rest of the page, a part at a time.

import { Meter } from './player/meter';
import type { Player } from './player/player';
import { mount as mountData } from './ui/data';
import type { Mount, Page } from './ui/room';

const LOOK_MS = 100;
/** What a part took, so many times, is left to the lesson before the next: nothing on a good link. */
const REST = 3;

export function begin(page: Page): void {
  const { player, draws, loadPart, loadStyle } = page, { picture } = player;
  const room = Object.assign(page, { meter: new Meter(location.protocol === 'https:') });
  draws.push(() => player.traffic.splice(0).forEach((message) => room.meter.message(...message)));

  const place = (mount: Mount): number => draws.push(mount(room));
  const loadVideo = async (): Promise<void> => picture.attach((await loadPart('video')).Video);
  const rest: (() => Promise<unknown>)[] = [
    () => loadStyle().then(() => place(mountData)),
    () => loadPart('controls').then((part) => place(part.mount)),
    () => loadPart('device').then((part) => place(part.mount)),
  ];
  let freeAt = 0;
  const look = async (): Promise<void> => {
    const next = picture.lacksVideo ? loadVideo : rest[0], begunAt = performance.now();
    if (!next || begunAt < freeAt || !canSpare(player, begunAt)) return;
    freeAt = Infinity;
    await next();
    if (next === rest[0]) rest.shift();
    const endedAt = performance.now();
    freeAt = endedAt + REST * (endedAt - begunAt);
  };
  setInterval(look, LOOK_MS);
}

/** The link: behind a part of 2 kB the voice waits for half a second on 32 kbit/s. */
function canSpare({ view, voice }: Player, now: number): boolean {
  const isCalm = voice.aheadMs() > 0.7 * voice.buffering.targetMs(now);
  return isCalm || !voice.hasSounded || view.state !== 'live';
}
