// Which language, remembered on this device; and how texts get into the page.

export type Lang = 'zh' | 'en';

const KEY = 'airclass.lang';

/** Storage may be forbidden (private windows, strict settings): then nothing is remembered. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch (e) {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch (e) {
    return;
  }
}

/** Chinese, unless the pupil chose otherwise or the device itself speaks English. */
export function firstLang(chosen: string | null, device: string): Lang {
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return /^en\b/i.test(device) ? 'en' : 'zh';
}

export class Language {
  lang: Lang = 'zh';
  private listeners: (() => void)[] = [];

  constructor() {
    this.set(firstLang(recall(KEY), navigator.language || ''));
  }

  private set(lang: Lang): void {
    this.lang = lang;
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }

  toggle(): void {
    this.set(this.lang === 'zh' ? 'en' : 'zh');
    remember(KEY, this.lang);
    this.listeners.forEach((tell) => tell());
  }

  onchange(listener: () => void): void {
    this.listeners.push(listener);
  }
}

/** Fills every element that names its text in data-t. */
export function translate(words: Record<string, string>): void {
  document.querySelectorAll<HTMLElement>('[data-t]').forEach((e) => {
    e.textContent = words[e.dataset.t!]!;
  });
}
