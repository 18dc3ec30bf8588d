// The voice: an <audio> element with its own MediaSource, whose time axis is the session clock. An
// element, not an AudioContext: phones suspend the latter when the screen locks, and an element keeps the
// pitch when it plays a little faster (preservesPitch is on by default everywhere).

import { fragment, voiceInit, voiceMime } from '../boxer';
import { Codec, type VoiceBundle, type VoiceConfig } from '../protocol';
import { Buffering } from './buffering';
import { aheadOf, nextStart, Sink } from './sink';
import { Timeline } from './timeline';

interface VoiceEvents {
  /** `ms` of the lesson were left out to be live again. */
  onskip(ms: number): void;
  /** The element does not play what it was said to play: try another codec. */
  onstuck(codec: Codec): void;
  /** The browser wants another tap before it sounds. */
  onblocked(): void;
}

/** No more is coming: what there is is played after this and the wished distance. */
const PATIENCE_MS = 1000;
const STUCK_MS = 3000;
/** Before a hole the element may stop anywhere: 0.1 s before it as a rule, 0.33 s were seen on a busy machine. */
const STOOD_MS = 1000;
const TOGETHER_MS = 20;
/** A greeting that took longer was lost once, or stood behind something else. */
const RTT_MAX_MS = 600;
const TRIM_EVERY_MS = 20000;
const KEEP_S = 15;

export class Voice {
  readonly timeline = new Timeline();
  readonly buffering = new Buffering();
  private sink: Sink | undefined;
  private config: VoiceConfig | undefined;
  private configKey = '';
  private sequence = 0;
  private held: Uint8Array[] = [];
  private heldMs = 0;
  private heldSince = 0;
  private isHolding = true;
  private backlogMs = 0;
  private lastTick = 0;
  private lastTime = -1;
  private stuckMs = 0;
  private stoodMs = 0;
  private trimmedAt = 0;
  private pushedAt = 0;
  private isNewLink = false;
  private isHoleOurs = false;

  /** Times silence was heard because voice came too late. */
  stalls = 0;
  /** True once something was heard in this sink. */
  hasSounded = false;

  constructor(readonly element: HTMLAudioElement, private events: VoiceEvents) {
    for (const name of ['waiting', 'timeupdate']) element.addEventListener(name, () => this.tick(performance.now()));
  }

  /** Call it inside the tap: only then may the page make sound. */
  open(): void {
    if (this.sink) this.sink.close();
    this.sink = new Sink(this.element, () => this.tick(performance.now()), () => this.refuse());
    this.configKey = '';
    this.held = [];
    this.heldMs = 0;
    this.isHolding = true;
    this.hasSounded = false;
    this.lastTime = -1;
    this.stuckMs = this.stoodMs = 0;
    this.play();
    if (this.config) this.configure(this.config);
  }

  play(): void {
    const started = this.element.play() as Promise<void> | undefined;
    if (started) started.catch((e: Error) => e.name === 'NotAllowedError' && this.events.onblocked());
  }

  /** Begins again with whatever config comes next. */
  forget(): void {
    this.config = undefined;
    this.timeline.reset();
    this.open();
  }

  /** A decoder that worked may fail once; one that never did will not. */
  private refuse(): void {
    if (this.hasSounded) return this.open();
    this.sink = undefined;
    this.events.onstuck(this.config ? this.config.codec : Codec.Opus);
  }

  /** A new connection: voice up to `clockMs` is old by intent and says nothing about the link but its round trip. */
  expectBacklog(clockMs: number, rttMs: number): void {
    this.buffering.rttMs = Math.min(RTT_MAX_MS, rttMs);
    this.backlogMs = clockMs;
    this.isNewLink = true;
    if (clockMs < this.timeline.endMs - 3000) this.restart();
  }

  /** The session clock has begun anew. */
  private restart(): void {
    this.timeline.reset();
    this.buffering.reset();
    this.open();
  }

  configure(config: VoiceConfig): void {
    // Not the packets' length: it stands in each fragment, and Firefox may fall silent over a new init segment.
    const key = [config.codec, config.channels, config.rate, config.asc].join();
    this.config = Object.assign({}, config, { asc: config.asc.slice() });
    if (key === this.configKey || !this.sink) return;
    this.configKey = key;
    if (this.held.length) this.release(); // of the old codec, so before the new init segment
    this.timeline.changeRate(config.rate);
    if (!this.sink.setType(voiceMime(config))) return this.open();
    this.sink.append(voiceInit(config));
  }

  push(bundle: VoiceBundle, now: number): void {
    const config = this.config;
    if (!config || !this.sink) return;
    this.pushedAt = now;
    const starved = !this.isHolding && this.sink.isSettled && this.isDry();
    const place = this.timeline.place(bundle, config);
    if (place.isRestart) {
      this.restart();
      return this.push(bundle, now);
    }
    if (place.isHole) this.isHoleOurs = this.isNewLink; // else the lesson itself was silent
    this.isNewLink = false;
    const packets = bundle.packets.slice(place.skip);
    if (!packets.length) return;
    const ms = packets.length * config.packetSamples * 1000 / config.rate;
    this.buffering.bundleMs = ms;
    if (this.timeline.endMs > this.backlogMs) this.buffering.arrived(now, this.timeline.endMs, ms);
    if (starved) this.starve(now, place.isHole);
    this.hold(packets, place.start, config, now, ms);
    this.tick(now);
  }

  private starve(now: number, isHole: boolean): void {
    this.isHolding = true;
    if (isHole || !this.hasSounded) return; // the lesson itself has a hole here
    this.stalls++;
    this.buffering.stalled(now);
  }

  private hold(packets: Uint8Array[], start: number, config: VoiceConfig, now: number, ms: number): void {
    const samples = packets.map((p) => ({ data: this.filled(p, packets), duration: config.packetSamples, isKey: true }));
    if (!this.held.length) this.heldSince = now;
    this.held.push(fragment(++this.sequence, start, samples));
    this.heldMs += ms;
    if (!this.isHolding) this.release();
  }

  /** A packet of no bytes is silence; MP4 wants at least the byte that says how long it is. */
  private filled(packet: Uint8Array, packets: Uint8Array[]): Uint8Array {
    if (packet.length) return packet;
    const other = packets.filter((p) => p.length)[0];
    return new Uint8Array([other ? other[0]! & 0xfc : 0x58]); // 0x58: one SILK frame of 60 ms, mono
  }

  private release(): void {
    for (const bytes of this.held) if (this.sink) this.sink.append(bytes);
    this.held = [];
    this.heldMs = 0;
    this.isHolding = false;
  }

  /** Everything is driven from here: by arrivals, by the element, and by a slow timer. */
  tick(now: number): void {
    const sink = this.sink, e = this.element;
    if (!sink) return;
    const isEnough = this.buffering.isEnough(now, this.heldMs, this.timeline.endMs, now - this.pushedAt);
    if (this.held.length && (isEnough || now - this.heldSince > this.buffering.targetMs(now) + PATIENCE_MS)) this.release();
    const ranges = sink.ranges();
    let aheadS = aheadOf(ranges, e.currentTime);
    if (this.isDry() || this.stoodMs >= STOOD_MS) {
      const start = nextStart(ranges, e.currentTime);
      if (start >= 0) {
        this.jump(start, this.isHoleOurs);
        aheadS = aheadOf(ranges, e.currentTime);
      }
    }
    const aheadMs = aheadS * 1000 + this.heldMs;
    const isQuiet = now - this.pushedAt > TOGETHER_MS; // what follows at once belongs to the same leap
    if (this.hasSounded && isQuiet && this.buffering.isTooFar(now, aheadMs, e.paused)) {
      this.jump(e.currentTime + (aheadMs - this.buffering.targetMs(now)) / 1000, true);
    } else this.setRate(this.buffering.rate(now, e.currentTime * 1000, aheadMs));
    this.trim(now);
    this.watch(now, aheadS);
  }

  private jump(toS: number, isTold: boolean): void {
    const skippedMs = (toS - this.element.currentTime) * 1000;
    this.element.currentTime = toS + 0.001;
    this.lastTime = this.element.currentTime;
    this.stoodMs = 0;
    if (isTold && this.hasSounded && skippedMs > 1000) this.events.onskip(skippedMs);
  }

  private setRate(rate: number): void {
    if (this.element.playbackRate !== rate) this.element.playbackRate = rate;
  }

  private trim(now: number): void {
    if (now - this.trimmedAt < TRIM_EVERY_MS) return;
    this.trimmedAt = now;
    this.sink!.removeTo(this.element.currentTime - KEEP_S);
  }

  /** Counts waking time only: after a sleep of the machine the clock has jumped, the sound has not. */
  private watch(now: number, aheadS: number): void {
    const e = this.element, passed = Math.min(500, now - this.lastTick);
    this.lastTick = now;
    if (e.currentTime !== this.lastTime) {
      const isPlay = this.lastTime > 0 && e.currentTime > this.lastTime && e.currentTime - this.lastTime < 1;
      if (isPlay) this.hasSounded = true;
      this.lastTime = e.currentTime;
      this.stuckMs = this.stoodMs = 0;
    } else if (!e.paused) {
      this.stoodMs += passed;
      if (aheadS > 0.4 && !document.hidden) this.stuckMs += passed;
      if (this.stuckMs >= STUCK_MS) this.unstick();
    }
  }

  private unstick(): void {
    this.stuckMs = 0;
    if (this.hasSounded) {
      this.hasSounded = false;
      this.element.currentTime += 0.1;
      this.play();
    } else if (this.config) this.events.onstuck(this.config.codec);
  }

  /** Nothing more to be heard. Chromium stops about 0.1 s before the end of what is buffered. */
  isDry(): boolean {
    const ms = this.aheadMs() - this.heldMs;
    return ms < 30 || (ms < 250 && this.element.readyState <= 2);
  }

  /** Buffered and not yet heard, ms. */
  aheadMs(): number {
    return (this.sink ? aheadOf(this.sink.ranges(), this.element.currentTime) * 1000 : 0) + this.heldMs;
  }

  /** What is being heard now, as session ms; -1 while nothing is. */
  clockMs(): number {
    return this.hasSounded ? this.element.currentTime * 1000 : -1;
  }
}
