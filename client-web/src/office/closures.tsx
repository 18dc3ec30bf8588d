// Snow days: a school's ordinary timetable goes online, in one step.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import type { Lesson } from '../home/contract';
import { api, at, everyItem, serverNow, withQuery } from '../kit/api';
import { Confirm } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { toHash } from '../kit/hash';
import { fill, kitWords, lang, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import { announce, Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { dayAt } from '../kit/zone';
import { clockOf } from './dates';
import { InSchool, type PanelProps } from './frame';
import { OverrideField, reasonOf, useOverride } from './override';

const words = texts(zh.closures, en.closures);

interface Days { from: string; to: string }

const day = (text: string): string => moment(text, 'date');

interface Planned extends Lesson { can_start: boolean }
type Lecturer = Planned['lecturer'];

/** Of the days that are still to come, so many: whom to call before the first of them. */
const AHEAD_DAYS = 7;

async function lessonsToSave(school: string, { from, to }: Days): Promise<[Lecturer, Planned[]][]> {
  const days = Math.min(AHEAD_DAYS, Math.round((Date.parse(to) - Date.parse(from)) / 86400000) + 1), of = new Map<string, [Lecturer, Planned[]]>();
  const items = await everyItem<Planned>(withQuery('/timetable', { school, date: from, days }));
  for (const lesson of items.filter((l) => l.is_online && !l.can_start && l.state !== 'draft' && Date.parse(l.end) > serverNow())) {
    const key = lesson.lecturer ? at`${lesson.lecturer.school}/${lesson.lecturer.code}` : '', one = of.get(key) || [lesson.lecturer, []];
    one[1].push(lesson);
    of.set(key, one);
  }
  return [...of.values()];
}

const lessonText = (l: Planned, school: string): string => plain(`${moment(l.date, 'date')} ${clockOf(l.start)} ${l.title} · ${(l.classes || []).filter((c) => c.school === school).map((c) => c.name).join('、')}`);

/** Lessons that nobody can start, by whom to call. */
function Unled({ school, days }: { school: string; days: Days }): JSX.Element | null {
  const w = words(), { data = [] } = useAnswer(school + days.from + days.to, () => lessonsToSave(school, days));
  if (!data.length) return null;
  return (
    <Note tone="warn">
      <p>{fill(w.unled, data.reduce((n, [, lessons]) => n + lessons.length, 0))}</p>
      {data.map(([lecturer, lessons]) => (
        <div key={lecturer ? lecturer.school + '/' + lecturer.code : ''}>
          <p><b>{lecturer ? <Name of={lecturer.name} /> : w.noLecturer}</b> {lecturer && w.noAccount} {lecturer && lecturer.school === school && <a href={toHash('schools', school, 'people', lecturer.code)}>{w.invite}</a>}</p>
          <ul>{lessons.map((l) => <li key={l.id}>{lessonText(l, school)}</li>)}</ul>
        </div>
      ))}
    </Note>
  );
}

/** What the rules have to say to it, which keeps nobody from it. */
interface Warning { code: string; zh: string; en: string }

export function Closures(props: PanelProps): JSX.Element {
  const w = words(), path = at`/schools/${props.place.school!}/closures`, list = useAnswer(path, () => everyItem<Days>(path));
  const [ended, end] = useState<Days>(), [warnings, warn] = useState<Warning[]>([]), [today] = useState(() => dayAt(serverNow()));
  const override = useOverride(), form = useForm({ from: today, to: today, override: '' }, async (values) => {
    const { notes = [] } = await override.heed(api.post<{ notes?: Warning[] }>(path, { from: values.from, to: values.to, ...reasonOf(values) }));
    warn(notes.filter((note) => note.code !== 'nobody_starts'));
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
        {warnings.length > 0 && <Note tone="warn"><ul>{warnings.map((one) => <li key={one.en}>{plain(lang() === 'zh' ? one.zh : one.en)}</li>)}</ul></Note>}
      </div>
      <section class="card">
        <h2>{w.list}</h2>
        <Show of={list}>{(rows) => (rows.length === 0 ? <p class="empty">{w.none}</p> : (
          <ul class="items">{rows.map((days) => (
            <li key={days.from}>
              <div class="line">
                <span><span class="number">{day(days.from)}</span> → <span class="number">{day(days.to)}</span></span>
                <button type="button" class="small danger" aria-label={`${w.end}: ${day(days.from)}`} onClick={() => end(days)}>{w.end}</button>
              </div>
              {days.to >= today && <Unled school={props.place.school!} days={{ from: days.from > today ? days.from : today, to: days.to }} />}
            </li>
          ))}</ul>
        ))}</Show>
      </section>
      {ended && <Confirm title={w.endTitle} text={fill(w.endText, day(ended.from), day(ended.to))} yes={kitWords().yes} isDanger
        act={() => api.drop(withQuery(path, { from: ended.from, to: ended.to })).then(list.reload)} onClose={() => end(undefined)} />}
    </InSchool>
  );
}
