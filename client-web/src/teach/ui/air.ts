// While the lesson is on: clock, pupils, uplink, microphone, the end; and the big button that begins it.

import { recall, remember } from '../../i18n/language';
import { say } from '../../ui/dom';
import type { View } from '../contract';
import { type Desk, find, type Panel } from './desk';
import type { Look } from './look';
import { lessonTime } from './reminder';
import { pupilsBut, sayingOf, type Scene, sceneOf, uplinkOf } from './saying';

const MUTED = 'airclass.muted';

export class Air {
  private awaySince = 0;
  private hadAudience = false;

  constructor(private desk: Desk, private look: Look) {
    find('mute').onclick = () => this.mute(!desk.broadcast.view.isMuted);
  }

  mute(isMuted: boolean): void {
    this.desk.broadcast.setMuted(isMuted);
    remember(MUTED, isMuted ? '1' : '');
  }

  /** Whoever had the microphone off when the page went away is not heard again without knowing. It is not off because it was in another lesson. */
  restore(isBack: boolean): void {
    this.mute(this.desk.broadcast.view.isMuted || isBack && !!recall(MUTED));
  }

  /** How long the connection has been away. */
  private awayMs(v: View): number {
    if (v.phase !== 'away') this.awaySince = 0;
    else this.awaySince ||= performance.now();
    return this.awaySince && performance.now() - this.awaySince;
  }

  readonly panel: Panel = () => {
    const { view } = this.desk.broadcast, scene = sceneOf(view), status = find('status');
    document.body.dataset.scene = scene;
    document.querySelectorAll<HTMLElement>('[data-in]').forEach((e) => (e.hidden = e.dataset.in!.split(' ').indexOf(scene) < 0));
    const { key, tone, n } = sayingOf(view, this.awayMs(view));
    status.dataset.tone = tone;
    say(status, this.desk.words.saying[key].replace('*', String(n)));
    say(find('time'), lessonTime(this.desk.broadcast.lessonMs()));
    this.drawTitle(view, scene);
    this.drawMute(view.isMuted);
    if (scene !== 'prepare') this.drawFacts(view);
  };

  private drawTitle(v: View, scene: Scene): void {
    const w = this.desk.words.page, title = v.lesson?.title || w.untitled;
    say(find('title'), title);
    document.title = (scene === 'prepare' ? '' : '● ') + title + ' · ' + w.brand;
  }

  private drawMute(isMuted: boolean): void {
    const w = this.desk.words.page;
    find('mute').setAttribute('aria-pressed', String(isMuted));
    say(find('muteState'), isMuted ? w.muted : w.mute);
    say(find('muteText'), isMuted ? w.mutedText : w.muteText);
  }

  private drawFacts({ status, uplink, phase }: View): void {
    const w = this.desk.words, count = (n: number): string => w.page.pupilsUnit.replace('*', String(n)), own = this.look.ownSeats;
    const pupils = pupilsBut(status?.pupils ?? 0, own);
    this.hadAudience ||= pupils > 0;
    say(find('pupils'), count(pupils));
    say(find('voiceOnly'), count(status?.voiceOnly ?? 0));
    const back = status?.reconnecting ?? 0;
    say(find('reconnecting'), back ? w.page.reconnecting.replace('*', String(back)) : pupils || this.hadAudience ? '' : w.page.nobody);
    const rate = w.page.uplinkKbps.replace('*', String(Math.round(uplink.kbps)));
    say(find('uplinkRate'), rate);
    say(find('uplink'), w.uplink[phase === 'away' ? 'away' : uplinkOf(uplink.capacityKbps)]);
  }
}
