// The front page and the page for what is not there: texts, and the way to a lesson.

import { watchAddress } from './address';
import { front as en } from './i18n/en';
import { Language, translate } from './i18n/language';
import { front as zh } from './i18n/zh';

const language = new Language();
const form = document.getElementById('enter');
const field = document.getElementById('lesson') as HTMLInputElement | null;

function say(): void {
  const words = language.lang === 'zh' ? zh : en;
  translate(words);
  if (field) field.placeholder = words.example;
}

document.getElementById('language')!.onclick = () => language.toggle();
language.onchange(say);
say();

if (form) {
  form.onsubmit = (e) => {
    e.preventDefault();
    const address = watchAddress(field!.value);
    document.getElementById('bad')!.hidden = !!address;
    if (address) location.href = address;
  };
}
