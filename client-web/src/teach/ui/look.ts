// The small frame with what pupils get: the lesson itself, through their player, muted.

import { say } from '../../ui/dom';
import type { Mode } from '../../protocol';
import { type Desk, find, type Panel } from './desk';
import { Pupil } from './pupil';
import { canSpareLook } from './saying';
import { seatOf } from './seat';

export class Look {
  private pupil: Pupil | undefined;
  private isOn = false;
  private hasChosen = false;

  constructor(private desk: Desk) {
    find('lookSwitch').onclick = () => {
      this.hasChosen = true;
      this.turn(!this.isOn);
    };
    find<HTMLSelectElement>('lookAs').onchange = () => this.pupil?.setMode(this.mode());
  }

  /** Seats that this page takes among the pupils. */
  get ownSeats(): number {
    return this.isOn && this.pupil?.isSeated ? 1 : 0;
  }

  private mode(): Mode {
    return find<HTMLSelectElement>('lookAs').value as Mode;
  }

  private turn(isOn: boolean): void {
    const { lesson } = this.desk.broadcast.view;
    this.isOn = isOn && !!lesson;
    if (this.isOn) {
      this.pupil ??= new Pupil(find<HTMLAudioElement>('pupilVoice'), find('pupil'));
      this.pupil.voice.element.muted = true;
      this.pupil.sit({ ...seatOf(lesson!.watch), mode: this.mode() });
    } else this.pupil?.leave();
    this.desk.draw();
  }

  /** On by itself where the uplink has plenty, until somebody has chosen. */
  readonly panel: Panel = () => {
    const { view } = this.desk.broadcast, w = this.desk.words.page;
    const isThere = view.isTeaching && !view.isRehearsing || view.status?.source.kind === 'rtmp' && view.status.state === 'live';
    if (!isThere && this.isOn) this.turn(false);
    if (isThere && !this.isOn && !this.hasChosen && view.phase === 'open' && canSpareLook(view.uplink)) this.turn(true);
    const button = find('lookSwitch');
    find('look').hidden = !this.isOn;
    say(button, this.isOn ? w.lookOff : w.lookOn);
    button.setAttribute('aria-expanded', String(this.isOn));
  };
}
