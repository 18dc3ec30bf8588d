import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  mayReturn, parseMessage, parseText, ProtocolError, writeHello, writeMode, writeReport,
} from '../../src/protocol';
import { AAC, AVCC, chance, OPUS, u24, u32, unit, VIDEO } from './bytes';

const parse = (...units: number[][]) => parseMessage(new Uint8Array(units.flat()));
const refused = (...units: number[][]) => assert.throws(() => parse(...units), ProtocolError);

test('a message may carry voice and picture of one tick', () => {
  const units = parse(unit(0, 0, 5, OPUS), unit(0, 3, 4000000000, [2, 7, 8, 1, 9]), unit(1, 0, 9, VIDEO), unit(1, 1, 9, [0, 0, 0, 1, 0x65]), unit(1, 5, 10, []));
  assert.deepEqual(units.map((u) => u.type), ['voice-config', 'voice', 'video-config', 'video', 'video-gap']);
  assert.equal(units[1]!.ptsMs, 4000000000);
  assert.deepEqual((units[1] as { packets: Uint8Array[] }).packets.map((p) => [...p]), [[7, 8], [9]]);
  assert.deepEqual({ ...units[2], avcc: [...(units[2] as { avcc: Uint8Array }).avcc] },
    { type: 'video-config', ptsMs: 9, rung: 7, width: 640, height: 360, avcc: AVCC });
});

test('packet lengths take one byte below 252 and two from there on', () => {
  for (const length of [0, 1, 251, 252, 253, 255, 256, 1275]) {
    const head = length < 252 ? [length] : [252 + (length & 3), (length - 252 - (length & 3)) / 4];
    const [bundle] = parse(unit(0, 3, 0, [...head, ...new Array<number>(length).fill(5)]));
    assert.equal((bundle as { packets: Uint8Array[] }).packets[0]!.length, length);
  }
});

test('AAC brings its AudioSpecificConfig, Opus brings none', () => {
  assert.deepEqual([...(parse(unit(0, 0, 0, AAC))[0] as { asc: Uint8Array }).asc], [0x11, 0x88]);
  refused(unit(0, 0, 0, [...OPUS, 1]));
  refused(unit(0, 0, 0, AAC.slice(0, 8)));
});

test('what is out of range is refused', () => {
  refused(unit(0, 0, 0, [2, ...OPUS.slice(1)]));
  refused(unit(0, 0, 0, [0, 3, ...OPUS.slice(2)]));
  refused(unit(0, 0, 0, [0, 1, 0, 1, ...OPUS.slice(4)]));
  refused(unit(0, 3, 0, []));
  refused(unit(0, 3, 0, [5, 1]));
  refused(unit(0, 3, 0, [252]));
  refused(unit(0, 3, 0, new Array<number>(65).fill(0)));
  refused(unit(1, 0, 0, [0, 0, 0, 8, 0, 8, ...AVCC]));
  refused(unit(1, 1, 0, [0, 0, 0, 1]));
  refused(unit(1, 5, 0, [1]));
  refused(unit(2, 4, 0, [3, ...u32(1), ...u24(10), ...u24(0), 1]));
  refused(unit(2, 4, 0, [1, ...u32(1), ...u24(10), ...u24(10), 1]));
  refused(unit(2, 4, 0, [1, ...u32(1), ...u24(2 << 20), ...u24(0), 1]));
  refused(unit(9, 0, 0, []), []);
  refused([]);
});

test('events are reserved: known and left alone', () => {
  assert.equal(parse(unit(3, 9, 0, [1, 2, 3]))[0]!.type, 'ink');
});

test('a message cut anywhere ends in a ProtocolError or in fewer units', () => {
  const whole = [unit(0, 0, 1, OPUS), unit(0, 3, 1, [2, 7, 8]), unit(1, 0, 9, VIDEO)].flat();
  for (let n = 0; n < whole.length; n++) {
    try {
      assert.ok(parseMessage(new Uint8Array(whole.slice(0, n))).length < 3);
    } catch (e) {
      assert.ok(e instanceof ProtocolError, String(e));
    }
  }
});

test('random and flipped bytes never surprise', () => {
  const random = chance(1), whole = [unit(0, 0, 1, OPUS), unit(0, 3, 1, [2, 7, 8]), unit(2, 4, 1, [2, ...u32(1), ...u24(4), ...u24(0), 1, 2, 3, 4])].flat();
  for (let i = 0; i < 20000; i++) {
    const bytes = i % 2 ? whole.slice() : Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256));
    if (i % 2) bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
    try {
      for (const u of parseMessage(new Uint8Array(bytes))) assert.ok(u.type);
    } catch (e) {
      assert.ok(e instanceof ProtocolError, String(e));
    }
  }
});

test('control messages are read field by field', () => {
  const welcome = { t: 'welcome', v: 1, lesson: 'demo', title: '分数', state: 'live', pts: 17, rungs: [], extra: {} };
  assert.deepEqual(parseText(JSON.stringify(welcome)), { t: 'welcome', title: '分数', state: 'live', muted: false, pts: 17 });
  assert.deepEqual(parseText('{"t":"state","state":"reconnecting"}'), { t: 'state', state: 'reconnecting', muted: false, pts: 0 });
  assert.deepEqual(parseText('{"t":"state","state":"live","muted":true,"pts":9}'), { t: 'state', state: 'live', muted: true, pts: 9 });
  assert.deepEqual(parseText('{"t":"rung","rung":"R2","kbps":17,"picture":"still","why":"weak"}'),
    { t: 'rung', rung: 'R2', picture: 'still', why: 'weak' });
  assert.deepEqual(parseText('{"t":"rung","rung":"R0","kbps":11,"picture":"none","why":"limit"}').t, 'rung');
  for (const news of [{ t: 'timetable', more: 1 }, { t: 'break', ms: 300000, kind: 'eyes' }, { t: 'day', group: 54, voice: 3, limit: 60 }]) {
    assert.deepEqual(parseText(JSON.stringify(news)), news, 'as it came: who shows it looks at it');
  }
  assert.deepEqual(parseText('{"t":"resent","bytes":6100}'), { t: 'resent', bytes: 6100 });
  assert.deepEqual(parseText('{"t":"bye","why":"going down"}'), { t: 'bye', why: 'going down' });
});

test('control messages that do not fit are refused', () => {
  const bad = ['', 'null', '[]', '7', '{}', '{"t":"dance"}', '{"t":"state","state":"odd"}', '{"t":"rung","rung":1}',
    '{"t":"welcome","v":2,"lesson":"a","title":"b","state":"live","pts":1}', '{"t":"welcome","v":1,"lesson":"a","title":"b","state":"live","pts":-1}',
    JSON.stringify({ t: 'bye', why: 'x'.repeat(20000) })];
  for (const text of bad) assert.throws(() => parseText(text), ProtocolError, text);
});

test('what the page says fits the protocol', () => {
  assert.deepEqual(JSON.parse(writeHello({ lesson: 'demo', mode: 'auto', can: ['opus', 'h264'], pts: 5 })),
    { t: 'hello', v: 1, lesson: 'demo', mode: 'auto', can: ['opus', 'h264'], pts: 5 });
  assert.deepEqual(JSON.parse(writeReport({ pts: 1, buf: 2, late: 3, hidden: false })), { t: 'report', pts: 1, buf: 2, late: 3, hidden: false });
  assert.deepEqual(JSON.parse(writeMode('save')), { t: 'mode', mode: 'save' });
  assert.ok(writeHello({ lesson: 'x'.repeat(64), key: 'k'.repeat(128), mode: 'voice', can: ['opus', 'aac', 'h264', 'avif', 'webp'], pts: 4e9 }).length <= 1024);
});

test('a client comes back after 1001, 1006 and 4008 only', () => {
  assert.deepEqual([1000, 1001, 1006, 4000, 4001, 4003, 4004, 4008, 4011, 4012, 4029].filter(mayReturn), [1001, 1006, 4001, 4008]);
});
