// Who may say what: every message that docs/protocol.md names, and every kind of unit, from everybody who can be connected. The table is read
// from the document, so that a new message has to say here who may send it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { batch, line, page } from './lib/ink.mjs';
import { bundle, INK, PageTeacher, PROBE, Studio, unit, VP8, voiceConfig, videoConfig } from './lib/page-teacher.mjs';
import { ALL, Pupil } from './lib/pupil.mjs';
import { keyOf, Server } from './lib/server.mjs';
import { ROOT, run, test, until } from './lib/testing.mjs';
import { DELTA, KEY, PART, VIDEO } from './lib/units.mjs';

const LESSON = 'demo', BAD = 4000, NO_BINARY = 1003;
const studio = new Studio('laptop-of-the-roles');

const document = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8');
/** A section without those below it. */
const section = (number) => document.split(new RegExp(`^##+ ${number.replace('.', '\\.')}[. ]`, 'm'))[1].split(/^##/m)[0];
const namesBehind = (text, heading) => [...text.split(heading)[1].split(/^[A-Z].*:$/m)[0].matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]);
/** [track, kind] of each row. */
const kindsOf = (text) => [...text.matchAll(/^\| (\d) \w+ \| ([^|]+) \|/gm)].flatMap(([, track, kinds]) => kinds.split(',').map((k) => [Number(track), parseInt(k, 10)]));

const TEXTS = {
  pupil: {
    hello: { v: 1, lesson: LESSON, mode: 'voice', can: ALL }, report: { pts: 0, buf: 0, hidden: false }, mode: { mode: 'save' },
  },
  teacher: {
    hello: { v: 1, key: keyOf(LESSON), device: studio.device, media: false }, source: { content: 'slides', muted: true }, break: { minutes: 5 }, end: {}, admit: {}, rotate: { key: 'made-up-by-this-very-test-0' },
  },
};
const byte = Buffer.from([0]);
const UNITS = {
  '0/0': voiceConfig(0), '0/3': bundle(0, studio.voice(0, 60).map((v) => v.packet)), '1/0': videoConfig(0, 640, 360), '1/1': unit(VIDEO, KEY, 0, studio.frames(0, 1)[0].bytes.subarray(0, 1000)),
  '1/2': unit(VIDEO, DELTA, 0, studio.frames(100, 101)[0].bytes.subarray(0, 1000)), '1/6': unit(VIDEO, PART, 0, Buffer.from([KEY, 0, 0, 9, 0, 0, 0, VP8])),
  '3/2': unit(INK, DELTA, 0, batch([page(1), line(1, 500, 500)])), '7/0': unit(PROBE, 0, 0, Buffer.alloc(100)),
};

/** Every message of the document: who says it, and what it looks like. */
function messages() {
  const own = { pupil: namesBehind(section('1.2'), 'Client to server:'), teacher: namesBehind(section('2.2'), 'Client to server:') };
  const said = [...namesBehind(section('1.2'), 'Server to client:'), ...namesBehind(section('2.2'), 'Server to client:')];
  const up = kindsOf(section('2.1')), down = kindsOf(section('1.1'));
  for (const who of ['pupil', 'teacher']) assert.deepEqual(own[who].sort(), Object.keys(TEXTS[who]).sort(), `what a ${who} may say`);
  assert.deepEqual(up.map((k) => k.join('/')).sort(), Object.keys(UNITS).sort(), 'what a teacher may send');
  assert.ok(said.length >= 9 && down.length >= 10, 'the tables were found');
  const texts = ['pupil', 'teacher'].flatMap((by) => own[by].map((t) => ({ by, t, data: JSON.stringify({ t, ...TEXTS[by][t] }) })));
  const isUp = ([track, kind]) => up.some((k) => k[0] === track && k[1] === kind);
  return [
    ...texts, ...said.map((t) => ({ by: 'server', t, data: JSON.stringify({ t }) })),
    ...up.map((k) => ({ by: 'teacher', unit: k.join('/'), data: UNITS[k.join('/')] })),
    ...down.filter((k) => !isUp(k)).map((k) => ({ by: 'server', unit: k.join('/'), data: unit(k[0], k[1], 0, byte) })),
  ];
}

const joined = async (server, who) => (await who.until('welcome', (w) => w.welcome), who);
async function stranger(Who, server, ...args) {
  const who = new Who(...args);
  await who.connect(server);
  return who;
}

/** Who can be connected, and what becomes of one who says m; 0: stays. */
const ROLES = {
  'a player before hello': { comes: (server) => stranger(Pupil, server), fate: (m) => (m.unit ? NO_BINARY : m.by === 'pupil' && m.t === 'hello' ? 0 : BAD) },
  'a pupil': { comes: async (server) => joined(server, await Pupil.join(server)), fate: (m) => (m.unit ? NO_BINARY : m.by === 'pupil' && m.t !== 'hello' ? 0 : BAD) },
  'a teaching page before hello': { comes: (server) => stranger(PageTeacher, server, studio), fate: (m) => (m.by === 'teacher' && m.t === 'hello' ? 0 : BAD) },
  'one who looks on': { comes: (server) => PageTeacher.join(server, { studio, media: false }), fate: (m) => (m.by === 'teacher' && (m.t || m.unit === '7/0') ? 0 : BAD) },
};

/** What was sent before was looked at. */
async function settled(who) {
  for (let i = 0; i < 2 && !who.closed; i++) {
    let isBack = false;
    who.socket.once('pong', () => (isBack = true));
    who.socket.ping();
    await until('a pong', () => isBack || who.closed);
  }
}

async function fateOf(server, comes, m) {
  const who = await comes(server);
  who.socket.send(m.data);
  await settled(who);
  const code = who.closed?.code ?? 0;
  if (!code) who.socket.terminate();
  return code;
}

await run(async () => {
  const server = await Server.start({ lessons: [{ id: LESSON }] });
  const witness = await Pupil.join(server, { can: [...ALL, 'ink'], name: 'witness' });
  let all = [];
  await test('every message of the document is known here', async () => void (all = messages()));
  for (const [role, { comes, fate }] of Object.entries(ROLES)) {
    await test(`${role}: ${all.length} messages, each taken or refused as it has to be`, async () => {
      const wrong = [];
      for (const m of all) {
        const code = await fateOf(server, comes, m);
        if (code !== fate(m)) wrong.push(`${m.t ?? m.unit} (${m.by}'s): ${code}, not ${fate(m)}`);
      }
      assert.deepEqual(wrong, []);
    });
  }
  await test('nothing of all that reached the lesson', async () => {
    assert.equal(witness.closed, undefined);
    assert.deepEqual([witness.bytes - witness.ink.bytes, witness.ink.ids, witness.isMuted, witness.states.some((s) => s.state === 'live')], [0, [], false, false]);
    assert.equal(server.workers().length, 0);
  });
});
