// Still pictures: pieces to a file, a file to an <img>.

import { Format, type StillPiece } from '../protocol';

export interface Still { id: number; ptsMs: number; format: Format; bytes: Uint8Array }

/** Puts pieces together. Pure. A piece of another picture makes the unfinished one void. */
export class Assembly {
  private id = -1;
  private format = Format.Avif;
  private bytes = new Uint8Array(0);
  private have = 0;

  /** Share of the unfinished picture that is here, 0..1; 0 when none is under way. */
  get progress(): number {
    return this.bytes.length ? this.have / this.bytes.length : 0;
  }

  /** The whole still when `piece` was its last one. */
  add(piece: StillPiece): Still | undefined {
    if (piece.offset === 0) this.begin(piece);
    const fits = piece.id === this.id && piece.format === this.format && piece.total === this.bytes.length
      && piece.offset === this.have;
    if (!fits) {
      this.reset();
      return undefined;
    }
    this.bytes.set(piece.data, this.have);
    this.have += piece.data.length;
    if (this.have < piece.total) return undefined;
    const still = { id: piece.id, ptsMs: piece.ptsMs, format: piece.format, bytes: this.bytes };
    this.reset();
    return still;
  }

  private begin(piece: StillPiece): void {
    this.id = piece.id;
    this.format = piece.format;
    this.bytes = new Uint8Array(piece.total);
    this.have = 0;
  }

  reset(): void {
    this.id = -1;
    this.bytes = new Uint8Array(0);
    this.have = 0;
  }
}

/** Shows the newest still in `image`; the old one stays until the new one is decoded. */
export class StillView {
  readonly assembly = new Assembly();
  private url = '';
  shown = 0;
  lastId = -1;

  constructor(readonly image: HTMLImageElement, private onshow: () => void) {}

  push(piece: StillPiece): void {
    const still = this.assembly.add(piece);
    if (!still) return;
    if (still.id === this.lastId) this.onshow(); // said again: what we show is what is being shown
    else this.show(still);
  }

  private show(still: Still): void {
    const type = still.format === Format.Avif ? 'image/avif' : 'image/webp';
    const url = URL.createObjectURL(new Blob([still.bytes as Uint8Array<ArrayBuffer>], { type }));
    const next = new Image();
    next.onload = () => {
      this.image.src = url;
      if (this.url) URL.revokeObjectURL(this.url);
      this.url = url;
      this.lastId = still.id;
      this.shown++;
      this.onshow();
    };
    next.onerror = () => URL.revokeObjectURL(url);
    next.src = url;
  }
}
