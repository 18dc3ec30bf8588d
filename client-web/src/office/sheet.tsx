// A class's entry codes on A4, to be printed and cut: shown this once.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { fill, kitWords, texts } from '../kit/language';
import { Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Qr } from '../kit/qr';
import { Name } from '../kit/text';
import { entryAddress, sheetsOf } from './cards';

const words = texts(zh.codes, en.codes);

export interface MadeCode { code: string; name: string; entry_code: string }

interface SheetProps { of: string; items: MadeCode[]; onDone: () => void }

function Card({ item, of }: { item: MadeCode; of: string }): JSX.Element {
  const w = words();
  return (
    <li class="entry">
      <Qr of={entryAddress(location.origin, item.entry_code)} label={`${plain(item.name)} ${item.entry_code}`} />
      <div>
        <small><Name of={of} /></small>
        <b><Name of={item.name} /></b>
        <small>{w.cardHint}</small>
        <span class="address">{location.host}/enter</span>
        <small>{w.cardHint2}</small>
        <code>{item.entry_code}</code>
        <small class="own">{w.cardOwn}</small>
      </div>
    </li>
  );
}

export function CodeSheet({ of, items, onDone }: SheetProps): JSX.Element {
  const w = words(), sheets = sheetsOf(items);
  useEffect(() => {
    const ask = (e: Event): void => e.preventDefault(); // what is left unprinted has to be made again
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);
  return (
    <>
      <div class="screen">
        <Note tone="warn"><p>{w.onlyNow}</p></Note>
        {/^(localhost|127\.|\[::1\])/.test(location.hostname) && <Note tone="bad"><p>{w.local}</p></Note>}
        <div class="actions">
          <button type="button" class="primary" onClick={() => print()}>{w.printSheet}</button>
          <button type="button" class="plain" onClick={onDone}>{w.done}</button>
        </div>
        <p class="hint">{fill(w.pages, sheets.length)}</p>
      </div>
      <div class="paper" role="region" aria-label={fill(w.sheetTitle, plain(of))} lang={kitWords().language === 'English' ? 'zh-CN' : 'en'}>
        {sheets.map((sheet, i) => <ul key={i} class="a4">{sheet.map((item) => <Card key={item.code} item={item} of={of} />)}</ul>)}
      </div>
    </>
  );
}
