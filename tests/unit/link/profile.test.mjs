// What a profile says to the measurement; what it says to the link is in test_profile.c.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProfile, rowOf, scheduleOf } from '../../link/profile.mjs';

const PROFILES = join(new URL('.', import.meta.url).pathname, '..', '..', 'link', 'profiles');
const TEXT = `# comment
title a link
seconds 75
mode save
lesson camera
both rate=512k delay=50ms
at 0.5min down rate=48k
at 31s up rate=9k
at 40s both rate=512k
at 50s both cut=20s   # a tunnel
target played=99.5 late=3000 step=4000
`;

test('words for the measurement are read, with defaults for the others', () => {
  const p = readProfile(TEXT);
  assert.deepEqual([p.title, p.seconds, p.mode, p.lesson, p.download], ['a link', 75, 'save', 'camera', false]);
  assert.deepEqual(p.targets, { played: 99.5, late: 3000, step: 4000 });
  const least = readProfile('down rate=1M\n');
  assert.deepEqual([least.seconds, least.mode, least.lesson, least.targets], [60, 'auto', 'slides', {}]);
});

test('falls and cuts are in wall time; a fall lasts until the next change, the way up is no fall', () => {
  const { falls, cuts } = scheduleOf(readProfile(TEXT), 1000000);
  assert.deepEqual(falls, [{ at: 1030000, bps: 48000, until: 1040000 }]);
  assert.deepEqual(cuts, [{ start: 1050000, end: 1070000 }]);
});

test('a target that nobody judges is refused', () => {
  assert.throws(() => readProfile('target playd=99\n'), /playd/);
  assert.throws(() => readProfile('target played=all\n'), /played/);
});

test('another lesson is judged by its voice, a browser by what it can tell', () => {
  const text = TEXT.replace('step=4000', 'video=80 sound=6000');
  assert.deepEqual(Object.keys(rowOf('x', text).targets), ['played', 'late', 'video', 'sound']);
  assert.deepEqual(Object.keys(rowOf('x+camera', text).targets), ['played', 'late', 'video', 'sound']);
  const slides = rowOf('x+slides', text), browser = rowOf('x+browser', text);
  assert.deepEqual([slides.lesson, slides.isBrowser, Object.keys(slides.targets)], ['slides', false, ['played', 'late']]);
  assert.deepEqual([browser.lesson, browser.isBrowser, Object.keys(browser.targets)], ['camera', true, ['played', 'sound']]);
});

test('every profile that there is can be read, lasts a minute of what is judged, and has a title', () => {
  for (const name of readdirSync(PROFILES)) {
    const p = readProfile(readFileSync(join(PROFILES, name), 'utf8'));
    assert.ok(p.title, name);
    assert.ok(p.seconds >= (name.startsWith('cold') ? 30 : 60), name);
    assert.ok(['slides', 'camera'].includes(p.lesson), name);
    assert.ok(p.rates.length, name);
  }
});
