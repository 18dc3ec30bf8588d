// Full screen, by the browser where it can, else by filling the window.

import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon';
import type { Words } from './main';

interface OldElement { webkitRequestFullscreen?: () => void }
interface OldDocument { webkitFullscreenElement?: Element; webkitExitFullscreen?: () => void }

const FILL = 'fill';

/** Wherever the stage does not already fill the screen there is something to gain. */
export function canFullScreen(stage: HTMLElement): boolean {
  return !!stage;
}

export function enterFullScreen(stage: HTMLElement): void {
  const old = stage as unknown as OldElement;
  const fill = (): void => {
    stage.classList.add(FILL);
    stage.dispatchEvent(new Event('fullscreenchange'));
  };
  if (stage.requestFullscreen) stage.requestFullscreen().then(turn, fill);
  else if (old.webkitRequestFullscreen) old.webkitRequestFullscreen();
  else fill();
}

/** A lesson is wider than high; a phone that can turn its screen should. */
function turn(): void {
  const screenOrientation = screen.orientation as ScreenOrientation & { lock?: (to: string) => Promise<void> };
  if (screenOrientation && screenOrientation.lock) screenOrientation.lock('landscape').catch(() => undefined);
}

function leave(stage: HTMLElement): void {
  const old = document as unknown as OldDocument;
  stage.classList.remove(FILL);
  if (document.fullscreenElement) document.exitFullscreen();
  else if (old.webkitFullscreenElement) old.webkitExitFullscreen!();
  stage.dispatchEvent(new Event('fullscreenchange'));
}

function isFull(stage: HTMLElement): boolean {
  const old = document as unknown as OldDocument;
  return !!document.fullscreenElement || !!old.webkitFullscreenElement || stage.classList.contains(FILL);
}

/** What stays visible in full screen: the way out, and the sentence about the link. */
export function FullScreenExit({ words, stage, status }: { words: Words; stage: HTMLElement; status: HTMLElement }) {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const update = (): void => setFull(isFull(stage));
    const names = ['fullscreenchange', 'webkitfullscreenchange'];
    names.forEach((name) => stage.addEventListener(name, update));
    const onkey = (e: KeyboardEvent): void => {
      if (e.key === 'Escape') leave(stage);
    };
    document.addEventListener('keydown', onkey);
    return () => {
      names.forEach((name) => stage.removeEventListener(name, update));
      document.removeEventListener('keydown', onkey);
    };
  }, []);
  if (!full) return null;
  const tone = status.dataset.tone;
  return (
    <>
      {tone !== 'ok' && <p class="status over" data-tone={tone}>{status.textContent}</p>}
      <button class="round over" onClick={() => leave(stage)} aria-label={words.leaveFullScreen} title={words.leaveFullScreen}>
        <Icon name="shrink" />
      </button>
    </>
  );
}
