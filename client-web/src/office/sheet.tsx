// What opens a door, on A4, to be printed and cut: shown this once.

import type { ComponentChildren, JSX } from 'preact';
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

interface CardProps { address: string; label: string; of: string; name: string; children: ComponentChildren }

/** One of the cards: what its QR code says, whose it is, and what else stands on it. */
export const Card = ({ address, label, of, name, children }: CardProps): JSX.Element => (
  <li class="entry">
    <Qr of={address} label={label} />
    <div>
      <small><Name of={of} /></small>
      <b><Name of={name} /></b>
      {children}
    </div>
  </li>
);

interface PaperProps<T> { title: string; onlyNow: string; local: string; items: T[]; card: (item: T) => JSX.Element; onDone: () => void }

export function Paper<T>({ title, onlyNow, local, items, card, onDone }: PaperProps<T>): JSX.Element {
  const w = words(), sheets = sheetsOf(items);
  useEffect(() => {
    const ask = (e: Event): void => e.preventDefault(); // what is left unprinted has to be made again
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);
  return (
    <>
      <h1 class="screen">{title}</h1>
      <div class="screen">
        <Note tone="warn"><p>{onlyNow}</p></Note>
        {/^(localhost|127\.|\[::1\])/.test(location.hostname) && <Note tone="bad"><p>{local}</p></Note>}
        <div class="actions">
          <button type="button" class="primary" onClick={() => print()}>{w.printSheet}</button>
          <button type="button" class="plain" onClick={onDone}>{w.done}</button>
        </div>
        <p class="hint">{fill(w.pages, sheets.length)}</p>
      </div>
      <div class="paper" role="region" aria-label={title} lang={kitWords().language === 'English' ? 'zh-CN' : 'en'}>
        {sheets.map((sheet, i) => <ul key={i} class="a4">{sheet.map(card)}</ul>)}
      </div>
    </>
  );
}

export interface MadeCode { code: string; name: string; entry_code: string }

interface SheetProps { of: string; items: MadeCode[]; onDone: () => void }

export function CodeSheet({ of, items, onDone }: SheetProps): JSX.Element {
  const w = words();
  const card = (item: MadeCode): JSX.Element => (
    <Card key={item.code} address={entryAddress(location.origin, item.entry_code)} label={`${plain(item.name)} ${item.entry_code}`} of={of} name={item.name}>
      <small>{w.cardHint}</small>
      <span class="address">{location.host}/enter</span>
      <small>{w.cardHint2}</small>
      <code>{item.entry_code}</code>
      <small class="own">{w.cardOwn}</small>
    </Card>
  );
  return <Paper title={fill(w.sheetTitle, plain(of))} onlyNow={w.onlyNow} local={w.local} items={items} card={card} onDone={onDone} />;
}
