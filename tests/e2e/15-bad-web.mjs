// Whatever comes to the port of pages and players: an answer or an end with a reason, and lessons go on.

import assert from 'node:assert/strict';
import { assertUndisturbed, chance, closeCode, frame, Raw, rawWebSocket, upgrade, watchMemory } from './lib/attack.mjs';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { teach, teachCamera } from './lib/teacher.mjs';
import { isSanitized, run, test, until } from './lib/testing.mjs';

const MOST_KIB = 32 << 10;
const text = (s) => frame({ payload: Buffer.from(s) });
const HELLO = '{"t":"hello","v":1,"lesson":"demo","mode":"voice","can":["opus"]}';

/** Requests that are none: [what, bytes, statuses that are fine]. An end without an answer is fine, too. */
const GARBAGE = [
  ['no request line', 'hello?\r\n\r\n', [400, 403]],
  ['an unknown method', 'BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n', [400, 403, 405, 501]],
  ['a version from the future', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', [400, 505]],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', [400]],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', [400]],
  ['a bare line feed in a header', 'GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n', [400]],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n', [400]],
  ['a way out of the folder', 'GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n', [400, 404]],
  ['an encoded way out', 'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n', [400, 404]],
  ['a negative length', 'POST /api/v1/lessons HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n', [400]],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', [400]],
  ['a length and chunks', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400, 411, 501]],
  ['a body too large', 'POST /api/v1/lessons HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n', [400, 404, 413]],
  ['a head too large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(70000)}\r\n\r\n`, [400, 414, 431]],
  ['a path too long', `GET /${'y'.repeat(20000)} HTTP/1.1\r\nHost: x\r\n\r\n`, [400, 404, 414, 431]],
  ['a thousand headers', `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(1000)}\r\n`, [400, 431]],
  ['a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex'), [400, 403]],
  ['an upgrade without a key', 'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n', [400]],
];

/** Frames that a player may not send: [what, bytes, close codes that are fine]. */
const FRAMES = [
  ['a binary message', frame({ opcode: 2, payload: Buffer.from([1, 2, 3]) }), [1003]],
  ['a reserved opcode', frame({ opcode: 5 }), [1002]],
  ['reserved bits', frame({ rsv: 4, payload: Buffer.from(HELLO) }), [1002]],
  ['a message of more than 1,024 bytes', frame({ payload: Buffer.alloc(1025, 0x20) }), [1009]],
  ['a message that says it has 2^62 bytes', frame({ payload: Buffer.alloc(64), length: 2 ** 62 }), [1002, 1009]],
  ['a ping in pieces', frame({ opcode: 9, isFinal: false }), [1002]],
  ['a continuation of nothing', frame({ opcode: 0, payload: Buffer.from('x') }), [1002]],
  ['a second beginning', Buffer.concat([frame({ isFinal: false, payload: Buffer.from('{') }), frame({ payload: Buffer.from('}') })]), [1002]],
  ['a message in endless pieces', Buffer.concat([frame({ isFinal: false, payload: Buffer.from('{') }),
    ...Array.from({ length: 2000 }, () => frame({ opcode: 0, isFinal: false, payload: Buffer.from(' ') }))]), [1002, 1008, 1009]],
  ['text that is no UTF-8', frame({ payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }), [1007]],
  ['text that is no JSON', text('hello'), [4000]],
  ['JSON that is no object', text('[1,2,3]'), [4000]],
  ['an unknown message', text('{"t":"shutdown"}'), [4000]],
  ['a report before hello', text('{"t":"report","pts":0,"buf":0}'), [4000]],
  ['a hello without a lesson', text('{"t":"hello","v":1,"mode":"auto","can":["opus"]}'), [4000]],
  ['a hello of another version', text(HELLO.replace('"v":1', '"v":2')), [4000]],
  ['a mode that does not exist', text(HELLO.replace('voice', 'video')), [4000]],
  ['two hellos', Buffer.concat([text(HELLO), text(HELLO)]), [4000]],
  ['numbers out of range', text('{"t":"hello","v":1,"lesson":"demo","mode":"auto","can":["opus"],"pts":-1e99}'), [4000]],
  ['deep nesting', text(`{"t":"hello","v":1,"x":${'['.repeat(450)}${']'.repeat(450)}}`), [4000]],
  ['nothing at all', Buffer.alloc(0), [4001]],
];

const STUCK = 40;

/** Players who say that they are well, and read nothing. */
async function neverRead(server) {
  const players = await Promise.all(Array.from({ length: STUCK }, async () => {
    const raw = await rawWebSocket(server);
    raw.send(text('{"t":"hello","v":1,"lesson":"camera","mode":"auto","can":["opus","h264","avif"]}'));
    raw.socket.pause();
    return raw;
  }));
  const report = setInterval(() => players.forEach((raw) => raw.send(text('{"t":"report","pts":0,"buf":0,"hidden":false}'))), 2000);
  return {
    leave() {
      clearInterval(report);
      players.forEach((raw) => raw.close());
    },
  };
}

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'camera' }],
    settings: { 'viewer.hello-timeout': '1s', 'viewer.stall': '4s', 'viewer.send-buffer': '8KiB', 'server.max-per-address': 400 } });
  const random = chance(4711);
  teach(server.rtmpUrl('demo'));
  teachCamera(server.rtmpUrl('camera'));
  const pupil = await Pupil.join(server);
  await pupil.untilRung((r) => r.picture === 'video');
  pupil.watchVoice();
  const memory = watchMemory(server);

  for (const [what, bytes, statuses] of GARBAGE) {
    await test(`HTTP with ${what} is refused, and counted`, async () => {
      const sum = (m) => Object.entries(m).filter(([k]) => /connections_refused_total|ws_refused_total|requests_total\{code="4xx"/.test(k)).reduce((s, [, n]) => s + n, 0);
      const before = sum(await server.metrics());
      const raw = await Raw.connect(server.port);
      raw.send(bytes);
      await until('an answer', () => raw.received.length || raw.hasEnded || raw.isClosed, 8000);
      const status = Number(/^HTTP\/1\.[01] (\d+)/.exec(raw.text)?.[1] || 0);
      assert.ok(!raw.received.length || statuses.includes(status), `${status}: ${raw.text.slice(0, 200)}`);
      assert.doesNotMatch(raw.text, /root:/);
      raw.close();
      await until('it is counted', async () => sum(await server.metrics()) > before, 5000);
    });
  }

  await test('random bytes to HTTP end in a refusal each', async () => {
    for (let i = 0; i < 50; i++) {
      const raw = await Raw.connect(server.port);
      await raw.say(i % 2 ? random.bytes(1 + random.below(3000)) : Buffer.concat([Buffer.from('GET /'), random.bytes(200), Buffer.from('\r\n\r\n')]));
      assert.ok(!raw.text || /^HTTP\/1\.[01] [45]/.test(raw.text), raw.text.slice(0, 100));
    }
  });

  await test('a foreign origin is not let in, the own one is', async () => {
    const raw = await Raw.connect(server.port);
    await raw.say(upgrade(server.port, 'Origin: https://evil.example\r\n'));
    assert.match(raw.text, /^HTTP\/1\.1 403/);
    const own = await Raw.connect(server.port);
    own.send(upgrade(server.port, `Origin: http://127.0.0.1:${server.port}\r\n`));
    await until('101', () => own.text.startsWith('HTTP/1.1 101'));
    own.close();
    assert.equal(await server.metric('airclass_ws_refused_total{reason="origin"}'), 1);
  });

  const ending = [];
  for (const [what, bytes, codes] of FRAMES) {
    await test(`WebSocket: ${what} ends it with its reason`, async () => {
      const raw = await rawWebSocket(server), before = server.events('ws.close').length;
      raw.send(bytes);
      await until('a close frame', () => closeCode(raw) !== undefined || raw.isClosed, 8000);
      const code = closeCode(raw) ?? 1002; // libwebsockets ends some of them without a word
      assert.ok(codes.includes(code), `closed with ${code}`);
      const { why } = await server.logged('ws.close', {}, before + 1);
      assert.ok(why);
      ending.push(raw.untilClosed());
    });
  }

  await test('all of these connections are ended by the server, whatever the player does', async () => {
    assert.equal(ending.length, FRAMES.length);
    await Promise.all(ending);
  });

  await test('a flood of texts is cut off at twenty a second', async () => {
    const raw = await rawWebSocket(server);
    raw.send(text(HELLO));
    for (let i = 0; i < 100; i++) raw.send(text('{"t":"mode","mode":"voice"}'));
    await until('a close frame', () => closeCode(raw) === 4029, 8000);
    await raw.untilClosed();
  });

  await test('a flood of pings from who reads no answer fills no memory', async () => {
    const floods = await Promise.all(Array.from({ length: 20 }, () => rawWebSocket(server)));
    const pings = Buffer.concat(Array.from({ length: 5000 }, () => frame({ opcode: 9, payload: Buffer.alloc(125) })));
    const before = server.residentKib();
    floods.forEach((raw) => {
      raw.socket.pause();
      raw.send(pings);
    });
    await pupil.hears(3000);
    const more = server.residentKib() - before;
    assert.ok(isSanitized || more < 20 * 64, `${more} KiB more`);
    floods.forEach((raw) => raw.close());
  });

  // They sit there while all else happens, and are looked at last: on voice and stills, where a slow server leaves them, the kernel's
  // buffers take a minute and a half to fill; then it is 4 s.
  const stuck = await neverRead(server);

  await test('what is read leniently leads nowhere else', async () => {
    const unmasked = await rawWebSocket(server);
    unmasked.send(frame({ payload: Buffer.from('{"t":"shutdown"}'), isMasked: false }));
    await until('a close frame', () => closeCode(unmasked) === 4000, 8000);
    const raw = await Raw.connect(server.port);
    raw.send('GET /\0etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await raw.untilClosed();
    assert.doesNotMatch(raw.text, /root:/);
    unmasked.close();
  });

  await test('random frames end a connection, never the program', async () => {
    for (let i = 0; i < 60; i++) {
      const raw = await rawWebSocket(server);
      raw.send(text(HELLO));
      raw.send(random.bytes(1 + random.below(2000)));
      raw.socket.end();
      await raw.untilClosed();
    }
  });

  await test('who drips a request is closed when the time is up', async () => {
    const before = await server.metric('airclass_connections_refused_total{reason="timeout"}');
    const all = await Promise.all(Array.from({ length: 100 }, () => Raw.connect(server.port)));
    const head = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(500)}`;
    let at = 0;
    const drip = setInterval(() => {
      all.forEach((raw, i) => i % 2 && raw.send(head[at % head.length]));
      at++;
    }, 300);
    await Promise.all(all.map((raw) => raw.untilClosed(15000)));
    clearInterval(drip);
    const after = await server.metric('airclass_connections_refused_total{reason="timeout"}');
    assert.ok(after - before >= 50, `${after - before} timeouts`);
  });

  await test('players that never read are sent away', async () => {
    await until('too slow', async () => await server.metric('airclass_ws_closed_total{reason="too_slow"}') >= STUCK, 180000);
    stuck.leave();
  });

  await test('when all have gone, so have their seats', async () => {
    await until('one connection', async () => await server.metric('airclass_ws_connections') === 1);
    const metrics = await server.metrics();
    assert.equal(Object.entries(metrics).filter(([k]) => k.startsWith('airclass_viewers{')).reduce((s, [, v]) => s + v, 0), 1);
  });

  await test('the lesson went on without a gap', () => assertUndisturbed(pupil));
  await test('memory stayed within bounds', async () => memory.assertBelow(MOST_KIB));
});
