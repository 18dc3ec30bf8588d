// The page everybody comes home to: pupils and guests, teachers, guardians. What is drawn follows from one scene; see home/scene.ts.

import { ask, type Answer } from './home/api';
import { followArrows } from './home/arrows';
import type { Day, Lesson } from './home/contract';
import { Diary } from './home/diary';
import { guardianHome } from './home/guardian';
import { forget, known, setKnown } from './home/known';
import { button, card, link, text } from './home/parts';
import { guestHome, pupilHome } from './home/pupil';
import type { Scene, Words } from './home/scene';
import { hasOffice, teacherHome } from './home/teacher';
import { home as en } from './i18n/home-en';
import { home as zh } from './i18n/home-zh';
import { Language, translate } from './i18n/language';
import { serverNow } from './kit/api';
import type { Me } from './kit/me';
import { isElsewhere, setZone, zoneName } from './kit/zone';
import { make } from './ui/dom';

const TICK_MS = 10000;
/** While somebody looks, what the server knows is asked for so often; and when somebody looks again after so long. */
const FRESH_MS = 300000, STALE_MS = 60000;
const RETRY_FIRST_MS = 4000, RETRY_MOST_MS = 60000;

const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const language = new Language();
const diary = new Diary(draw);
let words: Words = zh;
let me: Me | undefined, day: Day | undefined;
let busy = '', refused: { id: string; answer: Answer<unknown> } | undefined, feed = '', isLeaving = false, isAway = false, isNobody = false;
let retryMs = RETRY_FIRST_MS, retry = 0, loadedMs = 0;

async function load(): Promise<void> {
  clearTimeout(retry);
  const [who, lessons] = await Promise.all([ask<Me>('GET', '/me'), ask<Day>('GET', '/me/lessons')]);
  isAway = !(who.body && lessons.body) && who.status !== 401;
  isNobody = who.status === 401;
  if (who.body && lessons.body) take(who.body, lessons.body);
  else if (isAway) tryAgain();
  noteWho(who);
  draw();
}

function take(whoIs: Me, lessons: Day): void {
  [me, day, retryMs, loadedMs] = [whoIs, lessons, RETRY_FIRST_MS, Date.now()];
  setZone(whoIs.utc_offset_min);
  diary.show(whoIs, lessons);
}

function noteWho(who: Answer<Me>): void {
  if (who.body) setKnown(who.body.kind);
  else if (who.status === 401) forget();
}

function tryAgain(): void {
  retry = window.setTimeout(load, retryMs);
  retryMs = Math.min(2 * retryMs, RETRY_MOST_MS);
}

/** What an action was refused with, in words of the moment's language. */
function refusalOf(answer: Answer<unknown>): string {
  if (answer.status === 0) return words.unreachedAct;
  if (answer.code === 'needs_https') return words.needsHttps;
  return answer.status === 404 || answer.status === 403 ? words.notYours : words.failed;
}

async function act<T>(id: string, method: 'GET' | 'POST', path: string, then: (body: T) => void): Promise<void> {
  if (busy) return;
  [busy, refused] = [id, undefined];
  draw();
  const answer = await ask<T>(method, path);
  busy = '';
  if (answer.body) then(answer.body);
  else refused = { id, answer };
  if (answer.status === 401) void load();
  draw();
}

const follow = ({ link: to }: { link: string }): void => location.assign(to);
const pathOf = (lesson: Lesson): string => '/me/lessons/' + encodeURIComponent(lesson.id);

const acts: Scene['acts'] = {
  go: (lesson) => void act(lesson.id, 'GET', pathOf(lesson), follow),
  start: (lesson) => void act(lesson.id, 'POST', pathOf(lesson) + '/start', follow),
  turnWeek: (weeks) => diary.turn(weeks),
  askFeed: () => void act<{ url: string }>('feed', 'POST', '/me/feed', ({ url }) => (feed = url)),
  leave: () => setLeaving(true),
  stay: () => setLeaving(false),
  signOut: () => void signOut(),
};

function setLeaving(leaving: boolean): void {
  isLeaving = leaving;
  draw();
}

async function signOut(): Promise<void> {
  const answer = await ask<unknown>('POST', '/door/sign-out');
  if (answer.status === 0) return void act('leave', 'POST', '/door/sign-out', () => undefined);
  setKnown('');
  location.replace('/');
}

function sceneOf(who: Me, lessons: Day): Scene {
  const { upcoming, week, children, date } = diary, trouble = refused && { id: refused.id, text: refusalOf(refused.answer) };
  return { words, me: who, day: lessons, upcoming, week, children, date, nowMs: serverNow(), feed, busy, trouble, isLeaving, acts };
}

/** Who has several offices has several homes, one below the other. */
function homesOf(s: Scene): Node[] {
  if (s.me.kind === 'pupil') return pupilHome(s);
  if (s.me.kind === 'guest') return guestHome(s);
  const isTeacher = hasOffice(s) || (s.me.roles || []).some((r) => /^(lecturer|tutor)$/.test(r.role));
  const isGuardian = diary.children.length > 0 || !isTeacher;
  return [...(isTeacher ? teacherHome(s) : []), ...(isGuardian ? guardianHome(s) : [])];
}

function placeOf({ school, roles, kind }: Me): string {
  const klass = kind === 'pupil' ? (roles || []).map((r) => r.class_name).filter(Boolean)[0] : '';
  return [school && school.name, klass].filter(Boolean).join(' · ');
}

function leaving(s: Scene): Node[] {
  const { words: w } = s, isStaff = s.me.kind === 'staff', account = isStaff ? [link('link', '/office#/account', w.account)] : [];
  if (!isLeaving) return [make('p', { className: 'links' }, ...account, button('link', 'leave', acts.leave, isStaff ? w.leaveStaff : w.leave))];
  return [card('leaving', text('', isStaff ? w.leaveStaffAsk : w.leaveAsk),
    make('div', { className: 'two' }, button('tile', 'leave', acts.stay, w.no), button('tile', 'signOut', acts.signOut, w.yes)))];
}

function nobodyHome(): Node[] {
  const isOut = known() === 'out';
  return [make('h1', {}, isOut ? words.outTitle : words.nobodyTitle), text('soft', isOut ? words.outText : words.nobodyText),
    card('', link('main', '/enter', words.enterCode), link('main second', '/sign-in', words.signIn))];
}

function everything(): Node[] {
  if (isNobody) return nobodyHome();
  if (!me || !day) return isAway ? [make('h1', {}, words.title), text('soft', words.unreachedEmpty), card('', button('main', 'again', () => void load(), words.again))] : [text('soft', words.loading)];
  const s = sceneOf(me, day), place = placeOf(me);
  return [make('h1', {}, words.hello.replace('*', me.name)), ...(place ? [text('soft', place)] : []),
    ...(isAway ? [text('warn', words.unreached)] : []), ...homesOf(s), ...(isElsewhere() ? [text('soft', words.zone.replace('*', zoneName()))] : []), ...leaving(s)];
}

/** Nothing is touched that stays as it is; what had the focus has it again. */
function draw(): void {
  const main = find('main'), fresh = make('div'), at = document.activeElement as HTMLElement | null, key = at && at.dataset.key;
  fresh.append(...everything());
  if (fresh.innerHTML === main.innerHTML) return;
  main.textContent = '';
  main.append(...Array.from(fresh.childNodes));
  const again = key && Array.from(main.querySelectorAll<HTMLElement>('[data-key]')).filter((e) => e.dataset.key === key)[0];
  if (again) again.focus();
}

function say(): void {
  words = language.lang === 'zh' ? zh : en;
  translate({ brand: words.brand, language: words.language });
  document.title = words.title + ' · ' + words.brand;
  draw();
}

function tick(): void {
  if (document.hidden || !me) return;
  draw();
  if (Date.now() - loadedMs > FRESH_MS && !isAway) void load();
}

function look(): void {
  if (document.hidden) return;
  if (isAway || Date.now() - loadedMs > STALE_MS) void load();
}

find('language').onclick = () => language.toggle();
document.addEventListener('visibilitychange', look);
window.addEventListener('online', look);
window.addEventListener('pageshow', (e) => {
  if (e.persisted) void load(); // back from a lesson: what a page of before knew is old
});
window.setInterval(tick, TICK_MS);
language.onchange(say);
say();
followArrows();
void load();
