// Who changed what, and when.

import type { JSX } from 'preact';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { moment, texts } from '../kit/language';
import { useList } from '../kit/load';
import { ListTable } from '../kit/table';
import { Name } from '../kit/text';
import { InDistrict, type PanelProps } from './frame';

const words = texts(zh.audit, en.audit);

interface Entry { seq: number; at: string | number; actor: string; act: string; subject: string; detail: string }

export function Audit(props: PanelProps): JSX.Element {
  const w = words(), list = useList<Entry>('/audit');
  return (
    <InDistrict {...props} tab="audit">
      <p class="lead">{w.lead}</p>
      <ListTable list={list} caption={words().lead} keyOf={(e) => e.seq} empty={w.none} columns={[
        { name: w.at, isHead: true, cell: (e) => <span class="number">{moment(e.at)}</span> },
        { name: w.actor, cell: (e) => <Name of={e.actor === 'console' ? w.console : e.actor} /> },
        { name: w.act, cell: (e) => <Name of={w.acts[e.act] || e.act} /> },
        { name: w.subject, cell: (e) => <Name of={e.subject} /> },
        { name: w.detail, cell: (e) => <Name of={e.detail} /> },
      ]} />
    </InDistrict>
  );
}
