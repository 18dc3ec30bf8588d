// What the page says: about a failure where it happened, and in passing that something is done.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from './api';
import { fill, kitWords, lang } from './language';
import { plain } from './plain';

/** A problem in words; the server's own where it has them in both languages. What nobody has in Chinese is at least no English. */
export function problemText(problem: Problem): string {
  const w = kitWords(), { zh } = problem.details, text = w.problems[problem.code];
  if (typeof zh === 'string' && zh) return lang() === 'zh' ? zh : problem.message;
  if (problem.waitS > 0) return fill(problem.waitS > 90 ? w.waitMinutes : w.waitSeconds, problem.waitS > 90 ? Math.ceil(problem.waitS / 60) : problem.waitS);
  if (text) return text;
  if (lang() === 'en') return problem.message || fill(w.failed, problem.code);
  return /^bad_/.test(problem.code) ? w.problems.bad_field! : fill(w.failed, problem.code);
}

/** One of several things that the server holds against a request. */
interface Finding { zh: string; en: string; date?: string; title?: string | null; class?: { school_name: string; name: string } | null }

const FINDINGS_MAX = 8;

/** What it holds against it one by one: rules that were broken, what clashes. */
function Findings({ of }: { of: unknown }): JSX.Element | null {
  if (!Array.isArray(of) || !of.length) return null;
  const texts = (of as Finding[]).map((f) => [lang() === 'zh' ? f.zh : f.en, plain([f.class && `${f.class.school_name} ${f.class.name}`, f.title, f.date].filter((part) => part).join(' '))].filter((part) => part).join(' · '));
  return <ul>{texts.slice(0, FINDINGS_MAX).map((text) => <li key={text}>{text}</li>)}{texts.length > FINDINGS_MAX && <li>…</li>}</ul>;
}

export type Tone = 'calm' | 'warn' | 'bad';

export function Note({ tone, children }: { tone: Tone; children: ComponentChildren }): JSX.Element {
  return <div class={'note ' + tone} role={tone === 'bad' ? 'alert' : undefined}>{children}</div>;
}

export function ProblemNote({ problem, retry }: { problem: Problem; retry?: () => void }): JSX.Element {
  return (
    <Note tone="bad">
      <p>{problemText(problem)}</p>
      <Findings of={problem.details.findings} />
      {retry && <button type="button" class="small" onClick={retry}>{kitWords().retry}</button>}
    </Note>
  );
}

const STAYS = 5000;
let tell: ((text: string) => void) | undefined;

/** Says in passing that something is done; read out, and gone after a while. */
export function announce(text: string): void {
  if (tell) tell(text);
}

/** Where announce() is heard: once in a page. */
export function Announcements(): JSX.Element {
  const [said, say] = useState({ text: '' });
  useEffect(() => {
    tell = (text) => say({ text });
    return () => { tell = undefined; };
  }, []);
  useEffect(() => {
    const timer = said.text ? setTimeout(() => say({ text: '' }), STAYS) : undefined;
    return () => clearTimeout(timer);
  }, [said]);
  return <div class="announce" role="status" aria-live="polite">{said.text && <p>{said.text}</p>}</div>;
}
