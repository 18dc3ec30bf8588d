// Teaching with OBS or a phone's app: address and key to copy, the key to change, and whether anything comes.

import { say } from '../../ui/dom';
import type { KeyChange } from '../contract';
import { randomText } from '../token';
import { type Desk, find, type Panel } from './desk';

const MASKED_AGAIN_MS = 60000;
const KEY_LETTERS = 26;
/** Why there is no new key. */
const TOLD = { busy: 'rotateBusy', config: 'rotateFixed', failed: 'rotateFailed', later: 'rotateLater' } as const;

export class Encoder {
  private isShown = false;
  private timer = 0;
  private told: '' | 'rotated' | (typeof TOLD)[keyof typeof TOLD];

  constructor(private desk: Desk) {
    this.told = desk.nextKey && TOLD.later;
    desk.broadcast.onkey((change) => this.changed(change));
    find('rtmpShow').onclick = () => this.show(!this.isShown);
    find('rotate').onclick = () => void this.rotate();
  }

  /** Whoever looks over a shoulder later sees nothing. */
  private show(isShown: boolean): void {
    this.isShown = isShown;
    clearTimeout(this.timer);
    if (isShown) this.timer = window.setTimeout(() => this.show(false), MASKED_AGAIN_MS);
    this.desk.draw();
  }

  private async rotate(): Promise<void> {
    const { encoder: w } = this.desk.words;
    if (!(await this.desk.ask(w.rotateTitle, w.rotateText, w.rotateYes, w.rotateNo))) return;
    const next = randomText(KEY_LETTERS);
    this.told = '';
    this.desk.keepKeys(this.desk.key, next);
    this.desk.broadcast.changeKey(next);
    this.desk.draw();
  }

  private changed(change: KeyChange): void {
    const { desk } = this;
    if (!desk.nextKey) return;
    this.told = 'key' in change ? 'rotated' : TOLD[change.why];
    if (this.told !== TOLD.later) desk.keepKeys('key' in change ? change.key : desk.key, '');
    desk.draw();
  }

  readonly panel: Panel = () => {
    const { encoder: w } = this.desk.words, { lesson, status } = this.desk.broadcast.view, rtmp = lesson?.rtmp;
    document.querySelectorAll<HTMLElement>('[data-e]').forEach((e) => say(e, w[e.dataset.e as keyof typeof w]));
    find('encoder').hidden = !rtmp;
    if (!rtmp) return;
    const value = (id: string, text: string): void => {
      const field = find<HTMLInputElement>(id);
      if (field.value !== text) field.value = text;
    };
    value('rtmpServer', `rtmp://${location.hostname}:${rtmp.port}/${rtmp.path || 'live'}`);
    value('rtmpKey', this.desk.key || rtmp.key || '');
    find('rotate').hidden = !this.desk.key || !!this.desk.nextKey; // the timetable's keys are of one day
    find<HTMLInputElement>('rtmpServer').setAttribute('aria-label', w.server);
    find<HTMLInputElement>('rtmpKey').type = this.isShown ? 'text' : 'password';
    say(find('rtmpShow'), this.isShown ? w.hide : w.show);
    find('rtmpShow').setAttribute('aria-pressed', String(this.isShown));
    const source = status?.source, isLive = source?.kind === 'rtmp';
    const facts = isLive && source.width ? `${source.width}×${source.height}, ${Math.round(source.fps)} fps` : 'RTMP';
    say(find('rtmpStatus'), isLive ? w.live.replace('*', facts) : w.idle);
    find('rtmpStatus').dataset.tone = isLive ? 'ok' : 'off';
    say(find('rotated'), this.told && w[this.told]);
  };
}
