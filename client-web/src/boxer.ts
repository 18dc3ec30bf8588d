// Raw frames into fragmented MP4 for Media Source Extensions: bytes in, bytes out, nothing else.

import { Codec, type VideoConfig, type VoiceConfig } from './protocol';

export interface Sample { data: Uint8Array; duration: number; isKey: boolean }

export const VIDEO_TIMESCALE = 1000;

type Part = Uint8Array | number[];

function join(parts: Part[]): Uint8Array {
  let length = 0;
  for (const p of parts) length += p.length;
  const out = new Uint8Array(length);
  length = 0;
  for (const p of parts) {
    out.set(p, length);
    length += p.length;
  }
  return out;
}

const text = (s: string): number[] => s.split('').map((c) => c.charCodeAt(0));
const zeros = (n: number): Uint8Array => new Uint8Array(n);
const u16 = (...values: number[]): number[] => ([] as number[]).concat(...values.map((v) => [v >> 8 & 255, v & 255]));
const u32 = (...values: number[]): number[] => u16(...([] as number[]).concat(...values.map((v) => [v >>> 16, v])));

function box(type: string, ...parts: Part[]): Uint8Array {
  const body = join(parts);
  return join([u32(body.length + 8), text(type), body]);
}

const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** The initialisation segment around one sample entry. */
function init(timescale: number, entry: Uint8Array, width: number, height: number): Uint8Array {
  const isVideo = width > 0;
  const stbl = box('stbl', box('stsd', u32(0, 1), entry), box('stts', u32(0, 0)), box('stsc', u32(0, 0)),
    box('stsz', u32(0, 0, 0)), box('stco', u32(0, 0)));
  const minf = box('minf', isVideo ? box('vmhd', u32(1, 0, 0)) : box('smhd', u32(0, 0)),
    box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), stbl);
  const mdia = box('mdia', box('mdhd', u32(0, 0, 0, timescale, 0), u16(0x55c4, 0)),
    box('hdlr', u32(0, 0), text(isVideo ? 'vide' : 'soun'), zeros(13)), minf);
  const tkhd = box('tkhd', u32(7, 0, 0, 1, 0, 0, 0, 0), u16(0, 0, isVideo ? 0 : 256, 0), MATRIX, u16(width, 0, height, 0));
  const mvhd = box('mvhd', u32(0, 0, 0, 1000, 0, 0x10000), u16(256, 0), u32(0, 0), MATRIX, zeros(24), u32(2));
  return join([
    box('ftyp', text('iso5'), u32(512), text('iso5iso6mp41')),
    box('moov', mvhd, box('trak', tkhd, mdia), box('mvex', box('trex', u32(0, 1, 1, 0, 0, 0)))),
  ]);
}

export function voiceInit(c: VoiceConfig): Uint8Array {
  const isOpus = c.codec === Codec.Opus;
  const extra = isOpus
    ? box('dOps', [0, c.channels], u16(0), u32(c.rate), [0, 0, 0]) // no pre-skip: the stream began long ago
    : box('esds', u32(0), esDescriptor(c.asc));
  return init(c.rate, box(isOpus ? 'Opus' : 'mp4a', zeros(6), u16(1), zeros(8), u16(c.channels, 16, 0, 0),
    u16(c.rate & 0xffff, 0), extra), 0, 0);
}

/** ISO 14496-1 §7.2.6: ES, DecoderConfig and SLConfig descriptors. Their lengths are all below 128. */
function esDescriptor(asc: Uint8Array): Uint8Array {
  const specific = join([[5, asc.length], asc]);
  const decoder = join([[4, 13 + specific.length, 0x40, 0x15, 0, 0, 0], u32(0, 0), specific]);
  return join([[3, 3 + decoder.length + 3, 0, 1, 0], decoder, [6, 1, 2]]);
}

export function videoInit(c: VideoConfig): Uint8Array {
  const entry = box('avc1', zeros(6), u16(1), zeros(16), u16(c.width, c.height), u32(0x480000, 0x480000, 0),
    u16(1), zeros(32), u16(24, 0xffff), box('avcC', c.avcc));
  return init(VIDEO_TIMESCALE, entry, c.width, c.height);
}

/** Samples that follow each other without a hole, the first at `time` (in the track's timescale). */
export function fragment(sequence: number, time: number, samples: Sample[]): Uint8Array {
  let table: number[] = [];
  for (const s of samples) {
    table = table.concat(u32(s.duration, s.data.length, s.isKey ? 0x2000000 : 0x1010000));
  }
  const moofLength = 8 + 16 + 8 + 16 + 20 + 20 + table.length;
  const traf = box('traf', box('tfhd', u32(0x20000, 1)),
    box('tfdt', u32(0x1000000, Math.floor(time / 0x100000000), time >>> 0)),
    box('trun', u32(0x701, samples.length, moofLength + 8), table));
  return join([box('moof', box('mfhd', u32(0, sequence)), traf), box('mdat', ...samples.map((s) => s.data))]);
}

export function voiceMime(c: VoiceConfig): string {
  // 5 bits of AudioSpecificConfig say the object type: 2 is AAC-LC, 5 and 29 are HE-AAC.
  return `audio/mp4; codecs="${c.codec === Codec.Opus ? 'opus' : 'mp4a.40.' + (c.asc[0]! >> 3)}"`;
}

export function videoMime(c: VideoConfig): string {
  const hex = (i: number): string => (c.avcc[i]! + 256).toString(16).slice(1);
  return `video/mp4; codecs="avc1.${hex(1)}${hex(2)}${hex(3)}"`;
}
