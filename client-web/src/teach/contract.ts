// What the teach page's layout may know of the broadcast below it. The layout shows a View and calls a Broadcaster; it never sees a byte, a
// socket or an encoder. All times are ms.

export type SourceKind = 'camera' | 'screen' | 'picture' | 'board';

/** Where the pictures come from. A document camera is a camera; `canvas` is drawn by whoever gives it, and stays theirs. */
export type Source =
  | { kind: 'camera'; deviceId?: string }
  | { kind: 'screen' }
  | { kind: 'picture'; file: Blob }
  | { kind: 'board'; canvas: HTMLCanvasElement };

/**
 * The connection. `away` comes back by itself. `busy`: another device teaches; nothing of ours is taken, and isTeaching is false again, until take().
 * `taken`: another device took over; take() brings the lesson back here. `failed`: see View.failure; open() tries again.
 */
export type Phase = 'idle' | 'connecting' | 'open' | 'away' | 'busy' | 'taken' | 'failed';

/** Why it failed, and will not be tried again by itself. `down`: the server closed in a way that no retry mends. */
export type Failure = 'key' | 'insecure' | 'incapable' | 'down';

/**
 * What is wrong with what is captured, as long as it is. `denied`: the person or the system said no. `missing`: there is none.
 * `used`: another program has it. `lost`: it was unplugged or stopped; a lost microphone is replaced by another, if there is one, and
 * then is no trouble. `stopped`: the sharing was ended in the browser's own bar. `unsupported`: this browser can't (screens on
 * phones). `stuck`: it is open, and nothing comes of it: silence goes on in its place. `shut`: the system, a switch on it or a phone call keeps it
 * silent. `unreadable`: no picture in that file. `broken`: the browser's encoder gave up.
 */
export type Why = 'denied' | 'missing' | 'used' | 'lost' | 'stopped' | 'unsupported' | 'unreadable' | 'stuck' | 'shut' | 'broken';
export interface Trouble { what: 'microphone' | SourceKind; why: Why }

/** setSource() and setMicrophone() reject with it, and what was there before goes on. */
export class CaptureError extends Error {
  constructor(readonly trouble: Trouble) {
    super(`${trouble.what}: ${trouble.why}`);
  }
}

/** What the uplink carries now: moving pictures, one sharp picture a change, or voice alone. */
export type UplinkMode = 'video' | 'stills' | 'voice';

export interface Uplink {
  mode: UplinkMode;
  /** Sent and taken by the server in the last seconds, kbit/s. */
  kbps: number;
  /** What the uplink is believed to carry; 0: not known yet. */
  capacityKbps: number;
  /** How much media is on its way, as its age. */
  unackedMs: number;
  /** Of the pictures as they are encoded now. */
  width: number;
  height: number;
  fps: number;
  videoKbps: number;
  voiceKbps: number;
}

/** As the server tells it (docs/protocol.md): the same for OBS. */
export interface ServerStatus {
  state: 'waiting' | 'live' | 'reconnecting' | 'ended';
  pupils: number;
  voiceOnly: number;
  reconnecting: number;
  /** Pupils by rung: { R2: 12 }. */
  rungs: Record<string, number>;
  source: { kind: 'browser' | 'rtmp' | 'none'; width: number; height: number; fps: number; content: string };
  /** What was left of a break when this was told; 0: there is none. */
  breakMs: number;
  hands: number;
  /** It was ended, and an encoder that was there then is refused until admit(). */
  isOver: boolean;
}

export interface Lesson {
  id: string;
  title: string;
  /** Path of the pupils' page, key in its fragment. */
  watch: string;
  /** With the key, when this page has come without it. */
  rtmp: { port: number; path?: string; key?: string } | undefined;
  /** The private session to look at while rehearsing: what a pupil's page joins. */
  rehearsal: { id: string; key: string } | undefined;
}

export interface View {
  phase: Phase;
  failure: Failure | '';
  /** The teacher pressed start and has not ended: true through reconnections. */
  isTeaching: boolean;
  /** After a reload or crash: this device's lesson is still going on, and start() continues it. */
  canContinue: boolean;
  isRehearsing: boolean;
  lesson: Lesson | undefined;
  status: ServerStatus | undefined;
  uplink: Uplink;
  /** What is shown now; undefined: voice alone. */
  source: SourceKind | undefined;
  isMuted: boolean;
  troubles: readonly Trouble[];
}

/**
 * `busy`: again in a moment, or somebody else teaches, or there is no connection. `config`: it stands in the server's configuration. `failed`: it could not be
 * saved. In these the old one is as good as before. `later`: the connection broke, and both are to be kept: it is asked for again, and told of.
 */
export type KeyChange = { key: string } | { why: 'busy' | 'config' | 'failed' | 'later' };

export interface Device { id: string; label: string }
export interface Devices { microphones: Device[]; cameras: Device[] }

export interface BroadcastOptions {
  /** Stream key, from the page's fragment. '' with a lesson. */
  key: string;
  /** One that changeKey() asked for, and nobody knows what came of it. */
  nextKey?: string;
  /** The id of the lesson that the cookie of who is signed in lets teach. */
  lesson?: string;
  /** WebSocket of the server; the page's own host if left out. */
  url?: string;
}

/**
 * One teacher's broadcast: `new Broadcast(options)` in teach/broadcast.ts. Nothing here throws but where it says so; what goes wrong is in
 * the view. Order: open() -> setMicrophone() and setSource(), which may come before or after -> start() ... end().
 */
export interface Broadcaster {
  readonly view: Readonly<View>;
  /** Called after each change of the view, at most some ten times a second. */
  onchange(listener: () => void): void;

  /** Connects as one who only looks: status, and whether there is a lesson to continue. */
  open(): void;
  /** On air. Asks for the microphone if it is not there yet; call it inside a tap. Rejects with CaptureError without any microphone. */
  start(): Promise<void>;
  /** The lesson is over, on purpose, whoever taught it, but for a page on another device: pupils are told. Capture goes on until release(). */
  end(): void;
  /** The encoder that is refused since may begin again. */
  admit(): void;
  /** Sends another device away: start(), for one that is `busy` or `taken`. */
  take(): Promise<void>;
  /** Into or out of a private session that only this teacher sees; not while teaching. start() and end() work as ever. */
  rehearse(isRehearsing: boolean): void;
  /** Everything off: lamps of camera and microphone, connection. */
  release(): void;

  /** Another source, at any time: voice and connection are not touched. Rejects with CaptureError. undefined: voice alone. */
  setSource(source: Source | undefined): Promise<void>;
  /**
   * Sends this picture in the place of the source, which stays what it is, until undefined, or another source. For those who can't draw ink.
   * It goes on where the source below ends; then there is none behind it.
   */
  cover(canvas: HTMLCanvasElement | undefined): Promise<void>;
  /** Rejects with CaptureError. '' is the system's choice, as is one that is not there any more. The last call counts, whichever is answered first. */
  setMicrophone(deviceId: string): Promise<void>;
  /** Of the one that is open; '': none is, or the browser does not say. Another one than was set when that was unplugged. */
  readonly microphoneId: string;
  setMuted(isMuted: boolean): void;
  /** Labels are empty until the first capture was allowed. */
  devices(): Promise<Devices>;
  /** Which sources this browser has at all: no `screen` on phones. */
  readonly kinds: readonly SourceKind[];

  /** Loudness of the microphone now, 0..1 on a scale of decibels (0: -60 dBFS); of what is said while muted, too. */
  level(): number;
  /** ms since the lesson went live; 0: it has not. */
  lessonMs(): number;
  /** A break of so many minutes, 1 to 20, from now on: pupils are sent nothing, whoever teaches. 0: it is over. */
  rest(minutes: number): void;
  /** What is left of it; 0: there is none. */
  breakMs(): number;
  /** The source as the teacher sees it, full size, for a small <video muted>; undefined: canvas sources and none. A new one with each source. */
  readonly preview: MediaStream | undefined;
  /** What the uplink carries, kbit/s, at least; by some bytes that only measure (at most 5 s, 512 KiB). Not while teaching. 0: no connection; said in 20 s at the latest. */
  measure(): Promise<number>;

  /** The page's clock, which the voice and the pictures are stamped with: goes on through reconnections and reloads. */
  readonly clockMs: number;
  /**
   * Ink, opaque: one unit of track 3. Sent before pictures and behind voice. Kept until the server has taken it, and sent again on a new
   * connection: whatever was under way when a connection ended may come twice. Dropped when another device teaches: on its board it would be in the
   * wrong place. False: too much is waiting already (64 KiB), nothing was kept.
   */
  sendInk(payload: Uint8Array): boolean;
  /** There is ink that the server has not said to have. */
  readonly isInkWaiting: boolean;
  /** The board as the server has it: payload of a key unit of track 3, behind each greeting of one who teaches. Before the ink that waits is sent again. */
  onboard(listener: (payload: Uint8Array) => void): void;
  /**
   * Makes `next` (26 letters or more that nobody can guess) the stream key, when the old one got into wrong hands. This connection stays; an encoder and
   * other pages with the old one are sent away. Whoever asks has kept both where they survive: the answer may be lost with this connection, or this page.
   */
  changeKey(next: string): void;
  /** What came of it, also of one that was asked for before a reload (BroadcastOptions.nextKey). */
  onkey(listener: (change: KeyChange) => void): void;
}
