// Microphone, camera, screen, picture, board: choosing them, and the stage that shows what is sent.

import { recall, remember } from '../../i18n/language';
import { make, say } from '../../ui/dom';
import { CaptureError, type Device, type Devices, type Source, type SourceKind } from '../contract';
import { type Desk, fill, find, type Panel } from './desk';
import type { Note } from './notes';
import type { Pen } from './pen';
import { sceneOf } from './saying';

const MEMORY = 'airclass.teach';
const NONE = 'none';
type Choice = SourceKind | typeof NONE;

const ICONS: Record<Choice, string> = {
  camera: 'M3.5 7.5h11v9h-11zM14.5 11l6-3v8l-6-3',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4',
  picture: 'M4 4.5h16v15H4zM4 16l4.5-5 4 4.5 2.5-2.5 5 5M15 8.5v.1',
  board: 'M4 20l1-4.5L16 4.5l3.5 3.5-11 11zM13.5 7l3.5 3.5',
  none: 'M12 3.5a3 3 0 0 0-3 3V11a3 3 0 0 0 6 0V6.5a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
};

/** What this device used last. */
interface Memory { kind?: Choice; camera?: string; microphone?: string }

function recallMemory(): Memory {
  try {
    return JSON.parse(recall(MEMORY) || '{}') as Memory;
  } catch (e) {
    return {};
  }
}

/** Whether the browser has allowed the microphone for good, so that asking asks nobody. */
async function isAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' as PermissionName })).state === 'granted';
  } catch (e) {
    return false;
  }
}

/** One question for both, where two would be asked; what comes of it is asked for again, one by one. */
async function askOnce(): Promise<void> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    stream.getTracks().forEach((track) => track.stop());
  } catch (e) {
    return;
  }
}

/** The first of `ids` that is there, else the system's choice: it stands first. */
const firstOf = (devices: readonly Device[], ...ids: (string | undefined)[]): string => ids.find((id) => devices.some((d) => d.id === id)) ?? devices[0]?.id ?? '';

export class Capture {
  private memory = recallMemory();
  private devices: Devices = { microphones: [], cameras: [] };
  private tiles = new Map<Choice, HTMLButtonElement>();
  private pictureUrl = '';
  private turn = 0;
  private isOpening = false;
  private isAwake = false;
  /** The one that the teacher knows of. */
  private microphoneId = '';
  /** The microphone was opened here once. */
  isOpen = false;

  constructor(private desk: Desk, private pen: Pen) {
    for (const kind of [...desk.broadcast.kinds, NONE] as Choice[]) this.tiles.set(kind, this.makeTile(kind));
    find('sources').append(...this.tiles.values());
    find('allow').onclick = () => void this.open();
    find<HTMLInputElement>('file').onchange = () => void this.takeFile();
    find<HTMLSelectElement>('camera').onchange = (e) => this.choose('camera', (e.target as HTMLSelectElement).value);
    find<HTMLSelectElement>('microphone').onchange = (e) => void this.chooseMicrophone((e.target as HTMLSelectElement).value);
    document.addEventListener('click', () => this.wake(), true);
    navigator.mediaDevices?.addEventListener?.('devicechange', () => void this.listDevices());
  }

  private makeTile(kind: Choice): HTMLButtonElement {
    const button = make('button', { className: 'tile', onclick: () => this.choose(kind) }, make('span'));
    button.insertAdjacentHTML('afterbegin', `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[kind]}"/></svg>`);
    return button;
  }

  private keep(part: Memory): void {
    Object.assign(this.memory, part);
    remember(MEMORY, JSON.stringify(this.memory));
  }

  /** Opens at once where the browser has allowed it before. */
  async openIfAllowed(): Promise<void> {
    if (await isAllowed()) await this.open(false);
  }

  /** Without a tap some browsers keep the sound asleep: then it takes the first one, whatever for. */
  private wake(): void {
    if (!this.isOpen || this.isAwake) return;
    this.isAwake = true;
    if (this.desk.broadcast.level() === 0) void this.chooseMicrophone(this.memory.microphone || '');
  }

  /** Microphone and the picture of last time; in the tap that allows it. */
  async open(isTap = true): Promise<void> {
    if (this.isOpening || this.isOpen) return;
    this.isAwake = isTap;
    this.isOpening = true;
    if (!(await isAllowed())) await askOnce();
    this.isOpen = await this.chooseMicrophone(this.memory.microphone || '');
    const { kind } = this.memory;
    if (!this.desk.broadcast.view.source && kind !== NONE) await this.show(kind === 'board' ? 'board' : 'camera', this.memory.camera);
    this.isOpening = false;
    this.desk.draw();
  }

  /** After a reload: what was shown. A screen or a file the browser gives only in a tap. */
  async restore(): Promise<void> {
    const { kind } = this.memory;
    if (kind === 'screen' || kind === 'picture') this.desk.report({ what: kind, why: 'stopped' }, () => this.choose(kind));
    else if (kind !== NONE && !this.desk.broadcast.view.source) await this.show(kind || 'camera', this.memory.camera);
  }

  async chooseMicrophone(id: string): Promise<boolean> {
    const isThere = await this.attempt('microphone', this.desk.broadcast.setMicrophone(id), () => void this.chooseMicrophone(id));
    if (isThere && id) this.keep({ microphone: id });
    if (isThere) this.microphoneId = this.desk.broadcast.microphoneId;
    await this.listDevices();
    return isThere;
  }

  /** Whoever loses the headset speaks to the whole room: that should be known. */
  notes(): Note[] {
    const { desk: { broadcast: { microphoneId }, words: { page, trouble } }, devices } = this, now = devices.microphones.find(({ id }) => id === microphoneId);
    if (!now || !microphoneId || microphoneId === this.microphoneId) return [];
    const close = (): void => {
      this.microphoneId = microphoneId;
      this.desk.draw();
    };
    return [{ name: 'replaced', tone: 'warn', text: page.replaced.replace('*', now.label || page.microphone), buttons: [[trouble.close, close]] }];
  }

  choose(kind: Choice, camera = this.memory.camera): void {
    if (kind === 'picture') find<HTMLInputElement>('file').click();
    else void this.show(kind, camera).then((isShown) => isShown && this.keep(camera ? { kind, camera } : { kind }));
  }

  /** What can't be opened leaves what is shown as it is. */
  private async takeFile(): Promise<void> {
    const input = find<HTMLInputElement>('file'), file = input.files![0];
    input.value = '';
    if (!file || !(await this.set({ kind: 'picture', file }, 'picture'))) return;
    if (this.pictureUrl) URL.revokeObjectURL(this.pictureUrl);
    this.pictureUrl = URL.createObjectURL(file);
    this.keep({ kind: 'picture' });
    this.desk.draw();
  }

  private show(kind: Choice, camera?: string): Promise<boolean> {
    switch (kind) {
      case 'camera': return this.set(camera ? { kind, deviceId: camera } : { kind }, kind, camera);
      case 'screen': return this.set({ kind }, kind);
      case 'board': return this.set({ kind, canvas: this.pen.board() }, kind);
    }
    return this.set(undefined, NONE);
  }

  /** Whoever taps twice means the second. False: it is not what is shown. */
  private async set(source: Source | undefined, kind: Choice, camera?: string): Promise<boolean> {
    const turn = ++this.turn, tile = this.tiles.get(kind), isLast = (): boolean => turn === this.turn;
    tile?.setAttribute('aria-busy', 'true');
    const isShown = await this.attempt('picture', this.desk.broadcast.setSource(source), () => this.choose(kind, camera), isLast);
    if (isShown && isLast() && kind !== 'board') this.pen.hide();
    tile?.removeAttribute('aria-busy');
    if (kind === 'camera') await this.listDevices();
    this.desk.draw();
    return isShown && isLast();
  }

  private async attempt(what: 'microphone' | 'picture', asked: Promise<void>, again: () => void, isStill = (): boolean => true): Promise<boolean> {
    try {
      await asked;
      if (isStill()) this.desk.settle(what);
      return true;
    } catch (e) {
      if (!(e instanceof CaptureError)) throw e;
      if (isStill()) this.desk.report(e.trouble, again);
      return false;
    }
  }

  private async listDevices(): Promise<void> {
    this.devices = await this.desk.broadcast.devices();
    this.desk.draw();
  }

  /** Draws tiles, lists and stage. */
  readonly panel: Panel = () => {
    const { source, isTeaching } = this.desk.broadcast.view, w = this.desk.words.page;
    find('noScreen').hidden = this.tiles.has('screen') || isTeaching;
    for (const [kind, tile] of this.tiles) {
      say(tile.querySelector('span')!, w[kind]);
      tile.setAttribute('aria-pressed', String(source === kind || kind === NONE && !source && this.isOpen));
    }
    const { cameras, microphones } = this.devices, option = (d: { id: string; label: string }): readonly [string, string] => [d.id, d.label];
    find('cameraField').hidden = source !== 'camera' || cameras.length < 2;
    fill(find('camera'), cameras.map(option), firstOf(cameras, this.desk.broadcast.preview?.getVideoTracks()[0]?.getSettings().deviceId, this.memory.camera));
    find('microphone').hidden = microphones.length < 2;
    fill(find('microphone'), microphones.map(option), firstOf(microphones, this.desk.broadcast.microphoneId, this.memory.microphone));
    this.drawStage(source);
  };

  private drawStage(source: SourceKind | undefined): void {
    const { broadcast, words } = this.desk, video = find<HTMLVideoElement>('self'), image = find<HTMLImageElement>('shown');
    const stream = broadcast.preview || null, isVideo = source === 'camera' || source === 'screen';
    if (video.srcObject !== stream) {
      video.srcObject = stream;
      if (stream) video.play().catch(() => undefined);
    }
    if (source === 'picture' && image.src !== this.pictureUrl) image.src = this.pictureUrl;
    const isRtmp = sceneOf(broadcast.view) === 'rtmp'; // what is captured here is not what pupils see
    find('stage').dataset.shows = isRtmp ? 'nothing' : isVideo && stream ? 'video' : source === 'picture' || source === 'board' ? source : 'nothing';
    find('allow').hidden = find('allowText').hidden = this.isOpen || isRtmp;
    say(find('blank'), isRtmp ? words.page.rtmpPicture : this.isOpen ? words.page.noPicture : '');
  }
}
