/** A table of any length: sorted by a click on a heading, filtered by a text, a page at a time. Printed, it shows every row up to a limit. */

import { Fragment, type ComponentChildren } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import { count } from "../format";
import { usePrinting } from "../printing";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ComponentChildren;
  /** What the column sorts by; without it there is no sorting. Null goes last either way. */
  sort?: (row: Row) => number | string | null | undefined;
  number?: boolean;
  hint?: string;
  /** Extra class of the cells, for widths and wrapping. */
  kind?: string;
}

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  /** What the filter searches; without it there is no filter. */
  searchText?: (row: Row) => string;
  searchLabel?: string;
  sortedBy?: { key: string; descending: boolean };
  /** More about a row, opened by a button in its first cell. */
  details?: (row: Row) => ComponentChildren;
  pageSize?: number;
  controls?: ComponentChildren;
}

const kPageSize = 20;
// So few can be seen at a glance, and need no filter.
const kFewRows = 8;
// A printed list beyond this is of no use on paper; the JSON has all of it.
const kPrintedRows = 200;

interface Sorting {
  key: string;
  descending: boolean;
}

export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, searchText, details } = props;
  const printing = usePrinting();
  const [sorting, setSorting] = useState<Sorting | null>(props.sortedBy ?? null);
  const [filter, setFilter] = useState("");
  const [page, setPage] = useState(0);
  const [opened, setOpened] = useState<string | null>(null);
  const found = useMemo(() => filtered(rows, filter, searchText), [rows, filter]);
  const ordered = useMemo(() => sorted(found, columns, sorting), [found, sorting]);
  const size = printing ? kPrintedRows : props.pageSize ?? kPageSize;
  const pages = Math.max(1, Math.ceil(ordered.length / size));
  const searchable = searchText !== undefined && rows.length > kFewRows;
  const current = printing ? 0 : Math.min(page, pages - 1);
  const shown = ordered.slice(current * size, (current + 1) * size);
  const choose = (column: Column<Row>) => {
    setSorting((was) => (was?.key === column.key ? { key: column.key, descending: !was.descending } : { key: column.key, descending: column.number ?? false }));
    setPage(0);
  };
  const search = (text: string) => {
    setFilter(text);
    setPage(0);
  };
  return (
    <div class="table">
      {(searchable || props.controls) && (
        <div class="table-tools">
          {searchable && <Search label={props.searchLabel ?? "Filter"} value={filter} onInput={search} found={found.length} of={rows.length} />}
          {props.controls}
        </div>
      )}
      <div class="table-scroll" role="region" aria-label={caption} tabIndex={0}>
        <table>
          <caption class="unseen">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Heading key={column.key} column={column} sorting={sorting} onSort={choose} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => {
              const key = rowKey(row, current * size + index);
              const open = opened === key;
              return (
                <Fragment key={key}>
                  <tr class={open ? "opened" : undefined}>
                    {columns.map((column, at) => (
                      <Cell key={column.key} column={column} first={at === 0}>
                        {at === 0 && details ? <Opener open={open} onToggle={() => setOpened(open ? null : key)}>{column.cell(row)}</Opener> : column.cell(row)}
                      </Cell>
                    ))}
                  </tr>
                  {open && details && (
                    <tr class="row-details">
                      <td colSpan={columns.length}>{details(row)}</td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
            {shown.length === 0 && (
              <tr>
                <td colSpan={columns.length} class="no-rows">
                  {filter ? "No row has this text." : "There are no rows."}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {printing && ordered.length > size && <p class="note">The first {count(size)} of {count(ordered.length)} rows.</p>}
      {!printing && pages > 1 && <Pages caption={caption} page={current} pages={pages} size={size} rows={ordered.length} onPage={setPage} />}
    </div>
  );
}

function filtered<Row>(rows: readonly Row[], filter: string, searchText?: (row: Row) => string): readonly Row[] {
  const wanted = filter.trim().toLowerCase();
  return wanted && searchText ? rows.filter((row) => searchText(row).toLowerCase().includes(wanted)) : rows;
}

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | null): readonly Row[] {
  const value = columns.find((column) => column.key === sorting?.key)?.sort;
  if (!value || !sorting) return rows;
  const sign = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => compare(value(a), value(b), sign));
}

const kCollator = new Intl.Collator("en", { numeric: true });

function compare(a: number | string | null | undefined, b: number | string | null | undefined, sign: number): number {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * kCollator.compare(String(a), String(b));
}

function Search({ label, value, onInput, found, of }: { label: string; value: string; onInput: (text: string) => void; found: number; of: number }) {
  const id = useId();
  return (
    <div class="search">
      <label for={id}>{label}</label>
      <input id={id} type="search" value={value} autocomplete="off" spellcheck={false} onInput={(event) => onInput(event.currentTarget.value)} />
      <span class="search-count" role="status">
        {found === of ? `${count(of)} rows` : `${count(found)} of ${count(of)} rows`}
      </span>
    </div>
  );
}

function Heading<Row>({ column, sorting, onSort }: { column: Column<Row>; sorting: Sorting | null; onSort: (column: Column<Row>) => void }) {
  const direction = sorting?.key === column.key ? (sorting.descending ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" class={classes(column)} aria-sort={column.sort ? direction ?? "none" : undefined} title={column.hint}>
      {column.sort ? (
        <button type="button" class="sort" onClick={() => onSort(column)}>
          {column.header}
          <svg class="sort-mark" viewBox="0 0 8 12" width="8" height="12" aria-hidden="true">
            <path d="M4 1 7 5H1Z" class={direction === "ascending" ? "on" : undefined} />
            <path d="M4 11 1 7h6Z" class={direction === "descending" ? "on" : undefined} />
          </svg>
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function Cell<Row>({ column, first, children }: { column: Column<Row>; first: boolean; children: ComponentChildren }) {
  return first ? (
    <th scope="row" class={classes(column)}>
      {children}
    </th>
  ) : (
    <td class={classes(column)}>{children}</td>
  );
}

function classes<Row>(column: Column<Row>): string {
  return [column.number ? "number" : "", column.kind ?? ""].join(" ").trim();
}

function Opener({ open, onToggle, children }: { open: boolean; onToggle: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="opener" aria-expanded={open} onClick={onToggle}>
      <svg viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
        <path d="M2 .8 6 4 2 7.2Z" fill="currentColor" />
      </svg>
      <span>{children}</span>
    </button>
  );
}

function Pages({ caption, page, pages, size, rows, onPage }: { caption: string; page: number; pages: number; size: number; rows: number; onPage: (page: number) => void }) {
  const step = (text: string, to: number, label: string) => (
    <button type="button" disabled={to < 0 || to >= pages || to === page} aria-label={label} onClick={() => onPage(to)}>
      {text}
    </button>
  );
  return (
    <nav class="pages" aria-label={`Pages of: ${caption}`}>
      <span role="status">
        {count(page * size + 1)} to {count(Math.min(rows, (page + 1) * size))} of {count(rows)}
      </span>
      <span class="page-steps">
        {step("«", 0, "First page")}
        {step("‹", page - 1, "Page before")}
        {step("›", page + 1, "Next page")}
        {step("»", pages - 1, "Last page")}
      </span>
    </nav>
  );
}
