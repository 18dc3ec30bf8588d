// The part with what is touched while a lesson plays: sound and full screen; and the way home.

import { panel as en } from '../i18n/en';
import { panel as zh } from '../i18n/zh';
import { fullScreenExit } from './fullscreen';
import type { Draw, Room } from './room';
import { soundBar } from './sound';
import { wayHome } from './way';

export type Words = typeof zh;

export function mount(room: Room): Draw {
  const draws = [soundBar(room), fullScreenExit(room), wayHome(room)];
  return (_, lang) => draws.forEach((draw) => draw(lang === 'zh' ? zh : en));
}
