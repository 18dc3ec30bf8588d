// The watch page before and during the first sound: everything here is inlined into watch.html and
// counts against its budget. What is seen and touched afterwards comes in two parts, loaded later.

import { Language, recall, remember, translate } from './i18n/language';
import { page as zh } from './i18n/zh';
import { loadPart, loadStyle } from './parts';
import { Player } from './player/player';
import { statusOf } from './player/status';
import type { Mode } from './protocol';

const MODE_KEY = 'airclass.mode';
/** Without a sound by then (a lesson that has not begun), the rest of the page need not wait for one. */
const PATIENCE_MS = 4000;

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const language = new Language();
let words = zh;
let hasNotices = false;

const lesson = decode(location.pathname.replace(/^\/watch\//, '').replace(/\/$/, ''));
const key = new URLSearchParams(location.hash.slice(1)).get('k') || '';
const player = new Player({ lesson, key, mode: firstMode() }, find<HTMLAudioElement>('voice'));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (e) {
    return text;
  }
}

function firstMode(): Mode {
  const chosen = recall(MODE_KEY);
  if (chosen === 'auto' || chosen === 'save' || chosen === 'voice') return chosen;
  const link = (navigator as { connection?: { saveData?: boolean } }).connection;
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
  if (state === drawn) return; // a status said twice is read aloud twice
  drawn = state;
  document.body.classList.toggle('sounding', sounding);
  find('status').textContent = sentence;
  find('status').dataset.tone = status.tone;
  find('listen').textContent = status.key === 'live' ? '' : sentence;
  find('title').textContent = v.title || words.lesson + ' ' + lesson;
  document.title = (v.title || lesson) + ' · ' + words.brand;
}

/** English comes as a part of its own: on the thinnest links the other language would only cost. */
async function say(): Promise<void> {
  words = language.lang === 'zh' ? zh : (await loadPart('english')).words;
  translate(words);
  draw();
}

function chosenMode(): Mode {
  return document.querySelector<HTMLInputElement>('[name=mode]:checked')!.value as Mode;
}

function join(): void {
  const mode = chosenMode();
  remember(MODE_KEY, mode);
  find('join').hidden = true;
  player.join(mode);
  window.setInterval(draw, 500);
  const joinedAt = performance.now();
  const timer = window.setInterval(() => {
    if (!player.voice.hasSounded && performance.now() - joinedAt < PATIENCE_MS) return;
    clearInterval(timer);
    loadRest();
  }, 100);
}

async function loadRest(): Promise<void> {
  (await loadPart('picture')).attach(player, find('stage'));
  await loadStyle();
  const ui = await loadPart('ui');
  ui.mount({ player, language, stage: find('stage'), panel: find('panel'), remember: (m) => remember(MODE_KEY, m) });
}

find('lesson').textContent = lesson;
find('language').onclick = () => language.toggle();
find('enter').onclick = join;
find<HTMLButtonElement>('enter').disabled = false; // until now a tap would have been lost
document.querySelector<HTMLInputElement>(`[value=${player.view.mode}]`)!.checked = true;
language.onchange(say);
player.onchange(draw);
say();
