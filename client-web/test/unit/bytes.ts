// Small helpers that write what the server would.

export const u16 = (v: number): number[] => [v >> 8 & 255, v & 255];
export const u24 = (v: number): number[] => [v >> 16 & 255, ...u16(v)];
export const u32 = (v: number): number[] => [v >>> 24, ...u24(v)];

export function unit(track: number, kind: number, ptsMs: number, payload: number[]): number[] {
  return [track << 4 | kind, ...u24(payload.length), ...u32(ptsMs), ...payload];
}

export const OPUS = [0, 1, ...u16(2880), ...u32(48000)];
export const AAC = [1, 1, ...u16(1024), ...u32(48000), 0x11, 0x88];
export const AVCC = [1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68];
export const VIDEO = [7, 0, ...u16(640), ...u16(360), ...AVCC];

/** A sequence that is the same in every run. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x100000000;
  };
}
