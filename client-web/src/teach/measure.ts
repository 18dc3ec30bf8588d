// What an uplink carries, by bytes that only measure.

import type { Uplink } from './uplink';
import { probe } from './wire';

const LOOK_MS = 25, LAST_MS = 3000, BYTES_MAX = 128 << 10, PIECE = 4 << 10;

/** Bits a second. The acknowledgements reach `uplink` meanwhile. */
export function measure(uplink: Uplink, send: (bytes: Uint8Array) => void, ptsMs: () => number): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      for (let room = uplink.room(now, true); room > 500 && uplink.sentBytes < BYTES_MAX; room = uplink.room(now, true)) {
        const bytes = probe(ptsMs(), Math.min(PIECE, Math.floor(room)));
        uplink.sent(now, bytes.length);
        send(bytes);
      }
      const isDone = uplink.sentBytes >= BYTES_MAX && !uplink.inFlight;
      if (!isDone && now - startedAt < LAST_MS) return;
      clearInterval(timer);
      resolve(uplink.capacityBps);
    }, LOOK_MS);
  });
}
