export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const LOOK_MS = 50;

/** False: not within `ms`. */
export async function until(condition: () => boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; !condition(); await wait(LOOK_MS)) if (performance.now() > end) return false;
  return true;
}
