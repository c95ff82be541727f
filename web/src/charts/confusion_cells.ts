/** The numbers behind the confusion heat map: which classes are shown, and how dark each cell is. */

import { range, sum } from "d3-array";
import type { Confusion } from "../report";

export type CellUnit = "count" | "share";

/** Darkness goes in steps, so that all cells of one step are one path: 500 classes then cost 16 elements, not 250,000. */
export const kSteps = 8;

export interface Cell {
  row: number;
  column: number;
  count: number;
}

/** Class numbers of the rows; the columns are the same and, after them, "no label". */
export function classesToShow(confusion: Confusion, most: number): number[] {
  const all = range(confusion.classes.length);
  if (all.length <= most) return all;
  const errors = errorsByClass(confusion);
  const kept = [...all].sort((a, b) => (errors[b] ?? 0) - (errors[a] ?? 0) || a - b).slice(0, most);
  return kept.sort((a, b) => a - b);
}

/** Errors that a class takes part in, on either side. */
function errorsByClass(confusion: Confusion): number[] {
  const errors = new Array<number>(confusion.classes.length).fill(0);
  confusion.counts.forEach((row, gold) =>
    row.forEach((count, predicted) => {
      if (gold === predicted || count === 0) return;
      errors[gold] = (errors[gold] ?? 0) + count;
      if (predicted < errors.length) errors[predicted] = (errors[predicted] ?? 0) + count;
    }),
  );
  return errors;
}

export function countAt(confusion: Confusion, gold: number, predicted: number): number {
  return confusion.counts[gold]?.[predicted] ?? 0;
}

export function goldTotals(confusion: Confusion): number[] {
  return confusion.counts.map((row) => sum(row));
}

/** All cells off the diagonal that hold a row, most first. */
export function errorCells(confusion: Confusion): Cell[] {
  const cells = confusion.counts.flatMap((counts, row) => counts.map((count, column) => ({ row, column, count })).filter((cell) => cell.count > 0 && cell.column !== row));
  return cells.sort((a, b) => b.count - a.count || a.row - b.row || a.column - b.column);
}

export interface Shade {
  step: number;
  right: boolean;
  path: string;
}

/** One path a step and side of the diagonal. The square root lets small errors be seen beside large diagonals. */
export function shades(confusion: Confusion, shown: readonly number[], unit: CellUnit, size: number): Shade[] {
  const columns = [...shown, confusion.classes.length];
  const totals = goldTotals(confusion);
  const most = unit === "share" ? 1 : Math.max(1, ...shown.map((gold) => Math.max(...columns.map((predicted) => countAt(confusion, gold, predicted)))));
  const gap = size >= 8 ? 1 : 0;
  const paths = new Map<string, string[]>();
  shown.forEach((gold, row) =>
    columns.forEach((predicted, column) => {
      const count = countAt(confusion, gold, predicted);
      if (count === 0) return;
      const step = stepOf(unit === "share" ? count / (totals[gold] || 1) : count, most);
      const key = `${gold === predicted ? "right" : "wrong"} ${step}`;
      const side = size - gap;
      const square = `M${column * size} ${row * size}h${side}v${side}h${-side}z`;
      const list = paths.get(key);
      if (list) list.push(square);
      else paths.set(key, [square]);
    }),
  );
  return [...paths].map(([key, squares]) => ({ step: Number(key.split(" ")[1]), right: key.startsWith("right"), path: squares.join("") }));
}

export function stepOf(value: number, most: number): number {
  return Math.max(1, Math.min(kSteps, Math.ceil(kSteps * Math.sqrt(value / most))));
}
