// Mute, volume, full screen.

import type { Words } from './controls';
import { icon, make, name, roundButton } from './dom';
import { enterFullScreen } from './fullscreen';
import type { Room } from './room';

/** iPhones leave the volume to their buttons: setting it has no effect there. */
function hasVolume(): boolean {
  const probe = make('audio', { volume: 0.5 });
  return probe.volume === 0.5;
}

export function soundBar({ player, stage, controls }: Room): (words: Words) => void {
  const audio = player.voice.element;
  const isSilent = (): boolean => audio.muted || audio.volume === 0;
  const mute = roundButton('sound', () => {
    const wasSilent = isSilent();
    if (audio.volume === 0) audio.volume = 1;
    audio.muted = !wasSilent;
  });
  const volume = make('input', { type: 'range', max: '100', className: 'slide' });
  volume.oninput = () => {
    audio.volume = Number(volume.value) / 100;
    audio.muted = false;
  };
  const full = roundButton('grow', () => enterFullScreen(stage));
  const bar = make('div', { className: 'bar' }, mute, hasVolume() ? volume : make('span', { className: 'slide' }), full);
  bar.setAttribute('role', 'group');
  controls.prepend(bar);

  let words: Words;
  const draw = (): void => {
    name(bar, words.controls);
    name(volume, words.volume);
    name(full, words.fullScreen);
    const label = isSilent() ? words.unmute : words.mute;
    if (mute.title !== label) mute.innerHTML = icon(isSilent() ? 'silent' : 'sound');
    name(mute, label);
    mute.setAttribute('aria-pressed', String(isSilent()));
    volume.value = String(audio.muted ? 0 : Math.round(audio.volume * 100));
  };
  audio.addEventListener('volumechange', draw);
  return (given) => {
    words = given;
    draw();
  };
}
