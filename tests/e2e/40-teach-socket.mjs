// A teacher without an encoder: the WebSocket of teachers' pages, from its packets to what pupils hear.

import assert from 'node:assert/strict';
import { bundle, PageTeacher, Studio, unit, voiceConfig } from './lib/page-teacher.mjs';
import { Pupil } from './lib/pupil.mjs';
import { keyOf, Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { run, test, until, wait } from './lib/testing.mjs';

const states = (pupil) => pupil.states.map((s) => s.state);

await run(async () => {
  const server = await Server.start({ lessons: [{ id: 'demo', title: '分数' }, { id: 'shut', watchKey: 'let-me-in-please' }, { id: 'other' }] });
  const laptop = new Studio('laptop-of-the-test'), phone = new Studio('phone-of-the-test');
  const pupil = await Pupil.join(server, { name: 'pupil' });
  let teacher = await PageTeacher.join(server, { studio: laptop, name: 'laptop' });

  await test('what a page sends is heard and seen', async () => {
    assert.equal(teacher.welcome.title, '分数');
    assert.deepEqual([teacher.welcome.watch, teacher.welcome.state, teacher.welcome.voice], ['/watch/demo', 'waiting', null]);
    assert.deepEqual(teacher.welcome.rtmp, { port: server.rtmpPort, path: 'live' });
    teacher.teach();
    await pupil.untilState('live');
    await pupil.hears(3000);
    assert.equal(pupil.voice.config.codec, 'opus');
    await pupil.until('video', (p) => p.frames > 20, 40000);
    assert.deepEqual(pupil.voice.holes, []);
  });

  await test('it is acknowledged, and told who is there', async () => {
    await teacher.isTaken(1000);
    await teacher.until('frames acknowledged', (t) => t.studio.clockMs - t.ack.video < 3000);
    await teacher.untilStatus((s) => s.state === 'live' && s.source.content === 'camera');
    const { status } = teacher, { kind, width, height } = status.source;
    assert.deepEqual([kind, width, height, status.pupils, status.reconnecting, status.hands], ['browser', 640, 360, 1, 0, 0]);
    assert.equal(Object.values(status.rungs).reduce((sum, n) => sum + n, 0), 1);
    pupil.choose('voice');
    await teacher.untilStatus((s) => s.voiceOnly === 1);
    pupil.choose('auto');
    await teacher.untilStatus((s) => s.voiceOnly === 0);
  });

  await test('a reload is the same lesson, and pupils notice nothing', async () => {
    pupil.watchVoice();
    teacher.vanish();
    teacher = await PageTeacher.join(server, { studio: laptop, name: 'laptop, loaded again' });
    assert.equal(typeof teacher.welcome.voice, 'number');
    teacher.teach();
    await pupil.hears(4000);
    assert.deepEqual(states(pupil), ['waiting', 'live']);
    assert.ok(pupil.voiceGap().missingMs < 300, JSON.stringify(pupil.voice.holes));
  });

  await test('a connection that is not known to be dead is replaced by the next one of the same device', async () => {
    const old = teacher;
    old.pause();
    teacher = await PageTeacher.join(server, { studio: laptop, name: 'laptop, on another network' });
    assert.equal((await old.untilClosed()).code, 4010);
    teacher.teach();
    await pupil.hears(1500);
    assert.deepEqual(states(pupil), ['waiting', 'live']);
  });

  await test('four seconds without a line keep pupils seated, and what was said meanwhile arrives late', async () => {
    pupil.watchVoice();
    teacher.vanish();
    await pupil.untilState('reconnecting');
    await wait(2000);
    teacher = await PageTeacher.join(server, { studio: laptop, name: 'laptop, back' });
    teacher.teach();
    await pupil.untilState('live');
    await pupil.hears(6000);
    assert.equal(pupil.closed, undefined);
    assert.deepEqual(states(pupil), ['waiting', 'live', 'reconnecting', 'live']);
    assert.ok(pupil.voiceGap().missingMs < 600, JSON.stringify(pupil.voice.holes));
  });

  await test('a codec process that dies costs the teacher nothing', async () => {
    pupil.watchVoice();
    const [worker] = server.workers();
    process.kill(worker, 'SIGKILL');
    await until('another worker', () => server.workers().some((pid) => pid !== worker));
    const { frames } = pupil;
    await pupil.hears(3000);
    await pupil.until('pictures again', (p) => p.frames > frames + 5 || p.rung.picture !== 'video');
    assert.ok(pupil.voiceGap().missingMs < 500, JSON.stringify(pupil.voice.holes));
    assert.equal(teacher.closed, undefined);
  });

  await test('another device asks, and takes over', async () => {
    const other = await PageTeacher.join(server, { studio: phone, name: 'phone' });
    await other.until('busy', (t) => t.busy);
    other.send(voiceConfig(1), bundle(1, phone.voice(0, 100).map((v) => v.packet)));
    await other.until('an ack of nothing', (t) => t.ack && t.ack.voice === null);
    assert.equal(teacher.closed, undefined);
    other.hello(keyOf('demo'), { take: true });
    assert.equal((await teacher.untilClosed()).code, 4010);
    await other.until('welcome', (t) => t.texts.filter((m) => m.t === 'welcome').length === 2);
    teacher = other;
    teacher.teach();
    await teacher.isTaken(1000);
    await pupil.hears(3000);
    assert.equal(pupil.closed, undefined);
  });

  await test('the end is deliberate: pupils are told at once', async () => {
    teacher.pause();
    teacher.say({ t: 'end' });
    await pupil.untilState('ended', 2000);
    await teacher.untilStatus((s) => s.state === 'ended' && s.source.kind === 'none' && s.since === 0);
    assert.equal(teacher.closed, undefined);
  });

  await test('an encoder begins it anew, a page takes over from it, and back', async () => {
    teach(server.rtmpUrl('demo'));
    await pupil.untilState('live');
    await teacher.untilStatus((s) => s.source.kind === 'rtmp');
    await pupil.hears(1500);
    const page = await PageTeacher.join(server, { studio: laptop, name: 'laptop, instead of the encoder' });
    await page.until('busy', (t) => t.busy);
    page.hello(keyOf('demo'), { take: true });
    await page.until('welcome', (t) => t.texts.filter((m) => m.t === 'welcome').length === 2);
    await server.logged('rtmp.closed', { why: 'kicked' });
    page.teach();
    await page.isTaken(1000);
    await pupil.hears(3000);
    await teacher.untilStatus((s) => s.source.kind === 'browser');
    page.pause();
    page.say({ t: 'hello', v: 1, key: keyOf('demo'), device: laptop.device, media: false });
    await page.untilStatus((s) => s.source.kind === 'none');
    teach(server.rtmpUrl('demo'));
    await page.untilStatus((s) => s.source.kind === 'rtmp');
    await pupil.hears(3000);
    assert.equal(pupil.closed, undefined);
  });

  await Promise.all([
    test('pupils who broke off are counted until they are back', async () => {
      const watcher = await PageTeacher.join(server, { lesson: 'other', media: false });
      const some = await Promise.all([1, 2, 3].map((n) => Pupil.join(server, { lesson: 'other', name: `other-${n}` })));
      await watcher.untilStatus((s) => s.pupils === 3);
      some[0].socket.close(1000);
      await watcher.untilStatus((s) => s.pupils === 2);
      assert.equal(watcher.status.reconnecting, 0);
      some[1].leave();
      some[2].leave();
      await watcher.untilStatus((s) => s.pupils === 0 && s.reconnecting === 2);
      const back = await Pupil.join(server, { lesson: 'other', name: 'back', pts: 0 });
      await watcher.untilStatus((s) => s.pupils === 1 && s.reconnecting === 1);
      back.leave();
      watcher.vanish();
    }),

    test('a rehearsal is seen by its teacher alone', async () => {
      const page = await PageTeacher.join(server, { lesson: 'shut', rehearse: true });
      const { id, key } = page.welcome.rehearsal;
      page.teach();
      const self = await Pupil.join(server, { lesson: id, key, name: 'self' });
      await self.hears(2000);
      for (const wrong of [undefined, 'let-me-in-please']) {
        assert.equal((await (await Pupil.join(server, { lesson: id, key: wrong })).untilClosed()).code, 4003);
      }
      const others = await Pupil.join(server, { lesson: 'shut', key: 'let-me-in-please', name: 'others' });
      await others.untilState('waiting');
      const { json } = await server.admin('GET', '/api/v1/lessons');
      assert.ok(json.lessons.length >= 3 && !json.lessons.some((l) => l.id === id));
      assert.equal((await fetch(`${server.origin}/api/v1/lessons/shut`).then((r) => r.json())).state, 'waiting');
      page.vanish();
      assert.equal((await self.untilClosed()).code, 4004);
      assert.equal((await (await Pupil.join(server, { lesson: id, key })).untilClosed()).code, 4004);
      assert.equal(others.bytes, 0);
    }),

    test('a new key with one message: this page stays, others and encoders go', async () => {
      const { json: lesson } = await server.admin('POST', '/api/v1/lessons', { id: 'rekeyed', open: true });
      const old = lesson.stream_key;
      const encoder = teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${old}`);
      const viewer = await Pupil.join(server, { lesson: 'rekeyed' });
      await viewer.hears(500);
      const other = await PageTeacher.join(server, { key: old, studio: phone, media: false });
      const page = await PageTeacher.join(server, { key: old, studio: laptop, media: false });
      page.say({ t: 'rotate', key: 'made-up-by-this-very-test-1' });
      await page.until('a new key', (t) => t.rotated);
      const { key } = page.rotated;
      assert.notEqual(key, old);
      assert.equal((await server.admin('GET', '/api/v1/lessons/rekeyed/keys')).json.stream_key, key);
      assert.equal((await other.untilClosed()).code, 4003);
      assert.notEqual((await encoder.ended).code, 0);
      page.say({ t: 'rotate', key: 'made-up-by-this-very-test-4' });
      await page.until('a refusal', (t) => t.rotated.why === 'busy');
      page.hello(key, { media: true });
      await page.until('welcome', (t) => t.texts.filter((m) => m.t === 'welcome').length === 2);
      page.teach();
      await page.isTaken(1000);
      await viewer.hears(1000);
      assert.equal(page.closed, undefined);
      assert.equal((await (await PageTeacher.join(server, { key: old })).untilClosed()).code, 4003);
      const fixed = await PageTeacher.join(server, { lesson: 'other', media: false });
      fixed.say({ t: 'rotate', key: 'made-up-by-this-very-test-2' });
      await fixed.until('why not', (t) => t.rotated?.why === 'config');
    }),
  ]);

  await test('what is none of their business closes a pupil, a page that looks on, and a stranger', async () => {
    const media = Buffer.concat([voiceConfig(0), bundle(0, laptop.voice(0, 100).map((v) => v.packet))]);
    const intruder = await Pupil.join(server, { name: 'intruder' });
    await intruder.until('welcome', (p) => p.welcome);
    intruder.socket.send(media);
    assert.equal((await intruder.untilClosed()).code, 1003);
    for (const text of [{ t: 'end' }, { t: 'rotate', key: 'made-up-by-this-very-test-3' }, { t: 'source', content: 'slides' }, { t: 'hello', v: 1, key: keyOf('demo'), device: phone.device }]) {
      const words = await Pupil.join(server, { name: 'words' });
      words.say(text);
      assert.equal((await words.untilClosed()).code, 4000, JSON.stringify(text));
    }
    const looker = await PageTeacher.join(server, { media: false });
    looker.send(media);
    assert.equal((await looker.untilClosed()).code, 4000);
    const early = new PageTeacher(phone, { name: 'early' });
    await early.connect(server);
    early.send(media);
    assert.equal((await early.untilClosed()).code, 4000);
  });

  await test('hostile bytes end their connection and nothing else', async () => {
    const hostile = [Buffer.alloc(0), Buffer.alloc(7), Buffer.alloc(65536, 0xff), unit(0, 3, 0, Buffer.from([5])), unit(1, 6, 0, Buffer.alloc(40, 0xff)),
      unit(1, 1, 0, Buffer.alloc(10)), unit(9, 9, 0, Buffer.alloc(10)), unit(3, 2, 0, Buffer.alloc(5000))];
    for (const bytes of hostile) {
      const page = await PageTeacher.join(server, { lesson: 'other', studio: phone });
      page.socket.send(bytes);
      assert.equal((await page.untilClosed()).code, 4000, bytes.subarray(0, 8).toString('hex'));
    }
    const big = await PageTeacher.join(server, { lesson: 'other', studio: phone });
    big.socket.send(Buffer.alloc(65537));
    assert.equal((await big.untilClosed()).code, 1009);
    await pupil.hears(1000);
    assert.equal(await server.metric('airclass_teachers{state="teaching"}'), 1);
  });

  await test('keys can not be tried out, and none is in the log', async () => {
    let guesses = 0, code; // 30 at once; one is forgiven every two seconds, and a slow machine takes seconds
    do {
      const page = await PageTeacher.join(server, { key: `guess-number-${guesses++}` });
      ({ code } = await page.untilClosed());
    } while (code === 4003 && guesses < 100);
    assert.equal(code, 4029);
    assert.ok(guesses > 20, `${guesses} guesses`);
    const keys = (await server.admin('GET', '/api/v1/lessons')).json.lessons.flatMap((l) => [l.stream_key, l.watch_key]).filter(Boolean);
    assert.deepEqual(keys.filter((key) => server.process.lines.some((line) => line.includes(key))), []);
  });
});
