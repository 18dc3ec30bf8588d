// One row of the timetable in a dialog: added, changed, or refused with the reason why.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at } from '../kit/api';
import { Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { kitWords } from '../kit/language';
import { announce } from '../kit/notice';
import { plain } from '../kit/plain';
import { words } from './lesson-words';
import { OverrideField, reasonOf, useOverride } from './override';
import { dateOf, type Entry, isOnce, lecturerCode, lecturerOf, newEntryId } from './plan';
import type { Klass } from './things';

const LENGTH_MIN = 5, LENGTH_MAX = 300;

export interface Draft { entry?: Entry; klass: string; weekday: number; start: string; date: string }

interface LessonProps { school: string; classes: Klass[]; draft: Draft; term: { from: string; to: string }; onDone: () => void; onRemove: () => void; onClose: () => void }

interface ClassesProps { id: string; classes: Klass[]; chosen: string[]; fault: string | undefined; onChange: (codes: string[]) => void }

/** A fault is gone to like one of a field: by the id of the first. */
function Classes({ id, classes, chosen, fault, onChange }: ClassesProps): JSX.Element {
  const w = words();
  return (
    <fieldset class={fault ? 'field faulty' : 'field'}>
      <legend>{w.classes}</legend>
      <div class="choices">{classes.map((c, i) => (
        <label key={c.code} class="check">
          <input id={i ? undefined : id} type="checkbox" checked={chosen.includes(c.code)} onChange={(e) => onChange((e.target as HTMLInputElement).checked ? [...chosen, c.code] : chosen.filter((code) => code !== c.code))} />
          <span>{plain(c.name)}</span>
        </label>
      ))}</div>
      {fault && <p class="fault">{fault}</p>}
    </fieldset>
  );
}

export function Lesson({ school, classes, draft, term, onDone, onRemove, onClose }: LessonProps): JSX.Element {
  const w = words(), { entry } = draft, override = useOverride(), [chosen, choose] = useState(entry ? entry.classes.filter((c) => c.school === school).map((c) => c.class) : [draft.klass].filter((c) => c));
  const others = entry ? entry.classes.filter((c) => c.school !== school).map(({ school: s, class: c }) => ({ school: s, class: c })) : [];
  const form = useForm({
    title: entry ? entry.title : '', lecturer: entry ? lecturerCode(entry) : '', kind: entry ? entry.kind : 'lecture', place: entry ? entry.place : 'online', link: entry ? entry.link || '' : '',
    when: entry && isOnce(entry) ? 'once' : 'weekly', weeks: entry ? entry.weeks : 'every', weekday: String(entry ? entry.weekday : draft.weekday), date: entry && isOnce(entry) ? dateOf(entry) : draft.date,
    start: entry ? entry.start : draft.start, length: String(entry ? entry.length_min : 40), from: entry && !isOnce(entry) ? entry.from : term.from, to: entry && !isOnce(entry) ? entry.to : term.to, classes: '', override: '',
  }, async (v) => {
    const time = v.when === 'once' ? { date: v.date } : { weekday: Number(v.weekday), weeks: v.weeks, from: v.from, to: v.to };
    const body = {
      title: v.title.trim(), lecturer: lecturerOf(v.lecturer.trim(), entry), classes: [...chosen.map((code) => ({ school, class: code })), ...others], kind: v.kind, place: v.place, start: v.start, length_min: Number(v.length), ...time,
      ...(v.link.trim() ? { link: v.link.trim() } : {}), ...reasonOf(v),
    };
    await override.heed(api.put(at`/schools/${school}/timetable/${entry ? entry.entry : newEntryId()}`, body));
    announce(kitWords().saved);
    onDone();
  }, {
    required: ['title', 'start', ...override.required],
    check: (v) => {
      const minutes = Number(v.length), faults: Record<string, string> = {};
      if (!(minutes >= LENGTH_MIN && minutes <= LENGTH_MAX && Math.floor(minutes) === minutes)) faults.length = w.badLength;
      if (!chosen.length && !others.length) faults.classes = w.noClass;
      if (v.when === 'once' ? !v.date : !v.from) faults[v.when === 'once' ? 'date' : 'from'] = kitWords().required;
      return faults;
    },
    fieldOf: { bad_title: 'title', bad_lecturer: 'lecturer', bad_link: 'link', bad_start: 'start', bad_length_min: 'length', bad_date: 'date', bad_from: 'from', bad_to: 'to', bad_classes: 'classes' },
  });
  const v = form.values;
  return (
    <Dialog title={entry ? w.changeTitle : w.add} onClose={onClose} isWide>
      <FormView form={form} action={kitWords().save} beside={<>
        {entry && <button type="button" class="plain danger" onClick={onRemove}>{kitWords().remove}</button>}
        <button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>
      </>}>
        <div class="fields">
          <Field form={form} name="title" label={w.title} maxLength={191} />
          <Field form={form} name="lecturer" label={w.lecturer} hint={w.lecturerHint} isOptional />
        </div>
        <Classes id={form.id + 'classes'} classes={classes} chosen={chosen} fault={form.faults.classes} onChange={(codes) => { choose(codes); form.set({ classes: '' }); }} />
        <div class="fields">
          <Field form={form} name="kind" label={w.kind} choices={Object.entries(w.kinds)} />
          <Field form={form} name="place" label={w.place} choices={Object.entries(w.places)} />
          {v.place === 'elsewhere' && <Field form={form} name="link" label={w.link} hint={w.linkHint} />}
          <Field form={form} name="when" label={w.when} choices={[['weekly', w.weekly], ['once', w.once]]} />
          {v.when === 'once' ? <Field form={form} name="date" type="date" label={w.date} /> : <Field form={form} name="weekday" label={w.weekday} choices={w.weekdays.map((day, i) => [String(i + 1), day])} />}
          <Field form={form} name="start" type="time" label={w.start} />
          <Field form={form} name="length" label={w.length} inputMode="numeric" />
          {v.when === 'weekly' && <>
            <Field form={form} name="weeks" label={w.weeks} choices={Object.entries(w.weeksKinds)} />
            <Field form={form} name="from" type="date" label={w.from} />
            <Field form={form} name="to" type="date" label={w.to} />
          </>}
        </div>
        <OverrideField form={form} of={override} />
      </FormView>
    </Dialog>
  );
}
