// One row of the timetable in a dialog: added, changed, or refused with the reason why.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, at } from '../kit/api';
import { Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { kitWords } from '../kit/language';
import type { Me } from '../kit/me';
import { announce } from '../kit/notice';
import type { ClassRef } from './chosen';
import { ClassesChooser } from './classes-chooser';
import { LecturerChooser } from './lecturer-chooser';
import { words } from './lesson-words';
import { OverrideField, reasonOf, useOverride } from './override';
import { runSchools, runsDistrict } from './places';
import { dateOf, type Entry, isOnce, newEntryId, type Person } from './plan';
import type { Klass, Thing } from './things';

const LENGTH_MIN = 5, LENGTH_MAX = 300;

export interface Draft { entry?: Entry; klass: string; weekday: number; start: string; date: string }

/** Whose row it is: a school with its classes, or the district (own: undefined, school: "-"). */
export interface LessonProps {
  me: Me;
  school: string;
  own: { school: Thing; classes: Klass[] } | undefined;
  draft: Draft;
  term: { from: string; to: string };
  onDone: () => void;
  onRemove: () => void;
  onClose: () => void;
}

function firstClasses({ own, draft }: LessonProps): ClassRef[] {
  const klass = own && own.classes.find((c) => c.code === draft.klass);
  return draft.entry ? draft.entry.classes : klass ? [{ school: own.school.code, school_name: own.school.name, class: klass.code, name: klass.name }] : [];
}

export function Lesson(props: LessonProps): JSX.Element {
  const { me, school, own, draft, term, onDone, onRemove, onClose } = props, w = words(), { entry } = draft, override = useOverride();
  const [classes, setClasses] = useState(() => firstClasses(props)), [lecturer, setLecturer] = useState<Person | null>(entry ? entry.lecturer : null);
  const run = runSchools(me), among = runsDistrict(me) ? undefined : run.length > 1 ? run : null;
  const form = useForm({
    title: entry ? entry.title : '', kind: entry ? entry.kind : 'lecture', place: entry ? entry.place : 'online', link: entry ? entry.link || '' : '',
    when: entry && isOnce(entry) ? 'once' : 'weekly', weeks: entry ? entry.weeks : 'every', weekday: String(entry ? entry.weekday : draft.weekday), date: entry && isOnce(entry) ? dateOf(entry) : draft.date,
    start: entry ? entry.start : draft.start, length: String(entry ? entry.length_min : 40), from: entry && !isOnce(entry) ? entry.from : term.from, to: entry && !isOnce(entry) ? entry.to : term.to,
    lecturer: '', classes: '', override: '',
  }, async (v) => {
    const time = v.when === 'once' ? { date: v.date } : { weekday: Number(v.weekday), weeks: v.weeks, from: v.from, to: v.to };
    const body = {
      title: v.title.trim(), lecturer: lecturer && { school: lecturer.school, code: lecturer.code }, classes: classes.map((c) => ({ school: c.school, class: c.class })),
      kind: v.kind, place: v.place, start: v.start, length_min: Number(v.length), ...time, ...(v.link.trim() ? { link: v.link.trim() } : {}), ...reasonOf(v),
    };
    await override.heed(api.put(at`/schools/${school}/timetable/${entry ? entry.entry : newEntryId()}`, body));
    announce(kitWords().saved);
    onDone();
  }, {
    required: ['title', 'start', ...override.required],
    check: (v) => {
      const minutes = Number(v.length), faults: Record<string, string> = {};
      if (!(minutes >= LENGTH_MIN && minutes <= LENGTH_MAX && Math.floor(minutes) === minutes)) faults.length = w.badLength;
      if (!classes.length) faults.classes = w.noClass;
      if (v.when === 'once' ? !v.date : !v.from) faults[v.when === 'once' ? 'date' : 'from'] = kitWords().required;
      return faults;
    },
    fieldOf: { bad_title: 'title', bad_lecturer: 'lecturer', bad_link: 'link', bad_start: 'start', bad_length_min: 'length', bad_date: 'date', bad_from: 'from', bad_to: 'to', bad_classes: 'classes' },
  });
  const v = form.values;
  return (
    <Dialog title={entry ? w.changeTitle : w.add} onClose={onClose} isWide>
      <FormView form={form} action={kitWords().save} beside={<>
        {entry && <button type="button" class="plain danger" onClick={onRemove}>{w.removeLesson}</button>}
        <button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>
      </>} foot={<OverrideField form={form} of={override} />}>
        <Field form={form} name="title" label={w.title} maxLength={191} />
        <ClassesChooser id={form.id + 'classes'} own={own} among={among} chosen={classes} fault={form.faults.classes} onChange={(all) => { setClasses(all); form.set({ classes: '' }); }} />
        <LecturerChooser id={form.id + 'lecturer'} own={own && own.school} among={among} chosen={lecturer} isElsewhere={v.place === 'elsewhere'} fault={form.faults.lecturer} onChange={(one) => { setLecturer(one); form.set({ lecturer: '' }); }} />
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
      </FormView>
    </Dialog>
  );
}
