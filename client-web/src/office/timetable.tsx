// A school's timetable: the week of a class as a grid, changed where it is touched.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at, everyItem, serverNow } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { FormView, useForm } from '../kit/form';
import { fill, kitWords, moment } from '../kit/language';
import { Show, useAnswer, useGet } from '../kit/load';
import { announce } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { dayAt } from '../kit/zone';
import { useClasses } from './classes';
import { addDays, mondayOf } from './dates';
import { type FirstMonday, FirstMondayHint } from './first-monday';
import { InSchool, type PanelProps } from './frame';
import { type Draft, Lesson } from './lesson';
import { words } from './lesson-words';
import { OverrideField, reasonOf, useOverride } from './override';
import { endOf, type Entry, type GridRow, lecturerName, weekGrid } from './plan';
import { TimetableImport } from './timetable-import';
import type { Klass } from './things';

interface GridProps { rows: GridRow[]; monday: string; onAdd?: ((weekday: number, start: string) => void) | undefined; onOpen: (entry: Entry) => void }

function Block({ entry, onOpen }: { entry: Entry; onOpen: (entry: Entry) => void }): JSX.Element {
  const w = words(), names = entry.classes.map((c) => c.name || c.class).join('、');
  return (
    <button type="button" class={'block ' + entry.place} onClick={() => onOpen(entry)}>
      <b><Name of={entry.title} /></b>
      <small><span class="number">{entry.start}–{endOf(entry)}</span> {entry.weeks !== 'every' && entry.weeks ? w.weeksKinds[entry.weeks] : ''}</small>
      <small><Name of={[names, lecturerName(entry)].filter((t) => t).join(' · ')} /></small>
      {entry.place !== 'online' && <small>{w.places[entry.place]}</small>}
      {entry.state === 'draft' && <small class="draft">{w.draft}</small>}
    </button>
  );
}

/** A table on a wide screen; on a phone the days lie below one another. */
function Grid({ rows, monday, onAdd, onOpen }: GridProps): JSX.Element {
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
              {entries.map((entry) => <Block key={entry.entry} entry={entry} onOpen={onOpen} />)}
              {!entries.length && onAdd && <button type="button" class="place" aria-label={fill(w.addAt, w.weekdays[i]!, row.start)} onClick={() => onAdd(i + 1, row.start)}>+</button>}
            </td>
          ))}
        </tr>
      ))}</tbody>
    </table>
  );
}

interface PlanProps { school: string; classes: Klass[]; entries: Entry[]; firstMonday: string; onChange: () => void }

function Plan({ school, classes, entries, firstMonday, onChange }: PlanProps): JSX.Element {
  const w = words(), [klass, setKlass] = useState(classes[0] ? classes[0].code : ''), [monday, setMonday] = useState(() => mondayOf(dayAt(serverNow())));
  const [draft, open] = useState<Draft>(), [removed, remove] = useState<Entry>();
  const own = entries.filter((e) => !klass || e.classes.some((c) => c.school === school && c.class === klass));
  const rows = weekGrid(own, monday, firstMonday, true);
  const done = (): void => {
    open(undefined);
    remove(undefined);
    onChange();
  };
  const blank = (weekday: number, start: string): Draft => ({ klass, weekday, start, date: addDays(monday, weekday - 1) });
  return (
    <>
      <div class="bar">
        <label class="field inline-field"><span>{w.klass}</span><select value={klass} onChange={(e) => setKlass((e.target as HTMLSelectElement).value)}>{classes.map((c) => <option key={c.code} value={c.code}>{plain(c.name)}</option>)}</select></label>
        <div class="row">
          <button type="button" class="small" onClick={() => setMonday(addDays(monday, -7))}>{w.previous}</button>
          <button type="button" class="small" onClick={() => setMonday(mondayOf(dayAt(serverNow())))}>{w.thisWeek}</button>
          <button type="button" class="small" onClick={() => setMonday(addDays(monday, 7))}>{w.next}</button>
          <button type="button" class="small" onClick={() => open(blank(1, '08:00'))}>{w.add}</button>
        </div>
      </div>
      <p class="hint">{w.lead}</p>
      {!rows.some((row) => row.days.some((day) => day.length)) && <p class="empty" role="status">{w.none}</p>}
      <Grid rows={rows} monday={monday} onAdd={(weekday, start) => open(blank(weekday, start))} onOpen={(entry) => open({ ...blank(entry.weekday, entry.start), entry })} />
      {draft && <Lesson school={school} classes={classes} draft={draft} term={termOf(entries, monday)} onDone={done} onClose={() => open(undefined)}
        onRemove={() => { remove(draft.entry); open(undefined); }} />}
      {removed && <Confirm title={w.removeTitle} text={fill(w.removeText, plain(removed.title))} yes={kitWords().remove} isDanger
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
  const w = words(), school = props.place.school!, path = at`/schools/${school}/timetable`;
  const classes = useClasses(school), entries = useAnswer(path, () => everyItem<Entry>(path)), calendar = useGet<FirstMonday>('/calendar');
  const override = useOverride(), publish = useForm({ override: '' }, async (values) => {
    await override.heed(api.post(path + '/publish', reasonOf(values)));
    announce(w.published);
    entries.reload();
  }, { required: override.required });
  return (
    <InSchool {...props} tab="timetable">
      <FirstMondayHint me={props.me} of={calendar.data} />
      <Show of={classes}>{(list) => <Show of={entries}>{(rows) => (
        <Plan key={list.length} school={school} classes={list} entries={rows} firstMonday={calendar.data && calendar.data.first_monday || ''} onChange={entries.reload} />
      )}</Show>}</Show>
      <div class="halves">
        <section class="card"><h2>{w.publish}</h2><p class="lead">{w.publishText}</p><FormView form={publish} action={w.publish}><OverrideField form={publish} of={override} /></FormView></section>
        <TimetableImport path={path} onDone={entries.reload} />
      </div>
    </InSchool>
  );
}
