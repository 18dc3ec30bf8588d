import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fragment, videoInit, videoMime, voiceInit, voiceMime } from '../../src/boxer';
import { Codec, type VideoConfig, type VoiceConfig } from '../../src/protocol';
import { AVCC } from './bytes';
// @ts-expect-error: plain JavaScript
import { makeMedia } from '../media.mjs';

const OPUS: VoiceConfig = { type: 'voice-config', ptsMs: 0, codec: Codec.Opus, channels: 1, packetSamples: 2880, rate: 48000, asc: new Uint8Array(0) };
const AAC: VoiceConfig = { ...OPUS, codec: Codec.Aac, packetSamples: 1024, asc: new Uint8Array([0x11, 0x88]) };
const VIDEO: VideoConfig = { type: 'video-config', ptsMs: 0, rung: 1, width: 640, height: 360, avcc: new Uint8Array(AVCC) };

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'mvex', 'moof', 'traf'];

/** Every box as a path, checking that sizes add up exactly. */
function boxes(bytes: Uint8Array, path = ''): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), out: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = view.getUint32(at), type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    assert.ok(size >= 8 && at + size <= bytes.length, `${path}/${type} has size ${size}`);
    out.push(path + type);
    if (CONTAINERS.includes(type)) out.push(...boxes(bytes.subarray(at + 8, at + size), path + type + '/'));
    at += size;
  }
  return out;
}

test('an initialisation segment holds one track that can be fragmented', () => {
  for (const init of [voiceInit(OPUS), voiceInit(AAC), videoInit(VIDEO)]) {
    const found = boxes(init);
    for (const path of ['ftyp', 'moov/mvhd', 'moov/trak/tkhd', 'moov/trak/mdia/mdhd', 'moov/trak/mdia/minf/stbl/stsd', 'moov/mvex/trex']) {
      assert.ok(found.includes(path), path);
    }
  }
});

test('a fragment says where its samples lie, also beyond 32 bits', () => {
  const samples = [{ data: new Uint8Array([1, 2, 3]), duration: 2880, isKey: true }, { data: new Uint8Array([4]), duration: 2880, isKey: true }];
  const bytes = fragment(9, 48000 * 100000, samples);
  assert.deepEqual(boxes(bytes), ['moof', 'moof/mfhd', 'moof/traf', 'moof/traf/tfhd', 'moof/traf/tfdt', 'moof/traf/trun', 'mdat']);
  const at = (type: string) => Buffer.from(bytes).indexOf(type) + 4, view = new DataView(bytes.buffer);
  assert.equal(view.getBigUint64(at('tfdt') + 4), BigInt(4800000000));
  const offset = view.getUint32(at('trun') + 8);
  assert.deepEqual([...bytes.subarray(offset)], [1, 2, 3, 4]);
});

test('codec strings say what the config holds', () => {
  assert.equal(voiceMime(OPUS), 'audio/mp4; codecs="opus"');
  assert.equal(voiceMime(AAC), 'audio/mp4; codecs="mp4a.40.2"');
  assert.equal(videoMime(VIDEO), 'video/mp4; codecs="avc1.42c01e"');
});

/** What ffprobe finds in a file, or undefined where there is no ffmpeg. */
function probe(bytes: Buffer): { streams: Record<string, string>[]; packets: { pts_time: string }[]; errors: string } | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'boxer-')), file = join(dir, 'x.mp4');
  writeFileSync(file, bytes);
  try {
    const run = spawnSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', '-show_packets', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (run.error) return undefined;
    const decode = spawnSync('ffmpeg', ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
    return { ...JSON.parse(run.stdout), errors: run.stderr + decode.stderr };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const hasFfmpeg = !spawnSync('ffmpeg', ['-version']).error;
const skip = hasFfmpeg ? false : 'ffmpeg is not installed';

test('ffmpeg reads and decodes boxed Opus, AAC and H.264 without complaint', { skip }, () => {
  const media = makeMedia() as { opus: Uint8Array[]; aac: Uint8Array[]; high: { avcc: Uint8Array; frames: { isKey: boolean; data: Uint8Array }[] } };
  const voice = (config: VoiceConfig, packets: Uint8Array[]) => Buffer.concat([voiceInit(config),
    ...[0, 1, 2, 3].map((i) => fragment(i + 1, i * 8 * config.packetSamples,
      packets.slice(i * 8, i * 8 + 8).map((data) => ({ data, duration: config.packetSamples, isKey: true }))))]);
  const frames = media.high.frames.slice(0, 40);
  const video = Buffer.concat([videoInit({ ...VIDEO, avcc: media.high.avcc }),
    fragment(1, 0, frames.map((f) => ({ data: f.data, duration: 100, isKey: f.isKey })))]);
  for (const [name, bytes, count] of [['opus', voice(OPUS, media.opus), 32], ['aac', voice(AAC, media.aac), 32], ['h264', video, 40]] as const) {
    const found = probe(bytes)!;
    assert.equal(found.errors, '', name);
    assert.equal(found.streams[0]!.codec_name, name);
    assert.equal(found.packets.length, count, name);
  }
});
