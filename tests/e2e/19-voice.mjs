// The voice stays intelligible on the rungs for the weakest links: what the codec process makes of the demo lesson's, decoded, against
// the lesson's own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './lib/processes.mjs';
import { delayOf, RATE, shifted, stoi } from './lib/stoi.mjs';
import { LESSON } from './lib/teacher.mjs';
import { BUILD, makeFolder, ROOT, run, test } from './lib/testing.mjs';

const RUNGS = ['R0', 'R1', 'R2'], LEAST = 0.94;
const DELAY_MOST = RATE, ALIGN_BY = 20 * RATE; // samples: a second, and how much of the voice shows it
const folder = makeFolder(), voice = join(folder, 'voice.flv');

/** The sections of the ladder file: 'rung R0' to {wire: '8k', ...}. */
function ladder() {
  const sections = {};
  for (const line of readFileSync(join(ROOT, 'config', 'ladder.conf'), 'utf8').split('\n')) {
    const [, name] = /^\[(.*)\]/.exec(line) || [], [, key, value] = /^(\w[\w-]*) *= *(.*)/.exec(line) || [];
    if (name) sections[name] = {};
    else if (key) Object.values(sections).at(-1)[key] = value;
  }
  return sections;
}

async function call(program, args) {
  const p = start(program, args);
  const { code } = await p.ended;
  assert.equal(code, 0, p.lines.join('\n'));
  return p.lines;
}

/** A file of any sort as samples for stoi(). */
async function samples(...input) {
  const out = join(folder, 'samples.s16');
  await call('ffmpeg', ['-v', 'error', '-y', ...input, '-ac', '1', '-ar', `${RATE}`, '-f', 's16le', out]);
  const bytes = readFileSync(out);
  return Float64Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2) / 32768);
}

/** {kbps, delayMs, figure} of a voice rendition. */
async function judge(rendition, clean) {
  const { codec, bitrate, frame, complexity, dtx } = rendition, out = join(folder, 'heard.s16');
  assert.equal(codec, 'opus');
  const [kbps] = await call(join(BUILD, 'tests', 'bench', 'codec_voice'), [join(BUILD, 'airclass-codec'), voice, out,
    `${parseFloat(bitrate) * 1000}`, `${parseInt(frame)}`, complexity, dtx === 'yes' ? '1' : '0']);
  const heard = await samples('-f', 's16le', '-ar', '48000', '-ac', '1', '-i', out);
  const delay = delayOf(clean.subarray(0, ALIGN_BY), heard.subarray(0, ALIGN_BY), DELAY_MOST);
  return { kbps: kbps.replace('kbps=', ''), delayMs: delay / RATE * 1000, figure: stoi(clean, shifted(heard, delay)) };
}

await run(async () => {
  await call('ffmpeg', ['-v', 'error', '-y', '-i', LESSON, '-vn', '-c', 'copy', voice]);
  const clean = await samples('-i', voice), sections = ladder(), measured = {};
  for (const rung of RUNGS) {
    const name = sections[`rung ${rung}`].voice.split(' ')[0];
    await test(`${rung}: the voice is as intelligible as STOI ${LEAST}`, async () => {
      const { kbps, delayMs, figure } = (measured[name] ||= await judge(sections[`rendition ${name}`], clean));
      console.log(`# ${rung}: ${name}, ${kbps} kbit/s: STOI ${figure.toFixed(3)}, ${delayMs.toFixed(1)} ms behind the source`);
      assert.ok(figure >= LEAST, `STOI ${figure.toFixed(3)}`);
    });
  }
});
