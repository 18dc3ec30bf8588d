// The controls below the picture, loaded after the first sound.

import { render } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';

import { describe } from '../diagnostics';
import { page as pageEn, panel as panelEn } from '../i18n/en';
import type { Language } from '../i18n/language';
import { page as pageZh, panel as panelZh } from '../i18n/zh';
import type { Player } from '../player/player';
import type { Mode } from '../protocol';
import { Data } from './data';
import { FullScreenExit } from './fullscreen';
import { Modes } from './modes';
import { keepAwake, nameSession } from './platform';
import { Sound } from './sound';

export interface Room {
  player: Player;
  language: Language;
  stage: HTMLElement;
  panel: HTMLElement;
  remember(mode: Mode): void;
}

export type Words = typeof pageZh & typeof panelZh;

const REDRAW_MS = 1000;

export function wordsOf(language: Language): Words {
  return language.lang === 'zh' ? { ...pageZh, ...panelZh } : { ...pageEn, ...panelEn };
}

/** Redraws once a second and whenever the player or the language changes. */
function useRoom(room: Room): Words {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    room.player.onchange(() => redraw(undefined));
    room.language.onchange(() => redraw(undefined));
    const timer = setInterval(() => document.hidden || redraw(undefined), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  return wordsOf(room.language);
}

function Panel({ room }: { room: Room }) {
  const words = useRoom(room);
  const choose = (mode: Mode): void => {
    room.player.setMode(mode);
    room.remember(mode);
  };
  return (
    <>
      <Sound words={words} audio={room.player.voice.element} stage={room.stage} />
      <Data words={words} player={room.player} />
      <Modes words={words} mode={room.player.view.mode} onchoose={choose} />
    </>
  );
}

function Overlay({ room }: { room: Room }) {
  return <FullScreenExit words={useRoom(room)} stage={room.stage} status={document.getElementById('status')!} />;
}

export function mount(room: Room): void {
  describe(room.player);
  render(<Panel room={room} />, room.panel);
  const overlay = document.createElement('div');
  room.stage.appendChild(overlay);
  render(<Overlay room={room} />, overlay);
  nameSession(room);
  keepAwake(room.player);
}
