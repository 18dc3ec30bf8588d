// The sheet over the page: a failure, or the browser's wish for another tap. Loaded when it is needed.

import { notice as en } from '../i18n/en';
import type { Language } from '../i18n/language';
import { notice as zh } from '../i18n/zh';
import type { Player } from '../player/player';
import { Close } from '../protocol';
import { homeOf } from './way';

type Words = typeof zh;
interface Notice { title: string; text: string; button: string }

/** What to tell about a failure; '' for a button that would not help. Pure. */
export function noticeOf(failure: number, w: Words): Notice {
  switch (failure) {
    case 0: return { title: w.oldTitle, text: w.oldText, button: '' };
    case Close.NotAllowed: return { title: w.notAllowedTitle, text: w.notAllowedText, button: '' };
    case Close.NoLesson: return { title: w.noLessonTitle, text: w.noLessonText, button: '' };
    case Close.Replaced: return { title: w.replacedTitle, text: w.replacedText, button: w.replacedButton };
    case Close.Reset: return { title: w.resetTitle, text: w.resetText, button: '' };
    case Close.TooMany: return { title: w.tooManyTitle, text: w.tooManyText, button: w.retry };
  }
  return { title: w.brokenTitle, text: w.brokenText, button: w.retry };
}

const SIGN = '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.5"/><path d="M12 7v6M12 16.5v.2"/></svg>';

function makeSheet(player: Player): HTMLElement {
  const sheet = document.createElement('div');
  sheet.className = 'sheet';
  sheet.hidden = true;
  sheet.setAttribute('role', 'alertdialog');
  sheet.setAttribute('aria-labelledby', 'noticeTitle');
  sheet.innerHTML = '<div class="notice">' + SIGN + '<h1 id="noticeTitle"></h1><p></p><button class="main"></button><a></a></div>';
  sheet.querySelector('a')!.href = homeOf();
  sheet.querySelector('button')!.onclick = () => player.again();
  document.body.appendChild(sheet);
  return sheet;
}

export function watchNotices(player: Player, language: Language): void {
  const sheet = makeSheet(player);
  const part = (name: string): HTMLElement => sheet.querySelector(name) as HTMLElement;
  const draw = (): void => {
    const v = player.view, w = language.lang === 'zh' ? zh : en, hasFailed = v.phase === 'failed';
    const notice = hasFailed ? noticeOf(v.failure, w) : { title: w.tapTitle, text: w.tapText, button: w.tap };
    const isShown = hasFailed || v.isBlocked || v.isPaused;
    const isNew = isShown && sheet.hidden;
    sheet.hidden = !isShown;
    part('h1').textContent = notice.title;
    part('p').textContent = notice.text;
    part('button').textContent = notice.button;
    part('button').hidden = !notice.button;
    part('a').textContent = w.home;
    part('a').hidden = !hasFailed;
    part('a').className = notice.button ? 'quiet' : 'main';
    if (isNew) part('.main:not([hidden])').focus();
  };
  player.onchange(draw);
  language.onchange(draw);
  draw();
}
