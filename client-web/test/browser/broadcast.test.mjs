// The broadcast without its layout, in Chromium with fake devices, against a stand-in server that looks at every unit.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { chromium, isInstalled, TEACHER } from '../browser.mjs';
import { serveTeacher } from '../teach-server.mjs';
import { until, wait } from '../until.mjs';

describe('broadcast', { skip: isInstalled('chromium') ? false : 'chromium is not installed' }, () => {
  let browser, server, page;
  const pictures = () => server.taken.pictures, last = () => pictures().at(-1);
  const view = () => page.evaluate(() => JSON.parse(JSON.stringify(window.b.view)));
  /** Another picture of that codec and width. */
  const shows = (codec, width) => until(`${codec}, ${width} wide`, () => last() && last().codec === codec && last().width === width);
  const talks = (ms = 1000) => {
    const from = server.taken.newest ?? 0;
    return until('more voice', () => (server.taken.newest ?? 0) > from + ms);
  };
  /** A second of voice without a picture: on a busy machine one that was under way may still come, and no more. */
  const rests = () => until('no more pictures', async () => {
    const before = pictures().length;
    await talks();
    return pictures().length === before;
  });
  /** As the system does it. */
  const shut = (isShut) => page.evaluate((value) => {
    const { track } = window.b.voice;
    Object.defineProperty(track, 'muted', { value, configurable: true });
    track.dispatchEvent(new Event(value ? 'mute' : 'unmute'));
  }, isShut);
  const begin = (source) => page.evaluate(async (s) => {
    window.b = new window.Broadcast({ key: 'stream-key' });
    window.b.open();
    await window.b.start();
    if (s) await window.b.setSource(s);
  }, source);

  before(async () => (browser = await chromium({}, [...TEACHER, '--autoplay-policy=no-user-gesture-required'])));
  after(() => browser.close());
  beforeEach(async () => {
    server = await serveTeacher();
    page = await browser.open(server.origin);
    page.complaints = [];
    page.on('pageerror', (e) => page.complaints.push(String(e)));
  });
  afterEach(async () => {
    assert.deepEqual([server.complaints, page.complaints], [[], []]);
    await page.context().close();
    server.close();
  });

  test('camera, board and picture in turn, and mute: the voice has no hole, pictures begin with a keyframe', async () => {
    await begin({ kind: 'camera' });
    await shows('vp8', 640);
    assert.ok(pictures()[0].isKey);
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
      window.g = canvas.getContext('2d');
      window.g.fillRect(0, 0, 640, 720);
      return window.b.setSource({ kind: 'board', canvas });
    });
    await until('the board', () => last().width === 1280);
    assert.ok(pictures().find((p) => p.width === 1280).isKey);
    await page.evaluate(() => window.b.setMuted(true));
    await page.evaluate(async () => window.b.setSource({ kind: 'picture', file: await new Promise((go) => window.g.canvas.toBlob(go)) }));
    await talks();
    await page.evaluate(() => window.b.setSource(undefined));
    await rests();
    assert.deepEqual(server.taken.holes(), []);
    assert.deepEqual(server.heard.filter((m) => m.t === 'source').map((m) => [m.content, m.muted]).at(-1), ['auto', true]);
  });

  test('what covers a picture is sent in its place, and the picture again behind it; it stays the source', async () => {
    await begin({ kind: 'camera' });
    await shows('vp8', 640);
    await page.evaluate(() => window.b.cover(Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })));
    await until('the cover', () => last().width === 1280);
    assert.ok(pictures().find((p) => p.width === 1280).isKey);
    assert.deepEqual(await page.evaluate(() => [window.b.view.source, window.b.preview.getVideoTracks()[0].readyState]), ['camera', 'live']);
    assert.equal(server.heard.filter((m) => m.t === 'source').at(-1).content, 'slides');
    const count = pictures().length;
    await page.evaluate(() => window.b.cover(undefined));
    await until('the camera again', () => last().width === 640);
    assert.ok(pictures().slice(count).find((p) => p.width === 640).isKey);
    assert.equal(server.heard.filter((m) => m.t === 'source').at(-1).content, 'camera');
    await page.evaluate(() => window.b.cover(document.createElement('canvas')));
    await page.evaluate(() => window.b.setSource({ kind: 'camera' }));
    await until('a camera that was chosen anew', () => last().width === 640);
    assert.deepEqual(server.taken.holes(), []);
  });

  test('where sharing ends below a cover the cover goes on, and behind it there is nothing', async () => {
    await begin({ kind: 'camera' });
    await shows('vp8', 640);
    await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 }), track = window.b.preview.getVideoTracks()[0];
      window.g = canvas.getContext('2d');
      window.g.fillRect(0, 0, 640, 720);
      await window.b.cover(canvas);
      track.stop();
      track.dispatchEvent(new Event('ended'));
    });
    await until('the cover', () => last().width === 1280);
    const count = pictures().length, { source, troubles } = await view();
    assert.deepEqual([source, troubles], ['camera', [{ what: 'camera', why: 'lost' }]]);
    await page.evaluate(() => window.g.clearRect(0, 0, 640, 720));
    await until('the cover as it is now', () => pictures().length > count);
    await page.evaluate(() => window.b.cover(undefined));
    assert.equal((await view()).source, undefined);
    await rests();
    await page.evaluate(() => window.b.setSource({ kind: 'camera' }));
    await shows('vp8', 640);
  });

  test('a board at rest sends nothing, a stroke is seen', async () => {
    await begin();
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 }), { VideoFrame } = window;
      window.VideoFrame = function () {
        window.VideoFrame = VideoFrame; // the first one can't be had
        throw new DOMException('', 'InvalidStateError');
      };
      window.g = canvas.getContext('2d');
      window.g.fillStyle = '#fff';
      window.g.fillRect(0, 0, 1280, 720);
      return window.b.setSource({ kind: 'board', canvas });
    });
    await until('the board', () => pictures().length > 0);
    await talks(3000);
    const count = pictures().length;
    await talks(3000);
    assert.equal(pictures().length, count);
    await page.evaluate(() => {
      window.g.fillStyle = '#000';
      window.g.fillRect(200, 200, 3, 40);
    });
    await until('the stroke', () => pictures().length > count);
  });

  test('a cut of the connection is a hole of nothing: the voice that was under way comes again', async () => {
    await begin({ kind: 'camera' });
    await talks(2000);
    const before = server.greeted;
    server.cut();
    await until('back', () => server.greeted > before);
    const at = Date.now();
    await talks(2000);
    assert.deepEqual(server.taken.holes().filter((ms) => ms > 10), []);
    await until('a picture', () => pictures().some((p) => p.at > at));
    assert.equal((await view()).isTeaching, true);
  });

  test('a line that is dead without a word is told of, for how long, until the server is heard again', async () => {
    await begin();
    await talks();
    server.isSilent = true;
    await until('stuck for 3 s', async () => (await view()).uplink.unackedMs > 3000);
    server.isSilent = false;
    server.cut();
    await until('no more', async () => (await view()).uplink.unackedMs < 1000);
    await talks();
  });

  test('a page that is loaded anew may go on, on the same clock', async () => {
    await begin();
    await talks(2000);
    const before = server.taken.newest, at = Date.now();
    await page.reload();
    await page.evaluate(() => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
    });
    await until('an offer', async () => (await view()).canContinue);
    const away = Date.now() - at; // what is said from here on is later than that, however late it arrives
    await page.evaluate(() => window.b.start());
    await talks();
    const gone = server.taken.newest - before, late = 5000;
    assert.ok(gone > away - 100 && gone < Date.now() - at + late, `${gone} ms by the clock, ${away} to ${Date.now() - at} by the wall`);
  });

  test('a lesson that is offered to be continued can be ended instead', async () => {
    await begin();
    await talks();
    await page.reload();
    await page.evaluate(() => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
    });
    await until('an offer', async () => (await view()).canContinue);
    await page.evaluate(() => window.b.end());
    await until('the end', () => server.heard.some((m) => m.t === 'end'));
    assert.equal((await view()).canContinue, false);
  });

  test('who finds another device teaching is told so, and may take over', async () => {
    server.isBusy = true;
    await begin();
    await until('busy', async () => (await view()).phase === 'busy');
    assert.equal((await view()).isTeaching, false);
    assert.equal(server.taken.bytes, 0);
    await page.evaluate(() => window.b.take());
    await talks();
    server.source.close(4010);
    await until('taken', async () => (await view()).phase === 'taken');
  });

  test('an end is said once, and nothing follows it', async () => {
    await begin({ kind: 'camera' });
    await talks();
    await page.evaluate(() => window.b.end());
    await until('the end', () => server.heard.some((m) => m.t === 'end'));
    const { bytes } = server.taken;
    await wait(500);
    assert.equal(server.taken.bytes, bytes);
    assert.equal((await view()).isTeaching, false);
  });

  const ends = () => server.heard.filter((m) => m.t === 'end').length;
  const loseLine = () => {
    server.isDeaf = true;
    server.cut();
    return until('no line', async () => (await view()).phase === 'away');
  };

  test('an end that was said into a dead line is said again; that of a rehearsal is not said to the lesson', async () => {
    await begin();
    await talks();
    server.isSilent = true;
    await page.evaluate(() => window.b.end());
    await until('the end', () => ends() === 1);
    server.isSilent = false;
    server.cut();
    await until('the end again', () => ends() === 2);
    await page.evaluate(() => {
      window.b.rehearse(true);
      return window.b.start();
    });
    await talks();
    await loseLine();
    await page.evaluate(() => {
      window.b.end();
      window.b.rehearse(false);
    });
    const { greeted } = server;
    server.isDeaf = false;
    await until('greeted', () => server.greeted > greeted);
    await wait(300);
    assert.equal(ends(), 2);
  });

  test('an end that the server hears of later, or has not answered a greeting before, is not offered to be continued', async () => {
    await begin();
    await talks();
    await loseLine();
    await page.evaluate(() => window.b.end());
    server.isDeaf = false;
    await until('the end', () => ends() === 1);
    assert.equal((await view()).canContinue, false);
    const { greeted } = server;
    await page.evaluate(async () => {
      await window.b.start();
      window.b.end();
    });
    await until('the answer to it', () => server.greeted > greeted && ends() > 1);
    await wait(300);
    assert.equal((await view()).canContinue, false);
  });

  test('a microphone that goes is replaced, or silence goes on in its place', async () => {
    await begin();
    await talks();
    await page.evaluate(() => {
      const devices = navigator.mediaDevices;
      window.b.voice.track.dispatchEvent(new Event('ended')); // unplugged, and there is another
      devices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
    });
    await until('another microphone', () => page.evaluate(() => !!window.b.voice.track)); // silence alone is voice, too
    await talks();
    await page.evaluate(() => window.b.voice.track.dispatchEvent(new Event('ended')));
    await until('the trouble', async () => (await view()).troubles.some((t) => t.what === 'microphone' && t.why === 'lost'));
    await talks(2000);
    assert.ok(server.taken.holes().every((ms) => ms <= 500), `${server.taken.holes()}`);
  });

  test('of microphones that are asked for at once the one of the last call is heard; what comes when all is over is off', async () => {
    const states = await page.evaluate(async () => {
      const devices = navigator.mediaDevices, get = devices.getUserMedia.bind(devices), slow = [];
      const later = async (act) => {
        const stream = await get({ audio: true });
        let give;
        devices.getUserMedia = () => new Promise((resolve) => (give = () => resolve(stream)));
        const first = window.b.setMicrophone('');
        devices.getUserMedia = get;
        await act();
        give();
        await first;
        slow.push(stream.getTracks()[0].readyState);
      };
      window.b = new window.Broadcast({ key: 'stream-key' });
      let { track } = window.b.voice;
      await later(async () => {
        await window.b.setMicrophone('');
        ({ track } = window.b.voice);
      });
      const isHeard = window.b.voice.track === track && track.readyState;
      await later(() => window.b.release());
      return [isHeard, ...slow, window.b.voice.track];
    });
    assert.deepEqual(states, ['live', 'ended', 'ended', undefined]);
  });

  test('devices of last time that are not there now: the system\'s choice; and a microphone that is kept silent is told of', async () => {
    await page.evaluate(async () => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
      await window.b.setMicrophone('at-home');
      await window.b.setSource({ kind: 'camera', deviceId: 'at-home' });
      await window.b.start();
    });
    await talks();
    assert.match(await page.evaluate(() => window.b.microphoneId), /^(default|\w{32,})$/);
    await shut(true);
    await until('the trouble', async () => (await view()).troubles.some((t) => t.what === 'microphone' && t.why === 'shut'));
    await shut(false);
    await until('no trouble', async () => !(await view()).troubles.length);
    await talks();
  });

  test('a device that has one camera open at a time changes cameras all the same', async () => {
    await begin({ kind: 'camera' });
    await shows('vp8', 640);
    const states = await page.evaluate(async () => {
      const devices = navigator.mediaDevices, get = devices.getUserMedia.bind(devices), track = () => window.b.preview?.getVideoTracks()[0], before = track();
      devices.getUserMedia = async (wanted) => {
        if (wanted.video && track()?.readyState === 'live') throw new DOMException('', 'NotReadableError');
        if (wanted.video?.deviceId?.exact === 'stuck') throw new DOMException('', 'NotReadableError');
        return get({ ...wanted, video: wanted.video && {} });
      };
      await window.b.setSource({ kind: 'camera', deviceId: 'back' });
      const after = track(), why = await window.b.setSource({ kind: 'camera', deviceId: 'stuck' }).catch((e) => e.trouble.why);
      return [before.readyState, after.readyState === 'live' || after !== before, why, window.b.view.source, window.b.view.troubles];
    });
    assert.deepEqual(states, ['ended', true, 'used', undefined, [{ what: 'camera', why: 'lost' }]]);
    await talks();
  });

  test('while the page stands still the voice and the camera go on', async () => {
    await begin({ kind: 'camera' });
    await shows('vp8', 640);
    let goOn;
    await page.route('**/hold', (route) => (goOn = () => route.fulfill({ body: '' })));
    const still = page.evaluate(() => {
      const held = new XMLHttpRequest();
      held.open('GET', '/hold', false); // no script, timer or message has its turn until this is answered
      held.send();
    });
    await until('standing still', () => goOn);
    const count = pictures().length;
    await talks(5000);
    await until('moving pictures', () => pictures().length > count + 10);
    await goOn();
    await still;
    assert.deepEqual(server.taken.holes(), []);
  });

  test('where there is no worker a page that stands still loses no voice, and is not late for good', async () => {
    const busy = (ms) => page.evaluate((for_) => {
      for (const end = performance.now() + for_; performance.now() < end;);
    }, ms);
    const behind = () => Date.now() - server.taken.newest;
    await page.evaluate(() => delete window.Worker);
    await begin();
    await talks(3000);
    const before = behind();
    await busy(3000);
    await talks(3000);
    assert.deepEqual(server.taken.holes(), []);
    await until('the present', () => behind() - before < 600);
  });

  test('a microphone of which nothing comes is told of, silence goes on, and so does the voice when it comes back', async () => {
    await page.evaluate(() => {
      delete window.MediaStreamTrackProcessor; // an audio graph, as in Firefox
      window.AudioContext = class extends window.AudioContext {
        constructor(options) {
          super(options);
          window.context = this;
        }
      };
    });
    await begin();
    await talks();
    const trouble = (why) => until(why, async () => (await view()).troubles.some((t) => t.why === why));
    await shut(true); // as by a phone call, which browsers let suspend the graph for longer
    await page.evaluate(() => window.context.suspend());
    await trouble('shut');
    await talks(5000); // 3 s of silence at once, and more
    await shut(false);
    await trouble('stuck');
    await talks(2000);
    await page.evaluate(() => window.context.resume());
    await until('no trouble', async () => !(await view()).troubles.length);
    await talks(2000);
    assert.deepEqual(server.taken.holes(300), []);
  });

  test('without WebCodecs MediaRecorder takes its place: the same units, the voice by itself', async () => {
    await page.evaluate(() => {
      delete window.VideoEncoder;
      delete window.AudioEncoder;
    });
    await begin({ kind: 'camera' });
    await shows('vp8', 640);
    await talks(3000);
    await until('moving pictures', () => pictures().length > 15); // a slow machine encodes fewer of them
    assert.deepEqual(server.taken.holes(300), []);
    assert.ok(pictures()[0].isKey);
  });

  test('a canvas that a recorder was given is copied no longer than it is shown', async () => {
    await page.evaluate(() => {
      delete window.VideoEncoder;
      const canvas = window.canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 }), copy = canvas.captureStream.bind(canvas), g = canvas.getContext('2d');
      canvas.captureStream = (fps) => (window.copy = copy(fps));
      setInterval(() => g.fillRect(Math.random() * 320, 0, 9, 180), 100);
    });
    await begin();
    await page.evaluate(() => window.b.setSource({ kind: 'board', canvas: window.canvas }));
    await until('pictures', () => pictures().length > 0);
    const state = () => page.evaluate(() => window.copy.getTracks()[0].readyState);
    assert.equal(await state(), 'live');
    await page.evaluate(() => window.b.setSource(undefined));
    assert.equal(await state(), 'ended');
  });

  test('a microphone that the engine can\'t read is read by a graph, once, if it is still the one', async () => {
    await page.evaluate(async () => {
      const { AudioWorkletNode } = window;
      window.nodes = 0;
      window.AudioWorkletNode = class extends AudioWorkletNode {
        constructor(...args) {
          super(...args);
          window.nodes++;
        }
      };
      const context = new AudioContext({ sampleRate: 44100 }), end = context.createMediaStreamDestination(), tone = context.createOscillator();
      tone.connect(end);
      tone.start();
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
      await window.b.setMicrophone('');
      await window.b.setMicrophone('');
      window.b.host.unfit(1); // what the engine said of the first one comes late
      navigator.mediaDevices.getUserMedia = async () => end.stream;
      await window.b.setMicrophone('');
      await window.b.start();
    });
    await until('a graph', () => page.evaluate(() => window.nodes > 0));
    await talks(2000);
    assert.equal(await page.evaluate(() => window.nodes), 1);
    assert.deepEqual(server.taken.holes(300), []);
  });

  test('where the script that reads the sound does not come, it is said, and comes the next time', async () => {
    await page.evaluate(() => delete window.MediaStreamTrackProcessor);
    server.missing = '/worklet.js';
    const why = () => page.evaluate(() => window.b.setMicrophone('').then(() => '', (e) => e.trouble.why));
    await page.evaluate(() => {
      window.b = new window.Broadcast({ key: 'stream-key' });
    });
    assert.equal(await why(), 'broken');
    assert.deepEqual(await page.evaluate(() => window.b.start().catch((e) => [e.trouble.why, window.b.view.isTeaching])), ['broken', false]);
    server.missing = '';
    assert.equal(await why(), '');
    await page.evaluate(() => window.b.start());
    await talks();
  });

  test('without a microphone that may be used there is no lesson, and a reason', async () => {
    const why = await page.evaluate(async () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
      window.b = new window.Broadcast({ key: 'stream-key' });
      return window.b.start().catch((e) => e.trouble);
    });
    assert.deepEqual(why, { what: 'microphone', why: 'denied' });
    assert.equal((await view()).isTeaching, false);
  });

  test('where the engine does not come the page says so, answers whatever is asked, and loads itself again when asked', async () => {
    await page.route('**/engine.js', (route) => route.abort());
    const ask = () => page.evaluate(() => Promise.all([window.b.measure(), new Promise((resolve) => {
      window.b.onkey(resolve);
      window.b.changeKey('a-key-of-26-letters-or-more');
    })])), nothing = [0, { why: 'later' }];
    await page.evaluate(() => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
    });
    assert.deepEqual(await ask(), nothing, 'before it is known');
    await until('down', async () => (await view()).failure === 'down');
    assert.deepEqual(await ask(), nothing);
    await page.evaluate(() => window.b.start());
    assert.equal((await view()).isTeaching, false);
    await page.unroute('**/engine.js');
    await Promise.all([page.waitForNavigation(), page.evaluate(() => window.b.open())]);
    await begin();
    await talks();
  });

  test('what the uplink carries is measured before the lesson, by bytes that only measure', async () => {
    await page.evaluate(() => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
    });
    const [kbps, again] = await page.evaluate(() => Promise.all([window.b.measure(), window.b.measure()]));
    assert.ok(kbps > 0 && again === kbps, `${kbps}, ${again}`);
    assert.ok(server.taken.probed > 0 && server.taken.probed <= 512 << 10);
    assert.ok(server.heard.filter((m) => m.t === 'hello').every((m) => !m.media && !m.rehearse));
  });

  test('a new key is asked for until there is an answer, and both are shown meanwhile; when the connection ends for good, whatever was asked is answered', async () => {
    await page.evaluate(() => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.told = [];
      window.b.onkey((change) => window.told.push(change));
      window.b.open();
    });
    await until('greeted', () => server.greeted === 1);
    const hellos = () => server.heard.filter((m) => m.t === 'hello');
    const next = 'a-key-of-26-letters-or-more', told = () => page.evaluate(() => window.told), asks = () => server.heard.filter((m) => m.t === 'rotate' && m.key === next).length;
    await page.evaluate((key) => window.b.changeKey(key), next);
    await until('the question', () => asks() === 1);
    server.cut();
    await until('told that it is not known', async () => (await told()).length === 1);
    await until('asked again', () => server.greeted === 2 && asks() > 1);
    assert.deepEqual([hellos().at(-1).key, hellos().at(-1).next], ['stream-key', next]);
    const answer = (m) => server.sockets.forEach((s) => s.send(JSON.stringify({ t: 'rotated', ...m })));
    answer({ why: 'busy' }); // the first one may be on its way to the disk
    answer({ key: next });
    await until('told', async () => (await told()).length === 2);
    assert.deepEqual(await told(), [{ why: 'later' }, { key: next }]);
    server.sockets.forEach((s) => s.close(1001));
    await until('greeted with the other key', () => hellos().at(-1).key === next && !hellos().at(-1).next);
    const count = hellos().length, rate = page.evaluate(() => window.b.measure());
    await until('measuring', () => hellos().length > count);
    server.sockets.forEach((s) => s.close(4003));
    assert.equal(typeof await rate, 'number');
    await until('over', async () => (await view()).failure === 'key');
    await page.evaluate(() => window.b.changeKey('another-key-of-26-letters-or-more'));
    await until('told that there is no connection', async () => (await told()).at(-1).why === 'busy');
  });

  test('whoever looks on, measures, rehearses and then teaches does it all on one connection', async () => {
    await page.evaluate(async () => {
      window.b = new window.Broadcast({ key: 'stream-key' });
      window.b.open();
      await window.b.measure();
      window.b.rehearse(true);
      await window.b.start();
    });
    await talks();
    await until('the private session', async () => (await view()).lesson.rehearsal?.id === 'r1');
    await page.evaluate(async () => {
      window.b.end();
      window.b.rehearse(false);
      await window.b.start();
    });
    await talks(2000);
    const { lesson, uplink } = await view();
    assert.equal(lesson.rehearsal, undefined);
    assert.ok(uplink.unackedMs < 5000 && uplink.kbps > 0); // what went before is not counted
    assert.equal(server.dialled, 1);
  });
});
