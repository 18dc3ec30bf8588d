// Who is what in a class.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, everyItem, withQuery } from '../kit/api';
import { toHash } from '../kit/hash';
import { fill, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { ClassFeed } from './class-feed';
import { InClass, type PanelProps } from './frame';
import { inOrder } from './order';
import { roleName } from './person';
import { leadsClass, readsSchool, runsSchool } from './places';
import { Editor, words as thingWords } from './things';

const words = texts(zh.roster, en.roster);

interface Member { role: string; school: string; code: string; name: string }

export function Roster(props: PanelProps): JSX.Element {
  const { school, class: klass } = props.place as { school: string; class: string }, w = words(), t = thingWords();
  const path = at`/schools/${school}/classes/${klass}/members`, list = useAnswer(path, () => everyItem<Member>(path).then(inOrder));
  const [isAdding, setAdding] = useState(false), runs = runsSchool(props.me, school);
  const pathOf = (code: string): string => at`/schools/${school}/people/${code}`;
  const added = async (code: string): Promise<void> => {
    await api.put(withQuery(pathOf(code) + '/roles/student', { class: klass }));
    setAdding(false);
    list.reload();
  };
  return (
    <InClass {...props} tab="roster">
      <Show of={list}>{(members) => (
        <>
          <div class="title">
            <h2>{fill(w.pupils, members.filter((m) => m.role === 'student').length)}</h2>
            {runs && <button type="button" class="small" onClick={() => setAdding(true)}>{w.addPupil}</button>}
          </div>
          <Table rows={members} caption={w.members} keyOf={(m) => `${m.role}/${m.school}/${m.code}`} empty={w.none} columns={[
            { name: t.personName, isHead: true, cell: (m) => (readsSchool(props.me, m.school) ? <a href={toHash('schools', m.school, 'people', m.code)}><Name of={m.name} /></a> : <Name of={m.name} />) },
            { name: t.code, cell: (m) => <Name of={m.code} /> },
            { name: roleHead(), cell: (m) => roleName(m.role) },
          ]} />
        </>
      )}</Show>
      {leadsClass(props.me, school, klass) && <ClassFeed school={school} class={klass} />}
      {isAdding && <Editor title={w.addPupil} nameLabel={t.personName} pathOf={pathOf} onDone={added} onClose={() => setAdding(false)} />}
    </InClass>
  );
}

const roleHead = texts(zh.person.role, en.person.role);
