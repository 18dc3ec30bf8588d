// Around the panels of a place: where it is, what it is called, and its other panels.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { at, everyItem } from '../kit/api';
import { toHash } from '../kit/hash';
import { kitWords, texts } from '../kit/language';
import { useAnswer, useGet } from '../kit/load';
import type { Me } from '../kit/me';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { DISTRICT, followsSchool, leadsClass, readsClass, readsDistrict, readsSchool, runsDistrict, runsSchool } from './places';
import type { Klass, Thing } from './things';

export const words = texts(zh.frame, en.frame);

export interface PanelProps { me: Me; place: Record<string, string> }

type Tab = keyof typeof zh.frame.tabs;

interface FrameProps { title: string; crumbs: [string, string[]][]; tabs?: [Tab, string[]][]; current?: Tab; children: ComponentChildren }

function Frame({ title, crumbs, tabs = [], current, children }: FrameProps): JSX.Element {
  const w = words();
  useEffect(() => {
    document.title = `${current ? w.tabs[current] + ' · ' : ''}${plain(title)} · ${kitWords().brand}`;
  });
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = nav.current && nav.current.querySelector<HTMLElement>('[aria-current]');
    if (here) nav.current!.scrollLeft = here.offsetLeft - nav.current!.offsetLeft - 40; // on a phone not all of them are seen
  }, [current]);
  return (
    <>
      {crumbs.length > 0 && <nav class="crumbs" aria-label={w.where}>{crumbs.map(([text, path]) => <a key={text} href={toHash(...path)}><Name of={text} /></a>)}</nav>}
      <h1><Name of={title} /></h1>
      {tabs.length > 0 && (
        <nav class="tabs" ref={nav} aria-label={w.sections}>
          {tabs.map(([tab, path]) => <a key={tab} href={toHash(...path)} aria-current={tab === current ? 'page' : undefined}>{w.tabs[tab]}</a>)}
        </nav>
      )}
      {children}
    </>
  );
}

interface InProps extends PanelProps { tab?: Tab; children: ComponentChildren }

export function InDistrict({ me, tab, children }: InProps): JSX.Element {
  const { data } = useGet<{ name: string }>('/district'), w = words();
  const tabs: Tab[] = runsDistrict(me) ? ['schools', 'timetable', 'today', 'staff', 'calendar', 'policy', 'import', 'export', 'audit', 'settings'] : ['today', 'schools'];
  return <Frame title={(data && data.name) || w.districtOffice} crumbs={[]} tabs={tabs.map((name) => [name, ['district', name]])} {...(tab ? { current: tab } : {})}>{children}</Frame>;
}

export const useSchoolName = (me: Me, school: string): string => {
  const known = me.roles.find((r) => r.school === school && r.school_name);
  const { data } = useGet<Thing>(known || !school || school === DISTRICT ? null : at`/schools/${school}`);
  return known ? known.school_name : data ? data.name : school;
};

export function useClassName(me: Me, school: string, klass: string): string {
  const known = me.roles.find((r) => r.school === school && r.class === klass && r.class_name);
  const path = at`/schools/${school}/classes`, { data } = useAnswer(known ? null : path, () => everyItem<Klass>(path));
  const found = data && data.find((c) => c.code === klass);
  return known ? known.class_name : found ? found.name : klass;
}

export function InSchool({ me, place, tab, children }: InProps): JSX.Element {
  const school = place.school!, name = useSchoolName(me, school), w = words();
  if (school === DISTRICT) return <InDistrict me={me} place={place} tab="staff">{children}</InDistrict>;
  const tabs: Tab[] = runsSchool(me, school) ? ['classes', 'people', 'timetable', 'today', 'closures', 'import', 'export']
    : readsSchool(me, school) ? ['today', 'classes', 'people'] : followsSchool(me, school) ? ['today', 'classes'] : [];
  return (
    <Frame title={name} crumbs={readsDistrict(me) ? [[w.tabs.schools, ['district', 'schools']]] : []} tabs={tabs.map((t) => [t, ['schools', school, t]])} {...(tab ? { current: tab } : {})}>
      {children}
    </Frame>
  );
}

export function InClass({ me, place, tab, children }: InProps): JSX.Element {
  const school = place.school!, klass = place.class!, w = words();
  const schoolName = useSchoolName(me, school), name = useClassName(me, school, klass);
  const crumbs: [string, string[]][] = readsDistrict(me) ? [[w.tabs.schools, ['district', 'schools']]] : [];
  if (followsSchool(me, school)) crumbs.push([schoolName, ['schools', school, 'classes']]);
  const tabs: Tab[] = leadsClass(me, school, klass) ? ['roster', 'codes', 'guardians', 'guests', 'roll'] : readsClass(me, school, klass) ? ['roster', 'roll'] : [];
  return (
    <Frame title={followsSchool(me, school) ? name : `${schoolName} ${name}`} crumbs={crumbs} tabs={tabs.map((t) => [t, ['schools', school, 'classes', klass, t]])} {...(tab ? { current: tab } : {})}>
      {children}
    </Frame>
  );
}
