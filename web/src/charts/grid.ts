/** Grids of counts, for heat maps: sparse, since 500 x 501 cells are mostly empty. */

import type { Confusion, Report, Source } from "../report";

export type CellUnit = "count" | "share";

export interface Cell {
  row: number;
  column: number;
  /** How dark it is, counted in rows. */
  count: number;
  /** How dark it is as a share, of 1. */
  share: number;
  /** Blue when it is as it should be, else orange. */
  good: boolean;
  /** Written into it in place of its share. */
  text?: string;
}

export interface Grid {
  rows: readonly string[];
  columns: readonly string[];
  /** Cells that hold something, by row, then by column. */
  cells: readonly Cell[];
}

/** Darkness goes in steps, so that all cells of one step are one path: 500 classes then cost 16 elements, not 250,000. */
export const kSteps = 8;

export function confusionGrid(confusion: Confusion): Grid {
  const cells: Cell[] = [];
  confusion.counts.forEach((counts, row) => {
    const total = counts.reduce((sum, rows) => sum + rows, 0);
    counts.forEach((count, column) => {
      if (count > 0) cells.push({ row, column, count, share: count / total, good: row === column });
    });
  });
  return { rows: confusion.classes, columns: [...confusion.classes, "no label"], cells };
}

/** Sources by gold classes: how many of a source's votes fall on rows of a class, and whether it names that class there. */
export function sourceGrid(sources: readonly Source[], classes: readonly string[]): Grid {
  const number = new Map(classes.map((name, at) => [name, at]));
  const cells = sources.flatMap((source, row) => {
    const total = Object.values(source.gold_votes ?? {}).reduce((sum, votes) => sum + votes, 0);
    return Object.entries(source.gold_votes ?? {}).map(([name, count]) => ({ row, column: number.get(name) ?? 0, count, share: count / total, good: 2 * (source.gold_right?.[name] ?? 0) >= count }));
  });
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  return { rows: sources.map((source) => source.name), columns: classes, cells };
}

// How dark a pair that always agrees is, beside pairs that differ: there to be seen, and no more.
const kAgreeing = 0.06;

/** Sources by sources: where two vote on the same rows. Orange where they differ, as dark as they differ; blue where they never do. */
export function pairGrid(pairs: Report["votes"]["pairs"]): Grid {
  const names = [...new Set(pairs.flatMap((pair) => [pair.a, pair.b]))];
  const number = new Map(names.map((name, at) => [name, at]));
  const cells = pairs.flatMap((pair) => {
    const [a, b] = [number.get(pair.a) ?? 0, number.get(pair.b) ?? 0];
    const cell = pair.differ > 0 ? { count: pair.differ, share: pair.differ / pair.both, good: false } : { count: pair.both, share: kAgreeing, good: true, text: "0" };
    return [
      { row: a, column: b, ...cell },
      { row: b, column: a, ...cell },
    ];
  });
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  return { rows: names, columns: names, cells };
}

/** At most so many rows, those with the most that is not good; in the order they had. */
export function worstRows(grid: Grid, most: number): number[] {
  return worst(grid.rows.length, most, grid.cells.filter((cell) => !cell.good).map((cell) => [cell.row, cell.count]));
}

/** The same for columns. Of a square grid a row and its column are one, and errors count on either side. */
export function worstColumns(grid: Grid, most: number): number[] {
  return worst(grid.columns.length, most, grid.cells.filter((cell) => !cell.good).map((cell) => [cell.column, cell.count]));
}

export function worstOnEitherSide(grid: Grid, most: number): number[] {
  const bad = grid.cells.filter((cell) => !cell.good);
  return worst(grid.rows.length, most, [...bad.map((cell) => [cell.row, cell.count] as const), ...bad.map((cell) => [cell.column, cell.count] as const)]);
}

function worst(length: number, most: number, bad: readonly (readonly [number, number])[]): number[] {
  const all = Array.from({ length }, (_, index) => index);
  if (length <= most) return all;
  const errors = new Float64Array(length);
  for (const [at, count] of bad) if (at < length) errors[at] = (errors[at] ?? 0) + count;
  const kept = all.sort((a, b) => (errors[b] ?? 0) - (errors[a] ?? 0) || a - b).slice(0, most);
  return kept.sort((a, b) => a - b);
}

/** The part of a grid that is shown, its rows and columns numbered anew. */
export function partOf(grid: Grid, rows: readonly number[], columns: readonly number[]): Grid {
  const row = new Map(rows.map((from, to) => [from, to]));
  const column = new Map(columns.map((from, to) => [from, to]));
  const cells = grid.cells.flatMap((cell) => {
    const [r, c] = [row.get(cell.row), column.get(cell.column)];
    return r === undefined || c === undefined ? [] : [{ ...cell, row: r, column: c }];
  });
  return { rows: rows.map((at) => grid.rows[at] ?? ""), columns: columns.map((at) => grid.columns[at] ?? ""), cells };
}

export function cellAt(grid: Grid, row: number, column: number): Cell | undefined {
  return grid.cells.find((cell) => cell.row === row && cell.column === column);
}

export interface Shade {
  step: number;
  good: boolean;
  path: string;
}

/** One path a step and side. The square root lets small errors be seen beside large diagonals. */
export function shades(grid: Grid, unit: CellUnit, size: number): Shade[] {
  const most = mostOf(grid, unit);
  const side = size - (size >= 8 ? 1 : 0);
  const paths = new Map<string, string[]>();
  for (const cell of grid.cells) {
    const key = `${cell.good ? "good" : "bad"} ${stepOf(cell[unit], most)}`;
    const square = `M${cell.column * size} ${cell.row * size}h${side}v${side}h${-side}z`;
    const list = paths.get(key);
    if (list) list.push(square);
    else paths.set(key, [square]);
  }
  return [...paths].map(([key, squares]) => ({ step: Number(key.split(" ")[1]), good: key.startsWith("good"), path: squares.join("") }));
}

export function mostOf(grid: Grid, unit: CellUnit): number {
  return unit === "share" ? 1 : grid.cells.reduce((most, cell) => Math.max(most, cell.count), 1);
}

export function stepOf(value: number, most: number): number {
  return Math.max(1, Math.min(kSteps, Math.ceil(kSteps * Math.sqrt(value / most))));
}
