// Something to be taken along: shown whole, copied with one tap.

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { kitWords } from '../kit/language';
import { announce } from '../kit/notice';

/** Plain http has no clipboard of the new kind. */
function copy(field: HTMLInputElement): void {
  field.select();
  const done = (): void => announce(kitWords().copied);
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, () => document.execCommand('copy') && done());
  else if (document.execCommand('copy')) done();
}

export function CopyLine({ label, text }: { label: string; text: string }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="line">
        <input id={id} class="code" readOnly value={text} />
        <button type="button" class="small" onClick={() => copy(document.getElementById(id) as HTMLInputElement)}>{kitWords().copy}</button>
      </div>
    </div>
  );
}
