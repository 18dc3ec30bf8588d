// The teacher's control texts (docs/protocol.md): what is said, and what is believed of what is heard. No DOM.

import { ProtocolError, TEXT_MAX } from '../../protocol';
import type { KeyChange, Lesson, ServerStatus } from '../contract';

/** With a key, and perhaps another one that may have taken its place; or the lesson that a cookie lets teach. */
export interface Hello { key?: string; next?: string; lesson?: string; device: string; take: boolean; rehearse: boolean; media: boolean }
export type Content = 'slides' | 'camera' | 'auto';

export interface Welcome {
  t: 'welcome';
  lesson: Lesson;
  state: ServerStatus['state'];
  sinceMs: number;
  /** Newest voice it has of this device, on the page's clock. */
  voicePts: number | undefined;
}
export interface Ack { t: 'ack'; bytes: number }
export interface Told { t: 'status'; status: ServerStatus; sinceMs: number }
export interface Rotated { t: 'rotated'; change: KeyChange }
export type Heard = Welcome | Ack | Told | Rotated | { t: 'busy' } | { t: 'key' } | { t: 'bye'; why: string };

export const writeHello = (h: Hello): string => JSON.stringify(Object.assign({ t: 'hello', v: 1 }, h));
/** `pts`: since when it is muted, or no more, on the page's clock. */
export const writeSource = (content: Content, muted: boolean, pts: number): string => JSON.stringify({ t: 'source', content, muted, pts: Math.round(pts) >>> 0 });
export const END = JSON.stringify({ t: 'end' }), ADMIT = JSON.stringify({ t: 'admit' });
export const writeRotate = (key: string): string => JSON.stringify({ t: 'rotate', key });
export const writeBreak = (minutes: number): string => JSON.stringify({ t: 'break', minutes });

type Fields = Record<string, unknown>;

function fail(what: string): never {
  throw new ProtocolError(what);
}

/** One text. Unknown fields and unknown `t` are passed over (a newer server may say more); what is known has to fit. */
export function parseHeard(text: string): Heard | undefined {
  if (text.length > TEXT_MAX) fail('control message');
  let o: Fields;
  try {
    o = fields(JSON.parse(text));
  } catch (e) {
    return fail('control message');
  }
  switch (o.t) {
    case 'welcome': return readWelcome(o);
    case 'ack': return { t: 'ack', bytes: number(o.bytes) };
    case 'status': return { t: 'status', status: readStatus(o), sinceMs: number(o.since) };
    case 'busy': return { t: 'busy' };
    case 'key': return { t: 'key' };
    case 'rotated': return { t: 'rotated', change: readChange(o) };
    case 'bye': return { t: 'bye', why: string(o.why) };
  }
  return undefined;
}

function readWelcome(o: Fields): Welcome {
  if (o.v !== 1) fail('welcome');
  const lesson: Lesson = {
    id: string(o.lesson), title: string(o.title), watch: string(o.watch),
    rtmp: maybe(o.rtmp, (v) => readRtmp(fields(v))), rehearsal: maybe(o.rehearsal, (v) => readRehearsal(fields(v))),
  };
  return { t: 'welcome', lesson, state: oneOf(o.state, STATES), sinceMs: number(o.since), voicePts: maybe(o.voice, number) };
}

function readRtmp(o: Fields): NonNullable<Lesson['rtmp']> {
  const path = maybe(o.path, string), key = maybe(o.key, string);
  return { port: number(o.port), ...(path === undefined ? {} : { path }), ...(key === undefined ? {} : { key }) };
}

const readRehearsal = (o: Fields): NonNullable<Lesson['rehearsal']> => ({ id: string(o.id), key: string(o.key) });

function readChange(o: Fields): KeyChange {
  const key = maybe(o.key, string), why = maybe(o.why, string);
  return key ? { key } : { why: why === 'busy' || why === 'config' ? why : 'failed' };
}

function readStatus(o: Fields): ServerStatus {
  const source = fields(o.source), rungs: Record<string, number> = {};
  for (const [name, pupils] of Object.entries(fields(o.rungs))) rungs[name] = number(pupils);
  return {
    state: oneOf(o.state, STATES), pupils: number(o.pupils), voiceOnly: number(o.voiceOnly), reconnecting: number(o.reconnecting), rungs,
    source: { kind: oneOf(source.kind, KINDS), width: number(source.width), height: number(source.height), fps: number(source.fps), content: string(source.content) },
    breakMs: maybe(o.break, number) || 0, isOver: o.over === true, hands: number(o.hands),
  };
}

const STATES: readonly ServerStatus['state'][] = ['waiting', 'live', 'reconnecting', 'ended'];
const KINDS: readonly ServerStatus['source']['kind'][] = ['browser', 'rtmp', 'none'];

const maybe = <T>(value: unknown, read: (value: unknown) => T): T | undefined => (value === undefined || value === null ? undefined : read(value));
const fields = (value: unknown): Fields => (typeof value === 'object' && value ? value as Fields : fail('control message'));
const string = (value: unknown): string => (typeof value === 'string' ? value : fail('control message'));
const number = (value: unknown): number => (typeof value === 'number' && isFinite(value) && value >= 0 ? value : fail('control message'));
const oneOf = <T extends string>(value: unknown, list: readonly T[]): T => (list.includes(value as T) ? value as T : fail('control message'));

/** Close codes besides those of the player. */
export const enum TeachClose { NotAllowed = 4003, Insecure = 4005, TakenOver = 4010 }
