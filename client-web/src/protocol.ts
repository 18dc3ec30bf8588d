// The player's WebSocket, version 1 (docs/protocol.md §1), as bytes. No DOM in here. Whatever the
// server sends is checked before it is believed; a ProtocolError ends the connection.

export class ProtocolError extends Error {}

export const enum Track { Voice = 0, Video = 1, Still = 2, Events = 3 }
export const enum Kind { Config = 0, Key = 1, Delta = 2, Bundle = 3, Piece = 4, Gap = 5, Part = 6 }
export const enum Codec { Opus = 0, Aac = 1 }
export const enum Format { Avif = 1, Webp = 2 }

export interface VoiceConfig {
  type: 'voice-config';
  ptsMs: number;
  codec: Codec;
  channels: number;
  packetSamples: number;
  rate: number;
  /** AudioSpecificConfig; empty for Opus. */
  asc: Uint8Array;
}
export interface VoiceBundle { type: 'voice'; ptsMs: number; packets: Uint8Array[] }
export interface VideoConfig {
  type: 'video-config';
  ptsMs: number;
  rung: number;
  width: number;
  height: number;
  avcc: Uint8Array;
}
export interface VideoFrame { type: 'video'; ptsMs: number; isKey: boolean; data: Uint8Array }
/** A piece of a frame; see Frames in player/assembly.ts. */
interface VideoPart extends Slice { type: 'video-part'; ptsMs: number; isKey: boolean }
interface VideoGap { type: 'video-gap'; ptsMs: number }
/** `data` belongs at `offset` of something of `total` bytes. */
export interface Slice { total: number; offset: number; data: Uint8Array }
export interface StillPiece extends Slice { type: 'still'; ptsMs: number; format: Format; id: number }
/** Of the teacher's pen; see board/events.ts. */
export interface InkUnit { type: 'ink'; ptsMs: number; kind: Kind; data: Uint8Array }
export type Unit = VoiceConfig | VoiceBundle | VideoConfig | VideoFrame | VideoPart | VideoGap | StillPiece | InkUnit;

export const UNIT_HEADER = 8;
export const MESSAGE_MAX = 8 << 20;
const STILL_MAX = 1 << 20;
export const FRAME_MAX = 4 << 20;
export const PACKETS_MAX = 64;
/** 4 bytes of length and a NAL unit of one. */
const FRAME_LEAST = 5;

function fail(what: string): never {
  throw new ProtocolError(what);
}

const u16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;
const u24 = (b: Uint8Array, at: number): number => (b[at]! << 16) | u16(b, at + 1);
const u32 = (b: Uint8Array, at: number): number => (b[at]! * 0x1000000) + u24(b, at + 1);

/** All units of one binary message. They borrow its bytes. */
export function parseMessage(bytes: Uint8Array): Unit[] {
  if (bytes.length > MESSAGE_MAX) fail('message');
  const units: Unit[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < UNIT_HEADER) fail('message');
    const end = at + UNIT_HEADER + u24(bytes, at + 1);
    if (end > bytes.length) fail('message');
    units.push(parseUnit(bytes[at]!, u32(bytes, at + 4), bytes.subarray(at + UNIT_HEADER, end)));
    at = end;
  }
  if (!units.length) fail('message');
  return units;
}

function parseUnit(trackKind: number, ptsMs: number, body: Uint8Array): Unit {
  switch (trackKind) {
    case Track.Voice << 4 | Kind.Config: return parseVoiceConfig(ptsMs, body);
    case Track.Voice << 4 | Kind.Bundle: return { type: 'voice', ptsMs, packets: parsePackets(body) };
    case Track.Video << 4 | Kind.Config: return parseVideoConfig(ptsMs, body);
    case Track.Video << 4 | Kind.Key:
    case Track.Video << 4 | Kind.Delta:
      if (body.length < FRAME_LEAST) fail('video');
      return { type: 'video', ptsMs, isKey: (trackKind & 15) === Kind.Key, data: body };
    case Track.Video << 4 | Kind.Gap:
      if (body.length) fail('video');
      return { type: 'video-gap', ptsMs };
    case Track.Video << 4 | Kind.Part: return parsePart(ptsMs, body);
    case Track.Still << 4 | Kind.Piece: return parsePiece(ptsMs, body);
  }
  if (trackKind >> 4 === Track.Events) return { type: 'ink', ptsMs, kind: trackKind & 15, data: body };
  return fail('unit');
}

function parseVoiceConfig(ptsMs: number, b: Uint8Array): VoiceConfig {
  if (b.length < 8) fail('voice');
  const codec = b[0]!, channels = b[1]!, packetSamples = u16(b, 2), rate = u32(b, 4);
  if (codec > Codec.Aac || channels < 1 || channels > 2) fail('voice');
  if (rate < 8000 || rate > 96000 || packetSamples < 120 || packetSamples > 5760) fail('voice');
  const asc = b.subarray(8);
  if (codec === Codec.Aac ? asc.length < 2 || asc.length > 64 : asc.length) fail('voice');
  return { type: 'voice-config', ptsMs, codec, channels, packetSamples, rate, asc };
}

/** Packets led by their lengths: one byte below 252, else two (RFC 6716 §3.2.1). */
function parsePackets(b: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < b.length;) {
    let length = b[at++]!;
    if (length >= 252) {
      if (at === b.length) fail('voice');
      length += 4 * b[at++]!;
    }
    if (length > b.length - at) fail('voice');
    packets.push(b.subarray(at, at + length));
    at += length;
  }
  if (!packets.length || packets.length > PACKETS_MAX) fail('voice');
  return packets;
}

function parseVideoConfig(ptsMs: number, b: Uint8Array): VideoConfig {
  if (b.length < 6 + 7) fail('video');
  const width = u16(b, 2), height = u16(b, 4), avcc = b.subarray(6);
  if (width < 16 || height < 16 || width > 4096 || height > 4096) fail('video');
  if (avcc[0] !== 1 || (avcc[4]! & 3) !== 3) fail('video');
  return { type: 'video-config', ptsMs, rung: b[0]!, width, height, avcc };
}

function parsePart(ptsMs: number, b: Uint8Array): VideoPart {
  const kind = b[0], piece = parseSlice(b, 1, FRAME_MAX);
  if (kind !== Kind.Key && kind !== Kind.Delta || piece.total < FRAME_LEAST || !piece.data.length) fail('video');
  return Object.assign(piece, { type: 'video-part' as const, ptsMs, isKey: kind === Kind.Key });
}

function parsePiece(ptsMs: number, b: Uint8Array): StillPiece {
  const format = b[0]!, piece = parseSlice(b, 5, STILL_MAX);
  if (format !== Format.Avif && format !== Format.Webp) fail('piece');
  return Object.assign(piece, { type: 'still' as const, ptsMs, format, id: u32(b, 1) });
}

/** u24 total · u24 offset · bytes, as stills and frames are cut. */
function parseSlice(b: Uint8Array, at: number, max: number): Slice {
  const total = u24(b, at), offset = u24(b, at + 3), data = b.subarray(at + 6);
  if (!data.length && offset < total || offset + data.length > total || total > max) fail('piece');
  return { total, offset, data };
}

// Control: JSON texts.

export type Mode = 'auto' | 'save' | 'voice';
export type Can = 'opus' | 'aac' | 'h264' | 'avif' | 'webp' | 'ink';
export type LessonState = 'waiting' | 'live' | 'reconnecting' | 'ended';
export type Picture = 'none' | 'still' | 'video' | 'board';
export type Why = 'start' | 'choice' | 'weak' | 'good' | 'source' | 'hidden' | 'limit';

export interface Hello { lesson: string; key?: string; mode: Mode; can: Can[]; pts?: number }
export interface Report { pts: number; buf: number; late?: number; hidden: boolean; video?: boolean }

export interface Welcome {
  t: 'welcome';
  title: string;
  state: LessonState;
  muted: boolean;
  pts: number;
}
/** `muted`: the teacher has turned the microphone off; `pts`: since then, or until then, session ms. */
export interface State { t: 'state'; state: LessonState; muted: boolean; pts: number }
export interface Rung { t: 'rung'; rung: string; picture: Picture; why: Why }
interface Resent { t: 'resent'; bytes: number }
/** Nothing that the first sound waits for: what there is in it is looked at where it is shown (player/news.ts). `at`: when it came. */
export interface News { t: 'day' | 'break' | 'timetable' | 'bye'; at?: number; [field: string]: unknown }
export type ServerText = Welcome | State | Rung | Resent | News;

export const TEXT_MAX = 16384;

export const writeHello = (h: Hello): string => JSON.stringify(Object.assign({ t: 'hello', v: 1 }, h));
export const writeReport = (r: Report): string => JSON.stringify(Object.assign({ t: 'report' }, r));
export const writeMode = (mode: Mode): string => JSON.stringify({ t: 'mode', mode });

/** One text message. Unknown fields are ignored; anything else that does not fit is an error. */
export function parseText(text: string): ServerText {
  if (text.length > TEXT_MAX) fail('control message');
  let m: unknown;
  try {
    m = JSON.parse(text);
  } catch (e) {
    fail('control message');
  }
  if (typeof m !== 'object' || !m) fail('control message');
  const o = m as Record<string, unknown>;
  switch (o.t) {
    case 'welcome': return readWelcome(o);
    case 'state': return { t: 'state', state: oneOf(o.state, STATES), muted: o.muted === true, pts: number(o.pts || 0) };
    case 'rung': return readRung(o);
    case 'resent': return { t: 'resent', bytes: number(o.bytes) };
    case 'day':
    case 'break':
    case 'timetable':
    case 'bye': return o as unknown as News;
  }
  return fail('control message');
}

const STATES: readonly LessonState[] = ['waiting', 'live', 'reconnecting', 'ended'];
const PICTURES: readonly Picture[] = ['none', 'still', 'video', 'board'];

function readWelcome(o: Record<string, unknown>): Welcome {
  if (o.v !== 1) fail('control message');
  return {
    t: 'welcome',
    title: string(o.title),
    state: oneOf(o.state, STATES),
    muted: o.muted === true,
    pts: number(o.pts),
  };
}

function readRung(o: Record<string, unknown>): Rung {
  return {
    t: 'rung',
    rung: string(o.rung),
    picture: oneOf(o.picture, PICTURES),
    why: string(o.why) as Why, // one that is not known yet is no reason to end a lesson
  };
}

function oneOf<T extends string>(value: unknown, list: readonly T[]): T {
  return list.indexOf(value as T) < 0 ? fail('control message') : (value as T);
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : fail('control message');
}

function number(value: unknown): number {
  return typeof value === 'number' && isFinite(value) && value >= 0 ? value : fail('control message');
}

export const enum Close {
  GoingDown = 1001,
  Lost = 1006,
  BadMessage = 4000,
  NoHello = 4001,
  NotAllowed = 4003,
  NoLesson = 4004,
  TooSlow = 4008,
  Replaced = 4011,
  Reset = 4012,
  TooMany = 4029,
}

/** Whether a connection closed with `code` is worth another try (docs/protocol.md §1.2). */
export const mayReturn = (code: number): boolean =>
  code === Close.GoingDown || code === Close.Lost || code === Close.TooSlow || code === Close.NoHello;
