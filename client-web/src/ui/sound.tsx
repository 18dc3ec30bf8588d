// Mute, volume, full screen.

import { useEffect, useReducer } from 'preact/hooks';
import { canFullScreen, enterFullScreen } from './fullscreen';
import { Icon } from './icon';
import type { Words } from './main';

interface Props { words: Words; audio: HTMLAudioElement; stage: HTMLElement }

/** iPhones leave the volume to their buttons: setting it has no effect there. */
const hasVolume = (() => {
  const probe = document.createElement('audio');
  probe.volume = 0.5;
  return probe.volume === 0.5;
})();

export function Sound({ words, audio, stage }: Props) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const update = (): void => redraw(undefined);
    audio.addEventListener('volumechange', update);
    return () => audio.removeEventListener('volumechange', update);
  }, []);
  const isSilent = audio.muted || audio.volume === 0;
  const setVolume = (e: Event): void => {
    audio.volume = Number((e.currentTarget as HTMLInputElement).value) / 100;
    audio.muted = false;
  };
  const toggle = (): void => {
    if (audio.volume === 0) audio.volume = 1;
    audio.muted = !isSilent;
  };
  return (
    <div class="bar" role="group" aria-label={words.controls}>
      <button class="round" onClick={toggle} aria-pressed={isSilent} aria-label={isSilent ? words.unmute : words.mute}
        title={isSilent ? words.unmute : words.mute}>
        <Icon name={isSilent ? 'silent' : 'sound'} />
      </button>
      {hasVolume
        ? <input class="slide" type="range" min="0" max="100" aria-label={words.volume}
          value={audio.muted ? 0 : Math.round(audio.volume * 100)} onInput={setVolume} />
        : <span class="slide" />}
      {canFullScreen(stage) && (
        <button class="round" onClick={() => enterFullScreen(stage)} aria-label={words.fullScreen} title={words.fullScreen}>
          <Icon name="grow" />
        </button>
      )}
    </div>
  );
}
