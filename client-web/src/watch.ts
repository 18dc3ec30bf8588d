// The watch page before and during the first sound: everything here is inlined into watch.html and
// counts against its budget. The rest comes in parts, when the voice can spare the link.

import { Language, recall, remember, translate } from './i18n/language';
import { page as zh } from './i18n/zh';
import { loadPart, loadStyle } from './parts';
import { Player } from './player/player';
import { statusOf } from './player/status';
import type { Mode } from './protocol';
import type { Page } from './ui/room';

const MODE_KEY = 'airclass.mode';
const LOOK_MS = 500;
/** Whoever still lacks sound or picture by then may as well have buttons. */
const PATIENCE_MS = 20000;
/** For so many times what the page took the lesson has the link to itself: 9 s on 32 kbit/s, while the server learns what it carries. */
const SETTLE = 3;
/** A picture that is there so long before any sound belongs to a lesson without. */
const MUTE_MS = 4000;

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const language = new Language();
let words = zh;
let hasNotices = false;

const lesson = location.pathname.split('/')[2] || ''; // letters, digits, - and _: nothing to decode
const key = new URLSearchParams(location.hash.slice(1)).get('k') || '';
const early = (window as { airclass_link?: WebSocket }).airclass_link;
const player = new Player({ lesson, key, mode: firstMode() }, find<HTMLAudioElement>('voice'), find('stage'), early);
const page: Page = { player, stage: find('stage'), controls: find('controls'), status: find('status'), draws: [], loadPart, loadStyle };
let joinedAt = 0;

/** What the pupil chose here once; else what the device asks for. */
function firstMode(): Mode {
  const chosen = recall(MODE_KEY), link = (navigator as { connection?: { saveData?: boolean } }).connection;
  if (chosen && /^(auto|save|voice)$/.test(chosen)) return chosen as Mode;
  return link && link.saveData ? 'save' : 'auto';
}

let drawn = '';

function draw(): void {
  const v = player.view, status = statusOf(v), sentence = words[status.key], isTrouble = v.phase === 'failed' || v.isBlocked || v.isPaused;
  if (isTrouble && !hasNotices) {
    hasNotices = true;
    loadStyle().then(() => loadPart('notice')).then((part) => part.watchNotices(player, language));
  }
  const sounding = !isTrouble && player.voice.hasSounded && player.voice.aheadMs() > 0;
  const state = [sentence, status.tone, sounding, v.title].join();
  if (state !== drawn) { // a status said twice is read aloud twice
    drawn = state;
    document.body.classList.toggle('sounding', sounding);
    page.status.textContent = sentence;
    page.status.dataset.tone = status.tone;
    find('title').textContent = v.title || words.lesson + ' ' + lesson;
    document.title = (v.title || lesson) + ' · ' + words.brand;
  }
  page.draws.forEach((part) => part(words, language.lang));
}

/** English comes as a part of its own: on the thinnest links the other language would only cost. */
async function say(): Promise<void> {
  words = language.lang === 'zh' ? zh : (await loadPart('english')).words;
  translate(words);
  drawCost();
  draw();
}

const chosen = (): HTMLInputElement => document.querySelector<HTMLInputElement>('[name=mode]:checked')!;
const chosenMode = (): Mode => chosen().value as Mode;

/** What stands beside the mode, as a sentence on the button. */
function drawCost(): void {
  find('cost').textContent = words.cost.replace('*', chosen().parentNode!.querySelector('em')!.textContent!);
}

/** The choice of mode moves from the sheet to the panel: one menu, before and after. */
function join(): void {
  find('join').hidden = true;
  find('panel').appendChild(find('modes'));
  joinedAt = performance.now();
  player.join(chosenMode());
  window.setInterval(look, LOOK_MS);
}

function choose(): void {
  drawCost();
  remember(MODE_KEY, chosenMode());
  player.setMode(chosenMode());
}

let hasRest = false;

/** Nothing competes with the first sound and the first picture; a lesson that has not begun has none. */
async function look(): Promise<void> {
  draw();
  const { view, voice, picture } = player, waitedMs = performance.now() - joinedAt;
  const { responseStart, responseEnd } = performance.timing, isSettled = waitedMs > SETTLE * (responseEnd - responseStart);
  const isServed = (voice.hasSounded || waitedMs > MUTE_MS) && picture.isThere && isSettled || waitedMs > PATIENCE_MS;
  if (hasRest || view.phase !== 'open' || view.state === 'live' && !isServed && !player.news.break) return;
  hasRest = true;
  (await loadPart('rest')).begin(page);
}

find('lesson').textContent = lesson;
find('language').onclick = () => language.toggle();
find('enter').onclick = join;
find('modes').onchange = choose;
document.querySelector<HTMLInputElement>(`[value=${player.view.mode}]`)!.checked = true;
find<HTMLButtonElement>('enter').disabled = false; // until now a tap would have been lost
language.onchange(say);
player.onchange(draw);
say();
