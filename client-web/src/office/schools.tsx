// The schools of the district, and what the district is called.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { toHash } from '../kit/hash';
import { fill, kitWords } from '../kit/language';
import { Show, useGet, useList } from '../kit/load';
import { announce } from '../kit/notice';
import { plain } from '../kit/plain';
import { ListTable } from '../kit/table';
import { Name } from '../kit/text';
import { type FirstMonday, FirstMondayHint } from './first-monday';
import { InDistrict, type PanelProps } from './frame';
import { runsDistrict } from './places';
import { Editor, type Thing, words } from './things';

const pathOf = (code: string): string => at`/schools/${code}`;

export function Schools(props: PanelProps): JSX.Element {
  const w = words(), list = useList<Thing>('/schools'), runs = runsDistrict(props.me), calendar = useGet<FirstMonday>(runs ? '/calendar' : null);
  const [edited, edit] = useState<Thing | 'new'>(), [removed, remove] = useState<Thing>();
  const done = (): void => {
    edit(undefined);
    remove(undefined);
    list.reload();
  };
  return (
    <InDistrict {...props} tab="schools">
      <FirstMondayHint me={props.me} of={calendar.data} />
      <div class="title"><h2>{w.schools}</h2>{runs && <button type="button" class="small" onClick={() => edit('new')}>{w.addSchool}</button>}</div>
      <ListTable list={list} caption={w.schools} keyOf={(s) => s.code} empty={w.noSchools} columns={[
        { name: w.name, isHead: true, cell: (s) => <a href={toHash('schools', s.code, runs ? 'classes' : 'today')}><Name of={s.name} /></a> },
        { name: w.code, cell: (s) => <Name of={s.code} /> },
        ...(runs ? [{ name: kitWords().change, isActions: true, cell: (s: Thing) => [
          <button key="rename" type="button" class="small" onClick={() => edit(s)}>{w.rename}</button>,
          <button key="remove" type="button" class="small danger" onClick={() => remove(s)}>{kitWords().remove}</button>,
        ] }] : []),
      ]} />
      {edited && <Editor title={edited === 'new' ? w.addSchool : w.changeSchool} thing={edited === 'new' ? undefined : edited} nameLabel={w.name}
        pathOf={pathOf} onDone={done} onClose={() => edit(undefined)} />}
      {removed && <Confirm title={w.removeSchool} text={fill(w.removeSchoolText, plain(removed.name))} yes={kitWords().remove} isDanger
        act={() => api.drop(pathOf(removed.code)).then(done)} onClose={() => remove(undefined)} />}
    </InDistrict>
  );
}

function DistrictName({ name, onDone }: { name: string; onDone: () => void }): JSX.Element {
  const w = words();
  const form = useForm({ name }, async (values) => {
    await api.put('/district', { name: values.name.trim() });
    announce(kitWords().saved);
    onDone();
  }, { required: ['name'], fieldOf: { bad_name: 'name' } });
  return <FormView form={form} action={kitWords().save}><Field form={form} name="name" label={w.districtName} hint={w.districtHint} maxLength={191} /></FormView>;
}

export function Settings(props: PanelProps): JSX.Element {
  const district = useGet<{ name: string }>('/district');
  return (
    <InDistrict key={district.data ? district.data.name : ''} {...props} tab="settings">
      <div class="card"><h2>{words().settings}</h2><Show of={district}>{({ name }) => <DistrictName name={name} onDone={district.reload} />}</Show></div>
    </InDistrict>
  );
}
