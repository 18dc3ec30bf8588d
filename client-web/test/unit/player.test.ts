import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Player } from '../../src/player/player';
import { silence, SilentAudio } from '../silent-audio';
import { OPUS, unit } from './bytes';
import { Clock } from './clock';
import { Net, type Say } from './net';

const START_MS = 3600_000;

/** A pupil in a lesson whose server speaks 300 ms of voice at a time while it is live. */
class Seat {
  clock = new Clock();
  net: Net;
  audio = new SilentAudio(() => undefined, () => undefined);
  player: Player;
  state = 'live';
  isMute = false;
  say: Say = () => undefined;
  private events: { [name: string]: () => void } = {};

  constructor() {
    silence();
    const listen = (name: string, act: () => void): void => void (this.events[name] = act);
    Object.assign(globalThis, {
      document: { hidden: false, addEventListener: listen, getElementById: () => ({ currentSrc: '' }) }, addEventListener: listen,
      location: { origin: 'http://x', protocol: 'http:' },
    });
    Math.random = () => 0.5;
    this.net = new Net(this.clock, (say) => this.greet(say));
    const stage = { dataset: {}, querySelector: () => ({}) } as unknown as HTMLElement;
    this.player = new Player({ lesson: 'demo', key: '', mode: 'auto' }, this.audio as unknown as HTMLAudioElement, stage);
    this.clock.every(50, () => this.audio.advance(this.clock.now));
    this.player.join('auto');
  }

  private greet(say: Say): void {
    this.say = say;
    say(JSON.stringify({ t: 'welcome', v: 1, lesson: 'demo', title: '', state: this.state, pts: START_MS + this.clock.now }));
    say(bytes(unit(0, 0, 0, OPUS)));
    const speak = (pts: number): void => say(bytes(unit(0, 3, pts, [1, 0x58, 1, 0x58, 1, 0x58, 1, 0x58, 1, 0x58])));
    let pts = Math.floor((START_MS + this.clock.now) / 300) * 300 - 1500;
    this.clock.every(50, () => {
      for (; pts + 300 <= START_MS + this.clock.now; pts += 300) if (this.state === 'live' && !this.isMute) speak(pts);
    });
  }

  look(isHidden: boolean): void {
    Object.assign(document, { hidden: isHidden });
    this.events.visibilitychange!();
  }

  go(seconds: number): void {
    this.clock.runTo(this.clock.now + seconds * 1000);
  }

  reports(fromMs: number): number[] {
    return this.net.heard.filter((h) => h.at >= fromMs && /"report"/.test(h.text)).map((h) => h.at);
  }

  get behindMs(): number {
    return START_MS + this.clock.now - this.audio.currentTime * 1000;
  }
}

const bytes = (list: number[]): ArrayBuffer => new Uint8Array(list).buffer;

test('a lesson is heard, and reported on every ten seconds', () => {
  const seat = new Seat();
  seat.go(30);
  assert.ok(seat.audio.heardMs > 27000, `${seat.audio.heardMs} ms heard`);
  assert.ok(Math.abs(seat.reports(10000).length - 2) <= 1);
  assert.equal(seat.player.view.phase, 'open');
});

test('after an outage the voice is live again within three seconds, by itself', () => {
  const seat = new Seat();
  seat.go(30);
  const from = seat.clock.now;
  seat.net.isUp = () => seat.clock.now > from + 20000;
  seat.go(15);
  assert.equal(seat.player.view.phase, 'away');
  seat.go(8);
  const heard = seat.audio.heardMs;
  seat.go(2);
  assert.equal(seat.player.view.phase, 'open');
  assert.ok(seat.audio.heardMs - heard > 1900, `${seat.audio.heardMs - heard} ms heard in 2 s`);
  assert.ok(seat.behindMs < 2500, `${seat.behindMs} ms behind`);
  assert.ok(seat.player.view.skippedAt > 0, 'and it says that something was left out');
});

test('that the teacher is muted is shown when the last words were heard, and that no more when the first are', () => {
  const seat = new Seat();
  seat.go(10);
  for (const muted of [true, false]) {
    const pts = START_MS + seat.clock.now;
    seat.say(JSON.stringify({ t: 'state', state: 'live', muted, pts }));
    const { audio, player } = seat;
    for (; audio.currentTime * 1000 < pts - 100; seat.go(0.05)) assert.equal(player.view.muted, !muted, `${pts - audio.currentTime * 1000} ms before`);
    seat.go(0.5);
    assert.equal(player.view.muted, muted);
  }
  seat.isMute = true; // an encoder that sends nothing meanwhile
  seat.go(10);
  seat.say(JSON.stringify({ t: 'state', state: 'live', muted: true, pts: START_MS + seat.clock.now + 500 }));
  seat.go(0.3);
  assert.equal(seat.player.view.muted, true, 'where nothing is heard nothing is waited for');
});

test('nobody who looks at the page waits for a retry', () => {
  const seat = new Seat();
  seat.go(10);
  seat.net.isUp = () => false;
  seat.go(300);
  seat.net.isUp = () => true;
  const attempts = seat.net.attempts.length;
  seat.look(true);
  seat.look(false);
  assert.equal(seat.net.attempts.length, attempts + 1);
  seat.go(1);
  assert.equal(seat.player.view.phase, 'open');
  seat.look(true);
  seat.look(false);
  assert.equal(seat.net.attempts.length, attempts + 1, 'an open link stays');
});

test('a link that died while nothing was due is noticed before the lesson is missed', () => {
  const seat = new Seat();
  seat.state = 'waiting';
  seat.go(5);
  let isDead = true;
  const socket = seat.net.attempts.length;
  seat.net.isUp = () => !isDead || seat.net.attempts.length > socket;
  seat.go(70);
  isDead = false;
  assert.equal(seat.net.attempts.length, socket + 1);
  seat.state = 'live';
  seat.go(3);
  assert.ok(seat.audio.heardMs > 0);
});

test('while nothing is due little is said', () => {
  const seat = new Seat();
  seat.state = 'waiting';
  seat.go(120);
  const { length } = seat.reports(0);
  assert.ok(length >= 5 && length <= 6, `${length} reports in two minutes`);
  const before = seat.reports(0).length;
  seat.look(true);
  assert.equal(seat.reports(0).length, before + 1, 'but at once that nobody looks');
});

test('in a break silence is no trouble, and behind it the lesson goes on without joining again', () => {
  const seat = new Seat();
  seat.go(30);
  const { length } = seat.net.attempts;
  seat.isMute = true;
  for (let left = 60; left > 0; left -= 20) {
    seat.say(JSON.stringify({ t: 'break', ms: left * 1000, kind: 'eyes' }));
    seat.go(20);
    assert.ok(!seat.player.view.isStarved && seat.player.view.phase === 'open');
  }
  seat.isMute = false;
  const heard = seat.audio.heardMs;
  seat.go(5);
  assert.equal(seat.net.attempts.length, length);
  assert.ok(seat.audio.heardMs - heard > 3000, `${seat.audio.heardMs - heard} ms heard in 5 s`);
  assert.ok(seat.behindMs < 3000, `${seat.behindMs} ms behind`);
  assert.equal(seat.player.view.skippedAt, 0, 'nothing was missed');
});

test('of what is said beside the lesson the newest of each kind is kept for parts that come later', () => {
  const seat = new Seat();
  seat.go(5);
  for (const group of [54, 60]) seat.say(JSON.stringify({ t: 'day', group, voice: 0, limit: 60 }));
  seat.say(JSON.stringify({ t: 'timetable' }));
  assert.equal(seat.player.news.day!.group, 60);
  assert.equal(seat.player.news.timetable!.at, seat.clock.now);
});

test('arrivals drive the player where timers sleep', () => {
  const seat = new Seat();
  seat.go(5);
  seat.clock.isHidden = true;
  seat.go(30);
  assert.ok(seat.reports(5000).length >= 2, `${seat.reports(5000).length} reports in 30 s`);
  assert.ok(seat.audio.heardMs > 30000);
});

test('paused for more than a minute it leaves, and comes back to where the lesson is', () => {
  const seat = new Seat();
  seat.go(10);
  seat.audio.pause();
  seat.go(90);
  const heard = seat.audio.heardMs;
  seat.player.again();
  seat.go(4);
  assert.ok(seat.audio.heardMs > heard + 2000);
  assert.ok(seat.behindMs < 3000, `${seat.behindMs} ms behind`);
});
