// The parts of the page that are loaded later, most of them after the first sound. Plain script elements: dynamic import()
// is a syntax error on phones of 2016.

import type { page } from './i18n/zh';
import type { Ink } from './player/ink';
import type { Video } from './player/video';
import type { begin } from './rest';
import type { watchNotices } from './ui/notice';
import type { Mount } from './ui/room';

/** In the name of every part; put in by the build. */
declare const HASH: string;

interface Parts {
  english: { words: typeof page };
  rest: { begin: typeof begin };
  video: { Video: typeof Video };
  ink: { Ink: typeof Ink };
  controls: { mount: Mount };
  device: { mount: Mount };
  notice: { watchNotices: typeof watchNotices };
  break: { mount: Mount };
  news: { mount: Mount };
}

const RETRY_MS = 3000;

/** Tries for ever: on a bad link the tenth attempt may be the one. */
function load(make: () => HTMLElement): Promise<void> {
  return new Promise((resolve) => {
    const attempt = (): void => {
      const element = make();
      element.onload = () => resolve();
      element.onerror = () => {
        element.remove();
        setTimeout(attempt, RETRY_MS);
      };
      document.head.appendChild(element);
    };
    attempt();
  });
}

export async function loadPart<K extends keyof Parts>(name: K): Promise<Parts[K]> {
  const loaded = (window as unknown as Record<string, Parts[K] | undefined>)['airclass_' + name];
  if (loaded) return loaded;
  await load(() => Object.assign(document.createElement('script'), { src: `/${name}-${HASH}.js` }));
  return (window as unknown as Record<string, Parts[K]>)['airclass_' + name]!;
}

let style: Promise<void> | undefined;

export function loadStyle(): Promise<void> {
  return style || (style = load(() => Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `/ui-${HASH}.css` })));
}
