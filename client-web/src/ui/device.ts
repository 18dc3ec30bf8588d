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
  const artwork = [{ src: drawSign(), sizes: '256x256', type: 'image/png' }];
  return ({ brand }) => {
    const { title } = player.view, old = session.metadata;
    if (!old || old.title !== title || old.artist !== brand) session.metadata = new MediaMetadata({ title, artist: brand, artwork });
  };
}

/** The sign of the page's head, as a picture of its own. */
function drawSign(): string {
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d')!;
  canvas.width = canvas.height = 256;
  pen.fillStyle = '#0f151b';
  pen.fillRect(0, 0, 256, 256);
  pen.setTransform(8, 0, 0, 8, 32, 32);
  pen.strokeStyle = '#fff';
  pen.lineWidth = 1.6;
  pen.lineCap = 'round';
  pen.stroke(new Path2D(document.querySelector('.head path')!.getAttribute('d')!));
  return canvas.toDataURL();
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
      if (lock) update(); // it may not be wanted any more
    }
  };
  document.addEventListener('visibilitychange', update);
  player.onchange(update);
  update();
}
