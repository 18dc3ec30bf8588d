// QR codes, drawn as one path.

import qrcode from 'qrcode-generator';
import type { JSX } from 'preact';

/** "M0 0h3v1h-3z...": a run of dark squares in a row each, on a grid of `size`. Pure. */
export function qrPath(text: string): { size: number; path: string } {
  const qr = qrcode(0, 'M');
  qr.addData(text);
  qr.make();
  const size = qr.getModuleCount();
  let path = '';
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const start = column;
      while (column < size && qr.isDark(row, column)) column++;
      if (column > start) path += `M${start} ${row}h${column - start}v1h-${column - start}z`;
    }
  }
  return { size, path };
}

/** Black on white whatever the page's colours, with the quiet zone of four squares that readers need. */
export function Qr({ of, label }: { of: string; label: string }): JSX.Element {
  const { size, path } = qrPath(of);
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`-4 -4 ${size + 8} ${size + 8}`} shape-rendering="crispEdges">
      <path class="ground" d={`M-4-4h${size + 8}v${size + 8}h-${size + 8}z`} /><path d={path} />
    </svg>
  );
}
