// The picture that ink lies on, kept for a reload of this tab: the camera shows another one by then, and nobody else has it as sharp.

const KEY = 'airclass.ground';
const QUALITY = 0.85;
/** A page of 1280 x 720 has 0.1 to 0.5 MB; a tab may keep 5. */
const CHARS_MAX = 2 << 20;

/** Storage may be forbidden, or full: then the ink lies on paper after a reload. undefined: nothing is kept any more. */
export function keepGround(lesson: string, picture: HTMLCanvasElement | undefined): void {
  try {
    sessionStorage.removeItem(KEY);
    const text = picture ? `${lesson} ${picture.toDataURL('image/jpeg', QUALITY)}` : '';
    if (text && text.length <= CHARS_MAX) sessionStorage.setItem(KEY, text);
  } catch (e) {
    return;
  }
}

/** undefined: there is none of this lesson. */
export async function keptGround(lesson: string): Promise<ImageBitmap | undefined> {
  try {
    const [of, url] = (sessionStorage.getItem(KEY) || '').split(' ');
    if (!url || of !== lesson) return undefined;
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (c) => c.charCodeAt(0));
    return await createImageBitmap(new Blob([bytes]));
  } catch (e) {
    return undefined;
  }
}
