// A new entry code for one pupil: asked for, then shown this once.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at } from '../kit/api';
import { Confirm, Dialog } from '../kit/dialog';
import { fill, kitWords, texts } from '../kit/language';
import { plain } from '../kit/plain';
import { Qr } from '../kit/qr';
import { entryAddress } from './cards';
import { CopyLine } from './copy';
import type { Thing } from './things';

const words = texts(zh.codes, en.codes);

export function EntryCode({ school, person, onClose }: { school: string; person: Thing; onClose: () => void }): JSX.Element {
  const w = words(), [code, setCode] = useState('');
  if (!code) {
    const act = (): Promise<void> => api.post<{ entry_code: string }>(at`/schools/${school}/people/${person.code}/entry-code`).then((made) => setCode(made.entry_code));
    return <Confirm title={fill(w.resetTitle, plain(person.name))} text={w.resetText} yes={w.reset} isDanger act={act} onDone={() => undefined} onClose={onClose} />;
  }
  return (
    <Dialog title={plain(person.name)} onClose={onClose}>
      <p>{w.onlyNow}</p>
      <div class="centred"><Qr of={entryAddress(location.origin, code)} label={`${plain(person.name)} ${code}`} /></div>
      <CopyLine label={w.cardHint2} text={code} />
      <div class="actions"><button type="button" class="primary" onClick={onClose}>{kitWords().close}</button></div>
    </Dialog>
  );
}
