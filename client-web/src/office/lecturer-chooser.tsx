// Who gives a lesson: found by name in the school that makes it, or in another one; told apart by the code.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at, type Page, withQuery } from '../kit/api';
import { kitWords } from '../kit/language';
import { Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { Finder, FOUND_MAX, useClosed } from './finder';
import { words } from './lesson-words';
import { DISTRICT } from './places';
import type { Person } from './plan';
import { SchoolFinder } from './schools-finder';
import { type Thing, words as thingWords } from './things';

interface ChooserProps {
  id: string;
  /** Whose row it is; undefined: the district's, so that the school comes first. */
  own: Thing | undefined;
  /** Other schools to choose from: null: none; undefined: all, and the district's office. */
  among: Thing[] | null | undefined;
  chosen: Person | null;
  /** Nobody has to start it here. */
  isElsewhere: boolean;
  fault: string | undefined;
  onChange: (lecturer: Person | null) => void;
}

export function LecturerChooser({ id, own, among, chosen, isElsewhere, fault, onChange }: ChooserProps): JSX.Element {
  const w = words(), [finding, find] = useState<'school' | Thing>();
  useClosed(!!finding, () => document.getElementById(id)!.focus());
  const people = (school: Thing) => (part: string): Promise<Page<Thing>> => api.get(withQuery(at`/schools/${school.code}/people`, { staff: '1', q: part, limit: FOUND_MAX }));
  const choose = (school: Thing) => (one: Thing): void => {
    find(undefined);
    onChange({ school: school.code === DISTRICT ? '' : school.code, school_name: school.name, code: one.code, name: one.name });
  };
  const away = chosen && chosen.school !== (own ? own.code : '') ? chosen.school_name || chosen.school : '';
  return (
    <fieldset class={fault ? 'field faulty' : 'field'}>
      <legend>{w.lecturer}</legend>
      {chosen
        ? <p><b><Name of={chosen.name || chosen.code} /></b> <small>{plain(chosen.code)}{away && ' · ' + plain(away)}</small></p>
        : isElsewhere ? <p class="hint">{w.nobodyElsewhere}</p> : <Note tone="warn"><p>{w.nobody}</p></Note>}
      {finding === 'school' ? <SchoolFinder among={among || undefined} office={among === undefined ? { code: DISTRICT, name: w.districtOffice } : undefined} onChoose={find} onClose={() => find(undefined)} />
        : finding ? <Finder label={`${w.whichTeacher} ${plain(finding.name)}`} of={finding.code} placeholder={thingWords().find} ask={people(finding)} onChoose={choose(finding)} onClose={() => find(undefined)} /> : undefined}
      <div class="row">
        {!finding && <button id={id} type="button" class="small" onClick={() => find(own || 'school')}>{chosen ? w.otherTeacher : w.chooseTeacher}</button>}
        {finding && finding !== 'school' && among !== null && <button type="button" class="small" onClick={() => find('school')}>{w.teacherElsewhere}</button>}
        {!finding && chosen && <button type="button" class="small" aria-label={`${kitWords().remove}: ${w.lecturer}`} onClick={() => onChange(null)}>{w.noTeacher}</button>}
      </div>
      {fault && <p class="fault">{fault}</p>}
    </fieldset>
  );
}
