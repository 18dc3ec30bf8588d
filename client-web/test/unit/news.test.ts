import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zh from '../../src/i18n/zh';
import { breakLeftMs, clock, dayLeft } from '../../src/player/news';
import type { News } from '../../src/protocol';
import { drawingOf, EXERCISES, exerciseAt } from '../../src/ui/exercises';

const news = (fields: Record<string, unknown>): News => ({ t: 'day', at: 1000, ...fields });

test('what is left of a break runs down from when it was told, and is nothing where it makes no sense', () => {
  const left = (ms: unknown, now: number): number => breakLeftMs(news({ ms }), now);
  assert.deepEqual([left(300000, 1000), left(300000, 61000), left(300000, 301000), left(300000, 999000)], [300000, 240000, 0, 0]);
  assert.deepEqual([0, -5, '9', NaN, null, undefined].map((ms) => left(ms, 1000)), [0, 0, 0, 0, 0, 0]);
  assert.ok(left(1e12, 1000) <= 30 * 60000, 'nobody waits for ever');
  assert.equal(breakLeftMs(undefined, 1000), 0);
});

test('the day is spoken of from nine tenths on, and of the picture when it has ended', () => {
  const of = (group: unknown, limit: unknown, voiceOnly?: boolean): string => JSON.stringify(dayLeft(news({ group, voice: 0, limit, voiceOnly })));
  assert.deepEqual([of(53, 60), of(54, 60), of(60, 60), of(71, 60, true)],
    [undefined, '{"left":6,"isVoiceOnly":false}', '{"left":0,"isVoiceOnly":false}', '{"left":0,"isVoiceOnly":true}']);
  assert.deepEqual([of(60, 0), of(60, null), of('60', 60), of(undefined, 60)], [undefined, undefined, undefined, undefined]);
  assert.equal(dayLeft(undefined), undefined);
});

test('the clock shows the second that has begun', () => {
  assert.deepEqual([300000, 299999, 60001, 60000, 9100, 1].map(clock), ['5:00', '5:00', '1:01', '1:00', '0:10', '0:01']);
});

test('each exercise has its turn, its words and a drawing that can stand still', () => {
  assert.deepEqual([0, 29999, 30000, 149999, 150000, -1].map(exerciseAt), ['far', 'far', 'blink', 'stretch', 'far', 'far']);
  for (const name of EXERCISES) {
    assert.ok(name in zh.rest && name + 'Text' in zh.rest, name);
    assert.match(drawingOf(name, false), /<animate/, name);
    assert.doesNotMatch(drawingOf(name, true), /animate/, name);
  }
});
