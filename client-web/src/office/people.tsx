// Who is at home in a school, or in the district's office.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { at, withQuery } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { go, toHash } from '../kit/hash';
import { useList } from '../kit/load';
import { ListTable } from '../kit/table';
import { Name } from '../kit/text';
import { InSchool, type PanelProps } from './frame';
import { DISTRICT, runsSchool } from './places';
import { Editor, type Thing, words } from './things';

function Find({ onFind }: { onFind: (part: string) => void }): JSX.Element {
  const w = words(), form = useForm({ q: '' }, async ({ q }) => onFind(q.trim()));
  return <FormView form={form} action={w.go} label={w.find}><Field form={form} name="q" label={w.find} maxLength={60} /></FormView>;
}

export function People(props: PanelProps): JSX.Element {
  const w = words(), school = props.place.school || DISTRICT;
  const [part, setPart] = useState(''), [isAdding, setAdding] = useState(false);
  const list = useList<Thing>(withQuery(at`/schools/${school}/people`, { q: part }));
  const pathOf = (code: string): string => at`/schools/${school}/people/${code}`;
  return (
    <InSchool me={props.me} place={{ school }} tab="people">
      <div class="title"><h2>{w.people}</h2>{runsSchool(props.me, school) && <button type="button" class="small" onClick={() => setAdding(true)}>{w.addPerson}</button>}</div>
      {(list.more || part) && <div class="card inline"><Find onFind={setPart} /></div>}
      <ListTable list={list} caption={w.people} keyOf={(p) => p.code} empty={part ? w.noneFound : w.noPeople} columns={[
        { name: w.personName, isHead: true, cell: (p) => <a href={toHash('schools', school, 'people', p.code)}><Name of={p.name} /></a> },
        { name: w.code, cell: (p) => <Name of={p.code} /> },
      ]} />
      {isAdding && <Editor title={w.addPerson} nameLabel={w.personName} pathOf={pathOf}
        onDone={(code) => go('schools', school, 'people', code)} onClose={() => setAdding(false)} />}
    </InSchool>
  );
}
