// Full screen, by the browser where it can, else by filling the window.

import type { Words } from './controls';
import { make, name, roundButton, say } from './dom';
import type { Room } from './room';

interface OldElement { webkitRequestFullscreen?: () => void }
interface OldDocument { webkitFullscreenElement?: Element; webkitExitFullscreen?: () => void }

const FILL = 'fill';

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

/** What stays visible in full screen: the way out, the sentence about the link, and what is told beside the lesson. */
export function fullScreenExit({ stage, status, notes }: Room): (words: Words) => void {
  const told = make('p', { className: 'status over' });
  const exit = roundButton('shrink', () => leave(stage), ' over');
  const update = (): void => {
    exit.hidden = !isFull(stage);
    told.hidden = exit.hidden || status.dataset.tone === 'ok';
    told.dataset.tone = status.dataset.tone!;
    say(told, status.textContent!);
    const place = exit.hidden ? status.parentNode! : stage;
    if (notes.parentNode !== place) place.appendChild(notes);
  };
  ['fullscreenchange', 'webkitfullscreenchange'].forEach((event) => stage.addEventListener(event, update));
  document.addEventListener('keydown', (e) => e.key === 'Escape' && leave(stage));
  stage.append(told, exit);
  return (words) => {
    name(exit, words.leaveFullScreen);
    update();
  };
}
