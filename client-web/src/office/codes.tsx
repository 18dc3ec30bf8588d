// The entry codes of a class: who has one, on which devices, and new ones to be printed.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, everyItem } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { FormView, useForm } from '../kit/form';
import { fill, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { EntryCode } from './entry-code';
import { InClass, type PanelProps, useClassName, useSchoolName } from './frame';
import { inOrder } from './order';
import { CodeSheet, type MadeCode } from './sheet';
import { words as thingWords } from './things';

const words = texts(zh.codes, en.codes);

interface Device { kind: 'phone' | 'tv'; since: string | number; last_seen: string | number | null }
interface Holder { code: string; name: string; has_code: boolean; devices: Device[] }

function deviceText({ kind, since, last_seen: seen }: Device): string {
  const w = words();
  return fill(w.seen, kind === 'tv' ? w.tv : w.phone, moment(seen || since));
}

export function Codes(props: PanelProps): JSX.Element {
  const { school, class: klass } = props.place as { school: string; class: string }, w = words(), t = thingWords();
  const path = at`/schools/${school}/classes/${klass}/codes`, list = useAnswer(path, () => everyItem<Holder>(path).then(inOrder));
  const [made, setMade] = useState<MadeCode[]>(), [isAll, askAll] = useState(false), [reset, setReset] = useState<Holder>();
  const of = `${useSchoolName(props.me, school)} ${useClassName(props.me, school, klass)}`;
  const make = (all: boolean): Promise<void> => api.post<{ items: MadeCode[] }>(path, { reset: all }).then(({ items }) => {
    askAll(false);
    setMade(inOrder(items));
    list.reload();
  });
  const missing = useForm({}, () => make(false));
  if (made) return <CodeSheet of={of} items={made} onDone={() => setMade(undefined)} />;
  const done = (): void => {
    setReset(undefined);
    list.reload();
  };
  return (
    <InClass {...props} tab="codes">
      <p class="lead">{w.lead}</p>
      <Show of={list}>{(holders) => {
        const without = holders.filter((h) => !h.has_code).length;
        return (
          <>
            {without > 0 && <FormView form={missing} action={fill(w.makeMissing, without)} />}
            {without < holders.length && <div class="actions"><button type="button" class="plain" onClick={() => askAll(true)}>{w.makeAll}</button></div>}
            <Table rows={holders} caption={codesHead()} keyOf={(h) => h.code} empty={t.noPeople} columns={[
              { name: t.personName, isHead: true, cell: (h) => <Name of={h.name} /> },
              { name: t.code, cell: (h) => <Name of={h.code} /> },
              { name: w.code, cell: (h) => (h.has_code ? w.has : w.hasNot) },
              { name: w.devices, cell: (h) => (h.devices.length ? h.devices.map((d) => <span key={d.kind} class="tag">{deviceText(d)}</span>) : w.noDevices) },
              { name: w.reset, isActions: true, cell: (h) => <button type="button" class="small" onClick={() => setReset(h)}>{w.reset}</button> },
            ]} />
          </>
        );
      }}</Show>
      {isAll && <Confirm title={w.makeAllTitle} text={w.makeAllText} yes={w.makeAll} isDanger act={() => make(true)} onClose={() => askAll(false)} />}
      {reset && <EntryCode school={school} person={reset} onClose={done} />}
    </InClass>
  );
}

const codesHead = texts(zh.frame.tabs.codes, en.frame.tabs.codes);
