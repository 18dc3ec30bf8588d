// Still pictures: pieces to a file, a file to an <img>.

import { Format, type StillPiece } from '../protocol';
import { Assembly } from './assembly';

/** So many the server takes us to have still: of one that comes again, it sends the name alone. */
const KEPT = 8;

/** Shows the newest still in `image`; the old one stays until the new one is decoded. */
export class StillView {
  readonly assembly = new Assembly();
  /** URLs of the latest, by id; in the order in which they came. */
  private kept = new Map<number, string>();
  private next: HTMLImageElement | undefined;
  shown = 0;
  /** Of the one that is shown. */
  ptsMs = 0;

  constructor(readonly image: HTMLImageElement, private onshow: () => void) {}

  push(piece: StillPiece): void {
    const url = piece.data.length ? this.keep(piece) : this.kept.get(piece.id);
    if (url) this.show(url, piece.ptsMs);
  }

  /** The URL of the picture that this piece completes. */
  private keep(piece: StillPiece): string | undefined {
    const { kept } = this, { id, format } = piece;
    const bytes = this.assembly.add(id + '', piece);
    if (!bytes) return undefined;
    const type = format === Format.Avif ? 'image/avif' : 'image/webp';
    const url = kept.get(id) || URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
    kept.delete(id);
    kept.set(id, url);
    kept.forEach((old, oldest) => {
      if (kept.size > KEPT && kept.delete(oldest)) URL.revokeObjectURL(old);
    });
    return url;
  }

  private show(url: string, ptsMs: number): void {
    const next = (this.next = new Image());
    next.onload = () => {
      if (next !== this.next) return; // a newer one was quicker to decode
      this.image.src = url;
      this.shown++;
      this.ptsMs = ptsMs;
      this.onshow();
    };
    next.src = url;
  }
}
