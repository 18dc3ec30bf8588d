// Teaching with OBS or a phone's app: address and key to copy, the key to change, and whether anything comes.

import { say } from '../../ui/dom';
import { type Desk, find, type Panel } from './desk';

const MASKED_AGAIN_MS = 60000;
/** Why there is no new key. */
const TOLD = { busy: 'rotateBusy', config: 'rotateFixed', failed: 'rotateFailed' } as const;

export class Encoder {
  private isShown = false;
  private timer = 0;
  private told: '' | 'rotated' | 'rotateBusy' | 'rotateFixed' | 'rotateFailed' = '';

  constructor(private desk: Desk) {
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
    const change = await this.desk.broadcast.changeKey();
    if ('key' in change) this.desk.changeKey(change.key);
    this.told = 'key' in change ? 'rotated' : TOLD[change.why];
    this.desk.draw();
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
    find('rotate').hidden = !this.desk.key; // the timetable's keys are of one day
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
