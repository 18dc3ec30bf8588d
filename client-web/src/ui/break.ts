// The part for a break: how long it takes, and something to do for the eyes. It loads nothing, says nothing aloud and ends by itself.

import { rest as en } from '../i18n/en';
import { rest as zh } from '../i18n/zh';
import { breakLeftMs, clock } from '../player/news';
import { make, say } from './dom';
import { drawingOf, exerciseAt } from './exercises';
import type { Draw, Room } from './room';

/** All the way round, on the drawing's grid. */
const RING = 2 * Math.PI * 31;

const isStill = (): boolean => !!window.matchMedia && matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Within the stage: it is seen in full screen, too. */
function makeScreen(stage: HTMLElement): HTMLElement {
  const face = '<svg viewBox="0 0 64 64" aria-hidden="true"><circle class="track" cx="32" cy="32" r="31"/>'
    + `<circle class="ring" cx="32" cy="32" r="31" stroke-dasharray="${RING}" transform="rotate(-90 32 32)"/><g transform="translate(10 10) scale(.7)"></g></svg>`;
  const inside = make('div', { className: 'rest', innerHTML: face });
  inside.append(make('h1'), make('p', { className: 'clock' }), make('h2'), make('p', { className: 'what' }), make('p'));
  inside.querySelector('.clock')!.setAttribute('role', 'timer'); // not read aloud by itself; each new exercise is
  inside.querySelector('.what')!.setAttribute('role', 'status');
  const screen = make('div', { className: 'sheet', hidden: true }, inside);
  stage.append(screen);
  return screen;
}

export function mount({ player, stage }: Room): Draw {
  const screen = makeScreen(stage), part = (name: string): Element => screen.querySelector(name)!;
  let wholeMs = 0, drawn = '';
  const draw = (leftMs: number, w: typeof zh): void => {
    wholeMs = Math.max(wholeMs, leftMs);
    const exercise = exerciseAt(wholeMs - leftMs);
    if (drawn !== exercise) part('g').innerHTML = drawingOf((drawn = exercise), isStill());
    part('.ring').setAttribute('stroke-dashoffset', String(RING * (1 - leftMs / wholeMs)));
    say(part('h1'), w.title);
    say(part('.clock'), clock(leftMs));
    say(part('h2'), w[exercise]);
    say(part('.what'), w[(exercise + 'Text') as 'farText']);
    say(part('p:last-child'), w.hint);
  };
  return (_, lang) => {
    const { state } = player.view, isOn = state === 'live' || state === 'reconnecting';
    const leftMs = isOn ? breakLeftMs(player.news.break, performance.now()) : 0;
    screen.hidden = !leftMs;
    document.body.classList.toggle('resting', !!leftMs);
    if (leftMs) draw(leftMs, lang === 'zh' ? zh : en);
    else wholeMs = 0;
  };
}
