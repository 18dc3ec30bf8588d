// A row of the timetable that somebody else makes: what it is, for whom, and who may change it.

import type { ComponentChildren, JSX } from 'preact';
import { Dialog } from '../kit/dialog';
import { toHash } from '../kit/hash';
import { fill, kitWords } from '../kit/language';
import { Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { groupsOf } from './chosen';
import { words } from './lesson-words';
import { DISTRICT } from './places';
import { dateOf, endOf, type Entry, isOnce } from './plan';

/** More than these are counted. */
const SCHOOLS_SAID = 12;

interface FactsProps {
  entry: Entry;
  /** The school that looks at it. */
  school: string;
  /** Who looks may change it, but in the timetable in which it stands. */
  mayThere: boolean;
  onClose: () => void;
}

function whoChanges({ school: home, classes }: Entry, school: string): string {
  const w = words(), known = classes.find((c) => c.school === home);
  if (home === DISTRICT) return w.ofDistrict;
  return home === undefined || home === school ? w.ofSeveral : fill(w.ofOther, plain((known && known.school_name) || home));
}

export function LessonFacts({ entry, school, mayThere, onClose }: FactsProps): JSX.Element {
  const w = words(), { school: home, lecturer } = entry;
  const groups = groupsOf(entry.classes, school), rest = groups.slice(SCHOOLS_SAID);
  const rows: [string, ComponentChildren][] = [
    [w.when, `${isOnce(entry) ? dateOf(entry) : w.weekdays[entry.weekday - 1]} ${entry.start}–${endOf(entry)}`],
    [w.lecturer, lecturer ? <><Name of={lecturer.name || lecturer.code} /> <small>{plain([lecturer.code, lecturer.school_name].filter(Boolean).join(' · '))}</small></> : kitWords().none],
    [w.place, w.places[entry.place] || entry.place],
    ...groups.slice(0, SCHOOLS_SAID).map((g): [string, ComponentChildren] => [plain(g.name), <Name of={g.classes.map((c) => c.name || c.class).join('、')} />]),
    ...(rest.length ? [[fill(w.moreSchools, rest.length), fill(w.classesN, rest.reduce((n, g) => n + g.classes.length, 0))] as [string, string]] : []),
  ];
  return (
    <Dialog title={plain(entry.title)} onClose={onClose} isWide>
      <dl class="facts">{rows.map(([name, value], i) => <div key={i}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <Note tone="calm"><p>{mayThere ? w.standsElsewhere : whoChanges(entry, school)}</p></Note>
      <div class="actions">
        {mayThere && home !== undefined && <a class="primary" href={home === DISTRICT ? toHash('district', 'timetable') : toHash('schools', home, 'timetable')}>{w.goThere}</a>}
        <button type="button" class="plain" onClick={onClose}>{kitWords().close}</button>
      </div>
    </Dialog>
  );
}
