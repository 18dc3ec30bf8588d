// Reads FLV as it comes: calls back with each audio and video tag. What does not fit throws.

const HEAD = 9, TAG = 11, TRAILER = 4, AUDIO = 8, VIDEO = 9;

export class Flv {
  constructor(onTag) {
    this.onTag = onTag;
    this.rest = Buffer.alloc(0);
    this.hasHead = false;
  }

  push(bytes) {
    this.rest = this.rest.length ? Buffer.concat([this.rest, bytes]) : bytes;
    if (!this.hasHead) {
      if (this.rest.length < HEAD + TRAILER) return;
      if (this.rest.toString('latin1', 0, 3) !== 'FLV') throw new Error('no FLV');
      this.rest = this.rest.subarray(HEAD + TRAILER);
      this.hasHead = true;
    }
    for (let length; this.rest.length >= TAG && this.rest.length >= (length = TAG + this.rest.readUIntBE(1, 3) + TRAILER);) {
      const type = this.rest[0], ms = this.rest.readUIntBE(4, 3) + this.rest[7] * 0x1000000;
      if (type === AUDIO || type === VIDEO) this.onTag({ isAudio: type === AUDIO, ms, body: this.rest.subarray(TAG, length - TRAILER) });
      this.rest = this.rest.subarray(length);
    }
  }
}
