// The day's roll of a class: who was there, in which lessons and for how long, and for how much of it with voice alone.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { at, everyItem, serverNow, withQuery } from '../kit/api';
import { Field, useForm } from '../kit/form';
import { fill, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { plain } from '../kit/plain';
import { type Column, Table } from '../kit/table';
import { Name } from '../kit/text';
import { dayAt } from '../kit/zone';
import { InClass, type PanelProps } from './frame';
import { inOrder } from './order';
import { words as thingWords } from './things';

const words = texts(zh.roll, en.roll);

/** Whole minutes, and those of them with voice alone. */
interface Heard { minutes: number; voice_minutes: number }
/** `first`, `last`: "08:05". */
interface Visit extends Heard { id: string; title: string; first: string; last: string }
interface Row extends Heard { code: string; name: string; lessons: Visit[] }

const visitText = ({ title, first, last, minutes }: Visit): string => `${plain(title)} · ${first}–${last} · ${fill(words().minutesN, minutes)}`;

function columns(): Column<Row>[] {
  const w = words(), t = thingWords();
  const count = (n: number): JSX.Element | string => (n ? <span class="number">{fill(w.minutesN, n)}</span> : '');
  return [
    { name: t.personName, isHead: true, cell: (r) => <Name of={r.name} /> },
    { name: t.code, cell: (r) => <Name of={r.code} /> },
    { name: w.lessons, cell: (r) => (r.lessons.length ? r.lessons.map((l) => <span key={l.id} class="tag number">{visitText(l)}</span>) : <b class="absent">{w.absent}</b>) },
    { name: w.minutes, cell: (r) => count(r.minutes) },
    { name: w.voice, cell: (r) => count(r.voice_minutes) },
  ];
}

export function Roll(props: PanelProps): JSX.Element {
  const w = words(), [today] = useState(() => dayAt(serverNow()));
  const form = useForm({ date: today }, async () => undefined), { date } = form.values;
  const path = date ? withQuery(at`/schools/${props.place.school!}/classes/${props.place.class!}/roll`, { date }) : null;
  const list = useAnswer(path, () => everyItem<Row>(path!).then(inOrder));
  return (
    <InClass {...props} tab="roll">
      <p class="lead">{w.lead}</p>
      <div class="screen inline"><Field form={form} name="date" type="date" label={w.date} /></div>
      {path && <Show of={list}>{(rows) => {
        const came = rows.filter((r) => r.lessons.length).length;
        return (
          <>
            {rows.length > 0 && <div class="title"><h2>{moment(date, 'date')} · {fill(w.came, came, rows.length - came)}</h2><button type="button" class="small screen" onClick={() => print()}>{w.print}</button></div>}
            <Table rows={rows} caption={moment(date, 'date')} keyOf={(r) => r.code} empty={w.none} columns={columns()} />
          </>
        );
      }}</Show>}
    </InClass>
  );
}
