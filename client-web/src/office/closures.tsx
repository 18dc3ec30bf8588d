// Snow days: a school's ordinary timetable goes online, in one step.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, everyItem, withQuery } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { fill, kitWords, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { announce } from '../kit/notice';
import { dayOf } from './dates';
import { InSchool, type PanelProps } from './frame';
import { OverrideField, reasonOf, useOverride } from './override';

const words = texts(zh.closures, en.closures);

interface Days { from: string; to: string }

const day = (text: string): string => moment(text + 'T12:00:00', 'date');

export function Closures(props: PanelProps): JSX.Element {
  const w = words(), path = at`/schools/${props.place.school!}/closures`, list = useAnswer(path, () => everyItem<Days>(path));
  const [ended, end] = useState<Days>(), [today] = useState(() => dayOf(new Date()));
  const override = useOverride(), form = useForm({ from: today, to: today, override: '' }, async (values) => {
    await override.heed(api.post(path, { from: values.from, to: values.to, ...reasonOf(values) }));
    announce(w.started);
    list.reload();
  }, { required: ['from', 'to', ...override.required], check: ({ from, to }) => (to < from ? { to: w.order } : {}) });
  return (
    <InSchool {...props} tab="closures">
      <p class="lead">{w.lead}</p>
      <div class="card">
        <FormView form={form} action={w.start}>
          <div class="fields"><Field form={form} name="from" type="date" label={w.from} /><Field form={form} name="to" type="date" label={w.to} /></div>
          <OverrideField form={form} of={override} />
        </FormView>
      </div>
      <section class="card">
        <h2>{w.list}</h2>
        <Show of={list}>{(rows) => (rows.length === 0 ? <p class="empty">{w.none}</p> : (
          <ul class="items">{rows.map((days) => (
            <li key={days.from} class="line">
              <span class="number">{day(days.from)} → {day(days.to)}</span>
              <button type="button" class="small danger" aria-label={`${w.end}: ${day(days.from)}`} onClick={() => end(days)}>{w.end}</button>
            </li>
          ))}</ul>
        ))}</Show>
      </section>
      {ended && <Confirm title={w.endTitle} text={fill(w.endText, day(ended.from), day(ended.to))} yes={kitWords().yes} isDanger
        act={() => api.drop(withQuery(path, { from: ended.from, to: ended.to })).then(list.reload)} onClose={() => end(undefined)} />}
    </InSchool>
  );
}
