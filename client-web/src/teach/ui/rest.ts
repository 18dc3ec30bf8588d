// The break: begins with a tap, says what is left of it, and ends by itself or when the teacher says so.

import { clock } from '../../player/news';
import { say } from '../../ui/dom';
import { type Desk, find, type Panel } from './desk';

/** To choose from, minutes. */
export const RESTS = [5, 10] as const;

export class Rest {
  private wasOn = false;

  constructor(private desk: Desk) {
    find('rest5').onclick = () => desk.rest(5);
    find('rest10').onclick = () => desk.rest(10);
    find('restEnd').onclick = () => desk.broadcast.rest(0);
  }

  readonly panel: Panel = () => {
    const { broadcast, words } = this.desk, leftMs = broadcast.breakMs(), isOn = leftMs > 0, isAway = broadcast.view.phase !== 'open';
    for (const minutes of RESTS) {
      const button = find<HTMLButtonElement>('rest' + minutes);
      button.disabled = isAway;
      say(button, words.page.restFor.replace('*', String(minutes)));
    }
    find<HTMLButtonElement>('restEnd').disabled = isAway;
    if (isOn) say(find('restLeft'), clock(leftMs));
    if (isOn !== this.wasOn) this.turn(isOn);
  };

  /** Who has the focus on what goes away gets it on what comes in its place. */
  private turn(isOn: boolean): void {
    const going = find(isOn ? 'restBegin' : 'resting'), hadFocus = going.contains(document.activeElement);
    find('resting').hidden = !isOn;
    find('restBegin').hidden = isOn;
    this.wasOn = isOn;
    if (hadFocus) find(isOn ? 'restEnd' : 'rest5').focus();
  }
}
