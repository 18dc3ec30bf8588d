// Tables: rows on a wide screen, a card each on a phone; and lists of the server's that go on.

import type { ComponentChildren, JSX } from 'preact';
import { type Listed, Show } from './load';
import { kitWords } from './language';

export interface Column<T> {
  name: string;
  cell: (row: T) => ComponentChildren;
  /** What names the row: its first line on a phone. */
  isHead?: boolean;
  /** Buttons: their column needs no name to be seen. */
  isActions?: boolean;
}

interface TableProps<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string | number;
  /** What stands there when there is nothing. */
  empty: string;
}

/** The roles are said because a phone's layout takes them away. */
export function Table<T>({ caption, columns, rows, keyOf, empty }: TableProps<T>): JSX.Element {
  if (!rows.length) return <p class="empty">{empty}</p>;
  const cell = (column: Column<T>, row: T): JSX.Element => {
    const content = column.cell(row);
    return column.isHead
      ? <th scope="row" role="rowheader">{content}</th>
      : <td role="cell" class={column.isActions ? 'buttons' : undefined} data-name={column.isActions ? undefined : column.name}>{content && <div>{content}</div>}</td>;
  };
  return (
    <table role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup"><tr role="row">{columns.map((c) => <th key={c.name} scope="col" role="columnheader"><span class={c.isActions ? 'unseen' : undefined}>{c.name}</span></th>)}</tr></thead>
      <tbody role="rowgroup">{rows.map((row) => <tr key={keyOf(row)} role="row">{columns.map((c) => cell(c, row))}</tr>)}</tbody>
    </table>
  );
}

/** A list of the server's as a table, with a button for what comes next. */
export function ListTable<T>({ list, ...table }: Omit<TableProps<T>, 'rows'> & { list: Listed<T> }): JSX.Element {
  return (
    <Show of={list}>{(rows) => (
      <>
        <Table {...table} rows={rows} />
        {list.more && <button type="button" class="plain more" onClick={list.more}>{kitWords().more}</button>}
      </>
    )}</Show>
  );
}
