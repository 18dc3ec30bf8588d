// Lists into the roster: checked row by row, then all of it or nothing.

import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, type Problem, problemOf, withQuery } from '../kit/api';
import { Check, Field, FormView, useForm } from '../kit/form';
import { go } from '../kit/hash';
import { count, fill, kitWords, lang, texts } from '../kit/language';
import { useList } from '../kit/load';
import { Note, ProblemNote } from '../kit/notice';
import { plain } from '../kit/plain';
import { ListTable, Table } from '../kit/table';
import { InDistrict, InSchool, type PanelProps } from './frame';
import { recordText, type RosterRecord, shortName } from './record';
import { roleName } from './person';
import { ALL_SHEETS, isChoice, type Sheet, sheetChoices } from './workbook';

export const words = texts(zh.imports, en.imports);

const FATES = ['new', 'changed', 'same', 'removed', 'skipped', 'refused'] as const;
type Fate = typeof FATES[number];

interface Item { fate: Fate; file: number | string; sheet?: string; row: number; kind: string; record: RosterRecord | null; before: RosterRecord | null }
interface Remark { file: number | string; sheet?: string; row: number; column: number | string; severity: string; code: string; zh: string; en: string }
interface Import {
  state: 'reading' | 'ready' | 'applying' | 'done' | 'failed';
  counts: Record<Fate, number>;
  is_applicable: boolean;
  items: Item[];
  notes: Remark[];
  /** More remarks than are sent. */
  notes_left_out?: number;
  /** Why it failed. */
  error?: { zh: string; en: string } | null;
  next: string | null;
}

const base = (school: string): string[] => (school ? ['schools', school, 'import'] : ['district', 'import']);

const size = (bytes: number): string => (bytes < 1e6 ? Math.ceil(bytes / 1000) + ' kB' : (bytes / 1e6).toFixed(1) + ' MB');

interface Book { file: number; name: string; sheets: Sheet[] }

/** Which sheets of the workbooks that were sent: nobody can know before the server has opened them. */
function ChooseSheets({ made, books, onDone, onBack }: { made: string; books: Book[]; onDone: () => void; onBack: () => void }): JSX.Element {
  const w = words(), initial: Record<string, string> = {};
  for (const { file } of books) initial['sheet' + file] = ALL_SHEETS;
  const form = useForm(initial, async (values) => {
    for (const { file } of books) await api.put(withQuery(at`/imports/${made}/files/${file}`, { sheet: values['sheet' + file] }));
    onDone();
  });
  const back = (): void => {
    api.drop(at`/imports/${made}`).catch(() => undefined);
    onBack();
  };
  return (
    <div class="card">
      <h2>{w.sheetsTitle}</h2>
      <FormView form={form} action={w.check} beside={<button type="button" class="plain" onClick={back}>{w.discard}</button>}>
        {books.map(({ file, name, sheets }, i) => <Field key={file} form={form} name={'sheet' + file} label={plain(name)} hint={w.sheetsHint} choices={sheetChoices(sheets)} takesFocus={!i} />)}
      </FormView>
    </div>
  );
}

function Choose({ school }: { school: string }): JSX.Element {
  const w = words(), id = useId(), [files, setFiles] = useState<File[]>([]), [sending, setSending] = useState('');
  const [open, setOpen] = useState<{ made: string; books: Book[] }>();
  const form = useForm({ files: '', may_remove: false }, async (values) => {
    const { id: made } = await api.post<{ id: string }>('/imports', { ...(school ? { school } : {}), may_remove: values.may_remove });
    const books: Book[] = [];
    try {
      for (const file of files) {
        setSending(plain(file.name));
        const taken = await api.upload<{ file: number; sheets: Sheet[] }>('PUT', withQuery(at`/imports/${made}/files`, { name: shortName(file.name) }), file);
        if (isChoice(taken.sheets)) books.push({ ...taken, name: file.name });
      }
    } catch (e) {
      setSending('');
      api.drop(at`/imports/${made}`).catch(() => undefined);
      throw e;
    }
    if (!books.length) return go(...base(school), String(made));
    setSending('');
    setOpen({ made, books });
  }, { check: () => (files.length ? {} : { files: w.noFiles }) });
  const chosen = (e: Event): void => {
    setFiles(Array.from((e.target as HTMLInputElement).files || []));
    form.set({ files: '' });
  };
  if (open) return <ChooseSheets {...open} onDone={() => go(...base(school), open.made)} onBack={() => { setFiles([]); setOpen(undefined); }} />;
  const fault = form.faults.files, bytes = files.reduce((n, file) => n + file.size, 0);
  return (
    <div class="card">
      <FormView form={form} action={w.check}>
        <div class={fault ? 'field faulty' : 'field'}>
          <label for={id}>{w.files}</label>
          <input id={id} type="file" multiple accept=".xlsx,.csv,.txt,text/csv" aria-invalid={fault ? true : undefined} aria-describedby={id + 'hint'} onChange={chosen} />
          <p class="hint" id={id + 'hint'}>{fault ? <span class="fault">{fault}</span> : files.length ? fill(w.chosen, files.length, size(bytes)) : w.filesHint}</p>
        </div>
        <Check form={form} name="may_remove" label={w.mayRemove} hint={w.mayRemoveHint} />
        {sending && <p role="status">{fill(w.uploading, sending)}</p>}
      </FormView>
    </div>
  );
}

const POLL = 700;

/** The import as it stands, asked again for as long as the server works on it. */
function useImport(path: string): { now: Import | undefined; problem: Problem | undefined; again: () => void } {
  const [now, setNow] = useState<Import>(), [problem, setProblem] = useState<Problem>(), [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>, isOver = false;
    const look = async (): Promise<void> => {
      try {
        const found = await api.get<Import>(withQuery(path, { limit: 1 }));
        if (isOver) return;
        setNow(found);
        if (found.state === 'reading' || found.state === 'applying') timer = setTimeout(look, POLL);
      } catch (e) {
        if (!isOver) setProblem(problemOf(e));
      }
    };
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, turn]);
  return { now, problem, again: () => setTurn((n) => n + 1) };
}

/** "名单.xlsx · 三1班 第 3 行"; of a row that no list has, what that means. */
const where = ({ file, sheet, row }: { file: number | string; sheet?: string; row: number }): string => {
  const list = [String(file), sheet || ''].filter(Boolean).map(plain).join(' · ');
  return row ? `${list} ${fill(words().rowN, row)}` : list || words().notOwnRow;
};

/** Every row with its fate; what is remarked comes with the first page. */
function Fates({ path }: { path: string }): JSX.Element {
  const w = words(), list = useList<Item>(path), [first, setFirst] = useState<Import>(), notes = first ? first.notes : [];
  useEffect(() => {
    api.get<Import>(withQuery(path, { limit: 1 })).then(setFirst, () => undefined);
  }, [path]);
  return (
    <>
      {notes.length > 0 && <>
        <h2 class="title">{w.notes}</h2>
        <Table rows={notes.map((note, i) => ({ ...note, i }))} caption={w.notes} keyOf={(n) => n.i} empty="" columns={[
          { name: w.row, isHead: true, cell: (n) => where(n) },
          { name: w.noteText, cell: (n) => <><b class={'severity ' + n.severity}>{w.severities[n.severity] || n.severity}</b> {plain(lang() === 'zh' ? n.zh : n.en)}</> },
          { name: w.column, cell: (n) => plain(String(n.column || '')) },
        ]} />
        {first && first.notes_left_out ? <p class="hint">{fill(w.notesLeft, count(first.notes_left_out))}</p> : null}
      </>}
      <h2 class="title">{w.rows}</h2>
      <ListTable list={{ ...list, data: list.data && list.data.map((item, i) => ({ ...item, i })) }} caption={w.rows} keyOf={(item) => item.i} empty={w.nothing} columns={[
        { name: w.fate, isHead: true, cell: (item) => <span class={'fate ' + item.fate}>{w.fates[item.fate] || item.fate}</span> },
        { name: w.what, cell: (item) => <bdi>{w.kinds[item.kind] || ''} {item.record ? recordText(item.record, item.before, roleName) : ''}</bdi> },
        { name: w.row, cell: (item) => where(item) },
      ]} />
    </>
  );
}

function verdict(now: Import): [tone: 'calm' | 'warn' | 'bad', text: string] {
  const w = words(), { counts } = now;
  if (now.state === 'done') return ['calm', w.done];
  if (now.state === 'failed') return ['bad', now.error ? `${w.failed} ${lang() === 'zh' ? now.error.zh : now.error.en}` : w.failed];
  if (!now.is_applicable) return ['bad', w.refused];
  return counts.new + counts.changed + counts.removed ? ['calm', `${w.ready} ${fill(w.applyText, count(counts.new), count(counts.changed), count(counts.removed))}`] : ['calm', w.nothing];
}

function Report({ id, school }: { id: string; school: string }): JSX.Element {
  const w = words(), path = at`/imports/${id}`, { now, problem, again } = useImport(path);
  const back = (): void => go(...base(school));
  const apply = useForm({}, () => api.post(path + '/apply').then(again));
  const discard = useForm({}, () => api.drop(path).then(back, back));
  if (problem) return <><ProblemNote problem={problem} /><div class="actions"><button type="button" class="plain" onClick={back}>{kitWords().back}</button></div></>;
  if (!now || now.state === 'reading' || now.state === 'applying') return <p class="waiting" role="status">{now && now.state === 'applying' ? w.applying : w.reading}</p>;
  const [tone, text] = verdict(now), { counts } = now;
  const canApply = now.state === 'ready' && now.is_applicable && counts.new + counts.changed + counts.removed > 0;
  return (
    <>
      <Note tone={tone}><p role="status">{text}</p></Note>
      <dl class="counts">{FATES.map((fate) => <div key={fate} class={'fate ' + fate}><dt>{w.fates[fate]}</dt><dd>{count(counts[fate] || 0)}</dd></div>)}</dl>
      {canApply
        ? <FormView form={apply} action={w.apply} beside={<button type="button" class="plain" onClick={discard.submit}>{w.discard}</button>} />
        : <div class="actions"><button type="button" class="primary" onClick={discard.submit}>{w.again}</button></div>}
      <Fates key={now.state} path={path} />
    </>
  );
}

export function Import(props: PanelProps): JSX.Element {
  const { school = '', id } = props.place, In = school ? InSchool : InDistrict;
  return (
    <In {...props} tab="import">
      {!id && <><p class="lead">{words().lead}</p><p class="hint">{words().guardians}</p></>}
      {id ? <Report id={id} school={school} /> : <Choose school={school} />}
    </In>
  );
}
