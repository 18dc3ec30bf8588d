// Who changed what, and when: the newest first, by day, by what was done, by whom and to whom.

import type { JSX } from 'preact';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { at, everyItem, withQuery } from '../kit/api';
import { Field, useForm } from '../kit/form';
import { toHash } from '../kit/hash';
import { fill, moment, texts } from '../kit/language';
import { useAnswer, useGet, useList } from '../kit/load';
import { plain } from '../kit/plain';
import { type Column, ListTable } from '../kit/table';
import { Name } from '../kit/text';
import { actorText, type Book, type Deed, detailText, subjectText, type Who } from './deed';
import { InDistrict, type PanelProps } from './frame';
import { DISTRICT } from './places';
import type { Thing } from './things';

const words = texts(zh.audit, en.audit);
const roleNames = texts(zh.roles, en.roles);

/** Where all is that somebody did, or that was done to them. */
export const auditOf = (school: string, code: string): string => toHash('district', 'audit', school || DISTRICT, code);

const said = (text: string): JSX.Element | undefined => (text ? <Name of={text} /> : undefined);
const person = (who: Who | null, otherwise: string): JSX.Element | undefined =>
  (who ? <><a href={auditOf(who.school, who.code)}><Name of={who.name} /></a> <small><Name of={who.code} /></small></> : said(otherwise));

function columns(book: Book): Column<Deed>[] {
  const { w } = book, isOwn = (e: Deed): boolean => e.subject === e.actor && !!e.by;
  return [
    { name: w.at, isHead: true, cell: (e) => <span class="number">{moment(e.at)}</span> },
    { name: w.actor, cell: (e) => person(e.by, actorText(e, book)) },
    { name: w.act, cell: (e) => <Name of={w.acts[e.act] || e.act} /> },
    { name: w.subject, cell: (e) => (isOwn(e) ? w.own : person(e.about, subjectText(e, book))) },
    { name: w.detail, cell: (e) => said(detailText(e, book)) },
  ];
}

/** Whose entries alone are shown, and the way back to all. */
function Only({ school, code }: { school: string; code: string }): JSX.Element {
  const w = words(), { data } = useGet<Thing>(at`/schools/${school}/people/${code}`);
  return <div class="title"><h2>{fill(w.only, data ? `${plain(data.name)} (${plain(code)})` : plain(code))}</h2><a class="small" href={toHash('district', 'audit')}>{w.everybody}</a></div>;
}

export function Audit(props: PanelProps): JSX.Element {
  const w = words(), { school = '', person: code } = props.place;
  const form = useForm({ from: '', to: '', act: '' }, async () => undefined), { from, to, act } = form.values;
  const schools = useAnswer('schools', () => everyItem<Thing>('/schools'));
  const book = { w, roles: roleNames(), schools: new Map((schools.data || []).map((s) => [s.code, s.name])) };
  const whose = code ? { school: school === DISTRICT ? '' : school, person: code } : {};
  const list = useList<Deed>(withQuery('/audit', { order: 'newest', from, to, act, ...whose }));
  return (
    <InDistrict {...props} tab="audit">
      <p class="lead">{w.lead}</p>
      {code && <Only school={school} code={code} />}
      <div class="fields inline screen">
        <Field form={form} name="from" type="date" label={w.from} />
        <Field form={form} name="to" type="date" label={w.to} />
        <Field form={form} name="act" label={w.act} choices={[['', w.anyAct], ...Object.entries(w.acts)]} />
      </div>
      <ListTable list={list} caption={w.caption} keyOf={(e) => e.seq} empty={from || to || act || code ? w.noneFound : w.none} columns={columns(book)} />
    </InDistrict>
  );
}
