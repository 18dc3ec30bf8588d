// The day's roll of a class: who listened, and for how long.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { at, everyItem, withQuery } from '../kit/api';
import { Field, useForm } from '../kit/form';
import { fill, kitWords, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { dayOf } from './dates';
import { InClass, type PanelProps } from './frame';
import { words as thingWords } from './things';

const words = texts(zh.roll, en.roll);

interface Attended { id: string; minutes: number; voice_minutes: number; first: string | number; last: string | number }
interface Row { code: string; name: string; lessons: Attended[] }

const sum = (lessons: Attended[], of: 'minutes' | 'voice_minutes'): number => lessons.reduce((n, lesson) => n + lesson[of], 0);

export function Roll(props: PanelProps): JSX.Element {
  const w = words(), t = thingWords(), [today] = useState(() => dayOf(new Date()));
  const form = useForm({ date: today }, async () => undefined);
  const path = withQuery(at`/schools/${props.place.school!}/classes/${props.place.class!}/roll`, { date: form.values.date });
  const list = useAnswer(path, () => everyItem<Row>(path));
  const minutes = (n: number): string => fill(w.minutesN, n);
  return (
    <InClass {...props} tab="roll">
      <div class="screen inline"><Field form={form} name="date" type="date" label={w.date} hint={w.lead} /></div>
      <Show of={list}>{(rows) => {
        const came = rows.filter((r) => r.lessons.length).length;
        return (
          <>
            {rows.length > 0 && <div class="title"><h2>{fill(w.came, came, rows.length - came)}</h2><button type="button" class="small screen" onClick={() => print()}>{kitWords().print}</button></div>}
            <Table rows={rows} caption={moment(form.values.date, 'date')} keyOf={(r) => r.code} empty={w.none} columns={[
              { name: t.personName, isHead: true, cell: (r) => <Name of={r.name} /> },
              { name: t.code, cell: (r) => <Name of={r.code} /> },
              { name: w.minutes, cell: (r) => (r.lessons.length ? <span class="number">{minutes(sum(r.lessons, 'minutes'))}</span> : <b class="absent">{w.absent}</b>) },
              { name: w.voice, cell: (r) => (r.lessons.length ? <span class="number">{minutes(sum(r.lessons, 'voice_minutes'))}</span> : '') },
              { name: w.lessons, cell: (r) => r.lessons.map((l) => <span key={l.id} class="tag number">{fill(w.from, moment(l.first, 'time'), moment(l.last, 'time'))}</span>) },
            ]} />
          </>
        );
      }}</Show>
    </InClass>
  );
}
