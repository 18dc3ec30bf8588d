// The part for what the device offers around a page that plays: the lock screen's title, a screen that
// stays on; and a window for support staff.

import { describe } from '../diagnostics';
import type { Player } from '../player/player';
import type { Draw, Room } from './room';

export function mount({ player, meter }: Room): Draw {
  describe(player, meter);
  keepAwake(player);
  return nameSession(player);
}

function nameSession(player: Player): Draw {
  const session = navigator.mediaSession;
  if (!session || !window.MediaMetadata) return () => undefined;
  session.setActionHandler('play', () => player.again());
  session.setActionHandler('pause', () => player.voice.element.pause());
  return ({ brand }) => {
    const { title } = player.view, old = session.metadata;
    if (!old || old.title !== title || old.artist !== brand) session.metadata = new MediaMetadata({ title, artist: brand });
  };
}

/** The screen stays on while there is something to see. Absent on plain http. */
function keepAwake(player: Player): void {
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
