// Whatever comes to the encoders' port: the connection ends with a reason, and a lesson beside it goes on.

import assert from 'node:assert/strict';
import { assertUndisturbed, chance, Raw, recorder, watchMemory } from './lib/attack.mjs';
import { Pupil } from './lib/pupil.mjs';
import { Encoder, hello, message, opening } from './lib/rtmp.mjs';
import { keyOf, Server } from './lib/server.mjs';
import { LESSON, teach } from './lib/teacher.mjs';
import { start } from './lib/processes.mjs';
import { run, test, until } from './lib/testing.mjs';

const HANDSHAKE = 1 + 2 * 1536;
const MOST_KIB = 48 << 10;
const VIDEO = 9, AUDIO = 8;

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'target' }],
    settings: { 'rtmp.hello-timeout': '2s', 'rtmp.silence-timeout': '3s', 'rtmp.max-per-address': 40, 'codec.crash-window': '1s' } });
  const random = chance(20260);
  teach(server.rtmpUrl('demo'));
  const pupil = await Pupil.join(server);
  await pupil.untilRung((r) => r.picture === 'video');
  pupil.watchVoice();
  const memory = watchMemory(server);
  const tape = await record();

  /** A real encoder's bytes: ffmpeg's whole session of some seconds. */
  async function record() {
    const proxy = await recorder(server.rtmpPort);
    const encoder = start('ffmpeg', ['-nostdin', '-v', 'error', '-i', LESSON, '-t', '5', '-c', 'copy', '-f', 'flv',
      `rtmp://127.0.0.1:${proxy.port}/live/${keyOf('target')}`]);
    assert.equal((await encoder.ended).code, 0);
    await server.logged('rtmp.closed', { why: 'stopped' });
    proxy.close();
    return proxy.bytes();
  }

  /** Why connections were ended so far: {reason: number}. */
  async function ends() {
    const found = Object.entries(await server.metrics()).filter(([name]) => name.startsWith('airclass_rtmp_closed_total'));
    return Object.fromEntries(found.map(([name, n]) => [/"(\w+)"/.exec(name)[1], n]));
  }

  /** Runs `attack` and says which reasons it was ended for: each of `n` connections for one. */
  async function reasonsOf(n, attack) {
    const before = await ends();
    const sum = (e) => Object.values(e).reduce((a, b) => a + b);
    await attack();
    const after = await until(`${n} ends`, async () => {
      const now = await ends();
      return sum(now) >= sum(before) + n && now;
    });
    const reasons = Object.fromEntries(Object.entries(after).filter(([k, v]) => v > before[k]).map(([k, v]) => [k, v - before[k]]));
    console.log('#', JSON.stringify(reasons));
    assert.equal(sum(reasons), n);
    return reasons;
  }

  async function sendAll(bytes) {
    const raw = await Raw.connect(server.rtmpPort);
    await raw.say(bytes);
  }

  await test('the recorded session is a lesson when it is sent again as it is', async () => {
    const from = server.events('session.state', { lesson: 'target', to: 'live' }).length;
    assert.deepEqual(await reasonsOf(1, () => sendAll(tape)), { stopped: 1 });
    assert.ok(server.events('session.state', { lesson: 'target', to: 'live' }).length > from);
  });

  await test('random bytes are no handshake', async () => {
    const reasons = await reasonsOf(40, async () => {
      for (let i = 0; i < 40; i++) {
        const noise = random.bytes(1 + random.below(6000));
        if (i % 2) noise[0] = 3;
        else if (noise[0] === 3) noise[0] = 4;
        await sendAll(noise);
      }
    });
    assert.ok(reasons.bad_handshake >= 20, JSON.stringify(reasons));
  });

  await test('random bytes behind a handshake are no messages', async () => {
    await reasonsOf(40, async () => {
      for (let i = 0; i < 40; i++) await sendAll(Buffer.concat([hello(), Buffer.alloc(1536), random.bytes(1 + random.below(20000))]));
    });
  });

  await test('a session that is cut off anywhere leaves nothing behind', async () => {
    await reasonsOf(40, async () => {
      for (let i = 0; i < 40; i++) await sendAll(tape.subarray(0, i < 20 ? random.below(HANDSHAKE + 2000) : random.below(tape.length)));
    });
  });

  await test('a session with flipped bits is taken or refused, and never more than that', async () => {
    await reasonsOf(80, async () => {
      for (let i = 0; i < 80; i++) {
        const bent = Buffer.from(tape), from = i % 4 ? HANDSHAKE : 0, within = i % 2 ? 1500 : bent.length - from;
        for (let n = 1 << random.below(6); n > 0; n--) bent[from + random.below(within)] ^= 1 << random.below(8);
        await sendAll(bent);
      }
    });
  });

  await test('a session with bytes missing, doubled or shuffled is taken or refused', async () => {
    await reasonsOf(40, async () => {
      for (let i = 0; i < 40; i++) {
        const at = HANDSHAKE + random.below(tape.length - HANDSHAKE), size = random.below(3000);
        const parts = [[tape.subarray(0, at), tape.subarray(at + size)], [tape.subarray(0, at + size), tape.subarray(at)],
          [tape.subarray(0, at), random.bytes(size), tape.subarray(at + size)]][i % 3];
        await sendAll(Buffer.concat(parts));
      }
    });
  });

  await test('messages larger than they may be are refused before they are held', async () => {
    const reasons = await reasonsOf(20, async () => {
      for (let i = 0; i < 20; i++) {
        const isKnown = i % 2;
        const encoder = isKnown ? await Encoder.publish(server.rtmpPort, keyOf('target')) : await Encoder.connect(server.rtmpPort);
        const head = message(6, isKnown ? VIDEO : 20, 1, 0, Buffer.alloc(0));
        head.writeUIntBE(0xffffff, 4, 3); // 16 MiB - 1
        encoder.send(head);
        for (let n = 0; n < 100 && !encoder.isClosed; n++) encoder.send(Buffer.alloc(65536, 0xc6));
        await encoder.untilClosed();
      }
    });
    assert.ok(!('silent' in reasons) && !('hello_timeout' in reasons), JSON.stringify(reasons));
  });

  await test('pieces of messages on many chunk streams at once are bounded', async () => {
    await reasonsOf(5, async () => {
      for (let i = 0; i < 5; i++) {
        const encoder = await Encoder.publish(server.rtmpPort, keyOf('target'));
        for (let id = 64; id < 2000 && !encoder.isClosed; id++) {
          const head = message(0, AUDIO, 1, 0, Buffer.alloc(0)).subarray(1);
          head.writeUIntBE(200000, 3, 3);
          encoder.send(Buffer.concat([Buffer.from([1, id - 64 & 255, id - 64 >> 8]), head, Buffer.alloc(65536)]));
        }
        await encoder.untilClosed();
      }
    });
  });

  await test('who drips bytes, or none, is closed when the time is up; more than allowed from one address are refused', async () => {
    const n = 50;
    const reasons = await reasonsOf(n, async () => {
      const all = await Promise.all(Array.from({ length: n }, () => Raw.connect(server.rtmpPort)));
      const drip = setInterval(() => all.forEach((raw, i) => i % 2 && raw.send(Buffer.from([3]))), 200);
      await Promise.all(all.map((raw) => raw.untilClosed(15000)));
      clearInterval(drip);
    });
    assert.ok(reasons.hello_timeout >= 30 && reasons.full_address >= 10, JSON.stringify(reasons));
  });

  await test('an encoder that stops in the middle of a message is silent, and gone', async () => {
    assert.deepEqual(await reasonsOf(1, async () => {
      const encoder = await Encoder.connect(server.rtmpPort);
      encoder.send(opening(keyOf('target')));
      encoder.send(message(6, VIDEO, 1, 0, Buffer.alloc(5000)).subarray(0, 700));
      await encoder.untilClosed();
    }), { silent: 1 });
  });

  await test('an encoder that never reads its answers is no burden', async () => {
    await reasonsOf(1, async () => {
      const encoder = await Encoder.connect(server.rtmpPort);
      encoder.socket.pause();
      const ping = message(2, 4, 0, 0, Buffer.from([0, 6, 0, 0, 0, 1]));
      const many = Buffer.concat(Array.from({ length: 2000 }, () => ping));
      for (let i = 0; i < 200 && !encoder.isClosed; i++) {
        encoder.send(many);
        await until('room', () => encoder.isClosed || encoder.socket.writableLength < 1 << 20, 8000).catch(() => encoder.close());
      }
      encoder.socket.resume();
      encoder.close();
    });
  });

  await test('after all that the attacked lesson can be taught', async () => {
    teach(server.rtmpUrl('target'));
    const viewer = await Pupil.join(server, { lesson: 'target' });
    await viewer.untilState('live');
    await viewer.hears(2000);
    assert.equal(await server.metric('airclass_rtmp_connections'), 2);
  });

  await test('the lesson beside it had no gap', () => assertUndisturbed(pupil));
  await test('memory stayed within bounds', async () => memory.assertBelow(MOST_KIB));
});
