// The classes of a school.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at, everyItem } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { toHash } from '../kit/hash';
import { fill, kitWords } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { plain } from '../kit/plain';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { InSchool, type PanelProps } from './frame';
import { inOrder } from './order';
import { DISTRICT, runsSchool } from './places';
import { Editor, gradeText, type Klass, words } from './things';

/** Of a school; of the district's office there are none. */
export const useClasses = (school: string): ReturnType<typeof useAnswer<Klass[]>> => {
  const path = at`/schools/${school}/classes`;
  return useAnswer(path, () => (school === DISTRICT ? Promise.resolve([]) : everyItem<Klass>(path).then(inOrder)));
};

export function Classes(props: PanelProps): JSX.Element {
  const w = words(), school = props.place.school!, list = useClasses(school), runs = runsSchool(props.me, school);
  const [edited, edit] = useState<Klass | 'new'>(), [removed, remove] = useState<Klass>();
  const pathOf = (code: string): string => at`/schools/${school}/classes/${code}`;
  const done = (): void => {
    edit(undefined);
    remove(undefined);
    list.reload();
  };
  return (
    <InSchool {...props} tab="classes">
      <div class="title"><h2>{w.classes}</h2>{runs && <button type="button" class="small" onClick={() => edit('new')}>{w.addClass}</button>}</div>
      <Show of={list}>{(rows) => (
        <Table rows={rows} caption={w.classes} keyOf={(c) => c.code} empty={w.noClasses} columns={[
          { name: w.name, isHead: true, cell: (c) => <a href={toHash('schools', school, 'classes', c.code, 'roster')}><Name of={c.name} /></a> },
          { name: w.grade, cell: (c) => gradeText(c.grade) },
          { name: w.code, cell: (c) => <Name of={c.code} /> },
          ...(runs ? [{ name: kitWords().change, isActions: true, cell: (c: Klass) => [
            <button key="rename" type="button" class="small" onClick={() => edit(c)}>{kitWords().change}</button>,
            <button key="remove" type="button" class="small danger" onClick={() => remove(c)}>{kitWords().remove}</button>,
          ] }] : []),
        ]} />
      )}</Show>
      {edited && <Editor title={edited === 'new' ? w.addClass : w.changeClass} thing={edited === 'new' ? undefined : edited} nameLabel={w.name} hasGrade
        pathOf={pathOf} onDone={done} onClose={() => edit(undefined)} />}
      {removed && <Confirm title={w.removeClass} text={fill(w.removeClassText, plain(removed.name))} yes={kitWords().remove} isDanger
        act={() => api.drop(pathOf(removed.code)).then(done)} onClose={() => remove(undefined)} />}
    </InSchool>
  );
}
