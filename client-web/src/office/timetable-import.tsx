// A timetable from a spreadsheet: checked, then taken as a whole.

import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { api, Problem, withQuery } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { fill, lang } from '../kit/language';
import { announce, Note } from '../kit/notice';
import { plain } from '../kit/plain';
import { Table } from '../kit/table';
import { words as importWords } from './import';
import { words } from './lesson-words';
import { ALL_SHEETS, isChoice, type Sheet, sheetChoices } from './workbook';

interface Remark { sheet?: string; row: number; column: number | string; severity: string; zh: string; en: string }
interface Report { rows: number; is_applicable: boolean; needs_override?: boolean; sheets?: Sheet[]; notes: Remark[] }

/** What was refused when it was to be put says the same as a check. */
const reportIn = (e: unknown): Report | undefined => (e instanceof Problem && Array.isArray(e.details.notes) ? e.details as unknown as Report : undefined);

function Remarks({ notes }: { notes: Remark[] }): JSX.Element {
  const i = importWords();
  return (
    <Table rows={notes.map((note, n) => ({ ...note, n }))} caption={i.notes} keyOf={(note) => note.n} empty="" columns={[
      { name: i.row, isHead: true, cell: (note) => [plain(note.sheet || ''), note.row ? fill(i.rowN, note.row) : ''].filter(Boolean).join(' ') },
      { name: i.noteText, cell: (note) => <><b class={'severity ' + note.severity}>{i.severities[note.severity] || note.severity}</b> {plain(lang() === 'zh' ? note.zh : note.en)}</> },
    ]} />
  );
}

export function TimetableImport({ path, onDone }: { path: string; onDone: () => void }): JSX.Element {
  const w = words(), id = useId(), [file, setFile] = useState<File>(), [report, setReport] = useState<Report>();
  const [sheets, setSheets] = useState<Sheet[]>([]), [sheet, setSheet] = useState(ALL_SHEETS);
  const mayOverride = !!report && !report.is_applicable && !!report.needs_override, canApply = !!report && (report.is_applicable || mayOverride);
  const form = useForm({ override: '' }, async ({ override }) => {
    const send = (query: Record<string, string>): Promise<Report> => api.upload<Report>('POST', withQuery(path + '/import', { ...query, sheet }), file!);
    if (!report) {
      const found = await send({ dry: '1' });
      setSheets(found.sheets || []);
      return setReport(found);
    }
    try {
      const done = await send({ override: override.trim() });
      announce(fill(w.importDone, done.rows));
    } catch (e) {
      const found = reportIn(e);
      if (!found) throw e;
      return setReport(found);
    }
    setReport(undefined);
    setSheets([]);
    setFile(undefined);
    onDone();
  }, { required: mayOverride ? ['override'] : [] });
  const chosen = (e: Event): void => {
    setReport(undefined);
    setSheets([]);
    setSheet(ALL_SHEETS);
    setFile(((e.target as HTMLInputElement).files || [])[0]);
  };
  const turn = (e: Event): void => {
    setReport(undefined); // it was about another sheet
    setSheet((e.target as HTMLSelectElement).value);
  };
  return (
    <section class="card">
      <h2>{w.import}</h2>
      <p class="lead">{w.importLead}</p>
      <details><summary>{w.importHow}</summary><p class="hint">{w.importOthers}</p><pre class="code" tabIndex={0}>{w.importSample}</pre></details>
      <div class="field"><label for={id}>{w.importFile}</label><input id={id} type="file" accept=".xlsx,.csv,.txt,text/csv" onChange={chosen} /></div>
      {isChoice(sheets) && (
        <div class="field">
          <label for={id + 'sheet'}>{importWords().sheet}</label>
          <select id={id + 'sheet'} value={sheet} onChange={turn}>{sheetChoices(sheets).map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select>
        </div>
      )}
      {report && <Note tone={report.is_applicable ? 'calm' : mayOverride ? 'warn' : 'bad'}><p>{report.is_applicable ? fill(w.importReady, report.rows) : mayOverride ? w.overrideHint : w.importBad}</p></Note>}
      {report && report.notes.length > 0 && <Remarks notes={report.notes} />}
      {file && (!report || canApply) && (
        <FormView form={form} action={report ? w.importApply : w.importCheck}>{mayOverride && <Field form={form} name="override" label={w.override} maxLength={80} />}</FormView>
      )}
    </section>
  );
}
