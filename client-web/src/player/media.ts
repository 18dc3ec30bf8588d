// What this browser can play. isTypeSupported lies on some TVs: the voice has a watchdog besides.

import type { Can } from '../protocol';
import { mediaSourceKind } from './sink';

const MIME: [Can, string][] = [
  ['opus', 'audio/mp4; codecs="opus"'],
  ['aac', 'audio/mp4; codecs="mp4a.40.2"'],
  ['h264', 'video/mp4; codecs="avc1.42C01E"'],
];

// The smallest pictures that a decoder must really decode.
const AVIF = 'data:image/avif;base64,AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAD5bWV0YQAAAAAAAAAvaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAFBpY3R1cmVIYW5kbGVyAAAAAA5waXRtAAAAAAABAAAAHmlsb2MAAAAARAAAAQABAAAAAQAAASEAAAAVAAAAKGlpbmYAAAAAAAEAAAAaaW5mZQIAAAAAAQAAYXYwMUNvbG9yAAAAAGppcHJwAAAAS2lwY28AAAAUaXNwZQAAAAAAAAACAAAAAgAAABBwaXhpAAAAAAMICAgAAAAMYXYxQ4EADAAAAAATY29scm5jbHgAAgACAAIAAAAAF2lwbWEAAAAAAAAAAQABBAECgwQAAAAdbWRhdAoFGAA2wCAyDB/wAABYAAAAAJ2faA==';
const WEBP = 'data:image/webp;base64,UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA';

/** What Media Source Extensions take; empty when there are none. */
export function playable(): Can[] {
  const kind = mediaSourceKind();
  return kind && window.WebSocket ? MIME.filter(([, mime]) => kind.isTypeSupported(mime)).map(([can]) => can) : [];
}

function decodes(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image.width > 0);
    image.onerror = () => resolve(false);
    image.src = url;
  });
}

/** Which still formats are decoded. Begun while the page is read, done before anybody taps. */
export async function picturesDecoded(): Promise<Can[]> {
  const [avif, webp] = await Promise.all([decodes(AVIF), decodes(WEBP)]);
  return ([] as Can[]).concat(avif ? 'avif' : [], webp ? 'webp' : []);
}
