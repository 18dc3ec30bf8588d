// Who is at home in a school, or in the district's office.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { at, Problem } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { go, toHash } from '../kit/hash';
import { useList } from '../kit/load';
import { ListTable } from '../kit/table';
import { Name } from '../kit/text';
import { InSchool, type PanelProps } from './frame';
import { DISTRICT, runsSchool } from './places';
import { Editor, isThere, type Thing, words } from './things';

function Find({ school }: { school: string }): JSX.Element {
  const w = words();
  const form = useForm({ code: '' }, async ({ code }) => {
    if (!await isThere(at`/schools/${school}/people/${code.trim()}`)) throw new Problem(404, 'no_person', '');
    go('schools', school, 'people', code.trim());
  }, { required: ['code'], fieldOf: { no_person: 'code' } });
  return <FormView form={form} action={w.go} label={w.find}><Field form={form} name="code" label={w.find} /></FormView>;
}

export function People(props: PanelProps): JSX.Element {
  const w = words(), school = props.place.school || DISTRICT;
  const list = useList<Thing>(at`/schools/${school}/people`), [isAdding, setAdding] = useState(false);
  const pathOf = (code: string): string => at`/schools/${school}/people/${code}`;
  return (
    <InSchool me={props.me} place={{ school }} tab="people">
      <div class="title"><h2>{w.people}</h2>{runsSchool(props.me, school) && <button type="button" class="small" onClick={() => setAdding(true)}>{w.addPerson}</button>}</div>
      {list.more && <div class="card inline"><Find school={school} /></div>}
      <ListTable list={list} caption={w.people} keyOf={(p) => p.code} empty={w.noPeople} columns={[
        { name: w.personName, isHead: true, cell: (p) => <a href={toHash('schools', school, 'people', p.code)}><Name of={p.name} /></a> },
        { name: w.code, cell: (p) => <Name of={p.code} /> },
      ]} />
      {isAdding && <Editor title={w.addPerson} nameLabel={w.personName} pathOf={pathOf} isTaken={(code) => isThere(pathOf(code))}
        onDone={(code) => go('schools', school, 'people', code)} onClose={() => setAdding(false)} />}
    </InSchool>
  );
}
