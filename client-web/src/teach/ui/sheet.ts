// What lies over the whole page until it is answered: a failure, another device, a lesson that goes on.

import { say } from '../../ui/dom';
import { goSignIn, httpsAddress, rtmpAddress } from '../../secure';
import { type Desk, find, type Panel } from './desk';
import { fragmentOf, keyIn, nextIn } from './key';
import { type SheetKey, sheetOf } from './saying';

interface Answers {
  /** The page itself can't even begin: this comes before what the broadcast says. */
  own: SheetKey;
  continueLesson(): void;
  takeOver(): void;
  endLesson(): void;
}

interface Sheet { title: string; text: string; yes: string; end: string; isClosable: boolean }

function sheetWords(key: SheetKey, w: Desk['words']['sheet'], secure: string): Sheet {
  const fixed = { end: '', isClosable: false };
  switch (key) {
    case 'insecure': return { title: w.insecureTitle, text: w.insecureText, yes: secure && w.insecureButton, ...fixed };
    case 'account': return { title: w.accountTitle, text: w.accountText, yes: w.accountButton, ...fixed };
    case 'key': return { title: w.keyTitle, text: w.keyText, yes: w.keyButton, ...fixed };
    case 'down': return { title: w.downTitle, text: w.downText, yes: w.downButton, ...fixed };
    case 'busy': return { title: w.busyTitle, text: w.busyText, yes: w.busyButton, end: '', isClosable: true };
    case 'taken': return { title: w.takenTitle, text: w.takenText, yes: w.takenButton, end: '', isClosable: true };
    case 'continue': return { title: w.continueTitle, text: w.continueText, yes: w.continueButton, end: w.continueEnd, isClosable: true };
  }
  return { title: w.oldTitle, text: w.oldText, yes: '', ...fixed };
}

export function sheetPanel(desk: Desk, answers: Answers): Panel {
  const sheet = find('sheet'), field = find<HTMLInputElement>('sheetKey'), yes = find('sheetYes');
  let shown: SheetKey = '', closed: SheetKey = '', secure = '';

  const enter = (): void => {
    const key = keyIn(field.value);
    find('sheetBad').hidden = !!key;
    if (!key) return;
    location.hash = fragmentOf(key, nextIn(field.value));
    location.reload();
  };
  const agree = (): void => {
    if (shown === 'key') enter();
    else if (shown === 'account') goSignIn();
    else if (shown === 'insecure') location.href = secure;
    else if (shown === 'down') desk.broadcast.open();
    else if (shown === 'continue') answers.continueLesson();
    else answers.takeOver();
  };
  yes.onclick = agree;
  find('sheetEnd').onclick = () => answers.endLesson();
  find('sheetNo').onclick = () => {
    closed = shown;
    desk.draw();
  };
  find<HTMLFormElement>('sheetForm').onsubmit = (e) => {
    e.preventDefault();
    enter();
  };

  return () => {
    const said = answers.own || sheetOf(desk.broadcast.view), wanted = said === 'key' && desk.lesson ? 'account' : said, w = desk.words.sheet;
    if (wanted !== closed) closed = '';
    const key = closed ? '' : wanted;
    sheet.hidden = !key;
    for (const id of ['show', 'side', 'dock']) find(id).inert = !!key;
    const isVain = key === 'insecure' || key === 'old';
    if (key === 'insecure' && !shown) void httpsAddress().then((address) => (secure = address));
    if (isVain && !shown) void rtmpAddress().then((address) => (find<HTMLInputElement>('appServer').value = address));
    find('sheetApp').hidden = !isVain || !desk.key || !find<HTMLInputElement>('appServer').value;
    find<HTMLInputElement>('appKey').value = desk.key;
    if (key) drawSheet(sheetWords(key, w, secure), w, key === 'key');
    if (key && key !== shown) (key === 'key' ? field : yes.hidden ? find('sheetTitle') : yes).focus();
    shown = key;
  };
}

function drawSheet(s: Sheet, w: Desk['words']['sheet'], asksKey: boolean): void {
  const button = (id: string, text: string): void => {
    say(find(id), text);
    find(id).hidden = !text;
  };
  say(find('sheetTitle'), s.title);
  say(find('sheetText'), s.text);
  button('sheetYes', s.yes);
  button('sheetEnd', s.end);
  button('sheetNo', s.isClosable ? w.notNow : '');
  find('sheetForm').hidden = !asksKey;
  say(find('sheetField'), w.keyField);
  say(find('sheetBad'), w.keyBad);
}
