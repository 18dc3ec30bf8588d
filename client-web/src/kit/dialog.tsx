// Dialogs: over the page, closed by Escape, and the focus goes back to where it was.

import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { FormView, useForm } from './form';
import { kitWords } from './language';

interface DialogProps {
  title: string;
  onClose: () => void;
  isWide?: boolean;
  children?: ComponentChildren;
}

/** What was asked about may go with the button that asked, as soon as its list is read anew: whoever uses a keyboard goes on at the page then, not at its very beginning. */
function giveFocus(to: HTMLElement): void {
  to.focus();
  const seen = new MutationObserver(() => {
    if (to.isConnected) return;
    end();
    if (document.activeElement === document.body) document.getElementById('main')!.focus({ preventScroll: true });
  }), end = (): void => {
    seen.disconnect();
    document.removeEventListener('focusin', end);
  };
  seen.observe(document.body, { childList: true, subtree: true });
  document.addEventListener('focusin', end);
}

/** Open for as long as it is drawn. Browsers without dialogs of their own (before 2022) show it at its place. */
export function Dialog({ title, onClose, isWide, children }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null), id = useId();
  useLayoutEffect(() => {
    const dialog = element.current!, before = document.activeElement as HTMLElement | null;
    if (dialog.showModal) dialog.showModal();
    else dialog.setAttribute('open', '');
    const first = dialog.querySelector<HTMLElement>('input, select, textarea') || dialog.querySelector<HTMLElement>('.actions button');
    if (first) first.focus();
    return () => {
      if (dialog.open && dialog.close) dialog.close();
      if (before && before.isConnected) giveFocus(before);
    };
  }, []);
  const onCancel = (e: Event): void => {
    e.preventDefault();
    onClose();
  };
  return (
    <dialog ref={element} class={isWide ? 'wide' : undefined} aria-labelledby={id} onCancel={onCancel}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: ComponentChildren;
  /** On the button that does it. */
  yes: string;
  isDanger?: boolean;
  act: () => Promise<unknown>;
  /** After it is done; without it onClose is called then, too. */
  onDone?: () => void;
  onClose: () => void;
}

/** Asks before something that can't be taken back. */
export function Confirm({ title, text, yes, isDanger, act, onClose, onDone = onClose }: ConfirmProps): JSX.Element {
  const form = useForm({}, () => act().then(onDone));
  return (
    <Dialog title={title} onClose={onClose}>
      <FormView form={form} action={yes} isDanger={!!isDanger} beside={<button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>}>
        <p>{text}</p>
      </FormView>
    </Dialog>
  );
}
