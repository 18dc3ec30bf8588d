// Still pictures: pieces to a file, a file to an <img>.

import { Format, type StillPiece } from '../protocol';
import { Assembly } from './assembly';

/** Shows the newest still in `image`; the old one stays until the new one is decoded. */
export class StillView {
  readonly assembly = new Assembly();
  private url = '';
  shown = 0;
  lastId = -1;

  constructor(readonly image: HTMLImageElement, private onshow: () => void) {}

  push(piece: StillPiece): void {
    const bytes = this.assembly.add([piece.id, piece.format].join(), piece);
    if (!bytes) return;
    if (piece.id === this.lastId) this.onshow(); // said again: what we show is what is being shown
    else this.show(piece, bytes);
  }

  private show({ id, format }: StillPiece, bytes: Uint8Array): void {
    const type = format === Format.Avif ? 'image/avif' : 'image/webp';
    const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
    const next = new Image();
    next.onload = () => {
      this.image.src = url;
      if (this.url) URL.revokeObjectURL(this.url);
      this.url = url;
      this.lastId = id;
      this.shown++;
      this.onshow();
    };
    next.onerror = () => URL.revokeObjectURL(url);
    next.src = url;
  }
}
