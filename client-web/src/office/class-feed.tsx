// The address of a class's calendar: made, replaced, withdrawn. The server keeps only a hash of it, so it is seen once.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { FormView, useForm } from '../kit/form';
import { fill, moment, texts } from '../kit/language';
import { Show, useGet } from '../kit/load';
import { CopyLine } from './copy';

const words = texts(zh.classFeed, en.classFeed);

interface Props { school: string; class: string }

export function ClassFeed({ school, class: klass }: Props): JSX.Element {
  const w = words(), path = at`/schools/${school}/classes/${klass}/feed`, feed = useGet<{ since: string | null }>(path);
  const [url, setUrl] = useState(''), [asked, ask] = useState<'renew' | 'withdraw'>();
  const make = async (): Promise<void> => {
    setUrl((await api.post<{ url: string }>(path)).url);
    feed.reload();
  };
  const withdraw = async (): Promise<void> => {
    await api.drop(path);
    setUrl('');
    feed.reload();
  };
  const first = useForm({}, make);
  return (
    <section class="card">
      <h2>{w.title}</h2>
      <p class="lead">{w.lead}</p>
      <Show of={feed}>{({ since }) => (!since && !url ? <FormView form={first} action={w.make} /> : (
        <>
          {url ? <><CopyLine label={w.address} text={url} /><p class="hint">{w.how}</p></> : <p>{fill(w.since, moment(since))}</p>}
          <div class="actions">
            <button type="button" class="small" onClick={() => ask('renew')}>{w.renew}</button>
            <button type="button" class="small danger" onClick={() => ask('withdraw')}>{w.withdraw}</button>
          </div>
        </>
      ))}</Show>
      {asked === 'renew' && <Confirm title={w.renewTitle} text={w.renewText} yes={w.renew} isDanger act={make} onClose={() => ask(undefined)} />}
      {asked === 'withdraw' && <Confirm title={w.withdrawTitle} text={w.withdrawText} yes={w.withdraw} isDanger act={withdraw} onClose={() => ask(undefined)} />}
    </section>
  );
}
