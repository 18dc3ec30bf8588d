// The school year: its first week, holidays, and days worked for others.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, type Problem, problemOf } from '../kit/api';
import { Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { kitWords, moment, texts } from '../kit/language';
import { Show, useGet } from '../kit/load';
import { announce, ProblemNote } from '../kit/notice';
import { setZone, zoneName } from '../kit/zone';
import { weekdayOf } from './dates';
import { InDistrict, type PanelProps } from './frame';

const words = texts(zh.calendar, en.calendar);

interface Days { from: string; to: string }
interface Swap { date: string; as: string }
interface Calendar { first_monday: string | null; utc_offset_min: number; holidays: Days[]; swaps: Swap[] }

const day = (text: string): string => moment(text, 'date');

const ZONES: [string, string][] = [];
for (let minutes = -720; minutes <= 840; minutes += 30) ZONES.push([String(minutes), zoneName(minutes)]);

function Basics({ calendar, save }: { calendar: Calendar; save: (part: Partial<Calendar>) => Promise<unknown> }): JSX.Element {
  const w = words(), zones = ZONES.some(([value]) => value === String(calendar.utc_offset_min)) ? ZONES : [...ZONES, [String(calendar.utc_offset_min), zoneName(calendar.utc_offset_min)] as [string, string]];
  const form = useForm({ first: calendar.first_monday || '', offset: String(calendar.utc_offset_min) },
    ({ first, offset }) => save({ first_monday: first, utc_offset_min: Number(offset) }),
    { required: ['first'], check: ({ first }) => (weekdayOf(first) === 1 ? {} : { first: w.notMonday }), fieldOf: { bad_first_monday: 'first' } });
  return (
    <FormView form={form} action={kitWords().save}>
      <div class="fields">
        <Field form={form} name="first" type="date" label={w.firstMonday} />
        <Field form={form} name="offset" label={w.offset} choices={zones} />
      </div>
    </FormView>
  );
}

interface PairsProps {
  title: string;
  none: string;
  add: string;
  labels: [string, string];
  pairs: [string, string][];
  isOrdered: boolean;
  save: (pairs: [string, string][]) => Promise<unknown>;
}

/** Pairs of days: from and to, or which for which. */
function Pairs({ title, none, add, labels, pairs, isOrdered, save }: PairsProps): JSX.Element {
  const [isAdding, setAdding] = useState(false);
  const form = useForm({ a: '', b: '' }, async ({ a, b }) => {
    await save([...pairs, [a, b]]);
    setAdding(false);
    form.set({ a: '', b: '' });
  }, { required: ['a', 'b'], check: ({ a, b }) => (isOrdered && b < a ? { b: words().order } : {}) });
  const [failed, setFailed] = useState<Problem>();
  const drop = (i: number): Promise<void> => save(pairs.filter((_, j) => j !== i)).then(() => setFailed(undefined), (e) => setFailed(problemOf(e)));
  return (
    <section class="card">
      <div class="title"><h2>{title}</h2><button type="button" class="small" onClick={() => setAdding(true)}>{add}</button></div>
      {pairs.length === 0 && <p class="empty">{none}</p>}
      <ul class="items">{pairs.map(([a, b], i) => (
        <li key={a + b} class="line">
          <span><span class="number">{day(a)}</span> → <span class="number">{day(b)}</span></span>
          <button type="button" class="small danger" aria-label={`${kitWords().remove}: ${day(a)}`} onClick={() => drop(i)}>{kitWords().remove}</button>
        </li>
      ))}</ul>
      {failed && <ProblemNote problem={failed} />}
      {isAdding && (
        <Dialog title={add} onClose={() => setAdding(false)}>
          <FormView form={form} action={kitWords().add} beside={<button type="button" class="plain" onClick={() => setAdding(false)}>{kitWords().cancel}</button>}>
            <Field form={form} name="a" type="date" label={labels[0]} />
            <Field form={form} name="b" type="date" label={labels[1]} />
          </FormView>
        </Dialog>
      )}
    </section>
  );
}

export function CalendarPanel(props: PanelProps): JSX.Element {
  const w = words(), loaded = useGet<Calendar>('/calendar');
  return (
    <InDistrict {...props} tab="calendar">
      <p class="lead">{w.lead}</p>
      <Show of={loaded}>{(calendar) => {
        const save = async (part: Partial<Calendar>): Promise<void> => {
          await api.put('/calendar', { ...calendar, ...part });
          setZone(part.utc_offset_min);
          announce(kitWords().saved);
          loaded.reload();
        };
        return (
          <>
            <div class="card"><Basics calendar={calendar} save={save} /></div>
            <div class="halves">
              <Pairs title={w.holidays} none={w.noHolidays} add={w.addHoliday} labels={[w.from, w.to]} isOrdered pairs={calendar.holidays.map((h) => [h.from, h.to])}
                save={(pairs) => save({ holidays: pairs.map(([from, to]) => ({ from, to })) })} />
              <Pairs title={w.swaps} none={w.noSwaps} add={w.addSwap} labels={[w.date, w.as]} isOrdered={false} pairs={calendar.swaps.map((s) => [s.date, s.as])}
                save={(pairs) => save({ swaps: pairs.map(([date, as]) => ({ date, as })) })} />
            </div>
          </>
        );
      }}</Show>
    </InDistrict>
  );
}
