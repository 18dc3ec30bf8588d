// The check before a lesson: measures the uplink, records ten seconds in a session of its own, plays them as a pupil on a weak
// link gets them, and says what to mend.

import { make, say } from '../../ui/dom';
import { until, wait } from '../engine/wait';
import { closeDialog, type Desk, find, openDialog } from './desk';
import type { Level } from './microphone';
import { Pupil } from './pupil';
import { type Findings, verdictsOf } from './verdict';

const RECORD_MS = 10000;
/** For the private session to be there and its first voice to come through. */
const PATIENCE_MS = 30000;
/** What was said last is on its way still. */
const TAIL_MS = 3000;
const LOOK_MS = 100, LOOKS_PER_PICTURE = 10;

type Step = 'idle' | 'busy' | 'done';

export class Rehearsal {
  private pupil: Pupil | undefined;
  private step: Step = 'idle';
  private run = 0;
  private dialog = find<HTMLDialogElement>('trial');

  /** `start` begins the lesson itself. */
  constructor(private desk: Desk, private level: Level, private start: () => void) {
    find('rehearse').onclick = () => this.open();
    find('trialClose').onclick = () => this.close();
    find('trialGo').onclick = () => (this.step === 'done' ? this.startLesson() : void this.rehearse());
    this.dialog.oncancel = (e) => {
      e.preventDefault();
      this.close();
    };
  }

  private open(): void {
    const { rehearsal: w } = this.desk.words;
    this.step = 'idle';
    find('trialResult').replaceChildren();
    this.show(w.title, w.intro);
    this.buttons(w.close, w.begin);
    openDialog(this.dialog);
    find('trialGo').focus();
  }

  private close(): void {
    this.run++;
    this.leave();
    closeDialog(this.dialog);
    this.desk.draw();
  }

  private startLesson(): void {
    this.close();
    this.start();
  }

  private leave(): void {
    const { broadcast } = this.desk;
    this.pupil?.leave();
    if (broadcast.view.isTeaching && broadcast.view.isRehearsing) broadcast.end();
    if (broadcast.view.isRehearsing) broadcast.rehearse(false);
  }

  private show(title: string, text: string): void {
    say(find('trialTitle'), title);
    say(find('trialText'), text);
    find('trialStage').hidden = find('trialMeter').hidden = true;
  }

  private buttons(close: string, go: string): void {
    say(find('trialClose'), close);
    say(find('trialGo'), go);
    find('trialGo').hidden = !go;
  }

  /** Every step asks whether it was closed meanwhile. */
  private async rehearse(): Promise<void> {
    const run = ++this.run, { broadcast, words } = this.desk, w = words.rehearsal;
    this.step = 'busy';
    this.buttons(w.close, '');
    find('trialResult').replaceChildren();
    this.pupil ??= new Pupil(find<HTMLAudioElement>('trialVoice'), find('trialStage')); // in the tap: it may sound later
    this.pupil.voice.open();
    this.show(w.title, w.measuring);
    const uplinkKbps = await broadcast.measure();
    if (run !== this.run) return;
    this.show(w.title, w.joining);
    const found: Findings = { uplinkKbps, levels: [], brightness: undefined, hasPicture: false, heardMs: 0, hasStill: false };
    if (await this.goPrivate(run, found)) await this.record(run, found);
    if (run !== this.run) return;
    if (found.heardMs) await this.play(run);
    if (run !== this.run) return;
    this.leave();
    this.tell(found);
  }

  /** False: it did not come about. */
  private async goPrivate(run: number, found: Findings): Promise<boolean> {
    const { broadcast } = this.desk, view = broadcast.view, before = view.lesson;
    if (view.phase !== 'open') return false;
    broadcast.rehearse(true);
    try {
      await broadcast.start();
    } catch (e) {
      found.levels = [0];
      return false;
    }
    await this.until(run, () => view.phase === 'failed' || view.lesson !== before && view.phase === 'open');
    const seat = view.lesson !== before && view.lesson?.rehearsal;
    if (!seat || run !== this.run) return false;
    this.pupil!.sit({ lesson: seat.id, key: seat.key, mode: 'save' });
    this.pupil!.record();
    return this.until(run, () => this.pupil!.isSeated && this.pupil!.view.state === 'live');
  }

  /** Or until it was closed. */
  private async until(run: number, condition: () => boolean): Promise<boolean> {
    return await until(() => run !== this.run || condition(), PATIENCE_MS) && run === this.run;
  }

  private async record(run: number, found: Findings): Promise<void> {
    const { broadcast, words } = this.desk, w = words.rehearsal, levels: number[] = [], light: number[] = [];
    this.pupil!.record();
    find('trialMeter').hidden = false;
    const begin = performance.now();
    for (let leftMs = RECORD_MS; leftMs > 0 && run === this.run; leftMs = RECORD_MS - (performance.now() - begin)) {
      say(find('trialText'), w.speak.replace('*', String(Math.ceil(leftMs / 1000))));
      levels.push(broadcast.level());
      this.level.drawInto(find('trialMeter'));
      if (levels.length % LOOKS_PER_PICTURE === 1) light.push(...brightness(find<HTMLVideoElement>('self')));
      await wait(LOOK_MS);
    }
    this.show(w.title, w.waiting);
    await wait(TAIL_MS);
    if (run !== this.run) return;
    const isCamera = broadcast.view.source === 'camera', mean = light.reduce((sum, n) => sum + n, 0) / light.length;
    found.uplinkKbps = Math.max(found.uplinkKbps, broadcast.view.uplink.capacityKbps); // ten seconds show more than three
    // A still of a camera comes once in 10 to 15 s: that there is none yet says nothing.
    Object.assign(found, { levels, hasPicture: !!broadcast.view.source && broadcast.view.source !== 'camera' }, this.pupil!.recorded());
    if (isCamera && light.length) found.brightness = mean;
    broadcast.end();
  }

  private async play(run: number): Promise<void> {
    const w = this.desk.words.rehearsal;
    this.show(w.title, w.playing);
    find('trialStage').hidden = false;
    await this.pupil!.replay();
    if (run === this.run) this.pupil!.leave();
  }

  private tell(found: Findings): void {
    const { rehearsal: w, verdict } = this.desk.words, list = make('ul', { className: 'verdicts' });
    for (const { key, tone } of verdictsOf(found)) {
      const row = make('li', { textContent: verdict[key] });
      row.dataset.tone = tone;
      list.append(row);
    }
    if (found.uplinkKbps) list.append(make('li', { className: 'hint', textContent: w.uplink.replace('*', String(Math.round(found.uplinkKbps))) }));
    this.step = 'done';
    this.show(w.result, '');
    find('trialResult').replaceChildren(list, make('button', { className: 'small', textContent: w.again, onclick: () => void this.rehearse() }));
    this.buttons(w.close, w.start);
    find('trialGo').focus();
  }
}

/** Mean of the picture, 0..255; nothing while there is none. */
function brightness(video: HTMLVideoElement): number[] {
  const width = 32, height = 18, pen = make('canvas', { width, height }).getContext('2d', { willReadFrequently: true });
  if (!pen || !video.videoWidth) return [];
  pen.drawImage(video, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  return [sum / (width * height)];
}
