// What this browser can play. isTypeSupported lies on some TVs: the voice has a watchdog besides.

import type { Can } from '../protocol';
import { mediaSourceKind } from './sink';

const MIME: [Can, string][] = [
  ['opus', 'audio/mp4; codecs="opus"'],
  ['aac', 'audio/mp4; codecs="mp4a.40.2"'],
  ['h264', 'video/mp4; codecs="avc1.42C01E"'],
];

/** What Media Source Extensions take; empty when there are none. */
export function playable(): Can[] {
  const kind = mediaSourceKind();
  return kind && window.WebSocket ? MIME.filter(([, mime]) => kind.isTypeSupported(mime)).map(([can]) => can) : [];
}

/** Which still formats the browser itself chooses from a <picture> of the page. */
export function picturesChosen(): Can[] {
  const { currentSrc } = document.getElementById('probe') as HTMLImageElement;
  return /avif/.test(currentSrc) ? ['avif', 'webp'] : /webp/.test(currentSrc) ? ['webp'] : [];
}
