// The guardians of a class: who has a login, and invitations for the others, to be printed.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, everyItem } from '../kit/api';
import { FormView, useForm } from '../kit/form';
import { fill, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { announce } from '../kit/notice';
import { plain } from '../kit/plain';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { InClass, type PanelProps, useClassName, useSchoolName } from './frame';
import { byGuardian, type Guardian, type Family } from './families';
import { Card, Paper } from './sheet';
import { words as thingWords } from './things';

const words = texts(zh.guardians, en.guardians);

interface Invited extends Guardian { link: string; expires: string | number }

function InvitationSheet({ of, items, onDone }: { of: string; items: Family<Invited>[]; onDone: () => void }): JSX.Element {
  const w = words();
  const card = ({ key, one, wards }: Family<Invited>): JSX.Element => {
    const address = location.origin + one.link;
    return (
      <Card key={key} address={address} label={`${plain(one.name)} ${address}`} of={of} name={one.name}>
        <small>{w.wards} <Name of={wards.join(w.comma)} /></small>
        <small>{w.cardHint}</small>
        <span class="link">{address}</span>
        <small class="own">{fill(w.cardOwn, moment(one.expires, 'date'))}</small>
      </Card>
    );
  };
  return <Paper title={fill(w.sheetTitle, plain(of))} onlyNow={w.onlyNow} local={w.local} items={items} card={card} onDone={onDone} />;
}

export function Guardians(props: PanelProps): JSX.Element {
  const { school, class: klass } = props.place as { school: string; class: string }, w = words(), t = thingWords();
  const path = at`/schools/${school}/classes/${klass}/guardians`, list = useAnswer(path, () => everyItem<Guardian>(path).then(byGuardian));
  const [made, setMade] = useState<Family<Invited>[]>();
  const of = `${useSchoolName(props.me, school)} ${useClassName(props.me, school, klass)}`;
  const invite = useForm({}, async () => {
    const items = byGuardian((await api.post<{ items: Invited[] }>(path)).items);
    if (items.length) setMade(items);
    else announce(w.nobody);
  });
  if (made) return <InvitationSheet of={of} items={made} onDone={() => setMade(undefined)} />;
  return (
    <InClass {...props} tab="guardians">
      <p class="lead">{w.lead}</p>
      <Show of={list}>{(families) => {
        const without = families.filter(({ one }) => !one.has_account).length;
        return (
          <>
            {without > 0 && <FormView form={invite} action={fill(w.invite, without)} />}
            <Table rows={families} caption={w.caption} keyOf={({ key }) => key} empty={w.none} columns={[
              { name: t.personName, isHead: true, cell: ({ one }) => <Name of={one.name} /> },
              { name: w.wards, cell: ({ wards }) => <Name of={wards.join(w.comma)} /> },
              { name: t.code, cell: ({ one }) => <Name of={one.code} /> },
              { name: w.account, cell: ({ one }) => (one.has_account ? w.has : w.hasNot) },
            ]} />
          </>
        );
      }}</Show>
    </InClass>
  );
}
