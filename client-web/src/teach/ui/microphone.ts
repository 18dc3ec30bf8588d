// The bar that moves with the voice, and what it says.

import { say } from '../../ui/dom';
import type { Capture } from './capture';
import { type Desk, find, type Panel } from './desk';
import { LEVEL_MS, LEVELS_KEPT, levelHint, type LevelKey } from './level';

export class Level {
  private levels: number[] = [];
  /** What should be said about the microphone now. */
  hint: LevelKey = '';

  constructor(private desk: Desk, private capture: Capture) {
    window.setInterval(() => this.look(), LEVEL_MS);
  }

  private look(): void {
    const { broadcast } = this.desk;
    if (!this.capture.isOpen) return;
    this.levels.push(broadcast.level());
    if (this.levels.length > LEVELS_KEPT) this.levels.shift();
    this.hint = broadcast.breakMs() ? '' : levelHint(this.levels, broadcast.view.isTeaching, broadcast.view.isMuted);
    this.drawInto(find('meter'));
  }

  drawInto(meter: HTMLElement): void {
    const level = this.levels[this.levels.length - 1] || 0, percent = Math.round(level * 10) * 10;
    (meter.firstElementChild as HTMLElement).style.transform = `scaleX(${level.toFixed(2)})`;
    if (meter.getAttribute('aria-valuenow') !== String(percent)) meter.setAttribute('aria-valuenow', String(percent));
  }

  readonly panel: Panel = () => {
    const w = this.desk.words.page, { hint } = this, isMuted = this.desk.broadcast.view.isMuted;
    find('meter').setAttribute('aria-label', w.level);
    find('meter').dataset.tone = isMuted ? 'bad' : '';
    say(find('meterHint'), this.capture.isOpen && hint ? w[hint] : '');
  };
}
