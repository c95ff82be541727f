/** Which rows of a table are shown, and in which order. */

import type { ComponentChildren } from "preact";

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
  /** Stands under the heading: the scale of bars in the cells. */
  axis?: ComponentChildren;
}

/** Something rows are told apart by: each row has any number of its values. */
export interface Facet<Row> {
  key: string;
  label: string;
  values: (row: Row) => readonly string[];
  /** How a value is called, where it is not called by itself. */
  name?: (value: string) => string;
}

export interface Filter {
  text: string;
  /** One value a facet, in their order; empty: any. */
  facets: readonly string[];
}

export interface Sorting {
  key: string;
  descending: boolean;
}

export function parseSorting(text: string): Sorting | null {
  return text ? { key: text.replace(/^-/, ""), descending: text.startsWith("-") } : null;
}

export function sortingText(sorting: Sorting): string {
  return `${sorting.descending ? "-" : ""}${sorting.key}`;
}

interface Searched<Row> {
  searchText?: (row: Row) => string;
  facets?: readonly Facet<Row>[];
}

export function filtered<Row>(rows: readonly Row[], filter: Filter, { searchText, facets = [] }: Searched<Row>): readonly Row[] {
  const wanted = filter.text.trim().toLowerCase();
  const tests: ((row: Row) => boolean)[] = [];
  if (wanted && searchText) tests.push((row) => searchText(row).toLowerCase().includes(wanted));
  facets.forEach((facet, at) => {
    const value = filter.facets[at];
    if (value) tests.push((row) => facet.values(row).includes(value));
  });
  return tests.length > 0 ? rows.filter((row) => tests.every((test) => test(row))) : rows;
}

/** The values that rows have, most frequent first. */
export function facetCounts<Row>(rows: readonly Row[], facet: Facet<Row>): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of facet.values(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, one], [b, two]) => two - one || kCollator.compare(a, b));
}

export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | null): readonly Row[] {
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
