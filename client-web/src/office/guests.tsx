// Day passes: guests of a class who look on, until a time.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, everyItem, serverNow } from '../kit/api';
import { Confirm, Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { fill, kitWords, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { announce } from '../kit/notice';
import { plain } from '../kit/plain';
import { Qr } from '../kit/qr';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { dayAt, toIso } from '../kit/zone';
import { guestAddress } from './cards';
import { CopyLine } from './copy';
import { InClass, type PanelProps } from './frame';

const words = texts(zh.guests, en.guests);

interface Guest { id: string; name: string; code?: string; until: string | number; used: number | boolean }

/** Until this evening, unless said otherwise. */
const evening = (): string => dayAt(serverNow()) + 'T23:59';

function AddGuest({ path, onMade, onClose }: { path: string; onMade: (guest: Guest) => void; onClose: () => void }): JSX.Element {
  const w = words();
  const form = useForm({ name: '', until: evening() }, async ({ name, until }) =>
    onMade({ ...await api.post<Guest>(path, { name: name.trim(), until: toIso(until) }), name: name.trim() }), { required: ['name', 'until'], fieldOf: { bad_name: 'name', bad_until: 'until' } });
  return (
    <Dialog title={w.add} onClose={onClose}>
      <FormView form={form} action={w.add} beside={<button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>}>
        <Field form={form} name="name" label={w.name} maxLength={63} />
        <Field form={form} name="until" type="datetime-local" label={w.until} />
      </FormView>
    </Dialog>
  );
}

export function Guests(props: PanelProps): JSX.Element {
  const w = words(), path = at`/schools/${props.place.school!}/classes/${props.place.class!}/guests`;
  const list = useAnswer(path, () => everyItem<Guest>(path));
  const [isAdding, setAdding] = useState(false), [made, setMade] = useState<Guest>(), [gone, withdraw] = useState<Guest>();
  const onMade = (guest: Guest): void => {
    setAdding(false);
    setMade(guest);
    list.reload();
  };
  const drop = (guest: Guest): Promise<void> => api.drop(path + at`/${guest.id}`).then(() => {
    announce(kitWords().removed);
    list.reload();
  });
  const usedText = ({ used }: Guest): string => (!used ? w.unused : used === true ? kitWords().yes : fill(w.usedTimes, used));
  return (
    <InClass {...props} tab="guests">
      <div class="title"><p class="lead">{w.lead}</p><button type="button" class="small" onClick={() => setAdding(true)}>{w.add}</button></div>
      <Show of={list}>{(rows) => (
        <Table rows={rows} caption={guestsTitle()} keyOf={(g) => g.id} empty={w.none} columns={[
          { name: w.name, isHead: true, cell: (g) => <Name of={g.name} /> },
          { name: w.until, cell: (g) => moment(g.until) },
          { name: w.used, cell: usedText },
          { name: w.withdraw, isActions: true, cell: (g) => <button type="button" class="small danger" onClick={() => withdraw(g)}>{w.withdraw}</button> },
        ]} />
      )}</Show>
      {isAdding && <AddGuest path={path} onMade={onMade} onClose={() => setAdding(false)} />}
      {made && (
        <Dialog title={w.codeTitle} onClose={() => setMade(undefined)}>
          <p>{fill(w.codeText, plain(made.name), moment(made.until))}</p>
          <div class="centred"><Qr of={guestAddress(location.origin, made.code || '')} label={w.codeTitle} /></div>
          <CopyLine label={w.codeTitle} text={made.code || ''} />
          <div class="actions"><button type="button" class="primary" onClick={() => setMade(undefined)}>{kitWords().close}</button></div>
        </Dialog>
      )}
      {gone && <Confirm title={w.withdrawTitle} text={fill(w.withdrawText, plain(gone.name))} yes={w.withdraw} isDanger act={() => drop(gone)} onClose={() => withdraw(undefined)} />}
    </InClass>
  );
}

const guestsTitle = texts(zh.frame.tabs.guests, en.frame.tabs.guests);
