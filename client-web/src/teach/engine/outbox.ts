// What waits to go up, in the order in which it goes: voice, ink, pictures; and what has gone and is not acknowledged, so that a new
// connection can go on. Bounded: 5 s of voice, 64 KiB of ink, 1.2 s of pictures or one that takes longer. Pure.

import { PACKETS_MAX } from '../../protocol';
import { FRAME_MAX, ink, joined, PART_HEADER, videoConfig, videoFrame, videoPart, type VideoShape, voiceBundle, voiceConfig } from './wire';

/** An Opus packet; stamps and lengths in ms of the page's clock. */
export interface Packet { ptsMs: number; ms: number; data: Uint8Array }
/** `isSharper`: it shows better what is shown already, and is given up for the next one. */
export interface Picture { ptsMs: number; isKey: boolean; data: Uint8Array; shape: VideoShape; isSharper?: boolean }

/** What may go now. */
export interface Leave {
  voice: boolean;
  /** Bytes for ink and pictures. */
  room: number;
  /** Of a picture at once. */
  partBytes: number;
}

/** A hole of the voice is filled for so long; older voice is not worth anybody's wait. */
const VOICE_MAX_MS = 5000;
export const INK_MAX = 64 << 10;
const PICTURES_MAX_MS = 1200;
/** However much has gathered. */
const BUNDLE_MAX_MS = 500;
/** Packets follow one another: stamps are rounded to whole ms. */
const HOLE_MS = 3;
/** Smaller parts than this are mostly headers. */
const PART_LEAST = 500;
/** For ink and pictures: the server takes 64 KiB, and 5 s of voice want 16 of them. */
const MESSAGE_ROOM = 32 << 10;

interface Gone { packets: Packet[]; inks: Uint8Array[]; end: number }

export class Outbox {
  /** No delta is of use before a keyframe. */
  needsKey = true;
  bundleMs = 100;
  private packets: Packet[] = [];
  private inks: Uint8Array[] = [];
  private inkMs = -1;
  private pictures: Picture[] = [];
  /** How much of pictures[0] has gone. */
  private offset = 0;
  private gone: Gone[] = [];
  private goneBytes = 0;
  private isConfigured = false;

  constructor(private channels = 1, private rate = 48000) {}

  pushVoice(packet: Packet): void {
    this.packets.push(packet);
    this.shorten();
  }

  private shorten(): void {
    const newest = this.packets[this.packets.length - 1]!, from = newest.ptsMs + newest.ms - VOICE_MAX_MS;
    while (this.packets[0]!.ptsMs < from) this.packets.shift();
  }

  /** False: too much waits already. */
  pushInk(ptsMs: number, payload: Uint8Array): boolean {
    if (this.inkBytes + payload.length > INK_MAX) return false;
    this.inkMs = Math.max(ptsMs, this.inkMs + 1); // by which the server knows what it has already
    this.inks.push(ink(this.inkMs, payload));
    return true;
  }

  /** Of ink that the server has not said to have. */
  get inkBytes(): number {
    return [...this.inks, ...this.gone.flatMap((g) => g.inks)].reduce((sum, unit) => sum + unit.length, 0);
  }

  /** Some has not gone yet. */
  get hasInk(): boolean {
    return this.inks.length > 0;
  }

  /** What was drawn on a board that another one has changed since. */
  dropInk(): void {
    this.inks = [];
    this.gone.forEach((g) => (g.inks = []));
  }

  /** False: left out, as will be all that follow until a keyframe. */
  pushPicture(picture: Picture): boolean {
    const late = this.pictures.length ? picture.ptsMs - this.pictures[0]!.ptsMs : 0;
    if (picture.data.length > FRAME_MAX || !picture.isKey && (this.needsKey || late > PICTURES_MAX_MS)) {
      this.needsKey = true;
      return false;
    }
    if (picture.isKey && this.isSharpening) this.dropPictures();
    if (picture.isKey) this.pictures.splice(this.offset ? 1 : 0); // nothing that has not begun is missed when a keyframe follows
    this.needsKey = false;
    this.pictures.push(picture);
    return true;
  }

  /** What is going up is of no use to anybody once there is another one. */
  get isSharpening(): boolean {
    return this.pictures.length > 0 && this.pictures.every((p) => p.isSharper);
  }

  /** What is left of an encoder that is no more. */
  dropPictures(): void {
    this.pictures = [];
    this.offset = 0;
    this.needsKey = true;
  }

  /** Of pictures that wait. */
  get pictureBytes(): number {
    return this.pictures.reduce((sum, p) => sum + p.data.length, 0) - this.offset;
  }

  get voiceMs(): number {
    return this.packets.reduce((sum, p) => sum + p.ms, 0);
  }

  /** There is voice to be sent at once. */
  get hasBundle(): boolean {
    return this.packets.length > 0 && this.voiceMs >= this.bundleMs;
  }

  /** The next message; undefined: nothing may go. */
  take(leave: Leave): Uint8Array | undefined {
    const packets: Packet[] = [], units = leave.voice ? this.takeVoice(packets) : [];
    const inks = leave.voice && leave.room > 0 ? this.takeInk() : [];
    units.push(...inks);
    const room = Math.min(leave.room, MESSAGE_ROOM) - inks.reduce((sum, unit) => sum + unit.length, 0);
    this.takePictures(units, room, leave.partBytes);
    if (!units.length) return undefined;
    const message = joined(units);
    this.goneBytes += message.length;
    this.gone.push({ packets, inks, end: this.goneBytes });
    return message;
  }

  /** Voice that makes whole bundles. */
  private takeVoice(taken: Packet[]): Uint8Array[] {
    const units: Uint8Array[] = [];
    while (this.hasBundle) {
      const bundle = this.takeBundle(), ptsMs = bundle[0]!.ptsMs;
      if (!this.isConfigured) units.push(voiceConfig(ptsMs, this.channels, this.rate));
      this.isConfigured = true;
      units.push(voiceBundle(ptsMs, bundle.map((p) => p.data)));
      taken.push(...bundle);
    }
    return units;
  }

  /** Packets without a hole between them. */
  private takeBundle(): Packet[] {
    const first = this.packets[0]!, bundle = [this.packets.shift()!];
    let ms = first.ms;
    while (this.packets.length && bundle.length < PACKETS_MAX && ms + this.packets[0]!.ms <= BUNDLE_MAX_MS) {
      if (Math.abs(this.packets[0]!.ptsMs - first.ptsMs - ms) > HOLE_MS) break;
      ms += this.packets[0]!.ms;
      bundle.push(this.packets.shift()!);
    }
    return bundle;
  }

  /** As much as one message holds. */
  private takeInk(): Uint8Array[] {
    let bytes = 0;
    const rest = this.inks.findIndex((unit) => (bytes += unit.length) > MESSAGE_ROOM);
    return this.inks.splice(0, rest < 0 ? this.inks.length : rest);
  }

  private takePictures(units: Uint8Array[], room: number, partBytes: number): void {
    while (this.pictures.length) {
      const { data, ptsMs, isKey, shape } = this.pictures[0]!, left = data.length - this.offset;
      const length = Math.min(left, room - PART_HEADER, Math.max(partBytes, PART_LEAST));
      if (length < Math.min(left, PART_LEAST)) return;
      if (isKey && !this.offset) units.push(videoConfig(ptsMs, shape));
      units.push(length === data.length ? videoFrame(ptsMs, isKey, data) : videoPart(ptsMs, isKey, data, this.offset, length));
      room -= length + PART_HEADER;
      this.offset += length;
      if (this.offset < data.length) continue;
      this.pictures.shift();
      this.offset = 0;
    }
  }

  /** The server's count of this connection's bytes; those that only measured count as well. */
  acked(bytes: number): void {
    while (this.gone.length && this.gone[0]!.end <= bytes) this.gone.shift();
  }

  /** Bytes that went by without us. */
  skipped(bytes: number): void {
    this.goneBytes += bytes;
  }

  /** A new connection, to a server that has the voice up to `voicePts`: what is missing goes first, pictures begin anew. */
  resume(voicePts: number | undefined): void {
    const packets = this.gone.flatMap((g) => g.packets).filter((p) => voicePts === undefined || p.ptsMs + p.ms / 2 > voicePts);
    this.packets.unshift(...packets);
    if (this.packets.length) this.shorten();
    this.inks.unshift(...this.gone.flatMap((g) => g.inks));
    this.gone = [];
    this.goneBytes = 0;
    this.isConfigured = false;
    this.dropPictures();
  }
}
