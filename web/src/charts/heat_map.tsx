/** A grid to look into: dark cells hold much, blue is as it should be, orange is not. A cell leads to the rows it is made of. */

import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { count, shortened } from "../format";
import { type Cell, cellAt, type CellUnit, type Grid, kSteps, mostOf, shades, stepOf } from "./grid";
import { useWidth } from "./width";

interface Place {
  row: number;
  column: number;
}

interface HeatMapProps {
  grid: Grid;
  unit: CellUnit;
  label: string;
  /** Written above the columns and beside the rows. */
  axes: { columns: string; rows: string };
  /** What a cell says; `cell` is undefined for one that holds nothing. */
  readout: (row: string, column: string, cell: Cell | undefined) => ComponentChildren;
  /** Where a cell leads, and in which words; null where it leads nowhere. */
  leads?: (row: string, column: string) => string | null;
  hint?: string;
  /** A rule in front of this column: what follows is of another kind. */
  ruleBefore?: number;
}

const kLargest = 64;
// Of more than a dozen rows, so that all of them are in view at once.
const kLargestOfMany = 34;
// Below this the names would touch; then the readout alone says which cell it is.
const kReadable = 11;
const kSmallest = 2;
const kMostNames = 121;
// A letter's usual width, in font sizes.
const kLetter = 0.6;

export function HeatMap({ grid, unit, label, axes, readout, leads, hint, ruleBefore }: HeatMapProps) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const [place, setPlace] = useState<Place | null>(null);
  const rows = grid.rows.length;
  const columns = grid.columns.length;
  const { named, left, size, slanted, head } = useMemo(() => layOut(grid, width), [grid, width]);
  const drawn = useMemo(() => shades(grid, unit, size), [grid, unit, size]);
  const total = { width: left + columns * size + (slanted ? 70 : 10), height: head + rows * size + 4 };
  const go = (row: number, column: number) => setPlace({ row: Math.min(rows - 1, Math.max(0, row)), column: Math.min(columns - 1, Math.max(0, column)) });
  const follow = (at: Place | null) => {
    const link = at && leads?.(grid.rows[at.row] ?? "", grid.columns[at.column] ?? "");
    if (link) location.hash = link;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") return follow(place);
    const step = kKeys[event.key];
    if (!step) return;
    event.preventDefault();
    go((place?.row ?? 0) + (place ? step[0] : 0), (place?.column ?? 0) + (place ? step[1] : 0));
  };
  const placeOf = (event: PointerEvent & { currentTarget: SVGRectElement }): Place => {
    const box = event.currentTarget.getBoundingClientRect();
    const within = (share: number, most: number) => Math.min(most - 1, Math.max(0, Math.floor(share * most)));
    return { row: within((event.clientY - box.top) / box.height, rows), column: within((event.clientX - box.left) / box.width, columns) };
  };
  const onPointer = (event: PointerEvent & { currentTarget: SVGRectElement }) => setPlace(placeOf(event));
  const link = place && leads?.(grid.rows[place.row] ?? "", grid.columns[place.column] ?? "");
  return (
    <div class="heat">
      <p class="readout" role="status">
        {place ? readout(grid.rows[place.row] ?? "", grid.columns[place.column] ?? "", cellAt(grid, place.row, place.column)) : `Point at a cell, or move between cells with the arrow keys.${hint ? ` ${hint}` : ""}`}
        {link && <span class="unseen"> Enter leads to it.</span>}
      </p>
      <div class="heat-scroll" ref={holder}>
        {width > 0 && (
          <svg
            width={total.width}
            height={total.height}
            viewBox={`0 0 ${total.width} ${total.height}`}
            role="application"
            aria-roledescription="heat map"
            aria-label={`${label} Arrow keys move between cells.${leads ? " Enter leads to the rows of a cell." : ""}`}
            tabindex={0}
            onKeyDown={onKey}
            onBlur={() => setPlace(null)}
          >
            {named && <Names grid={grid} left={left} head={head} size={size} slanted={slanted} place={place} />}
            <text class="axis-title" x={left} y="12">
              {axes.columns} →
            </text>
            <text class="axis-title" x={named ? left - 8 : 0} y={named ? head - 6 : 12} text-anchor={named ? "end" : "start"} transform={named ? undefined : `translate(14,${head + 60}) rotate(-90)`}>
              {named ? `${axes.rows} ↓` : `← ${axes.rows}`}
            </text>
            <g transform={`translate(${left},${head})`}>
              <rect class="heat-ground" width={columns * size} height={rows * size} />
              {ruleBefore !== undefined && <line class="heat-rule" x1={ruleBefore * size - 0.5} x2={ruleBefore * size - 0.5} y1="0" y2={rows * size} />}
              {drawn.map((shade) => (
                <path key={`${shade.good} ${shade.step}`} class={shade.good ? "heat-right" : "heat-wrong"} fill-opacity={opacity(shade.step)} d={shade.path} />
              ))}
              {size >= 24 && <CellTexts grid={grid} size={size} unit={unit} />}
              {place && <PlaceMarks place={place} size={size} columns={columns} rows={rows} />}
              <rect
                class={leads ? "heat-hit heat-leads" : "heat-hit"}
                width={columns * size}
                height={rows * size}
                onPointerMove={onPointer}
                onPointerDown={onPointer}
                onPointerLeave={() => setPlace(null)}
                onClick={(event) => follow(placeOf(event as unknown as PointerEvent & { currentTarget: SVGRectElement }))}
              />
            </g>
          </svg>
        )}
      </div>
    </div>
  );
}

const kKeys: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

interface Layout {
  named: boolean;
  left: number;
  head: number;
  size: number;
  slanted: boolean;
}

function longest(names: readonly string[]): number {
  return names.reduce((most, name) => Math.max(most, Array.from(name).length), 8);
}

/** Names get the room that the longest of them needs, within limits: the cells matter more. */
function layOut(grid: Grid, width: number): Layout {
  const columns = grid.columns.length;
  if (Math.max(columns, grid.rows.length) > kMostNames) return { named: false, left: 24, head: 24, slanted: false, size: cellSize(width - 34, columns, false) };
  const left = Math.min(16 + longest(grid.rows) * 7, Math.max(84, width * 0.17), 220);
  const size = Math.min(cellSize(width - left - 10, columns, true), grid.rows.length > 12 ? kLargestOfMany : kLargest);
  const slanted = size >= 24;
  const long = Math.min(longest(grid.columns), slanted ? 20 : 26) * fontSize(size) * kLetter;
  return { named: true, left, size, slanted, head: 34 + (slanted ? 0.67 * long : long) };
}

function fontSize(size: number): number {
  return Math.min(12.5, Math.max(9.5, size - 1.5));
}

function cellSize(width: number, columns: number, named: boolean): number {
  const fit = Math.floor(width / columns);
  return Math.min(kLargest, Math.max(named ? kReadable : kSmallest, fit));
}

function opacity(step: number): number {
  return 0.1 + (0.9 * step) / kSteps;
}

interface NamesProps {
  grid: Grid;
  left: number;
  head: number;
  size: number;
  slanted: boolean;
  place: Place | null;
}

function Names({ grid, left, head, size, slanted, place }: NamesProps) {
  const font = fontSize(size);
  const letters = (room: number) => Math.max(6, Math.floor(room / (font * kLetter)));
  return (
    <g font-size={font} class="heat-names">
      {grid.rows.map((name, row) => (
        <text key={row} class={place?.row === row ? "on" : undefined} x={left - 8} y={head + row * size + size / 2 + font * 0.35} text-anchor="end">
          {shortened(name, letters(left - 12))}
        </text>
      ))}
      {grid.columns.map((name, column) => (
        <text
          key={column}
          class={place?.column === column ? "on" : undefined}
          transform={`translate(${left + column * size + size / 2 + (slanted ? 0 : font * 0.35)},${head - 6}) rotate(${slanted ? -42 : -90})`}
        >
          {shortened(name, letters(slanted ? (head - 34) / 0.67 + 2 : head - 33))}
        </text>
      ))}
    </g>
  );
}

function CellTexts({ grid, size, unit }: { grid: Grid; size: number; unit: CellUnit }) {
  const most = mostOf(grid, unit);
  return (
    <g class="heat-texts" font-size={size >= 48 ? 14 : size >= 34 ? 12 : 10}>
      {grid.cells.map((cell) => (
        <text key={`${cell.row} ${cell.column}`} class={stepOf(cell[unit], most) >= 5 ? "on-dark" : undefined} x={cell.column * size + (size - 1) / 2} y={cell.row * size + size / 2 + 4} text-anchor="middle">
          {unit === "share" ? cell.text ?? (100 * cell.share).toFixed(0) : count(cell.count)}
        </text>
      ))}
    </g>
  );
}

function PlaceMarks({ place, size, columns, rows }: { place: Place; size: number; columns: number; rows: number }) {
  return (
    <g class="heat-place">
      <rect class="band" x="0" y={place.row * size} width={columns * size} height={size - 0.5} />
      <rect class="band" x={place.column * size} y="0" width={size - 0.5} height={rows * size} />
      <rect class="cell" x={place.column * size - 1} y={place.row * size - 1} width={size + 1} height={size + 1} />
    </g>
  );
}

export function HeatLegend({ good, bad, note }: { good: string; bad: string; note: string }) {
  const ramp = (kind: string) => Array.from({ length: kSteps }, (_, index) => <rect key={index} class={kind} x={index * 12} y="0" width="12" height="12" fill-opacity={opacity(index + 1)} />);
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <svg width={kSteps * 12} height="12" aria-hidden="true">
          {ramp("heat-right")}
        </svg>
        {good}
      </li>
      <li>
        <svg width={kSteps * 12} height="12" aria-hidden="true">
          {ramp("heat-wrong")}
        </svg>
        {bad}
      </li>
      <li class="legend-note">{note}</li>
    </ul>
  );
}
