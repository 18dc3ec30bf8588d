// Today's lessons of a school, or of the whole district: which are taught, which wait for their teacher, and the way in for who looks after them.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import type { Lesson } from '../home/contract';
import { phaseOf, spanOf } from '../home/time';
import { api, everyItem, type Page, serverNow, withQuery } from '../kit/api';
import { Field, useForm } from '../kit/form';
import { toHash } from '../kit/hash';
import { fill, kitWords, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { plain } from '../kit/plain';
import { type Column, Table } from '../kit/table';
import { Name } from '../kit/text';
import { type ClassRef, shortly } from './chosen';
import { InDistrict, InSchool, type PanelProps } from './frame';
import { words as lessonWords } from './lesson-words';
import { watchesSchool } from './places';
import type { Thing } from './things';

const words = texts(zh.today, en.today);

/** So often somebody who leaves the page open sees who has come. */
const FRESH_MS = 30000;

const PHASES = ['live', 'late', 'elsewhere', 'later', 'over'] as const;
type Phase = typeof PHASES[number];

interface Followed extends Lesson { phase: Phase; viewers: number; can_start?: boolean }
interface Lessons extends Page<Followed> { counts: Record<Phase, number> }

/** A lesson that should be taught by now, and is not, is what an office looks for. */
function stateOf({ phase, state, is_online, can_start, lecturer }: Followed): JSX.Element {
  const w = words();
  if (phase === 'live') return state === 'reconnecting' ? <b class="absent">{w.reconnecting}</b> : <b class="taught">{w.phases.live}</b>;
  if (is_online && can_start === false && phase !== 'over') return <b class="absent">{lecturer ? w.noAccount : w.nobody}</b>; // nobody else can start it
  return phase === 'late' ? <b class="absent">{w.waiting}</b> : <>{phase === 'elsewhere' ? w.on : w.phases[phase]}</>;
}

/** More than these are counted. */
const CLASSES_SAID = 6;

/** The schools whose classes are in it, with the way to each one's own page. */
function schoolsOf(lesson: Followed, names: Map<string, string>): JSX.Element[] | string {
  const codes = [...new Set((lesson.classes || []).map((c) => c.school))];
  if (codes.length > CLASSES_SAID) return fill(words().schoolsN, codes.length);
  return codes.map((code) => <a key={code} href={toHash('schools', code, 'today')}><Name of={names.get(code) || code} /></a>);
}

function classesText(all: ClassRef[]): string {
  const { schools, classes } = shortly(all, '');
  return classes > CLASSES_SAID ? fill(lessonWords().othersOnly, schools, classes) : all.map((c) => c.name || c.class).join('、');
}

function columns(mayWatch: boolean, names: Map<string, string> | undefined): Column<Followed>[] {
  const w = words(), t = lessonWords(), isOn = (l: Followed): boolean => /^(on|soon)$/.test(phaseOf(l, serverNow()));
  const way = (l: Followed): JSX.Element | undefined => (l.lesson && mayWatch && isOn(l) ? <a class="small" href={`/watch/${l.lesson}`}>{w.enter}</a> : undefined);
  return [
    { name: t.title, isHead: true, cell: (l) => <Name of={l.title} /> },
    { name: t.when, cell: (l) => <span class="number">{spanOf(l)}</span> },
    ...(names ? [{ name: w.school, cell: (l: Followed) => schoolsOf(l, names) }] : []),
    { name: t.classes, cell: (l) => <Name of={classesText(l.classes || [])} /> },
    { name: w.lecturer, cell: (l) => l.lecturer && <Name of={l.lecturer.name} /> },
    { name: w.state, cell: stateOf },
    { name: w.viewers, cell: (l) => (l.phase === 'live' || l.viewers ? <span class="number">{l.viewers}</span> : undefined) },
    ...(mayWatch ? [{ name: kitWords().show, isActions: true, cell: way }] : []),
  ];
}

/** As far as it was read before: what changes while it is looked at is read anew from its beginning. */
async function firstPages(path: string, n: number): Promise<Lessons> {
  const all = await api.get<Lessons>(path);
  for (let left = n; all.next && left > 1; left--) {
    const { items, next } = await api.get<Lessons>(withQuery(path, { after: all.next }));
    all.items.push(...items);
    all.next = next;
  }
  return all;
}

interface ListProps { path: string; mayWatch: boolean; names: Map<string, string> | undefined; empty: string; onCounts: (counts: Lessons['counts']) => void }

function List({ path, mayWatch, names, empty, onCounts }: ListProps): JSX.Element {
  const w = words(), [pages, setPages] = useState(1), list = useAnswer(path, () => firstPages(path, pages));
  useEffect(() => {
    if (pages > 1) list.reload();
    const timer = setInterval(() => document.hidden || list.reload(), FRESH_MS);
    return () => clearInterval(timer);
  }, [pages]);
  useEffect(() => {
    if (list.data) onCounts(list.data.counts);
  }, [list.data]);
  return (
    <Show of={list}>{({ items, next }) => (
      <>
        <Table rows={items} caption={w.caption} keyOf={(l) => l.id} empty={empty} columns={columns(mayWatch, names)} />
        {next && <button type="button" class="plain more" onClick={() => setPages(pages + 1)}>{kitWords().more}</button>}
      </>
    )}</Show>
  );
}

function Lessons({ of, mayWatch }: { of: string | undefined; mayWatch: boolean }): JSX.Element {
  const w = words(), isDistrict = of === undefined, [counts, setCounts] = useState<Lessons['counts']>();
  const schools = useAnswer(isDistrict ? 'schools' : null, () => everyItem<Thing>('/schools'));
  const form = useForm({ state: isDistrict ? 'now' : '', school: '' }, async () => undefined), { state, school } = form.values;
  const path = withQuery('/today', { school: of || school, state });
  const withCount = (text: string, n: number | undefined): string => (n === undefined ? text : fill(w.counted, text, n));
  const choices: [string, string][] = [['now', withCount(w.now, counts && counts.live + counts.late + counts.elsewhere)],
    ...PHASES.map((phase): [string, string] => [phase, withCount(w.phases[phase], counts && counts[phase])]), ['', w.all]];
  return (
    <>
      <div class="fields inline screen">
        <Field form={form} name="state" label={w.state} choices={choices} />
        {isDistrict && <Field form={form} name="school" label={w.school} choices={[['', w.allSchools], ...(schools.data || []).map((s): [string, string] => [s.code, plain(s.name)])]} />}
      </div>
      <List key={path} path={path} mayWatch={mayWatch} names={isDistrict ? new Map((schools.data || []).map((s) => [s.code, s.name])) : undefined}
        empty={state ? w.noneSuch : w.none} onCounts={setCounts} />
    </>
  );
}

export function Today(props: PanelProps): JSX.Element {
  const w = words(), { school } = props.place, In = school === undefined ? InDistrict : InSchool;
  return (
    <In {...props} tab="today">
      <p class="lead">{w.lead}</p>
      <Lessons of={school} mayWatch={school === undefined || watchesSchool(props.me, school)} />
    </In>
  );
}
