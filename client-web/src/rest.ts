// The part behind the first sound and the first slide: the rest of the page, a part at a time.

import { Meter } from './player/meter';
import type { Player } from './player/player';
import { mount as mountData } from './ui/data';
import { make } from './ui/dom';
import type { Mount, Page } from './ui/room';

const LOOK_MS = 100;
/** For so many times what a part took the link is left to the lesson: hardly at all on a good one. */
const REST = 2;

type Load = () => Promise<unknown>;

export function begin(page: Page): void {
  const { player, draws, loadPart, loadStyle } = page, { picture, news } = player;
  const room = Object.assign(page, { meter: new Meter(location.protocol === 'https:'), notes: make('div', { className: 'notes' }) });
  page.status.parentNode!.appendChild(room.notes);
  draws.push(() => player.traffic.splice(0).forEach((message) => room.meter.message(...message)));

  const place = (mount: Mount): number => draws.push(mount(room));
  const placing = (name: 'controls' | 'device' | 'break' | 'news'): Load => () => loadStyle().then(() => loadPart(name)).then((part) => place(part.mount));
  const loadVideo = async (): Promise<void> => picture.attach((await loadPart('video')).Video);
  const loadInk = async (): Promise<unknown> => new (await loadPart('ink')).Ink(player, page.stage);
  /** Loaded for what has come, and before the rest. */
  const asked: [isAsked: () => boolean, load: Load][] = [
    [() => !!news.break, placing('break')],
    [() => picture.inks.length > 0, loadInk],
    [() => picture.lacksVideo, loadVideo],
    [() => !!(news.day || news.timetable), placing('news')],
  ];
  const rest: Load[] = [() => loadStyle().then(() => place(mountData)), placing('controls'), placing('device')];
  let isLoading = false, freeAt = 0;
  const look = async (): Promise<void> => {
    const begunAt = performance.now(), wish = asked.filter(([isAsked]) => isAsked())[0], part = begunAt < freeAt ? undefined : rest[0];
    const load = wish ? wish[1] : part;
    if (isLoading || !load || !canSpare(player, begunAt)) return;
    isLoading = true;
    await load();
    isLoading = false;
    const endedAt = performance.now();
    freeAt = endedAt + REST * Math.max(0, endedAt - begunAt - rttMs());
    if (wish) asked.splice(asked.indexOf(wish), 1);
    else rest.shift();
  };
  setInterval(look, LOOK_MS);
}

/** A part that is only far away takes nothing from the lesson. */
function rttMs(): number {
  const page = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined;
  return page ? page.connectEnd - page.connectStart : 0;
}

/** The link: behind a part of 2 kB the voice waits for half a second on 32 kbit/s. In a break it has nothing to carry. */
function canSpare({ view, voice, news, hasVoice }: Player, now: number): boolean {
  const isCalm = voice.aheadMs() > 0.7 * voice.buffering.targetMs(now);
  return isCalm || !voice.hasSounded || view.state !== 'live' || !!news.break && !hasVoice;
}
