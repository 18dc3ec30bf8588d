// The part behind the first sound and the first slide: the rest of the page, a part at a time.

import { Meter } from './player/meter';
import type { Player } from './player/player';
import { mount as mountData } from './ui/data';
import type { Mount, Page } from './ui/room';

const LOOK_MS = 100;
/** For so many times what a part took the link is left to the lesson: hardly at all on a good one. */
const REST = 2;

export function begin(page: Page): void {
  const { player, draws, loadPart, loadStyle } = page, { picture } = player;
  const room = Object.assign(page, { meter: new Meter(location.protocol === 'https:') });
  draws.push(() => player.traffic.splice(0).forEach((message) => room.meter.message(...message)));

  const place = (mount: Mount): number => draws.push(mount(room));
  const loadVideo = async (): Promise<void> => picture.attach((await loadPart('video')).Video);
  const loadInk = async (): Promise<unknown> => new (await loadPart('ink')).Ink(player, page.stage);
  const rest: (() => Promise<unknown>)[] = [
    () => loadStyle().then(() => place(mountData)),
    () => loadPart('controls').then((part) => place(part.mount)),
    () => loadPart('device').then((part) => place(part.mount)),
  ];
  let isLoading = false, freeAt = 0;
  const look = async (): Promise<void> => {
    const begunAt = performance.now(), part = begunAt < freeAt ? undefined : rest[0];
    const load = picture.inks.length ? loadInk : picture.lacksVideo ? loadVideo : part;
    if (isLoading || !load || !canSpare(player, begunAt)) return;
    isLoading = true;
    await load();
    isLoading = false;
    const endedAt = performance.now();
    freeAt = endedAt + REST * Math.max(0, endedAt - begunAt - rttMs());
    if (load === part) rest.shift();
  };
  setInterval(look, LOOK_MS);
}

/** A part that is only far away takes nothing from the lesson. */
function rttMs(): number {
  const page = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined;
  return page ? page.connectEnd - page.connectStart : 0;
}

/** The link: behind a part of 2 kB the voice waits for half a second on 32 kbit/s. */
function canSpare({ view, voice }: Player, now: number): boolean {
  const isCalm = voice.aheadMs() > 0.7 * voice.buffering.targetMs(now);
  return isCalm || !voice.hasSounded || view.state !== 'live';
}
