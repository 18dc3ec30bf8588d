// The lessons that a school has online today: which are taught, which wait for their teacher, and the way in for who looks after them.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import type { Lesson } from '../home/contract';
import { canGo, isTaught, phaseOf, spanOf } from '../home/time';
import { at, serverNow, withQuery } from '../kit/api';
import { kitWords, texts } from '../kit/language';
import { Show, useGet } from '../kit/load';
import { type Column, Table } from '../kit/table';
import { Name } from '../kit/text';
import { InSchool, type PanelProps } from './frame';
import { words as lessonWords } from './lesson-words';
import { watchesSchool } from './places';

const words = texts(zh.today, en.today);

/** So often somebody who leaves the page open sees who has come. */
const FRESH_MS = 30000;

/** A lesson that should be taught by now, and is not, is what an office looks for. */
function stateOf(lesson: Lesson): JSX.Element {
  const w = words(), phase = phaseOf(lesson, serverNow());
  if (lesson.state === 'reconnecting') return <b class="absent">{w.reconnecting}</b>;
  if (isTaught(lesson)) return <b class="taught">{w.live}</b>;
  if (lesson.is_online && !lesson.lecturer && phase !== 'over') return <b class="absent">{w.nobody}</b>; // of a school day that was put online
  if (phase === 'on' && lesson.is_online && lesson.state !== 'ended') return <b class="absent">{w.waiting}</b>;
  return <>{phase === 'over' || lesson.state === 'ended' ? w.over : phase === 'on' ? w.on : w.later}</>;
}

function columns(mayWatch: boolean): Column<Lesson>[] {
  const w = words(), t = lessonWords(), isOn = (l: Lesson): boolean => /^(on|soon)$/.test(phaseOf(l, serverNow()));
  const way = (l: Lesson): JSX.Element | undefined => (l.lesson && mayWatch && isOn(l) ? <a class="small" href={`/watch/${l.lesson}`}>{w.enter}</a> : undefined);
  return [
    { name: t.title, isHead: true, cell: (l) => <Name of={l.title} /> },
    { name: t.when, cell: (l) => <span class="number">{spanOf(l)}</span> },
    { name: t.classes, cell: (l) => <Name of={(l.classes || []).map((c) => c.name).join('、')} /> },
    { name: w.lecturer, cell: (l) => l.lecturer && <Name of={l.lecturer.name} /> },
    { name: w.state, cell: stateOf },
    ...(mayWatch ? [{ name: kitWords().show, isActions: true, cell: way }] : []),
  ];
}

export function Today(props: PanelProps): JSX.Element {
  const w = words(), school = props.place.school!, list = useGet<{ items: Lesson[] }>(withQuery(at`/timetable`, { school }));
  useEffect(() => {
    const timer = setInterval(() => document.hidden || list.reload(), FRESH_MS);
    return () => clearInterval(timer);
  }, [school]);
  return (
    <InSchool {...props} tab="today">
      <p class="lead">{w.lead}</p>
      <Show of={list}>{({ items }) => (
        <Table rows={items.filter(canGo)} caption={w.caption} keyOf={(l) => l.id} empty={w.none} columns={columns(watchesSchool(props.me, school))} />
      )}</Show>
    </InSchool>
  );
}
