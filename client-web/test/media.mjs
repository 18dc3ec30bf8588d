// A small lesson as raw frames, made by ffmpeg and kept in build/web-test: Opus, AAC, H.264 in two sizes,
// stills. Each second begins with a white flash and a beep, so that sound and picture can be compared.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DIR = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'build', 'web-test', 'media');
export const SECONDS = 24;
export const FPS = 10;

const BEEP = "aevalsrc=0.4*sin(2*PI*660*t)*lt(mod(t\\,1)\\,0.12)+0.05*sin(2*PI*220*t):s=48000";

function ffmpeg(file, args) {
  const path = join(DIR, file);
  if (existsSync(path)) return path;
  mkdirSync(DIR, { recursive: true });
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, path]);
  return path;
}

/** Packets of an Ogg file, its two header packets left out. */
function oggPackets(bytes) {
  const packets = [];
  let part = [];
  for (let at = 0; at < bytes.length;) {
    const count = bytes[at + 26];
    let body = at + 27 + count;
    for (let i = 0; i < count; i++) {
      const length = bytes[at + 27 + i];
      part.push(bytes.subarray(body, body + length));
      body += length;
      if (length < 255) {
        packets.push(Buffer.concat(part));
        part = [];
      }
    }
    at = body;
  }
  return packets.slice(2);
}

/** Packets of an ADTS file, without their headers. */
function adtsPackets(bytes) {
  const packets = [];
  for (let at = 0; at + 7 <= bytes.length;) {
    const length = (bytes[at + 3] & 3) << 11 | bytes[at + 4] << 3 | bytes[at + 5] >> 5;
    packets.push(bytes.subarray(at + 7, at + length));
    at += length;
  }
  return packets;
}

/** NAL units of an Annex B stream. */
function nalUnits(bytes) {
  const starts = [];
  for (let i = 0; i + 3 < bytes.length; i++) {
    if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1) starts.push(i + 3);
  }
  return starts.map((from, i) => {
    let to = i + 1 < starts.length ? starts[i + 1] - 3 : bytes.length;
    while (to > from && bytes[to - 1] === 0) to--;
    return bytes.subarray(from, to);
  });
}

const withLength = (nal) => Buffer.concat([Buffer.from([0, nal.length >> 16, nal.length >> 8 & 255, nal.length & 255]), nal]);

/** avcC and access units (one slice each, as libx264 is asked to make them). */
function h264Units(bytes) {
  const nals = nalUnits(bytes), sps = nals.find((n) => (n[0] & 31) === 7), pps = nals.find((n) => (n[0] & 31) === 8);
  const length = (n) => Buffer.from([n.length >> 8, n.length & 255]);
  const avcc = Buffer.concat([Buffer.from([1, sps[1], sps[2], sps[3], 0xff, 0xe1]), length(sps), sps, Buffer.from([1]), length(pps), pps]);
  const frames = nals.filter((n) => (n[0] & 31) === 5 || (n[0] & 31) === 1)
    .map((n) => ({ isKey: (n[0] & 31) === 5, data: withLength(n) }));
  return { avcc, frames };
}

function video(name, size, kbps) {
  const flash = "drawbox=c=white:t=fill:enable='lt(mod(t,1),0.15)'";
  const path = ffmpeg(name, ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${FPS}:d=${SECONDS},${flash}`, '-c:v', 'libx264',
    '-profile:v', 'baseline', '-preset', 'veryfast', '-tune', 'zerolatency', '-x264-params', 'sliced-threads=0:threads=1',
    '-b:v', kbps + 'k', '-g', FPS * 2, '-keyint_min', FPS * 2, '-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-f', 'h264']);
  const [width, height] = size.split('x').map(Number);
  return { width, height, ...h264Units(readFileSync(path)) };
}

const drawn = "color=0x20506a:s=960x540,drawgrid=w=96:h=54:c=white@0.25,drawbox=x=120:y=90:w=720:h=90:c=white:t=fill,drawbox=x=120:y=230:w=%d:h=60:c=0xf2b661:t=fill";

function still(name, wide, codec) {
  return readFileSync(ffmpeg(name, ['-f', 'lavfi', '-i', drawn.replace('%d', wide), '-frames:v', '1', ...codec]));
}

export function makeMedia() {
  const opus = ffmpeg('voice.opus', ['-f', 'lavfi', '-i', BEEP + ':d=' + SECONDS, '-ac', '1', '-c:a', 'libopus', '-b:a', '12k', '-vbr', 'off',
    '-application', 'voip', '-frame_duration', '60']);
  const aac = ffmpeg('voice.aac', ['-f', 'lavfi', '-i', BEEP + ':d=' + SECONDS, '-ac', '1', '-c:a', 'aac', '-b:a', '32k', '-f', 'adts']);
  const avif = ['-c:v', 'libaom-av1', '-still-picture', '1', '-crf', '40', '-cpu-used', '8', '-f', 'avif'];
  const webp = ['-c:v', 'libwebp', '-quality', '60', '-f', 'webp'];
  return {
    opus: oggPackets(readFileSync(opus)).slice(0, SECONDS * 1000 / 60),
    aac: adtsPackets(readFileSync(aac)).slice(1),
    high: video('high.h264', '640x360', 250),
    low: video('low.h264', '320x180', 60),
    stills: [
      { id: 11, webp: still('a.webp', 300, webp), avif: still('a.avif', 300, avif) },
      { id: 12, webp: still('b.webp', 640, webp), avif: still('b.avif', 640, avif) },
    ],
  };
}
