// Something with a code and a name, found by a part of either: within a form, so it is none itself.

import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../kit/api';
import { fill, kitWords } from '../kit/language';
import { useAnswer } from '../kit/load';
import { ProblemNote } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { type Thing, words } from './things';

/** So long after the last letter. */
const PAUSE_MS = 250;
export const FOUND_MAX = 8;

/** When a finder is closed the focus goes back to where it was opened. */
export function useClosed(isOpen: boolean, then: () => void): void {
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) then();
    wasOpen.current = isOpen;
  }, [isOpen]);
}

interface FinderProps<T> {
  label: string;
  /** What may be typed. */
  placeholder: string;
  /** Asked anew when it changes. */
  of: string;
  ask: (part: string) => Promise<Page<T>>;
  onChoose: (found: T) => void;
  onClose: () => void;
}

export function Finder<T extends Thing>({ label, placeholder, of, ask, onChoose, onClose }: FinderProps<T>): JSX.Element {
  const w = words(), id = useId(), [typed, type] = useState(''), [part, find] = useState(''), [isSettled, settle] = useState(false);
  useLayoutEffect(() => {
    const input = document.getElementById(id)!;
    input.focus();
    input.scrollIntoView({ block: 'center' }); // with room for what will be found
  }, [of]);
  useEffect(() => {
    const timer = setTimeout(() => find(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useAnswer(of + '?' + part, async () => ({ part, ...await ask(part) })), { data } = found;
  useEffect(() => { // Enter: as soon as what was typed is answered, where it can mean but one
    if (!isSettled || !data || data.part !== typed.trim()) return;
    settle(false);
    if (data.items.length === 1) onChoose(data.items[0]!);
  }, [isSettled, data]);
  const onInput = (e: Event): void => {
    settle(false);
    type((e.target as HTMLInputElement).value);
  };
  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.key !== 'Enter') return;
    e.preventDefault(); // would send the form
    find(typed.trim());
    settle(true);
  };
  return (
    <div class="finder">
      <div class="field">
        <label for={id}>{label}</label>
        <div class="line">
          <input id={id} type="search" autocomplete="off" maxLength={60} value={typed} placeholder={placeholder} onInput={onInput} onKeyDown={onKeyDown} />
          <button type="button" class="small" onClick={onClose}>{kitWords().cancel}</button>
        </div>
      </div>
      {found.problem && <ProblemNote problem={found.problem} retry={found.reload} />}
      <p class="hint" role="status">{data && (data.items.length ? fill(w.foundN, data.items.length) + (data.next ? w.moreFound : '') : w.noneFoundYet)}</p>
      {data && data.items.length > 0 && (
        <ul class="found" aria-label={label}>{data.items.map((one) => (
          <li key={one.code}><button type="button" onClick={() => onChoose(one)}><b><Name of={one.name} /></b> <small>{plain(one.code)}</small></button></li>
        ))}</ul>
      )}
    </div>
  );
}
