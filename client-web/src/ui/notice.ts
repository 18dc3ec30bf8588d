// The sheet over the page: a failure, or the browser's wish for another tap. Loaded when it is needed.

import { notice as en } from '../i18n/en';
import type { Language } from '../i18n/language';
import { notice as zh } from '../i18n/zh';
import type { Player } from '../player/player';
import { Close } from '../protocol';
import { homeOf } from './way';

type Words = typeof zh;
interface Notice {
  title: string;
  text: string;
  /** Tries again; '' where that would not help. */
  button: string;
  /** What helps is another code. */
  entersCode?: boolean;
}

/** What to tell about a failure. `isIn`: the server still knows who has entered here. Pure. */
export function noticeOf(failure: number, w: Words, isIn = false): Notice {
  switch (failure) {
    case 0: return { title: w.oldTitle, text: w.oldText, button: '' };
    case Close.NotAllowed: return { title: w.notAllowedTitle, text: w.notAllowedText, button: '' };
    case Close.NoLesson: return { title: w.noLessonTitle, text: w.noLessonText, button: '' };
    case Close.Replaced:
      if (isIn) return { title: w.elsewhereTitle, text: w.elsewhereText, button: w.elsewhereButton };
      return { title: w.replacedTitle, text: w.replacedText, button: '', entersCode: true };
    case Close.Reset: return { title: w.resetTitle, text: w.resetText, button: '', entersCode: true };
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
  sheet.querySelector('button')!.onclick = () => player.again();
  document.getElementById('stage')!.appendChild(sheet); // it is seen in full screen, too
  return sheet;
}

/** A newer device has put this one out; another page of this device has not. */
const isStillIn = (): Promise<boolean> => fetch('/api/v1/me', { credentials: 'same-origin', cache: 'no-store' }).then((answer) => answer.ok, () => false);

export function watchNotices(player: Player, language: Language): void {
  const sheet = makeSheet(player);
  let isIn = false, hadFailed = false;
  const part = (name: string): HTMLElement => sheet.querySelector(name) as HTMLElement;
  const draw = (): void => {
    const v = player.view, w = language.lang === 'zh' ? zh : en, hasFailed = v.phase === 'failed';
    const notice: Notice = hasFailed ? noticeOf(v.failure, w, isIn) : { title: w.tapTitle, text: w.tapText, button: w.tap };
    const isShown = hasFailed || v.isBlocked || v.isPaused;
    const isNew = isShown && sheet.hidden, link = part('a') as HTMLAnchorElement;
    sheet.hidden = !isShown;
    part('h1').textContent = notice.title;
    part('p').textContent = notice.text;
    part('button').textContent = notice.button;
    part('button').hidden = !notice.button;
    link.textContent = notice.entersCode ? w.enterCode : w.home;
    link.href = notice.entersCode ? '/enter' : homeOf();
    link.hidden = !hasFailed;
    link.className = notice.button ? 'quiet' : 'main';
    if (isNew) part('.main:not([hidden])').focus();
    if (hasFailed && !hadFailed && v.failure === Close.Replaced) void askWhoIsIn();
    hadFailed = hasFailed;
  };
  const askWhoIsIn = async (): Promise<void> => {
    isIn = await isStillIn();
    draw();
  };
  player.onchange(draw);
  language.onchange(draw);
  draw();
}
