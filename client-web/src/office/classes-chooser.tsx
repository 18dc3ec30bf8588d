// For which classes a lesson is: those of the school that makes it, and those of others, school by school.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { fill, kitWords } from '../kit/language';
import { Show } from '../kit/load';
import { Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { CLASSES_MAX, type ClassRef, type Group, groupsOf, hasAll, hasClass, withClasses, withoutClasses } from './chosen';
import { useClasses } from './classes';
import { useClosed } from './finder';
import { words } from './lesson-words';
import { SchoolFinder } from './schools-finder';
import { gradeText, type Klass, type Thing } from './things';

/** Of hundreds, so many that what comes below them is still found on a phone: those that were added last. */
const SCHOOLS_SHOWN = 6;

type Change = (add: ClassRef[], drop: ClassRef[]) => void;

interface PanelProps { school: Thing; classes: Klass[]; chosen: ClassRef[]; id?: string; takesFocus?: boolean; onChange: Change }

/** A school's classes to be ticked, all of them or a grade at once. */
function Panel({ school, classes, chosen, id, takesFocus, onChange }: PanelProps): JSX.Element {
  const w = words(), group = useRef<HTMLDivElement>(null), ref = (c: Klass): ClassRef => ({ school: school.code, school_name: school.name, class: c.code, name: c.name });
  const grades = [...new Set(classes.map((c) => c.grade))].sort((a, b) => a - b);
  const sets: [string, Klass[]][] = [[w.allClasses, classes], ...(grades.length > 1 ? grades.map((g): [string, Klass[]] => [gradeText(g), classes.filter((c) => c.grade === g)]) : [])];
  const toggle = (some: ClassRef[], isIn: boolean): void => (isIn ? onChange([], some) : onChange(some, []));
  useEffect(() => {
    if (takesFocus && group.current) group.current.querySelector<HTMLElement>('button, input')!.focus();
  }, []);
  if (!classes.length) return <p class="hint">{w.noClasses}</p>;
  return (
    <div ref={group} role="group" aria-label={plain(school.name)}>
      {classes.length > 1 && <div class="row">{sets.map(([text, some]) => {
        const isIn = hasAll(chosen, some.map(ref));
        return <button key={text} type="button" class="small" aria-pressed={isIn} onClick={() => toggle(some.map(ref), isIn)}>{text}</button>;
      })}</div>}
      <div class="choices">{classes.map((c, i) => (
        <label key={c.code} class="check">
          <input id={i ? undefined : id} type="checkbox" checked={hasClass(chosen, ref(c))} onChange={(e) => toggle([ref(c)], !(e.target as HTMLInputElement).checked)} />
          <span>{plain(c.name)}</span>
        </label>
      ))}</div>
    </div>
  );
}

function PanelOf(props: Omit<PanelProps, 'classes'>): JSX.Element {
  return <Show of={useClasses(props.school.code)}>{(classes) => <Panel {...props} classes={classes} />}</Show>;
}

interface OtherProps { group: Group; chosen: ClassRef[]; isOpen: boolean; isFound: boolean; onOpen: (isOpen: boolean) => void; onChange: Change }

/** Another school: what is chosen of it, each gone with a tap, or all there is to choose. */
function Other({ group, chosen, isOpen, isFound, onOpen, onChange }: OtherProps): JSX.Element {
  const w = words(), name = plain(group.name);
  return (
    <li>
      <div class="line school">
        <span><b><Name of={group.name} /></b> <small>{fill(w.classesN, group.classes.length)}</small></span>
        <button type="button" class="small" aria-expanded={isOpen} aria-label={`${isOpen ? w.done : kitWords().change}: ${name}`} onClick={() => onOpen(!isOpen)}>{isOpen ? w.done : kitWords().change}</button>
        <button type="button" class="small danger" aria-label={`${w.takeOut}: ${name}`} onClick={() => { if (isOpen) onOpen(false); onChange([], group.classes); }}>{w.takeOut}</button>
      </div>
      {isOpen
        ? <PanelOf school={{ code: group.school, name: group.name }} chosen={chosen} takesFocus={isFound} onChange={onChange} />
        : <div class="row">{group.classes.map((c) => <button key={c.class} type="button" class="small chip" aria-label={`${w.takeOut}: ${name} ${plain(c.name || c.class)}`} onClick={() => onChange([], [c])}><Name of={c.name || c.class} /></button>)}</div>}
    </li>
  );
}

interface ChooserProps {
  id: string;
  /** Whose row it is, with its classes; undefined: the district's own. */
  own?: { school: Thing; classes: Klass[] } | undefined;
  /** The schools of which there are classes to be added: null: none; undefined: all. */
  among: Thing[] | null | undefined;
  chosen: ClassRef[];
  fault: string | undefined;
  onChange: (chosen: ClassRef[]) => void;
}

/** A fault is gone to like one of a field: by the id of the first thing to press. */
export function ClassesChooser({ id, own, among, chosen, fault, onChange }: ChooserProps): JSX.Element {
  const w = words(), [opened, open] = useState<Thing & { isFound: boolean }>(), [isFinding, setFinding] = useState(false), [tooMany, setTooMany] = useState(0), [areAll, showAll] = useState(false), add = useRef<HTMLButtonElement>(null);
  useClosed(isFinding, () => add.current!.focus());
  const change: Change = (add, drop) => {
    const next = withClasses(withoutClasses(chosen, drop), add);
    setTooMany(next.length > CLASSES_MAX ? next.length : 0);
    if (next.length <= CLASSES_MAX) onChange(next);
  };
  const others = groupsOf(chosen).filter((g) => !own || g.school !== own.school.code);
  if (opened && !others.some((g) => g.school === opened.code)) others.push({ school: opened.code, name: opened.name, classes: [] });
  const isShown = (g: Group, i: number): boolean => areAll || i >= others.length - SCHOOLS_SHOWN || (!!opened && opened.code === g.school);
  const found = (school: Thing): void => {
    setFinding(false);
    if (!own || school.code !== own.school.code) open({ ...school, isFound: true });
  };
  const elsewhere = among && own ? among.filter((s) => s.code !== own.school.code) : among;
  return (
    <fieldset class={fault ? 'field faulty' : 'field'}>
      <legend>{w.classes}</legend>
      <p class="hint" role="status">{fill(w.chosenN, chosen.length, CLASSES_MAX)}</p>
      {own && <Panel school={own.school} classes={own.classes} chosen={chosen} id={id} onChange={change} />}
      {others.length > SCHOOLS_SHOWN && <button type="button" class="small" aria-expanded={areAll} onClick={() => showAll(!areAll)}>{areAll ? w.fewerSchools : fill(w.moreSchools, others.length - SCHOOLS_SHOWN)}</button>}
      {others.length > 0 && <ul class="items">{others.filter(isShown).map((g) => (
        <Other key={g.school} group={g} chosen={chosen} isOpen={!!opened && opened.code === g.school} isFound={!!opened && opened.isFound}
          onOpen={(isOpen) => open(isOpen ? { code: g.school, name: g.name, isFound: false } : undefined)} onChange={change} />
      ))}</ul>}
      {tooMany > 0 && <Note tone="bad"><p>{fill(w.tooManyClasses, CLASSES_MAX, tooMany)}</p></Note>}
      {elsewhere !== null && (!elsewhere || elsewhere.length > 0) && (isFinding
        ? <SchoolFinder among={elsewhere} onChoose={found} onClose={() => setFinding(false)} />
        : <button ref={add} id={own ? undefined : id} type="button" class="small more" onClick={() => setFinding(true)}>{own ? w.addOtherSchool : w.addSchool}</button>)}
      {fault && <p class="fault">{fault}</p>}
    </fieldset>
  );
}
