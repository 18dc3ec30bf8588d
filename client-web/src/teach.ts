// The teach page: one broadcast, and the panels around it. Everything is drawn from the broadcast's view, four times a second and
// whenever it changes.

import * as en from './i18n/teach-en';
import * as zh from './i18n/teach-zh';
import { Language, recall, remember, translate } from './i18n/language';
import { Broadcast } from './teach/broadcast';
import { type Broadcaster, CaptureError, type Trouble } from './teach/contract';
import { Air } from './teach/ui/air';
import { Capture } from './teach/ui/capture';
import { ask, type Desk, fill, find, type Words } from './teach/ui/desk';
import { Encoder } from './teach/ui/encoder';
import { keepAwake, watchCopies, warnOfLeaving } from './teach/ui/device';
import { fragmentOf, keyIn, lessonIn, nextIn } from './teach/ui/key';
import { LEVEL_MS } from './teach/ui/level';
import { Look } from './teach/ui/look';
import { Level } from './teach/ui/microphone';
import { drawNotes, type Note } from './teach/ui/notes';
import { Pen } from './teach/ui/pen';
import { Rehearsal } from './teach/ui/rehearsal';
import { BREAK_DEFAULT, BREAK_MINUTES, isBreakDue, lessonTime } from './teach/ui/reminder';
import { Rest, RESTS } from './teach/ui/rest';
import { isOnElsewhere, remedyOf, sceneOf, type SheetKey, troubleWords } from './teach/ui/saying';
import { sheetPanel } from './teach/ui/sheet';

const LOOK_MS = 250;
/** For the greeting and the microphone to be there. */
const RESUME_MS = 6000;
const BREAK_KEY = 'airclass.break';

class Page implements Desk {
  key = keyIn(location.hash);
  nextKey = nextIn(location.hash);
  readonly lesson = lessonIn(location.hash);
  readonly broadcast: Broadcaster = new Broadcast({ key: this.key, nextKey: this.nextKey, lesson: this.lesson });
  words: Words = zh;
  readonly ask = ask;

  private language = new Language();
  private pen = new Pen(this, () => this.capture.choose('board'));
  private capture: Capture = new Capture(this, this.pen);
  private level = new Level(this, this.capture);
  private look = new Look(this);
  private air = new Air(this, this.look);
  private encoder = new Encoder(this);
  private resting = new Rest(this);
  private sheet = sheetPanel(this, {
    own: this.ownSheet(),
    continueLesson: () => void this.start(),
    takeOver: () => void this.begin(() => this.broadcast.take()),
    endLesson: () => void this.end(),
  });
  private failed: { trouble: Trouble; again: () => void }[] = [];
  private agreedMs = 0;
  private overMs = 0;
  /** That it is over: the server has said so. */
  private isTold = false;
  private isDrawing = false;

  constructor() {
    new Rehearsal(this, this.level, () => void this.start());
    find('language').onclick = () => this.language.toggle();
    find('go').onclick = find('here').onclick = () => void this.start();
    find('end').onclick = () => void this.end();
    find<HTMLSelectElement>('breakAfter').onchange = (e) => remember(BREAK_KEY, (e.target as HTMLSelectElement).value);
    this.language.onchange(() => this.speak());
    window.addEventListener('hashchange', () => (keyIn(location.hash) !== this.key || lessonIn(location.hash) !== this.lesson) && location.reload());
    keepAwake(() => this.broadcast.view.isTeaching);
    warnOfLeaving(() => this.broadcast.view.isTeaching && !this.broadcast.view.isRehearsing);
    watchCopies(() => this.words.page);
    this.speak();
  }

  /** What makes any attempt vain. */
  private ownSheet(): SheetKey {
    if (!window.isSecureContext) return 'insecure';
    if (!window.WebSocket || !navigator.mediaDevices) return 'old';
    return this.key || this.lesson ? '' : 'key';
  }

  async open(): Promise<void> {
    find<HTMLButtonElement>('go').disabled = false;
    this.broadcast.onchange(() => this.draw());
    window.setInterval(() => this.drawNow(), LOOK_MS);
    this.drawNow();
    if (this.ownSheet()) return;
    this.broadcast.open();
    await this.capture.openIfAllowed();
    this.resume(Date.now() + RESUME_MS);
  }

  /** A lesson that was interrupted goes on by itself if the microphone does: a browser may want a tap before. */
  private resume(untilAt: number): void {
    const { view } = this.broadcast;
    if (view.isTeaching || Date.now() > untilAt) return;
    if (view.canContinue && this.capture.isOpen && this.broadcast.level() > 0) void this.start();
    else setTimeout(() => this.resume(untilAt), LEVEL_MS);
  }

  private speak(): void {
    this.words = this.language.lang === 'zh' ? zh : en;
    translate(this.words.page);
    this.draw();
  }

  /** On air, or on air again. */
  private start(): Promise<void> {
    return this.begin(() => this.broadcast.start());
  }

  private async begin(act: () => Promise<void>): Promise<void> {
    const { view } = this.broadcast, isBack = view.canContinue;
    this.overMs = 0;
    find<HTMLButtonElement>('go').disabled = true;
    try {
      if (!this.capture.isOpen) await this.capture.open();
      this.air.restore(isBack);
      const restored = isBack ? this.capture.restore() : undefined;
      await act();
      await restored;
      this.settle('microphone');
    } catch (e) {
      if (!(e instanceof CaptureError)) throw e;
      this.report(e.trouble, () => void this.begin(act));
    } finally {
      find<HTMLButtonElement>('go').disabled = false;
      this.draw();
    }
  }

  private async end(): Promise<void> {
    const { words: { page: w }, broadcast: { view } } = this;
    if (!(await this.ask(w.endTitle, w.endText, w.endYes, w.endNo)) || !view.isTeaching && !view.canContinue && !isOnElsewhere(view)) return;
    this.overMs = this.broadcast.lessonMs();
    this.agreedMs = 0;
    this.isTold = false;
    this.broadcast.end();
    this.air.mute(false); // its button goes, and a rehearsal is to sound
    this.draw();
  }

  rest(minutes: number): void {
    this.broadcast.rest(minutes);
    this.agree();
  }

  /** There has just been a break, or will be: the next one is thought of later. */
  private agree(): void {
    this.agreedMs = this.broadcast.lessonMs();
    this.draw();
  }

  report(trouble: Trouble, again: () => void): void {
    this.settle(trouble.what === 'microphone' ? 'microphone' : 'picture');
    this.failed.push({ trouble, again });
    this.draw();
  }

  settle(what: 'microphone' | 'picture'): void {
    this.failed = this.failed.filter(({ trouble }) => (trouble.what === 'microphone') !== (what === 'microphone'));
    this.draw();
  }

  keepKeys(key: string, next: string): void {
    this.key = key;
    this.nextKey = next;
    history.replaceState(null, '', fragmentOf(key, next));
  }

  draw(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => this.drawNow());
  }

  private drawNow(): void {
    this.isDrawing = false;
    for (const panel of [this.air.panel, this.capture.panel, this.level.panel, this.pen.panel, this.look.panel, this.encoder.panel, this.resting.panel, this.sheet]) panel();
    this.drawLinks();
    this.drawBreaks();
    drawNotes(this.notes());
  }

  private drawLinks(): void {
    const { lesson } = this.broadcast.view, watch = lesson ? location.origin + lesson.watch : '', field = find<HTMLInputElement>('watch');
    if (field.value !== watch) field.value = watch;
  }

  private breakAfter(): number {
    const chosen = Number(recall(BREAK_KEY) ?? BREAK_DEFAULT);
    return (BREAK_MINUTES as readonly number[]).includes(chosen) ? chosen : BREAK_DEFAULT;
  }

  private drawBreaks(): void {
    const w = this.words.page;
    fill(find('breakAfter'), BREAK_MINUTES.map((n) => [String(n), n ? w.breakMinutes.replace('*', String(n)) : w.breakNever]), String(this.breakAfter()));
  }

  private notes(): Note[] {
    const notes = this.troubleNotes(), w = this.words.page, { view } = this.broadcast, lessonMs = this.broadcast.lessonMs();
    if (this.level.hint === 'speaking') notes.push({ name: 'speaking', tone: 'bad', text: w.speaking, buttons: [] });
    if (this.level.hint === 'levelLow' && !notes.some(({ name }) => name === 'microphone')) notes.push({ name: 'low', tone: 'warn', text: w.levelLow, buttons: [] });
    if (sceneOf(view) !== 'prepare' && !this.broadcast.breakMs() && isBreakDue(lessonMs, this.agreedMs, this.breakAfter())) {
      const minutes = String(Math.floor((lessonMs - this.agreedMs) / 60000)), rests = RESTS.map((n) => [w.restFor.replace('*', String(n)), () => this.rest(n)] as const);
      notes.push({ name: 'break', tone: 'calm', text: w.breakText.replace('*', minutes), buttons: [...rests, [w.breakOk, () => this.agree()]] });
    }
    notes.push(...this.capture.notes(), ...this.pen.notes());
    const isQuiet = sceneOf(view) === 'prepare' && !view.isTeaching, isOpen = isOnElsewhere(view);
    if (isQuiet && !view.isRehearsing && !view.canContinue && isOpen) notes.push({ name: 'open', tone: 'calm', text: w.stillOn, buttons: [[w.end, () => void this.end()]] });
    if (isQuiet && this.overMs && !isOpen) notes.push({ name: 'over', tone: 'calm', text: this.overText(), buttons: [] });
    if (view.status?.isOver) notes.push({ name: 'shut', tone: 'calm', text: w.appShut, buttons: [[w.appAdmit, () => this.broadcast.admit()]] });
    return notes;
  }

  private overText(): string {
    const { words: { page: w }, broadcast: { view } } = this;
    const isOpen = view.phase === 'open';
    this.isTold ||= isOpen && view.status?.state === 'ended';
    return w.overTitle + w.overText.replace('*', lessonTime(this.overMs)) + (isOpen || this.isTold ? w.overTold : w.overUntold);
  }

  /** What was asked for in vain, and what is wrong by itself; the microphone first. */
  private troubleNotes(): Note[] {
    const w = this.words.trouble, seen = new Map<string, Note>();
    for (const t of [...this.failed.map(({ trouble }) => trouble), ...this.broadcast.view.troubles]) {
      const remedy = remedyOf(t), failed = this.failed.find(({ trouble }) => trouble === t), again = failed?.again || (() => this.askAgain(t));
      const buttons: Note['buttons'][number][] = [];
      if (remedy === 'again') buttons.push([t.why !== 'stopped' ? w.again : t.what === 'picture' ? w.pick : w.share, again]);
      if (t.what !== 'microphone' && t.what !== 'board') buttons.push([w.useBoard, () => this.capture.choose('board')]);
      if (failed) buttons.push([w.close, () => this.settle(t.what === 'microphone' ? 'microphone' : 'picture')]);
      if (!seen.has(t.what)) seen.set(t.what, { name: t.what, tone: t.what === 'microphone' ? 'bad' : 'warn', text: troubleWords(t, w), buttons });
    }
    return [...seen.values()].sort((a, b) => Number(b.name === 'microphone') - Number(a.name === 'microphone'));
  }

  private askAgain(t: Trouble): void {
    if (t.what === 'microphone') void this.capture.chooseMicrophone('');
    else this.capture.choose(t.what);
  }
}

void new Page().open();
