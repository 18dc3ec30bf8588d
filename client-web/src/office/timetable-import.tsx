// A timetable from a spreadsheet: checked, then taken as a whole.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { api } from '../kit/api';
import { FormView, useForm } from '../kit/form';
import { fill, lang } from '../kit/language';
import { announce, Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Table } from '../kit/table';
import { words as importWords } from './import';
import { words } from './lesson';

interface Remark { row: number; column: number | string; severity: string; zh: string; en: string }
interface Report { rows?: number; n?: number; is_applicable: boolean; notes: Remark[] }

const rowsOf = (report: Report): number => report.rows ?? report.n ?? 0;

export function TimetableImport({ path, onDone }: { path: string; onDone: () => void }): JSX.Element {
  const w = words(), i = importWords(), id = useId(), [file, setFile] = useState<File>(), [report, setReport] = useState<Report>();
  const form = useForm({}, async () => {
    if (!report) return setReport(await api.upload<Report>('POST', path + '/import?dry=1', file!));
    const done = await api.upload<Report>('POST', path + '/import', file!);
    announce(fill(w.importDone, rowsOf(done) || rowsOf(report)));
    setReport(undefined);
    setFile(undefined);
    onDone();
  });
  const chosen = (e: Event): void => {
    setReport(undefined);
    setFile(((e.target as HTMLInputElement).files || [])[0]);
  };
  return (
    <section class="card">
      <h2>{w.import}</h2>
      <p class="lead">{w.importLead}</p>
      <div class="field"><label for={id}>{w.importFile}</label><input id={id} type="file" accept=".csv,.xlsx" onChange={chosen} /></div>
      {report && <Note tone={report.is_applicable ? 'calm' : 'bad'}><p>{report.is_applicable ? fill(w.importReady, rowsOf(report)) : w.importBad}</p></Note>}
      {report && report.notes.length > 0 && <Table rows={report.notes.map((note, n) => ({ ...note, n }))} caption={i.notes} keyOf={(note) => note.n} empty="" columns={[
        { name: i.row, isHead: true, cell: (note) => fill(i.rowN, note.row) },
        { name: i.noteText, cell: (note) => <><b class={'severity ' + note.severity}>{i.severities[note.severity] || note.severity}</b> {plain(lang() === 'zh' ? note.zh : note.en)}</> },
      ]} />}
      {file && (!report || report.is_applicable) && <FormView form={form} action={report ? w.importApply : w.importCheck} />}
    </section>
  );
}
