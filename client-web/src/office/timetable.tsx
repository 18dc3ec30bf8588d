// A school's timetable: the week of a class as a grid, changed where it is touched.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at, everyItem, type Problem, serverNow, withQuery } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { FormView, useForm } from '../kit/form';
import { toHash } from '../kit/hash';
import { fill, moment } from '../kit/language';
import { Show, useAnswer, useGet } from '../kit/load';
import type { Me } from '../kit/me';
import { announce, ProblemNote } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { dayAt } from '../kit/zone';
import { groupsOf, hasClass, shortly } from './chosen';
import { useClasses } from './classes';
import { addDays, mondayOf } from './dates';
import { type FirstMonday, FirstMondayHint } from './first-monday';
import { InDistrict, InSchool, type PanelProps, useSchoolName } from './frame';
import { type Draft, Lesson } from './lesson';
import { LessonFacts } from './lesson-facts';
import { words } from './lesson-words';
import { OverrideField, reasonOf, useOverride } from './override';
import { DISTRICT, runsLesson } from './places';
import { endOf, type Entry, type GridRow, type Item, lecturerName, rowOf, weekGrid } from './plan';
import type { Klass, Thing } from './things';
import { TimetableImport } from './timetable-import';

interface GridProps { rows: GridRow[]; school: string; monday: string; onAdd?: ((weekday: number, start: string) => void) | undefined; onOpen: (entry: Entry) => void }

/** "三1班、三2班，另有 2 所学校 5 个班" */
function classesText(entry: Entry, school: string): string {
  const w = words(), { names, schools, classes } = shortly(entry.classes, school);
  return classes ? [names.join('、'), fill(names.length ? w.andOthers : w.othersOnly, schools, classes)].filter(Boolean).join('，') : names.join('、');
}

function Block({ entry, school, onOpen }: { entry: Entry; school: string; onOpen: (entry: Entry) => void }): JSX.Element {
  const w = words();
  return (
    <button type="button" class={'block ' + entry.place} onClick={() => onOpen(entry)}>
      <b><Name of={entry.title} /></b>
      <small><span class="number">{entry.start}–{endOf(entry)}</span> {entry.weeks !== 'every' && entry.weeks ? w.weeksKinds[entry.weeks] : ''}</small>
      <small><Name of={[classesText(entry, school), lecturerName(entry)].filter((t) => t).join(' · ')} /></small>
      {entry.place !== 'online' && <small>{w.places[entry.place]}</small>}
      {entry.school !== undefined && <small>{entry.school === DISTRICT ? w.byDistrict : w.byOther}</small>}
      {entry.state === 'draft' && <small class="draft">{w.draft}</small>}
    </button>
  );
}

/** A table on a wide screen; on a phone the days lie below one another. */
function Grid({ rows, school, monday, onAdd, onOpen }: GridProps): JSX.Element {
  const w = words(), day = (i: number): string => moment(addDays(monday, i), 'date');
  return (
    <table class="week" role="table">
      <caption class="unseen">{w.week} {day(0)}</caption>
      <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span class="unseen">{w.start}</span></th>{w.shortDays.map((name, i) => <th key={name} scope="col" role="columnheader">{name} <small class="number">{addDays(monday, i).slice(5)}</small></th>)}</tr></thead>
      <tbody role="rowgroup">{rows.map((row) => (
        <tr key={row.start} role="row" class={row.days.some((entries) => entries.length) ? undefined : 'vacant'}>
          <th scope="row" role="rowheader" class="number">{row.start}</th>
          {row.days.map((entries, i) => (
            <td key={i} role="cell" data-name={w.shortDays[i]} class={entries.length ? undefined : 'vacant'}>
              {entries.map((entry) => <Block key={entry.school + '/' + entry.entry} entry={entry} school={school} onOpen={onOpen} />)}
              {!entries.length && onAdd && <button type="button" class="place" aria-label={fill(w.addAt, w.weekdays[i]!, row.start)} onClick={() => onAdd(i + 1, row.start)}>+</button>}
            </td>
          ))}
        </tr>
      ))}</tbody>
    </table>
  );
}

interface PlanProps { me: Me; school: Thing; classes: Klass[]; entries: Entry[]; firstMonday: string; onChange: () => void }

/** What there is to choose from above the grid: a school's classes, the schools of the district's lessons. '': the rest, or all. */
function partsOf(school: string, classes: Klass[], entries: Entry[]): [string, string][] {
  const w = words(), isOwn = (e: Entry): boolean => e.classes.some((c) => c.school === school);
  if (school === DISTRICT) return [['', w.allSchools], ...groupsOf(entries.flatMap((e) => e.classes)).map((g): [string, string] => [g.school, plain(g.name)])];
  return [...classes.map((c): [string, string] => [c.code, plain(c.name)]), ...(entries.every(isOwn) ? [] : [['', w.otherClasses] as [string, string]])];
}

function isIn(part: string, school: string, { classes }: Entry): boolean {
  if (school === DISTRICT) return !part || classes.some((c) => c.school === part);
  return part ? hasClass(classes, { school, class: part }) : !classes.some((c) => c.school === school);
}

/** What other timetables have for that class in that week. */
function useOthers(school: string, klass: string, monday: string): { rows: Entry[]; problem: Problem | undefined } {
  const path = school !== DISTRICT && klass ? withQuery('/timetable', { school, class: klass, date: monday, days: 7 }) : null;
  const { data, problem } = useAnswer(path, () => everyItem<Item>(path!));
  return { rows: data ? data.filter((i) => i.school !== school).map(rowOf) : [], problem };
}

function Plan({ me, school: of, classes, entries, firstMonday, onChange }: PlanProps): JSX.Element {
  const w = words(), school = of.code, parts = partsOf(school, classes, entries), [part, choose] = useState(parts[0] ? parts[0][0] : '');
  const [monday, setMonday] = useState(() => mondayOf(dayAt(serverNow()))), others = useOthers(school, part, monday);
  const [draft, open] = useState<Draft>(), [shown, show] = useState<Entry>(), [removed, remove] = useState<Entry>();
  const rows = weekGrid([...entries.filter((e) => isIn(part, school, e)), ...others.rows], monday, firstMonday, true);
  const done = (): void => {
    open(undefined);
    remove(undefined);
    onChange();
  };
  const blank = (weekday: number, start: string): Draft => ({ klass: part, weekday, start, date: addDays(monday, weekday - 1) });
  const may = (e: Entry): boolean => runsLesson(me, e.school === undefined ? school : e.school, e.classes.map((c) => c.school));
  const onOpen = (entry: Entry): void => (entry.school === undefined && may(entry) ? open({ ...blank(entry.weekday, entry.start), entry }) : show(entry));
  return (
    <>
      <div class="bar">
        <label class="field inline-field"><span>{school === DISTRICT ? w.school : w.klass}</span><select value={part} onChange={(e) => choose((e.target as HTMLSelectElement).value)}>{parts.map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select></label>
        <div class="row">
          <button type="button" class="small" onClick={() => setMonday(addDays(monday, -7))}>{w.previous}</button>
          <button type="button" class="small" onClick={() => setMonday(mondayOf(dayAt(serverNow())))}>{w.thisWeek}</button>
          <button type="button" class="small" onClick={() => setMonday(addDays(monday, 7))}>{w.next}</button>
          <button type="button" class="small" onClick={() => open(blank(1, '08:00'))}>{w.add}</button>
        </div>
      </div>
      <p class="hint">{school === DISTRICT ? w.districtLead : w.lead}</p>
      {others.problem && <ProblemNote problem={others.problem} />}
      {!rows.some((row) => row.days.some((day) => day.length)) && <p class="empty" role="status">{w.none}</p>}
      <Grid rows={rows} school={school} monday={monday} onAdd={(weekday, start) => open(blank(weekday, start))} onOpen={onOpen} />
      {shown && <LessonFacts entry={shown} school={school} mayThere={shown.school !== undefined && may(shown)} onClose={() => show(undefined)} />}
      {draft && <Lesson me={me} school={school} own={school === DISTRICT ? undefined : { school: of, classes }} draft={draft} term={termOf(entries, monday)} onDone={done} onClose={() => open(undefined)}
        onRemove={() => { remove(draft.entry); open(undefined); }} />}
      {removed && <Confirm title={w.removeTitle} text={fill(w.removeText, plain(removed.title))} yes={w.removeLesson} isDanger
        act={() => api.drop(at`/schools/${school}/timetable/${removed.entry}`).then(done)} onClose={() => remove(undefined)} />}
    </>
  );
}

/** From when to when a new row holds: as the others do, else half a year from this week. */
function termOf(entries: Entry[], monday: string): { from: string; to: string } {
  const last = entries.filter((e) => !e.date && e.to > monday).pop();
  return last ? { from: last.from, to: last.to } : { from: monday, to: addDays(monday, 7 * 20 - 1) };
}

export function Timetable(props: PanelProps): JSX.Element {
  const w = words(), school = props.place.school || DISTRICT, isDistrict = school === DISTRICT, In = isDistrict ? InDistrict : InSchool, name = useSchoolName(props.me, school), path = at`/schools/${school}/timetable`;
  const classes = useClasses(school), entries = useAnswer(path, () => everyItem<Entry>(path)), calendar = useGet<FirstMonday>('/calendar');
  const override = useOverride(), publish = useForm({ override: '' }, async (values) => {
    await override.heed(api.post(path + '/publish', reasonOf(values)));
    announce(w.published);
    entries.reload();
  }, { required: override.required });
  return (
    <In {...props} tab="timetable">
      <FirstMondayHint me={props.me} of={calendar.data} />
      <Show of={classes}>{(list) => <Show of={entries}>{(rows) => (list.length === 0 && !isDistrict ? <p class="empty">{w.noClasses} <a href={toHash('schools', school, 'classes')}>{w.toClasses}</a></p> : (
        <Plan key={list.length} me={props.me} school={{ code: school, name }} classes={list} entries={rows} firstMonday={calendar.data && calendar.data.first_monday || ''} onChange={entries.reload} />
      ))}</Show>}</Show>
      <div class="halves">
        <section class="card"><h2>{w.publish}</h2><p class="lead">{isDistrict ? w.publishDistrict : w.publishText}</p><FormView form={publish} action={w.publish}><OverrideField form={publish} of={override} /></FormView></section>
        <TimetableImport path={path} onDone={entries.reload} />
      </div>
    </In>
  );
}
