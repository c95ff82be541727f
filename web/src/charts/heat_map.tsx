/** A confusion matrix to look into: rows are gold classes, columns what was predicted. What is right is blue, what is wrong orange. */

import { useMemo, useState } from "preact/hooks";
import type { Confusion } from "../report";
import { count, percent, shortened } from "../format";
import { type CellUnit, countAt, goldTotals, kSteps, shades, stepOf } from "./confusion_cells";
import { useWidth } from "./width";

interface Place {
  row: number;
  column: number;
}

interface HeatMapProps {
  confusion: Confusion;
  /** Class numbers, as classesToShow() gives them. */
  shown: readonly number[];
  unit: CellUnit;
  label: string;
}

const kLargest = 64;
// Below this the names of the classes would touch; then the readout alone says which cell it is.
const kReadable = 11;
const kSmallest = 2;
const kMostNames = 121;
// A letter's usual width, in font sizes.
const kLetter = 0.6;

export function HeatMap({ confusion, shown, unit, label }: HeatMapProps) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const [place, setPlace] = useState<Place | null>(null);
  const columns = useMemo(() => [...shown, confusion.classes.length], [shown, confusion]);
  const { named, left, size, slanted, head } = useMemo(() => layOut(confusion, columns, width), [confusion, columns, width]);
  const drawn = useMemo(() => shades(confusion, shown, unit, size), [confusion, shown, unit, size]);
  const total = { width: left + columns.length * size + (slanted ? 70 : 10), height: head + shown.length * size + 4 };
  const go = (row: number, column: number) => setPlace({ row: Math.min(shown.length - 1, Math.max(0, row)), column: Math.min(columns.length - 1, Math.max(0, column)) });
  const onKey = (event: KeyboardEvent) => {
    const step = kKeys[event.key];
    if (!step) return;
    event.preventDefault();
    go((place?.row ?? 0) + (place ? step[0] : 0), (place?.column ?? 0) + (place ? step[1] : 0));
  };
  const onPointer = (event: PointerEvent & { currentTarget: SVGRectElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    go(Math.floor(((event.clientY - box.top) / box.height) * shown.length), Math.floor(((event.clientX - box.left) / box.width) * columns.length));
  };
  return (
    <div class="heat">
      <p class="readout" role="status">
        {place ? <Readout confusion={confusion} gold={shown[place.row] ?? 0} predicted={columns[place.column] ?? 0} /> : "Point at a cell, or move between cells with the arrow keys."}
      </p>
      <div class="heat-scroll" ref={holder}>
        {width > 0 && (
          <svg
            width={total.width}
            height={total.height}
            viewBox={`0 0 ${total.width} ${total.height}`}
            role="application"
            aria-roledescription="heat map"
            aria-label={`${label} Arrow keys move between cells.`}
            tabindex={0}
            onKeyDown={onKey}
            onBlur={() => setPlace(null)}
          >
            {named && <Names confusion={confusion} shown={shown} columns={columns} left={left} head={head} size={size} slanted={slanted} place={place} />}
            <text class="axis-title" x={left} y="12">
              Predicted →
            </text>
            <text class="axis-title" x={named ? left - 8 : 0} y={named ? head - 6 : 12} text-anchor={named ? "end" : "start"} transform={named ? undefined : `translate(14,${head + 60}) rotate(-90)`}>
              {named ? "Gold ↓" : "← Gold"}
            </text>
            <g transform={`translate(${left},${head})`}>
              <rect class="heat-ground" width={columns.length * size} height={shown.length * size} />
              <line class="heat-rule" x1={shown.length * size - 0.5} x2={shown.length * size - 0.5} y1="0" y2={shown.length * size} />
              {drawn.map((shade) => (
                <path key={`${shade.right} ${shade.step}`} class={shade.right ? "heat-right" : "heat-wrong"} fill-opacity={opacity(shade.step)} d={shade.path} />
              ))}
              {size >= 24 && <CellTexts confusion={confusion} shown={shown} columns={columns} size={size} unit={unit} />}
              {place && <PlaceMarks place={place} size={size} columns={columns.length} rows={shown.length} />}
              <rect class="heat-hit" width={columns.length * size} height={shown.length * size} onPointerMove={onPointer} onPointerDown={onPointer} onPointerLeave={() => setPlace(null)} />
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

/** Names get the room that the longest of them needs, within limits: the cells matter more. */
function layOut(confusion: Confusion, columns: readonly number[], width: number): Layout {
  if (columns.length > kMostNames) return { named: false, left: 24, head: 24, slanted: false, size: cellSize(width - 34, columns.length, false) };
  const letters = Math.max(8, ...columns.map((index) => Array.from(confusion.classes[index] ?? "").length));
  const left = Math.min(16 + letters * 7, Math.max(84, width * 0.17), 168);
  const size = cellSize(width - left - 10, columns.length, true);
  const slanted = size >= 24;
  const long = Math.min(letters, slanted ? 20 : 26) * fontSize(size) * kLetter;
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

function Readout({ confusion, gold, predicted }: { confusion: Confusion; gold: number; predicted: number }) {
  const rows = countAt(confusion, gold, predicted);
  const total = goldTotals(confusion)[gold] ?? 0;
  const verdict = predicted === gold ? "right" : predicted === confusion.classes.length ? "without a label" : <>predicted <strong>{confusion.classes[predicted]}</strong></>;
  return (
    <>
      Gold <strong>{confusion.classes[gold]}</strong>, {verdict}: {count(rows)} of {count(total)} rows{total > 0 && ` (${percent(rows / total)})`}
    </>
  );
}

interface NamesProps {
  confusion: Confusion;
  shown: readonly number[];
  columns: readonly number[];
  left: number;
  head: number;
  size: number;
  slanted: boolean;
  place: Place | null;
}

function Names({ confusion, shown, columns, left, head, size, slanted, place }: NamesProps) {
  const font = fontSize(size);
  const letters = (room: number) => Math.max(6, Math.floor(room / (font * kLetter)));
  const name = (index: number) => (index === confusion.classes.length ? "no label" : confusion.classes[index] ?? "");
  return (
    <g font-size={font} class="heat-names">
      {shown.map((gold, row) => (
        <text key={gold} class={place?.row === row ? "on" : undefined} x={left - 8} y={head + row * size + size / 2 + font * 0.35} text-anchor="end">
          {shortened(name(gold), letters(left - 12))}
        </text>
      ))}
      {columns.map((predicted, column) => (
        <text
          key={predicted}
          class={place?.column === column ? "on" : undefined}
          transform={`translate(${left + column * size + size / 2 + (slanted ? 0 : font * 0.35)},${head - 6}) rotate(${slanted ? -42 : -90})`}
        >
          {shortened(name(predicted), letters(slanted ? (head - 34) / 0.67 + 2 : head - 33))}
        </text>
      ))}
    </g>
  );
}

function CellTexts({ confusion, shown, columns, size, unit }: { confusion: Confusion; shown: readonly number[]; columns: readonly number[]; size: number; unit: CellUnit }) {
  const totals = goldTotals(confusion);
  const most = unit === "share" ? 1 : Math.max(1, ...shown.map((gold) => Math.max(...columns.map((predicted) => countAt(confusion, gold, predicted)))));
  return (
    <g class="heat-texts" font-size={size >= 48 ? 14 : size >= 34 ? 12 : 10}>
      {shown.map((gold, row) =>
        columns.map((predicted, column) => {
          const rows = countAt(confusion, gold, predicted);
          if (rows === 0) return null;
          const share = rows / (totals[gold] || 1);
          const dark = stepOf(unit === "share" ? share : rows, most) >= 5;
          return (
            <text key={`${gold} ${predicted}`} class={dark ? "on-dark" : undefined} x={column * size + (size - 1) / 2} y={row * size + size / 2 + 4} text-anchor="middle">
              {unit === "share" ? (100 * share).toFixed(0) : count(rows)}
            </text>
          );
        }),
      )}
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

export function HeatLegend({ unit }: { unit: CellUnit }) {
  const ramp = (kind: string) => Array.from({ length: kSteps }, (_, index) => <rect key={index} class={kind} x={index * 12} y="0" width="12" height="12" fill-opacity={opacity(index + 1)} />);
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <svg width={kSteps * 12} height="12" aria-hidden="true">
          {ramp("heat-right")}
        </svg>
        right
      </li>
      <li>
        <svg width={kSteps * 12} height="12" aria-hidden="true">
          {ramp("heat-wrong")}
        </svg>
        wrong
      </li>
      <li class="legend-note">{unit === "share" ? "darker: larger share of the gold class" : "darker: more rows"}</li>
    </ul>
  );
}
