// The teach page in real Chromium, against the real server: a teacher with a camera and a microphone that are none, pupils who count
// every packet, and one who sits before a browser.
// browser: encodes in one, and listens in another

import assert from 'node:assert/strict';
import { ALL, Pupil } from './lib/pupil.mjs';
import { keyOf, Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { teacherBrowser, TeachPage } from './lib/teach-page.mjs';
import { run, skip, test, until, wait } from './lib/testing.mjs';
import { WatchPage, whyNot } from './lib/watch-page.mjs';

/** What the issue allows a newcomer; one of the clicks is the browser's own question. */
const CLICKS_MAX = 3;
const VOICE_GAP_MAX_MS = 500;
/** It takes 17 s and as long again to play; a machine that is slow has time. */
const REHEARSAL_MS = 90000;

const worst = (holes) => Math.max(0, ...holes.map((h) => h.ms));

async function testNewcomer(browser, server, pupil) {
  let t;
  await test('a newcomer is on air with three clicks, and is heard', async () => {
    t = await TeachPage.open(browser, server, { isNew: true });
    await t.click('#allow');
    await t.seesItself();
    await t.click('#go');
    await t.isOnAir();
    await pupil.untilState('live');
    await pupil.hears(1000);
    const ms = Date.now() - t.openedAt, clicks = t.clicks + 1;
    console.log(`# from the address to a pupil's ear: ${clicks} clicks, one of them the browser's question, ${(ms / 1000).toFixed(1)} s`);
    assert.ok(clicks <= CLICKS_MAX);
    await pupil.hears(5000);
    assert.ok(worst(pupil.voice.holes) <= VOICE_GAP_MAX_MS, JSON.stringify(pupil.voice.holes));
  });
  return t;
}

async function testPupilsPage(browser, server, t) {
  await test('a pupil\'s page hears and sees the teacher, and the teacher sees that somebody is there', async () => {
    const w = await WatchPage.join(browser, server);
    await w.plays();
    await w.until('a picture', (f) => f.picture !== 'none');
    await w.assertSounds();
    await t.until('two pupils are counted', async () => /2/.test(await t.text('#pupils')));
    if (await t.evaluate(() => document.getElementById('look').hidden)) await t.click('#lookSwitch');
    await t.until('what pupils see', () => t.evaluate(() => document.getElementById('pupil').dataset.picture !== 'none'));
    await t.until('the look is none', async () => /2/.test(await t.text('#pupils')));
    await w.page.close();
  });
}

async function testSources(t, pupil) {
  await test('camera, screen, whiteboard, voice alone and back: the voice has no gap above 0.5 s', async () => {
    await pupil.until('pictures', () => pupil.frames > 0 || pupil.still.whole.length > 0);
    pupil.watchVoice();
    for (const kind of ['screen', 'board', 'none', 'camera']) {
      await t.choose(kind);
      await pupil.hears(3000);
    }
    const { holes, longestWaitMs } = pupil.voiceGap();
    console.log(`# largest hole in the voice ${worst(holes)} ms, longest wait for a bundle ${longestWaitMs} ms`);
    assert.ok(worst(holes) <= VOICE_GAP_MAX_MS, JSON.stringify(holes));
  });
}

const inks = (pupil, shown, count) => pupil.until(`${shown} with ${count} strokes`, () => pupil.ink.shown === shown && pupil.ink.ids.length === count);

async function testBoard(t, pupil, server) {
  await test('what is written on the whiteboard reaches pupils, and a reload keeps all pages', async () => {
    await t.choose('board');
    await t.draw();
    await inks(pupil, 'page 1', 1);
    await t.click('#tools [aria-label=加一页]');
    await t.draw();
    await t.draw();
    await inks(pupil, 'page 2', 2);
    const turns = pupil.ink.keys;
    await t.page.reload();
    await t.asks(/这节课还在继续/);
    await t.click('#sheetYes');
    await t.isOnAir();
    await pupil.hears(1000);
    await t.until('the board is there', async () => /2\/2/.test(await t.text('#tools')) && await t.evaluate(() => document.getElementById('stage').dataset.base === 'blank'));
    await t.draw();
    await inks(pupil, 'page 2', 3);
    assert.equal(pupil.ink.keys, turns, 'nobody saw another page meanwhile');
    await t.click('#tools [aria-label=上一页]');
    await inks(pupil, 'page 1', 1);
  });
  await test('over the camera\'s picture pupils get strokes, and who can\'t draw a picture with them', async () => {
    await t.choose('camera');
    await inks(pupil, 'hidden', 0);
    await t.click('#tools button:last-child');
    await t.draw();
    await inks(pupil, 'picture', 1);
    const width = async () => (await server.admin('GET', '/api/v1/sessions/demo')).json.source.width;
    await t.until('the worker gets the page that was written on', async () => await width() === 1280);
    await t.click('#tools button:last-child');
    await inks(pupil, 'hidden', 0);
    await t.until('the worker gets the camera', async () => await width() === 640);
  });
}

async function testMute(t, pupil) {
  await test('muted pupils hear silence, are told, and stay; a reload does not turn the microphone on', async () => {
    await t.click('#mute');
    await t.says(/已静音/);
    await pupil.until('told that the teacher is muted', () => pupil.isMuted);
    assert.ok(pupil.texts.findLast((m) => m.muted).pts > 0, 'since when');
    await pupil.hears(1000);
    await t.page.reload();
    await t.asks(/这节课还在继续/);
    await t.click('#sheetYes');
    await t.says(/已静音/);
    await pupil.hears(1000);
    assert.ok(pupil.isMuted);
    await t.click('#mute');
    await t.isOnAir();
    await pupil.until('told that the teacher is not', () => !pupil.isMuted);
    assert.equal(pupil.closed, undefined);
  });
}

async function reload(t, pupil, server, onPage) {
  const before = server.events('session.state').length;
  pupil.watchVoice();
  const begin = Date.now();
  await t.page.reload();
  await onPage();
  await t.isOnAir();
  await pupil.hears(1000);
  const { holes } = pupil.voiceGap();
  console.log(`# from the reload to heard again ${((Date.now() - begin) / 1000).toFixed(1)} s, hole in the voice ${worst(holes)} ms`);
  assert.equal(pupil.closed, undefined);
  assert.ok(!server.events('session.state').slice(before).some((e) => e.to === 'ended'));
}

async function testReload(t, pupil, server) {
  await test('after a reload the lesson goes on with one click, and no pupil joins again', () => reload(t, pupil, server, async () => {
    await t.asks(/这节课还在继续/);
    await t.click('#sheetYes');
  }));
  await t.allow(true);
  await test('where the browser has allowed the microphone for good, a click anywhere at most is wanted', () => reload(t, pupil, server, async () => {
    await wait(3000);
    if (await t.scene() !== 'air') await t.click('#sheetYes');
    else console.log('# by itself');
  }));
}

async function testTakeOver(browser, server, t, pupil) {
  await test('a second device asks, takes over, and gives back; pupils stay', async () => {
    const other = await TeachPage.open(browser, server);
    await other.seesItself();
    await other.click('#go');
    await other.asks(/另一台设备正在上这节课/);
    await pupil.hears(1000); // nothing has happened yet
    await other.click('#sheetYes');
    await other.isOnAir();
    await t.asks(/转到另一台设备/);
    await pupil.hears(2000);
    await t.click('#sheetYes');
    await t.isOnAir();
    await other.asks(/转到另一台设备/);
    await pupil.hears(2000);
    assert.equal(pupil.closed, undefined);
    await other.close();
  });
}

async function testEnd(t, pupil) {
  await test('the end is asked for once, and pupils are told', async () => {
    await t.click('#end');
    await t.click('#askNo');
    await pupil.hears(500);
    await t.end();
    await pupil.untilState('ended');
    await t.notes(/下课了/);
  });
}

async function testRehearsal(browser, server) {
  await test('a rehearsal plays what a pupil would get and says what to mend; pupils see nothing of it', async () => {
    const pupil = await Pupil.join(server, { lesson: 'quiet' }), t = await TeachPage.open(browser, server, { lesson: 'quiet' });
    await t.seesItself();
    await t.click('#rehearse');
    await t.click('#trialGo');
    const hasVerdict = async () => (await t.text('.verdicts')).length > 0;
    await t.until('the recording is played', async () => await t.isSeen('#trialStage') || await hasVerdict(), REHEARSAL_MS);
    assert.equal(await t.text('.verdicts'), '', 'told before it was heard');
    await t.until('it sounds', () => t.evaluate(() => document.getElementById('trialVoice').currentTime > 0 && !document.getElementById('trialVoice').paused));
    await t.until('a verdict', hasVerdict, REHEARSAL_MS);
    console.log('# verdict: ' + await t.text('.verdicts'));
    assert.doesNotMatch(await t.text('.verdicts'), /没有传到|没有测出/);
    assert.equal(pupil.state, 'waiting');
    await t.click('#trialGo');
    await t.isOnAir();
    await pupil.hears(1000);
    await t.end();
    await t.close();
  }, 2 * REHEARSAL_MS);
}

async function testDenied(server) {
  await test('without the permission for a microphone there is a sentence and a way on', async () => {
    const browser = await teacherBrowser(['--use-fake-device-for-media-stream', '--deny-permission-prompts']);
    const t = await TeachPage.open(browser, server, { lesson: 'quiet' });
    await t.click('#go');
    await t.notes(/麦克风的权限/);
    assert.equal(await t.scene(), 'prepare');
    assert.ok(await t.isSeen('.note[role=alert] button'));
    await t.close();
  });
}

/** Its teacher ends it on the page; what the encoder sends then is nobody's until the page says so. */
async function testEncodersEnd(t, server, pupil, key) {
  const url = `rtmp://127.0.0.1:${server.rtmpPort}/live/${key}`;
  await pupil.untilState('live');
  await t.end();
  await pupil.untilState('ended');
  teach(url);
  await server.logged('rtmp.closed', { why: 'over' });
  await t.notes(/推流软件就算还开着/);
  assert.equal(pupil.state, 'ended');
  await t.click('#notes [data-note^=shut] button');
  await t.until('it may', async () => !/推流软件就算还开着/.test(await t.text('#notes')));
  teach(url);
  await pupil.untilState('live');
  await t.says(/推流软件/);
}

async function testEncoder(browser, server) {
  await test('a lesson from OBS shows the same facts, and its key can be changed', async () => {
    const made = await server.admin('POST', '/api/v1/lessons', { id: 'obs', stream_key: 'first-key-of-obs', open: true });
    assert.equal(made.status, 201);
    const t = await TeachPage.open(browser, server, { key: 'first-key-of-obs' }), pupil = await Pupil.join(server, { lesson: 'obs' });
    await t.click('#encoder summary');
    assert.equal(await t.page.inputValue('#rtmpServer'), `rtmp://localhost:${server.rtmpPort}/live`);
    assert.equal(await t.page.getAttribute('#rtmpKey', 'type'), 'password');
    teach(`rtmp://127.0.0.1:${server.rtmpPort}/live/${await t.page.inputValue('#rtmpKey')}`);
    await t.says(/推流软件/);
    await t.click('#lookSwitch');
    await t.until('what pupils see', () => t.evaluate(() => document.getElementById('pupil').dataset.picture !== 'none'));
    await t.until('what comes is told', async () => /\d+×\d+/.test(await t.text('#rtmpStatus')));
    await testEncodersEnd(t, server, pupil, await t.page.inputValue('#rtmpKey'));
    await t.click('#rotate');
    await t.click('#askYes');
    await t.until('another key', async () => !/first-key/.test(t.page.url()) && await t.isSeen('#rotated'));
    const { json } = await server.admin('GET', '/api/v1/lessons/obs/keys');
    assert.ok(t.page.url().endsWith('#k=' + json.stream_key));
    await t.until('the encoder was sent away', async () => await t.scene() === 'prepare');
    await t.notes(/没有人在讲，但还没有下课/);
    assert.doesNotMatch(await t.text('#notes'), /下课了/, 'that was the one before');
    await t.close();
  });
}

async function testRefusals(browser, server) {
  await test('a wrong key, no key, and plain http from another machine are told in words', async () => {
    const wrong = await TeachPage.open(browser, server, { key: 'a-key-of-nobody' });
    await wrong.asks(/这个链接不能上课/);
    await wrong.page.fill('#sheetKey', keyOf('quiet'));
    await wrong.click('#sheetYes');
    await wrong.says(/还没有开始|已经结束/);
    await wrong.close();
    const none = await TeachPage.open(browser, server, { key: '' });
    await none.asks(/这个链接不能上课/);
    await none.close();
    const { TEACHER } = await (await import('./lib/watch-page.mjs')).harness();
    const far = await teacherBrowser([...TEACHER, '--host-resolver-rules=MAP school.test 127.0.0.1']);
    const plain = await TeachPage.open(far, server, { lesson: 'quiet', origin: `http://school.test:${server.port}` });
    await plain.asks(/不能用麦克风.*https/s);
    await plain.until('what a streaming app needs', () => plain.isSeen('#appServer'));
    assert.deepEqual([await plain.page.inputValue('#appServer'), await plain.page.inputValue('#appKey')], [`rtmp://school.test:${server.rtmpPort}/live`, keyOf('quiet')]);
    await plain.close();
  });
}

async function testManners(t) {
  await test('the page asks no other host, and complains of nothing', async () => {
    assert.equal(t.hosts.size, 1, [...t.hosts].join());
    assert.deepEqual(t.complaints, []);
  });
}

await run(async () => {
  const reason = whyNot('chromium');
  if (reason) return skip('the teach page in Chromium', reason);
  const server = await Server.start({ lessons: [{ id: 'demo', title: '分数 · Fractions' }, { id: 'quiet' }] });
  const browser = await teacherBrowser(), pupil = await Pupil.join(server, { can: [...ALL, 'ink'] });
  const t = await testNewcomer(browser, server, pupil);
  await testPupilsPage(browser, server, t);
  await testSources(t, pupil);
  await testBoard(t, pupil, server);
  await testMute(t, pupil);
  await testReload(t, pupil, server);
  await testTakeOver(browser, server, t, pupil);
  await testEnd(t, pupil);
  await testManners(t);
  await testRehearsal(browser, server);
  await testEncoder(browser, server);
  await testDenied(server);
  await testRefusals(browser, server);
});
