// Numbers as a pupil reads them. Pure.

/** Bytes as megabytes of 1,000,000, which is how mobile data is sold. */
export function amount(bytes: number): string {
  if (bytes < 999500) return Math.round(bytes / 1000) + ' kB';
  return (bytes / 1e6).toFixed(bytes < 99.5e6 ? 1 : 0) + ' MB';
}

export function rate(kbps: number): string {
  return Math.round(kbps) + ' kbit/s';
}
