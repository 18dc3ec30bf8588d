// What the device offers around a page that plays: the lock screen's title, a screen that stays on.

import type { Player } from '../player/player';
import { wordsOf, type Room } from './main';

export function nameSession(room: Room): void {
  const session = navigator.mediaSession;
  if (!session || !window.MediaMetadata) return;
  const name = (): void => {
    const title = room.player.view.title, artist = wordsOf(room.language).brand;
    if (session.metadata && session.metadata.title === title && session.metadata.artist === artist) return;
    session.metadata = new MediaMetadata({ title, artist });
  };
  name();
  room.player.onchange(name);
  session.setActionHandler('play', () => room.player.again());
  session.setActionHandler('pause', () => room.player.voice.element.pause());
}

/** The screen stays on while there is something to see. Absent on plain http. */
export function keepAwake(player: Player): void {
  const wakeLock = navigator.wakeLock as WakeLock | undefined;
  if (!wakeLock) return;
  let lock: WakeLockSentinel | undefined;
  let isAsking = false;
  const update = async (): Promise<void> => {
    const wants = !document.hidden && player.view.state === 'live' && !player.view.isPaused && player.view.mode !== 'voice';
    if (!wants) {
      if (lock) lock.release();
      lock = undefined;
    } else if ((!lock || lock.released) && !isAsking) {
      isAsking = true;
      lock = await wakeLock.request('screen').catch(() => undefined);
      isAsking = false;
    }
  };
  document.addEventListener('visibilitychange', update);
  player.onchange(update);
  update();
}
