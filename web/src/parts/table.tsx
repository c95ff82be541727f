/**
 * A table of any length: sorted by its headings, filtered by a text and by facets, a page at a time. All of that stands in the address.
 * Printed, it shows every row up to a limit, and says what it was filtered by.
 */

import { Fragment, type ComponentChildren } from "preact";
import { useId, useMemo } from "preact/hooks";
import { forget, useChoice } from "../address";
import { count } from "../format";
import { usePrinting } from "../printing";
import { type Column, type Facet, facetCounts, type Filter, filtered, parseSorting, sorted, type Sorting, sortingText } from "./table_rows";

export type { Column, Facet } from "./table_rows";

interface TableProps<Row> {
  /** Its name in the address; unique on the page. */
  id: string;
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  /** What the filter searches; without it there is no filter. */
  searchText?: (row: Row) => string;
  searchLabel?: string;
  facets?: readonly Facet<Row>[];
  /** As in the address: "-precision" is by precision, the greatest first. */
  sortedBy?: string;
  /** More about a row, opened by a button in its first cell. */
  details?: (row: Row) => ComponentChildren;
  controls?: ComponentChildren;
  /** How many rows are printed at most. */
  printed?: number;
}

const kSizes = ["25", "100", "all"];
// So few can be seen at a glance, and need no filter.
const kFewRows = 8;
// A printed list beyond this is of no use on paper; the JSON has all of it.
const kPrintedRows = 200;

export function Table<Row>(props: TableProps<Row>) {
  const { id, caption, columns, rows, rowKey, details } = props;
  const printing = usePrinting();
  const filter = useFilter(props);
  const [sort, setSort] = useChoice(id, "sort", props.sortedBy ?? "");
  const [page, setPage] = useChoice(id, "page", "1");
  const [wanted, setSize] = useChoice(id, "size", "25");
  const [opened, setOpened] = useChoice(id, "open", "");
  const sorting = parseSorting(sort);
  const found = useMemo(() => filtered(rows, filter, props), [rows, filter.text, filter.facets.join("\n")]);
  const ordered = useMemo(() => sorted(found, columns, sorting), [found, sort]);
  const size = printing ? props.printed ?? kPrintedRows : wanted === "all" ? Math.max(1, ordered.length) : Number(wanted) || 25;
  const pages = Math.max(1, Math.ceil(ordered.length / size));
  const current = printing ? 0 : pageOf(page, pages, opened, () => ordered.findIndex((row, index) => rowKey(row, index) === opened), size);
  const shown = ordered.slice(current * size, (current + 1) * size);
  const choose = (column: Column<Row>) => {
    setPage("1");
    setSort(sortingText(sorting?.key === column.key ? { key: column.key, descending: !sorting.descending } : { key: column.key, descending: column.number ?? false }));
  };
  return (
    <div class="table" id={`table-${id}`} tabIndex={-1}>
      <Tools props={props} filter={filter} found={found.length} />
      <PrintedFilter filter={filter} found={found.length} of={rows.length} facets={props.facets ?? []} />
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
                        {at === 0 && details ? <Opener open={open} onToggle={() => setOpened(open ? "" : key)}>{column.cell(row)}</Opener> : column.cell(row)}
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
                  {filter.on ? "No row fits the filter." : "There are no rows."}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {printing && ordered.length > size && <p class="note">The first {count(size)} of {count(ordered.length)} rows.</p>}
      {!printing && ordered.length > Number(kSizes[0]) && <Pages caption={caption} page={current} pages={pages} size={size} rows={ordered.length} wanted={wanted} onPage={(to) => setPage(String(to + 1))} onSize={setSize} searchable={props.searchText !== undefined} />}
    </div>
  );
}

/** The page asked for; while a row is open that nobody turned a page away from, the page that it stands on. */
function pageOf(page: string, pages: number, opened: string, placeOf: () => number, size: number): number {
  const place = opened && page === "1" ? placeOf() : -1;
  return place >= 0 ? Math.floor(place / size) : Math.min(pages, Math.max(1, Number(page) || 1)) - 1;
}

interface FilterState extends Filter {
  on: boolean;
  setText: (text: string) => void;
  setFacet: (at: number, value: string) => void;
  clear: () => void;
}

// The number of facets of a table never changes, so that hooks in a loop are sound.
function useFilter<Row>({ id, facets = [] }: TableProps<Row>): FilterState {
  const [text, setText] = useChoice(id, "q", "");
  const [, setPage] = useChoice(id, "page", "1");
  const chosen = facets.map((facet) => useChoice(id, facet.key, ""));
  return {
    text,
    facets: chosen.map(([value]) => value),
    on: text.trim() !== "" || chosen.some(([value]) => value !== ""),
    setText: (value) => {
      setPage("1");
      setText(value);
    },
    setFacet: (at, value) => {
      setPage("1");
      chosen[at]?.[1](value);
    },
    clear: () => forget(id, ["q", "page", ...facets.map((facet) => facet.key)]),
  };
}

function Tools<Row>({ props, filter, found }: { props: TableProps<Row>; filter: FilterState; found: number }) {
  const { rows, facets = [], controls, searchText } = props;
  const searchable = rows.length > kFewRows || filter.on;
  if (!controls && !(searchable && (searchText || facets.length > 0))) return null;
  return (
    <div class="table-tools">
      {searchable && searchText && <Search label={props.searchLabel ?? "Filter"} value={filter.text} onInput={filter.setText} />}
      {searchable && facets.map((facet, at) => <FacetChoice key={facet.key} facet={facet} rows={rows} value={filter.facets[at] ?? ""} onChange={(value) => filter.setFacet(at, value)} />)}
      {controls}
      {searchable && (
        <span class="search-count">
          <span role="status">{found === rows.length ? `${count(rows.length)} rows` : `${count(found)} of ${count(rows.length)} rows`}</span>
          {filter.on && (
            <button type="button" class="link" onClick={filter.clear}>
              Show all
            </button>
          )}
        </span>
      )}
    </div>
  );
}

function PrintedFilter<Row>({ filter, found, of, facets }: { filter: FilterState; found: number; of: number; facets: readonly Facet<Row>[] }) {
  if (!filter.on) return null;
  const said = [...(filter.text.trim() ? [`with “${filter.text.trim()}”`] : []), ...facets.flatMap((facet, at) => (filter.facets[at] ? [`${facet.label.toLowerCase()} ${facet.name?.(filter.facets[at] ?? "") ?? filter.facets[at]}`] : []))];
  return <p class="printed-only note">Filtered: {said.join(", ")}; {count(found)} of {count(of)} rows.</p>;
}

function Search({ label, value, onInput }: { label: string; value: string; onInput: (text: string) => void }) {
  const id = useId();
  return (
    <div class="search">
      <label for={id}>{label}</label>
      <input id={id} type="search" value={value} autocomplete="off" spellcheck={false} onInput={(event) => onInput(event.currentTarget.value)} />
    </div>
  );
}

function FacetChoice<Row>({ facet, rows, value, onChange }: { facet: Facet<Row>; rows: readonly Row[]; value: string; onChange: (value: string) => void }) {
  const id = useId();
  const counts = useMemo(() => facetCounts(rows, facet), [rows, facet.key]);
  if (counts.length < 2 && value === "") return null;
  const options = value && !counts.some(([name]) => name === value) ? [...counts, [value, 0] as [string, number]] : counts;
  return (
    <div class="facet">
      <label for={id}>{facet.label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">any</option>
        {options.map(([name, rows]) => (
          <option key={name} value={name}>
            {facet.name?.(name) ?? name} ({count(rows)})
          </option>
        ))}
      </select>
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
      {column.axis}
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

interface PagesProps {
  caption: string;
  page: number;
  pages: number;
  size: number;
  rows: number;
  wanted: string;
  onPage: (page: number) => void;
  onSize: (size: string) => void;
  searchable: boolean;
}

function Pages({ caption, page, pages, size, rows, wanted, onPage, onSize, searchable }: PagesProps) {
  const id = useId();
  const step = (text: string, to: number, label: string) => (
    <button type="button" disabled={to < 0 || to >= pages || to === page} aria-label={label} onClick={() => onPage(to)}>
      {text}
    </button>
  );
  return (
    <nav class="pages" aria-label={`Pages of: ${caption}`}>
      {pages > 1 && searchable && <span class="pages-hint">The browser’s own search sees this page of the table; the filter searches all {count(rows)} rows.</span>}
      <span class="facet">
        <label for={id}>Rows a page</label>
        <select id={id} value={wanted} onChange={(event) => onSize(event.currentTarget.value)}>
          {kSizes.map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </select>
      </span>
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
