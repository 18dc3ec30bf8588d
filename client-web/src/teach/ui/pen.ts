// The board in the stage, and its tools: the whiteboard's pages, or ink upon the picture that is shown, which stands still for it.

import { Op, PAGES_MAX, readBatch } from '../../board/events';
import { COLOURS } from '../../board/paint';
import { Pad, type PadTool } from '../../board/pad';
import { make, name, say } from '../../ui/dom';
import type { View } from '../contract';
import { type Desk, find, type Panel } from './desk';
import { keepGround, keptGround } from './ground';
import type { Note } from './notes';

/** Of COLOURS, in the order of their names in the texts. */
const OFFERED = [0, 1, 2, 3];

const ICONS = {
  pen: 'M4 20l1-4.5L16 4.5l3.5 3.5-11 11zM13.5 7l3.5 3.5',
  highlighter: 'M9 15l-3-3 8-8 6 6-8 8zM6 12l-2 5 3 3 5-2M4 21h6',
  eraser: 'M8 19l-4.5-4.5 10-10 6 6L11 19zM8 19h12M9 9.5l6 6',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3',
  redo: 'M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h3',
  clear: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  back: 'M14.5 5l-7 7 7 7',
  forward: 'M9.5 5l7 7-7 7',
  newPage: 'M12 5v14M5 12h14',
};
type Tool = keyof typeof ICONS;
const TOOLS: readonly PadTool[] = ['pen', 'highlighter', 'eraser'];

const hasStrokes = (payload: Uint8Array): boolean => !!readBatch(payload)?.events.some(({ op }) => op === Op.Begin);

export class Pen {
  private pad: Pad | undefined;
  /** What the server has is what is here, but for what is on its way. */
  private isKnown = false;
  /** Nobody else has taught since this page was loaded: what it kept of before is what pupils see. */
  private isFresh = true;
  /** Pages on which follows what was drawn here and would have been replaced. */
  private kept: number[] = [];
  private buttons = new Map<Tool, HTMLButtonElement>();
  private colours: HTMLButtonElement[] = [];
  private count = make('span');
  private ground = make('button', { className: 'small', onclick: () => this.turnGround() });

  /** `onboard`: the whiteboard is shown, as pupils have it. */
  constructor(private desk: Desk, private onboard: () => void) {
    desk.broadcast.onboard((payload) => this.compare(payload));
    const deeds: Record<Tool, (pad: Pad) => void> = {
      pen: (pad) => (pad.tool = 'pen'), highlighter: (pad) => (pad.tool = 'highlighter'), eraser: (pad) => (pad.tool = 'eraser'),
      undo: (pad) => pad.undo(), redo: (pad) => pad.redo(), clear: (pad) => pad.clear(),
      back: (pad) => pad.go(pad.page - 1), forward: (pad) => pad.go(pad.page + 1), newPage: (pad) => pad.newPage(),
    };
    for (const tool of Object.keys(ICONS) as Tool[]) this.buttons.set(tool, this.makeTool(tool, deeds[tool]));
    this.colours = OFFERED.map((colour) => {
      const dot = make('i');
      dot.style.background = COLOURS[colour]!;
      return make('button', { className: 'tool', onclick: () => this.act((pad) => (pad.colour = colour)) }, dot);
    });
    const tool = (which: Tool): HTMLButtonElement => this.buttons.get(which)!;
    find('tools').append(
      ...TOOLS.map(tool), ...this.colours, ...(['undo', 'redo', 'clear', 'back'] as const).map(tool), this.count,
      ...(['forward', 'newPage'] as const).map(tool), this.ground);
  }

  private makeTool(tool: Tool, deed: (pad: Pad) => void): HTMLButtonElement {
    const button = make('button', { className: 'tool', onclick: () => this.act(deed) });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[tool]}"/></svg>`;
    return button;
  }

  private act(deed: (pad: Pad) => void): void {
    deed(this.thePad());
    this.desk.draw();
  }

  private thePad(): Pad {
    if (!this.pad) {
      this.pad = new Pad(find<HTMLCanvasElement>('pad'));
      this.pad.onink((batch) => this.send(batch));
      this.pad.onchange(() => this.desk.draw());
    }
    return this.pad;
  }

  /** The whiteboard, as a source. */
  board(): HTMLCanvasElement {
    const pad = this.thePad();
    pad.setBase('blank');
    return pad.composed;
  }

  /** Something else is shown, or nothing. */
  hide(): void {
    this.pad?.setBase('hidden');
  }

  private get lesson(): string {
    return this.desk.broadcast.view.lesson?.id ?? '';
  }

  notes(): Note[] {
    return [...this.fullNotes(), ...this.keptNotes()];
  }

  /** Where no more goes, and why the pen writes nothing. */
  private fullNotes(): Note[] {
    const { pad, desk: { words: { pen: w } } } = this;
    if (!pad || pad.base === 'hidden' || !pad.isFull) return [];
    const more = pad.base === 'blank' && !pad.isBoardFull && pad.pageCount < PAGES_MAX;
    return [{ name: 'full', tone: 'warn', text: pad.isBoardFull ? w.boardFull : w.full, buttons: more ? [[w.newPage, () => this.act((p) => p.newPage())]] : [] }];
  }

  /** What became of strokes that were drawn before another device's board came. */
  private keptNotes(): Note[] {
    const { kept, desk: { words: w } } = this;
    if (!kept.length) return [];
    const pages = kept.length > 1 ? `${kept[0]}–${kept[kept.length - 1]}` : String(kept[0]), close = (): void => {
      this.kept = [];
      this.desk.draw();
    };
    return [{ name: 'kept', tone: 'calm', text: w.pen.kept.replace('*', pages), buttons: [[w.trouble.close, close]] }];
  }

  /** Before the lesson nobody takes ink, and nobody misses it: all of it is said when it begins. */
  private send(batch: Uint8Array): boolean {
    const { broadcast } = this.desk;
    return !broadcast.view.isTeaching || this.isKnown && broadcast.sendInk(batch);
  }

  /**
   * The server's board, which it tells behind each greeting. Where there is nothing on it, a lesson begins, and gets what was drawn here. After a
   * reload, or when another device has taught meanwhile, it is what pupils see; after a reconnection this page knows better.
   */
  private compare(payload: Uint8Array): void {
    const { pad, isKnown } = this;
    this.isKnown = true;
    if (hasStrokes(payload)) isKnown || this.follow(this.thePad(), payload);
    else if (pad && (pad.hasInk || pad.base !== 'hidden')) pad.resend();
  }

  /** What is shown there is shown here. */
  private follow(pad: Pad, payload: Uint8Array): void {
    const isBoard = this.desk.broadcast.view.source === 'board';
    this.kept = pad.load(payload);
    if (pad.base === 'picture' && this.isFresh) void keptGround(this.lesson).then((image) => image && pad.lay(image));
    if (pad.base === 'picture') void this.desk.broadcast.cover(pad.composed);
    else if (pad.base === 'blank' && !isBoard) this.onboard();
    else if (isBoard) pad.setBase('blank');
  }

  private turnGround(): void {
    const pad = this.thePad(), isWriting = pad.base === 'picture';
    pad.setBase(isWriting ? 'hidden' : 'picture', this.picture());
    keepGround(this.lesson, pad.frozen);
    void this.desk.broadcast.cover(isWriting ? undefined : pad.composed);
    this.desk.draw();
  }

  /** What can be written on; undefined: it is not there yet. */
  private picture(): HTMLVideoElement | HTMLImageElement | undefined {
    const video = find<HTMLVideoElement>('self'), image = find<HTMLImageElement>('shown');
    if (this.desk.broadcast.view.source === 'picture') return image.naturalWidth ? image : undefined;
    return video.videoWidth ? video : undefined;
  }

  /** Who else teaches changes the board; in a rehearsal it is not that of the lesson. */
  private watch({ phase, isTeaching, isRehearsing }: Readonly<View>): void {
    this.isKnown &&= isTeaching;
    this.isFresh &&= phase !== 'busy' && phase !== 'taken';
    if (this.isKnown && !isRehearsing && this.pad?.isSaid && !this.desk.broadcast.isInkWaiting) this.pad.arrived();
  }

  readonly panel: Panel = () => {
    this.watch(this.desk.broadcast.view);
    const { source, isTeaching } = this.desk.broadcast.view, w = this.desk.words.pen, base = this.pad?.base ?? 'hidden';
    const mayWrite = source !== undefined && isTeaching && source !== 'board', isWriting = base !== 'hidden';
    find('stage').dataset.base = base;
    find('tools').hidden = !isWriting && !mayWrite;
    name(find('tools'), w.tools);
    say(this.ground, base === 'picture' ? w.thaw : w.freeze);
    this.ground.hidden = source === 'board' || !mayWrite && base !== 'picture';
    for (const [tool, button] of this.buttons) this.drawTool(tool, button, isWriting);
    this.colours.forEach((button, i) => {
      button.hidden = !isWriting;
      name(button, w.colours.split(',')[i]!);
      button.setAttribute('aria-pressed', String(this.pad?.colour === OFFERED[i]));
    });
    this.count.hidden = base !== 'blank';
    say(this.count, this.pad ? `${this.pad.page}/${this.pad.pageCount}` : '');
  };

  private drawTool(tool: Tool, button: HTMLButtonElement, isWriting: boolean): void {
    const { pad } = this, isPaging = tool === 'back' || tool === 'forward' || tool === 'newPage';
    name(button, this.desk.words.pen[tool]);
    button.hidden = !isWriting || isPaging && pad?.base !== 'blank';
    if ((TOOLS as readonly string[]).includes(tool)) button.setAttribute('aria-pressed', String(pad?.tool === tool));
    if (!pad) return;
    const isIdle: Partial<Record<Tool, boolean>> = { undo: !pad.canUndo, redo: !pad.canRedo, back: pad.page < 2, forward: pad.page >= pad.pageCount, newPage: pad.pageCount >= PAGES_MAX };
    button.disabled = !!isIdle[tool];
  }
}

