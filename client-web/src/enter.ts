// The page where a pupil enters with a code, typed or scanned, once a device; and where guests do with theirs.

import { ask, type Answer } from './home/api';
import { followArrows } from './home/arrows';
import { codeInHash, inGroups, LETTERS, readCode } from './home/code';
import type { Device } from './home/contract';
import { guessDevice } from './home/device';
import { forget, isKnown, setKnown } from './home/known';
import { hintOf, refusalOf } from './home/entering';
import { enter as en } from './i18n/enter-en';
import { enter as zh } from './i18n/enter-zh';
import { Language, translate } from './i18n/language';
import type { Me } from './kit/me';
import { make } from './ui/dom';

const ERASE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 5h11v14H9l-6-7zM12 9.5l5 5M17 9.5l-5 5"/></svg>';

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const language = new Language();
const field = find<HTMLInputElement>('code'), bad = find('bad'), go = find<HTMLButtonElement>('go');
const GUEST = /^#guest=/;
let words = zh;
let device: Device = guessDevice(navigator.userAgent);
let isGuest = false, isAsking = false, hasTried = false;
let refusal: Answer<Me> | undefined;

function draw(): void {
  words = language.lang === 'zh' ? zh : en;
  translate(words);
  document.title = words.title + ' · ' + words.brand;
  find('title').textContent = isGuest ? words.guestTitle : words.title;
  find('lead').textContent = isGuest ? words.guestLead : words.lead;
  find('codeName').textContent = isGuest ? words.guestCode : words.code;
  find('other').textContent = isGuest ? words.toPupil : words.toGuest;
  find('devices').hidden = isGuest;
  for (const kind of ['phone', 'tv'] as const) find(kind).setAttribute('aria-pressed', String(device === kind));
  find('keypad').hidden = device !== 'tv';
  find('keypad').setAttribute('aria-label', words.keypad);
  go.textContent = isAsking ? words.going : words.go;
  drawCode();
}

/** What is wrong with the code is said as soon as it is known; that letters are missing, when somebody goes on without them. */
function drawCode(): void {
  const typed = readCode(field.value), hint = hintOf(typed, hasTried, words), element = find('hint');
  if (element.textContent !== hint.text) element.textContent = hint.text;
  element.className = 'hint ' + hint.tone;
  field.setAttribute('aria-invalid', String(hint.tone === 'bad'));
  bad.hidden = !refusal;
  if (refusal) bad.textContent = refusalOf(refusal, isGuest, words);
  go.disabled = isAsking;
}

/** Groups of four appear while one types at the end; whoever mends the middle is left alone. */
function typed(): void {
  const { letters, state } = readCode(field.value), isAtEnd = field.selectionStart === field.value.length;
  if (isAtEnd && state !== 'odd') field.value = inGroups(letters);
  refusal = undefined;
  drawCode();
}

function press(letter: string): void {
  const { letters } = readCode(field.value);
  field.value = inGroups(letter ? letters + letter : letters.slice(0, -1));
  refusal = undefined;
  drawCode();
}

function makeKeypad(): void {
  const key = (letter: string): HTMLElement => make('button', { type: 'button', className: 'tile', textContent: letter, onclick: () => press(letter) });
  const erase = make('button', { type: 'button', className: 'tile', innerHTML: ERASE, onclick: () => press('') });
  erase.setAttribute('aria-label', words.erase);
  find('keypad').append(...LETTERS.split('').map(key), erase);
}

async function enter(): Promise<void> {
  const { letters, state } = readCode(field.value);
  hasTried = true;
  if (isAsking || state !== 'right') return state === 'right' ? undefined : refuse();
  isAsking = true;
  draw();
  const answer = isGuest ? await ask<Me>('POST', '/door/guest', { code: letters }) : await ask<Me>('POST', '/door/enter', { code: letters, device });
  isAsking = false;
  if (answer.body) return enterHome(answer.body);
  refusal = answer;
  draw();
}

function refuse(): void {
  drawCode();
  field.focus();
}

function enterHome({ kind }: Me): void {
  setKnown(kind);
  location.replace('/home');
}

/** Who entered here before: a family may share a device. */
async function greet(): Promise<void> {
  if (!isKnown()) return;
  const { body, status } = await ask<Me>('GET', '/me');
  if (status === 401) forget();
  if (!body) return;
  const say = (): void => void (find('hereText').textContent = words.here.replace('*', body.name));
  say();
  language.onchange(say);
  find('here').hidden = false;
}

/** From a QR code; it does not stay in the address, which browsers keep. A guest's says so: "#guest=...". */
function takeHash(): void {
  const code = codeInHash(location.hash.replace(GUEST, '#'));
  if (!code) return;
  isGuest = GUEST.test(location.hash);
  field.value = inGroups(readCode(code).letters);
  history.replaceState(null, '', location.pathname);
}

function choose(kind: Device): void {
  device = kind;
  draw();
}

takeHash();
makeKeypad();
find('language').onclick = () => language.toggle();
find('phone').onclick = () => choose('phone');
find('tv').onclick = () => choose('tv');
find('other').onclick = () => {
  isGuest = !isGuest;
  refusal = undefined;
  draw();
};
field.oninput = typed;
find<HTMLFormElement>('form').onsubmit = (e) => {
  e.preventDefault();
  void enter();
};
window.onhashchange = () => {
  takeHash();
  draw();
};
language.onchange(draw);
draw();
followArrows();
void greet();
if (readCode(field.value).state === 'right') go.focus();
