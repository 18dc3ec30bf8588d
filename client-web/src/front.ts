// The front page and the page for what is not there: texts, and the ways in.

import { watchAddress } from './address';
import { ask } from './home/api';
import { followArrows } from './home/arrows';
import { forget, isKnown } from './home/known';
import { front as en } from './i18n/en';
import { Language, translate } from './i18n/language';
import { front as zh } from './i18n/zh';
import type { Me } from './kit/me';

const language = new Language();
const form = document.getElementById('enter');
const field = document.getElementById('lesson') as HTMLInputElement | null;
let name = '';

function say(): void {
  const words = language.lang === 'zh' ? zh : en, who = document.getElementById('who');
  translate(words);
  if (field) field.placeholder = words.example;
  if (who) who.textContent = words.here.replace('*', name);
}

/** Who has entered on this device finds the way home on top. */
async function greet(): Promise<void> {
  const { body, status } = await ask<Me>('GET', '/me');
  if (status === 401) forget();
  if (!body) return;
  name = body.name;
  document.body.className = 'known';
  document.getElementById('back')!.hidden = false;
  say();
}

document.getElementById('language')!.onclick = () => language.toggle();
language.onchange(say);
say();
followArrows();

if (form) {
  form.onsubmit = (e) => {
    e.preventDefault();
    const address = watchAddress(field!.value);
    document.getElementById('bad')!.hidden = !!address;
    if (address) location.href = address;
  };
  if (isKnown()) void greet();
}
