// The teacher's units as bytes (docs/protocol.md): the framing of the player's WebSocket, written here. No DOM.

import { Kind, PACKETS_MAX, ProtocolError, Track, UNIT_HEADER } from '../../protocol';

/** What browsers encode; other numbers than those of the player's wire. */
export const enum Coding { Opus = 1, H264 = 2, Vp8 = 3, Vp9 = 4, Av1 = 5 }

export const enum Probe { Track = 7, Kind = 0 }

/** What the server takes. */
export const MESSAGE_MAX = 64 << 10, FRAME_MAX = 1 << 20, PROBE_MAX = 256 << 10;
export const PART_HEADER = UNIT_HEADER + 7;

export interface VideoShape { coding: Coding; width: number; height: number; description: Uint8Array }

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, p) => sum + p.length, 0));
  pieces.reduce((at, p) => (whole.set(p, at), at + p.length), 0);
  return whole;
}

const u24 = (v: number): number[] => [v >> 16 & 255, v >> 8 & 255, v & 255];
const u32 = (v: number): number[] => [v >>> 24, ...u24(v)];
const u16 = (v: number): number[] => [v >> 8 & 255, v & 255];

export function unit(track: number, kind: number, ptsMs: number, payload: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(track << 4 | kind, ...u24(payload.length), ...u32(Math.round(ptsMs) >>> 0)), payload]);
}

export function voiceConfig(ptsMs: number, channels: number, rate: number): Uint8Array {
  return unit(Track.Voice, Kind.Config, ptsMs, Uint8Array.of(Coding.Opus, channels, ...u32(rate)));
}

/** RFC 6716 §3.2.1: one byte below 252, else two. */
const lengthBytes = (n: number): number[] => (n < 252 ? [n] : [252 + (n & 3), (n - 252 - (n & 3)) >> 2]);

/** Packets that follow one another without a hole; not more than a bundle holds. */
export function voiceBundle(ptsMs: number, packets: readonly Uint8Array[]): Uint8Array {
  if (packets.length > PACKETS_MAX) throw new RangeError('bundle');
  return unit(Track.Voice, Kind.Bundle, ptsMs, joined(packets.map((p) => joined([Uint8Array.from(lengthBytes(p.length)), p]))));
}

export function videoConfig(ptsMs: number, { coding, width, height, description }: VideoShape): Uint8Array {
  return unit(Track.Video, Kind.Config, ptsMs, joined([Uint8Array.of(coding, ...u16(width), ...u16(height)), description]));
}

export const videoFrame = (ptsMs: number, isKey: boolean, data: Uint8Array): Uint8Array =>
  unit(Track.Video, isKey ? Kind.Key : Kind.Delta, ptsMs, data);

/** The bytes [offset, offset + length) of a frame. */
export function videoPart(ptsMs: number, isKey: boolean, data: Uint8Array, offset: number, length: number): Uint8Array {
  const head = Uint8Array.of(isKey ? Kind.Key : Kind.Delta, ...u24(data.length), ...u24(offset));
  return unit(Track.Video, Kind.Part, ptsMs, joined([head, data.subarray(offset, offset + length)]));
}

export const ink = (ptsMs: number, payload: Uint8Array): Uint8Array => unit(Track.Events, Kind.Delta, ptsMs, payload);

/** Bytes that only measure. */
export const probe = (ptsMs: number, length: number): Uint8Array =>
  unit(Probe.Track, Probe.Kind, ptsMs, new Uint8Array(Math.max(0, length - UNIT_HEADER)));

/** How long an Opus packet lasts, by its first bytes (RFC 6716 §3.1); 0: it is none. */
export function opusMs(packet: Uint8Array): number {
  if (!packet.length) return 0;
  const toc = packet[0]!, config = toc >> 3, code = toc & 3;
  const frameMs = config < 12 ? [10, 20, 40, 60][config & 3]! : config < 16 ? [10, 20][config & 1]! : [2.5, 5, 10, 20][config & 3]!;
  const frames = code === 0 ? 1 : code < 3 ? 2 : packet.length > 1 ? packet[1]! & 63 : 0;
  const ms = frameMs * frames;
  return ms <= 120 ? ms : 0;
}

/** What the server says in units; they borrow its bytes. */
export function units(b: Uint8Array): { track: number; kind: number; payload: Uint8Array }[] {
  const list = [];
  for (let at = 0; at < b.length;) {
    const end = at + UNIT_HEADER + (b[at + 1]! << 16 | b[at + 2]! << 8 | b[at + 3]!);
    if (b.length - at < UNIT_HEADER || end > b.length) throw new ProtocolError('message');
    list.push({ track: b[at]! >> 4, kind: b[at]! & 15, payload: b.subarray(at + UNIT_HEADER, end) });
    at = end;
  }
  return list;
}
