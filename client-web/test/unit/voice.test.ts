import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Codec } from '../../src/protocol';
import { Ear } from '../ear';
import { Clock } from './clock';
import { type Arrival, listen, OPUS_60, overTcp, silences, sum, type Tcp, WELCOME_MS } from './listen';

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const over = (l: Tcp) => SEEDS.map((seed) => listen(overTcp({ ...l, seed }), l.seconds, l.rttMs));

test('on a good link sound comes at once and never breaks', () => {
  for (const ear of over({ rttMs: 20, seconds: 30 })) {
    assert.ok(ear.soundedAt < 200, `first sound at ${ear.soundedAt}`);
    assert.deepEqual(ear.holes, []);
  }
});

test('it waits at the start until a loss would not be heard', () => {
  for (const ear of over({ rttMs: 600, loss: 0.01, bundleMs: 600, seconds: 90 })) {
    assert.ok(ear.soundedAt < 2500, `first sound at ${ear.soundedAt}`);
    assert.deepEqual(silences(ear), []);
  }
});

/** Bundles of `ms` as a server makes them of voice that comes in steps, for who is greeted at `phase`: at first what it has of the last 600 ms. */
function stepped(ms: number, step: number, phase: number, seconds: number): Arrival[] {
  const all = Array.from({ length: Math.ceil((seconds * 1000 + 20000) / ms) }, (_, i) => ({ at: Math.ceil((i + 1) * ms / step) * step - phase, endMs: (i + 1) * ms - phase }));
  const newest = all.filter((b) => b.at <= 0).pop()!.endMs;
  return all.filter((b) => b.at > 0 || b.endMs > newest - 600).map((b) => ({ at: Math.max(20, b.at), endMs: WELCOME_MS + b.endMs, ms }));
}

test('where the teacher\'s line sends a quarter of a second at once, the first seconds have no stall either', () => {
  for (const step of [120, 240]) {
    for (const ms of [300, 600]) {
      // The first bundle is fresh: a lone pupil's, for whom the server begins to make them.
      const ears = Array.from({ length: 5 }, (_, i) => listen(stepped(ms, step, 4800 + i * 2, 12), 12, 20));
      assert.deepEqual(ears.flatMap((ear) => silences(ear)), [], `bundles of ${ms} ms in steps of ${step} ms`);
      const [ear] = ears, behindMs = WELCOME_MS + 12000 - ear!.place;
      assert.ok(behindMs < ms + 450, `${behindMs} ms behind`);
    }
  }
});

test('the config does not end the wait', () => {
  const clock = new Clock(), ear = new Ear(), at = (ms: number) => ({ type: 'voice' as const, ptsMs: ms, packets: [new Uint8Array([0x58])] });
  ear.voice.expectBacklog(0, 0);
  clock.runTo(20);
  ear.push(at(0), OPUS_60, 20);
  clock.runTo(400);
  ear.tick(400);
  assert.equal(ear.heardMs, 0);
});

test('where a bundle in twenty is lost, hardly anything is missed', () => {
  const l = { rttMs: 600, loss: 0.05, bundleMs: 600, seconds: 90 }, ears = over(l);
  assert.ok(sum(ears.flatMap((e) => silences(e))) < SEEDS.length * 90000 * 0.01);
  assert.deepEqual(ears.flatMap((e) => e.holes.filter((h) => h.kind === 'skip' && h.at > 10000)), []);
});

test('a stall of five seconds is heard as one silence, and nothing of the lesson is left out', () => {
  for (const ear of over({ rttMs: 300, bundleMs: 600, seconds: 120, stalls: [[30000, 5000]] })) {
    const list = silences(ear);
    assert.equal(list.length, 1);
    assert.ok(list[0]! < 5000);
    assert.ok(ear.holes.every((h) => h.kind === 'silence'));
  }
});

test('after minutes without a link it is live again at once, and says what was left out', () => {
  const before = overTcp({ rttMs: 100, seconds: 20 }), skips: number[] = [];
  const after: Arrival[] = overTcp({ rttMs: 100, seconds: 40 }).map((a) => ({ ...a, at: a.at + 200000, endMs: a.endMs + 200000 }));
  const ear = listen([...before, ...after], 240, 100, (e, now) => {
    if (now === 50) (e.voice as unknown as { events: { onskip(ms: number): void } }).events.onskip = (ms) => skips.push(ms);
    if (now === 200000) e.voice.expectBacklog(WELCOME_MS + 200000, 100);
  });
  assert.equal(skips.length, 1);
  assert.ok(skips[0]! > 170000);
  assert.ok(WELCOME_MS + 240000 - ear.place < 2000, `${WELCOME_MS + 240000 - ear.place} ms behind`);
});

test('it plays on behind a hole, wherever before it the browser stops', () => {
  const after = overTcp({ rttMs: 100, seconds: 20 }).map((a) => ({ ...a, at: a.at + 25000, endMs: a.endMs + 25000 }));
  for (const dryMs of [30, 100, 240, 340, 420]) {
    const ear = listen([...overTcp({ rttMs: 100, seconds: 20 }), ...after], 45, 100, (e) => (e.audio.dryMs = dryMs));
    assert.ok(WELCOME_MS + 45000 - ear.place < 3000, `stops ${dryMs} ms before the end: ${WELCOME_MS + 45000 - ear.place} ms behind`);
  }
});

test('what comes at once after a sleep is not heard late', () => {
  const list = overTcp({ rttMs: 100, seconds: 120, stalls: [[20000, 80000]] });
  const ear = listen(list, 120, 100);
  assert.ok(WELCOME_MS + 120000 - ear.place < 2000, `${WELCOME_MS + 120000 - ear.place} ms behind`);
});

test('a change of the packets\' length or of the codec leaves nothing out', () => {
  const packets = (n: number) => Array.from({ length: n }, () => new Uint8Array([0x58]));
  const clock = new Clock(), ear = new Ear();
  ear.voice.expectBacklog(0, 0);
  let pts = 0;
  for (let now = 20; now < 30000; now += 20) {
    clock.runTo(now);
    if (now % 300 === 0) {
      const isAac = now > 20000, isShort = now > 10000, config = { ...OPUS_60, packetSamples: isShort ? 960 : 2880 };
      if (isAac) Object.assign(config, { codec: Codec.Aac, asc: new Uint8Array([0x11, 0x88]), packetSamples: 960 });
      ear.push({ type: 'voice', ptsMs: pts, packets: packets(isShort ? 15 : 5) }, config, now);
      pts += 300;
    }
    ear.tick(now);
  }
  assert.deepEqual(ear.holes, []);
  assert.ok(ear.heardMs > 28000);
});

test('a decoder that fails is begun anew; one that never made a sound is given up', () => {
  const ear = listen(overTcp({ rttMs: 100, seconds: 30 }), 30, 100, (e, now) => now === 10000 && e.audio.tell('error'));
  assert.equal(ear.stuck, 0);
  assert.ok(sum(silences(ear)) < 1500, `${sum(silences(ear))} ms of silence`);
  assert.ok(WELCOME_MS + 30000 - ear.place < 2000);
  const deaf = listen(overTcp({ rttMs: 100, seconds: 5 }), 5, 100, (e, now) => now === 50 && e.audio.tell('error'));
  assert.equal(deaf.stuck, 1);
});

test('after a pause it goes on where the lesson is then', () => {
  const ear = listen(overTcp({ rttMs: 100, seconds: 40 }), 40, 100, (e, now) => {
    if (now === 10000) e.audio.pause();
    if (now === 13000) {
      assert.ok(WELCOME_MS + now - e.place < 2000, `${WELCOME_MS + now - e.place} ms behind`);
      e.voice.play();
    }
  });
  assert.deepEqual(silences(ear), []);
});
