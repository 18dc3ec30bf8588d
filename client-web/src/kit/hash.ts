// Where in a page we are: "#/schools/17/people" is ['schools', '17', 'people'].

import { useEffect, useState } from 'preact/hooks';

export function readHash(hash: string): string[] {
  const parts = hash.replace(/^#\/?/, '').split('/').filter((part) => part);
  return parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch (e) {
      return part;
    }
  });
}

export const toHash = (...parts: string[]): string => '#/' + parts.map(encodeURIComponent).join('/');

export function go(...parts: string[]): void {
  location.hash = toHash(...parts);
}

/** Draws anew when the place changes, from its top. */
export function usePlace(): string[] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => {
      setHash(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return readHash(hash);
}
