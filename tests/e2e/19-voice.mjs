// The voice stays intelligible on the rungs for the weakest links, and is as loud as it should be however loud the teacher speaks: what the
// codec process makes of the demo lesson's, decoded, against the lesson's own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './lib/processes.mjs';
import { delayOf, RATE, shifted, stoi } from './lib/stoi.mjs';
import { LESSON } from './lib/teacher.mjs';
import { BUILD, isSanitized, makeFolder, ROOT, run, skip, test } from './lib/testing.mjs';

const RUNGS = ['R0', 'R1', 'R2'], LEAST = 0.94;
const LOUDNESS = -20, NEAR = 2; // LUFS: LEVEL_TARGET_DB, and how far from it
const DELAY_MOST = RATE, ALIGN_BY = 20 * RATE; // samples: a second, and how much of the voice shows it
const folder = makeFolder();

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

/** The lesson's voice as a teacher's encoder sends it, so many decibels louder. */
async function teacher(db) {
  const voice = join(folder, `voice${db}.flv`);
  const coding = db ? ['-af', `volume=${db}dB,alimiter=limit=0.95:level=disabled`, '-c:a', 'aac', '-b:a', '96k'] : ['-c', 'copy'];
  await call('ffmpeg', ['-v', 'error', '-y', '-i', LESSON, '-vn', ...coding, voice]);
  return voice;
}

/** Integrated loudness (ITU-R BS.1770) in LUFS, as ffmpeg measures it. */
async function loudness(...input) {
  const lines = await call('ffmpeg', ['-hide_banner', '-nostats', ...input, '-af', 'ebur128=framelog=verbose', '-f', 'null', '-']);
  return parseFloat(/I: +(\S+) LUFS/.exec(lines.join('\n'))[1]);
}

/** {kbps, delayMs, figure, lufs} of a voice rendition. */
async function judge(rendition, clean, voice) {
  const { codec, bitrate, frame, complexity, dtx } = rendition, out = join(folder, 'heard.s16');
  const raw = ['-f', 's16le', '-ar', '48000', '-ac', '1', '-i', out];
  assert.equal(codec, 'opus');
  const [kbps] = await call(join(BUILD, 'tests', 'bench', 'codec_voice'), [join(BUILD, 'airclass-codec'), voice, out,
    `${parseFloat(bitrate) * 1000}`, `${parseInt(frame)}`, complexity, dtx === 'yes' ? '1' : '0']);
  const heard = await samples(...raw);
  const delay = delayOf(clean.subarray(0, ALIGN_BY), heard.subarray(0, ALIGN_BY), DELAY_MOST);
  return { kbps: kbps.replace('kbps=', ''), delayMs: delay / RATE * 1000, figure: stoi(clean, shifted(heard, delay)),
    lufs: await loudness(...raw) };
}

await run(async () => {
  if (isSanitized) return skip('the voice is intelligible', 'a sanitizer changes no sound');
  const voice = await teacher(0);
  const clean = await samples('-i', voice), sections = ladder(), measured = {};
  for (const rung of RUNGS) {
    const name = sections[`rung ${rung}`].voice.split(' ')[0];
    await test(`${rung}: the voice is as intelligible as STOI ${LEAST}`, async () => {
      const { kbps, delayMs, figure } = (measured[name] ||= await judge(sections[`rendition ${name}`], clean, voice));
      console.log(`# ${rung}: ${name}, ${kbps} kbit/s: STOI ${figure.toFixed(3)}, ${delayMs.toFixed(1)} ms behind the source`);
      assert.ok(figure >= LEAST, `STOI ${figure.toFixed(3)}`);
    });
  }
  for (const db of [-24, -12, 3]) {
    await test(`a teacher's voice at ${db} dB is as loud as any, and as intelligible`, async () => {
      const said = await teacher(db), before = await loudness('-i', said);
      const { figure, lufs } = await judge(sections['rendition v10'], clean, said);
      console.log(`# ${before} LUFS become ${lufs} LUFS: STOI ${figure.toFixed(3)}`);
      assert.ok(Math.abs(lufs - LOUDNESS) <= NEAR, `${lufs} LUFS`);
      assert.ok(figure >= LEAST, `STOI ${figure.toFixed(3)}`);
    });
  }
});
