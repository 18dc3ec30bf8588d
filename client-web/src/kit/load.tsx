// What is asked of the server when a panel is shown: the thing, a list page by page, and what is seen meanwhile or instead.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useReducer, useRef } from 'preact/hooks';
import { api, type Page, type Problem, problemOf, withQuery } from './api';
import { kitWords } from './language';
import { announce, ProblemNote } from './notice';

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  /** Asks again; what is there stays to be seen until the answer comes. */
  reload(): void;
}

/** What `ask` gives; asked anew whenever `key` changes, not at all while it is null. */
export function useAnswer<T>(key: string | null, ask: () => Promise<T>): Loaded<T> {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const held = useRef<{ data: T | undefined; problem: Problem | undefined; turn: number }>({ data: undefined, problem: undefined, turn: 0 }).current;
  const load = (): void => {
    const turn = ++held.turn;
    const settle = (part: Partial<typeof held>): void => {
      if (turn !== held.turn) return; // the answer to an older question
      Object.assign(held, part);
      redraw(0);
    };
    ask().then((data) => settle({ data, problem: undefined }), (e) => settle({ problem: problemOf(e) }));
  };
  useEffect(() => {
    held.data = held.problem = undefined;
    if (key !== null) load();
    redraw(0);
    return () => { held.turn++; };
  }, [key]);
  return { data: held.data, problem: held.problem, reload: load };
}

export const useGet = <T,>(path: string | null): Loaded<T> => useAnswer<T>(path, () => api.get<T>(path!));

export interface Listed<T> extends Loaded<T[]> {
  /** The next page behind what is there; undefined: there is none. */
  more: (() => void) | undefined;
}

const PAGE = 50;

/** A list of the server's, to be read further and further. */
export function useList<T>(path: string | null, limit = PAGE): Listed<T> {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const first = useGet<Page<T>>(path === null ? null : withQuery(path, { limit }));
  const held = useRef<{ of: Page<T> | undefined; items: T[]; next: string | null; isBusy: boolean }>({ of: undefined, items: [], next: null, isBusy: false }).current;
  if (held.of !== first.data) Object.assign(held, { of: first.data, items: first.data ? first.data.items : [], next: first.data ? first.data.next : null });
  const more = async (): Promise<void> => {
    if (held.isBusy) return;
    held.isBusy = true;
    const { of } = held, page = await api.get<Page<T>>(withQuery(path!, { limit, after: held.next! })).catch(() => undefined);
    held.isBusy = false;
    if (page && of === held.of) Object.assign(held, { items: held.items.concat(page.items), next: page.next });
    if (!page) announce(kitWords().problems.offline!);
    redraw(0);
  };
  return { ...first, data: first.data && held.items, more: held.next ? more : undefined };
}

/** Shows what was loaded; until then that it is awaited, or why it did not come. */
export function Show<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }): JSX.Element {
  if (of.data !== undefined) return <>{of.problem && <ProblemNote problem={of.problem} retry={of.reload} />}{children(of.data)}</>;
  if (of.problem) return <ProblemNote problem={of.problem} retry={of.reload} />;
  return <p class="waiting" role="status">{kitWords().loading}</p>;
}
