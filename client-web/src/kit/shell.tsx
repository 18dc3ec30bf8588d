// What every page has around it: the sign, the language, what is said in passing; and how a page begins.

import { type ComponentChildren, type ComponentType, h, type JSX, render } from 'preact';
import { kitWords, language } from './language';
import { Announcements } from './notice';

const SIGN = 'M6 14.5a4.5 4.5 0 0 1-.4-8.9A6.5 6.5 0 0 1 18 7a3.8 3.8 0 0 1 .5 7.5M9 13v6M12 10v11M15 13v6';

interface ShellProps {
  /** Beside the name of the program. */
  role?: string;
  /** Beside the language. */
  corner?: ComponentChildren;
  /** Under the head: the ways to other panels. */
  nav?: ComponentChildren;
  isNarrow?: boolean;
  children?: ComponentChildren;
}

export function Shell({ role, corner, nav, isNarrow = false, children }: ShellProps): JSX.Element {
  const w = kitWords();
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{w.skip}</a>
      <header class="head">
        <a href="/"><svg viewBox="0 0 24 24" aria-hidden="true"><path d={SIGN} /></svg><b>{w.brand}{role && <small>{role}</small>}</b></a>
        {corner}
        <button type="button" class="quiet" lang={language.lang === 'zh' ? 'en' : 'zh-CN'} onClick={() => language.toggle()}>{w.language}</button>
      </header>
      {nav}
      <main id="main" tabIndex={-1} class={isNarrow ? 'narrow' : undefined}>{children}</main>
      <Announcements />
    </>
  );
}

/** The place behind # is ours: the link only moves the focus. */
function skip(e: Event): void {
  e.preventDefault();
  document.getElementById('main')!.focus();
}

/** Draws the page, and again in the other language when it is chosen. */
export function start(App: ComponentType): void {
  const root = document.getElementById('app')!, draw = (): void => render(h(App, {}), root);
  language.onchange(draw);
  draw();
}
