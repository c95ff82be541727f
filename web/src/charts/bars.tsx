/** Bars by name, in one or more columns that each have their own scale. Long lists show their head until asked for all. */

import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { useState } from "preact/hooks";
import { count, shortened } from "../format";
import { useWidth } from "./width";

export interface BarColumn {
  title: string;
  format: (value: number) => string;
  /** Stacked from the left, a tone each. */
  parts: readonly { name: string; tone: "first" | "second" | "third" }[];
}

export interface BarRow {
  label: string;
  /** By column, then by part. */
  values: readonly (readonly number[])[];
}

const kHead = 20;
const kRow = 24;
const kTop = 26;
const kGap = 16;
// Under this width two columns of bars would be too short to compare.
const kNarrow = 480;
// A letter's usual width in pixels.
const kLetter = 7.4;

export function Bars({ label, columns, rows, what }: { label: string; columns: readonly BarColumn[]; rows: readonly BarRow[]; what: string }) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, kHead);
  const height = kTop + shown.length * kRow;
  // Side by side where there is room, else one below the other.
  const panels = width < kNarrow ? columns.map((_, at) => [at]) : [columns.map((_, at) => at)];
  return (
    <>
      <div class="chart" ref={holder} style={{ minHeight: `${height}px` }}>
        {width > 0 && panels.map((panel) => <BarPanel key={panel.join()} label={label} columns={columns} shown={shown} all={rows} width={width} height={height + (panels.length > 1 ? kGap : 0)} panel={panel} />)}
      </div>
      {rows.length > kHead && (
        <button type="button" class="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the first ${kHead}` : `Show all ${count(rows.length)} ${what}`}
        </button>
      )}
    </>
  );
}

interface PanelProps {
  label: string;
  columns: readonly BarColumn[];
  shown: readonly BarRow[];
  all: readonly BarRow[];
  width: number;
  height: number;
  /** Which columns this drawing holds. */
  panel: readonly number[];
}

function BarPanel({ label, columns, shown, all, width, height, panel }: PanelProps) {
  const longest = max(shown, (row) => Array.from(row.label).length) ?? 0;
  const left = Math.min(180, width * 0.34, 12 + longest * kLetter);
  const wide = Math.max(20, (width - left - kGap * panel.length) / panel.length);
  return (
    <svg width="100%" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}: ${panel.map((at) => columns[at]?.title).join(", ")}`}>
      {shown.map((row, index) => (
        <text key={index} class="row-label" x={left} y={kTop + index * kRow + 16} text-anchor="end">
          {shortened(row.label, Math.max(8, Math.floor(left / kLetter)))}
        </text>
      ))}
      {panel.map((at, place) => {
        const column = columns[at];
        return column && <BarColumnMarks key={column.title} column={column} at={at} rows={shown} all={all} left={left + kGap + place * (wide + kGap)} width={wide} />;
      })}
    </svg>
  );
}

interface MarksProps {
  column: BarColumn;
  at: number;
  rows: readonly BarRow[];
  all: readonly BarRow[];
  left: number;
  width: number;
}

function BarColumnMarks({ column, at, rows, all, left, width }: MarksProps) {
  const total = (row: BarRow) => (row.values[at] ?? []).reduce((a, b) => a + b, 0);
  const x = scaleLinear([0, max(all, total) || 1], [0, width - 52]);
  return (
    <g transform={`translate(${left},0)`}>
      <text class="column-title" x="0" y="12">
        {column.title}
      </text>
      {rows.map((row, index) => {
        let start = 0;
        return (
          <g key={index} transform={`translate(0,${kTop + index * kRow})`}>
            <title>{`${row.label}: ${column.parts.map((part, of) => `${part.name} ${column.format(row.values[at]?.[of] ?? 0)}`).join(", ")}`}</title>
            <rect class="hit" x="0" y="0" width={width} height={kRow} />
            {column.parts.map((part, of) => {
              const long = x(row.values[at]?.[of] ?? 0);
              const from = start;
              start += long;
              return <rect key={part.name} class={`bar bar-${part.tone}`} x={from} y="5" width={Math.max(0, long - (of + 1 < column.parts.length && long > 2 ? 1 : 0))} height="14" rx="2" />;
            })}
            <text class="bar-text" x={x(total(row)) + 6} y="16">
              {column.format(total(row))}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** A whole in its parts, on one line. */
export function Parts({ label, parts }: { label: string; parts: readonly { name: string; value: number; tone: string; note?: string }[] }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0) || 1;
  let start = 0;
  return (
    <div class="parts">
      <svg width="100%" height="20" role="img" aria-label={`${label}: ${parts.map((part) => `${part.name} ${count(part.value)}`).join(", ")}`}>
        {parts.map((part) => {
          const from = start;
          start += part.value / total;
          return part.value > 0 && <rect key={part.name} class={`part part-${part.tone}`} x={`${100 * from}%`} y="0" width={`${(100 * part.value) / total}%`} height="20" />;
        })}
      </svg>
      <ul class="legend">
        {parts.map((part) => (
          <li key={part.name}>
            <span class={`swatch swatch-${part.tone}`} aria-hidden="true" />
            {part.name} <strong>{count(part.value)}</strong>
            {part.note && <span class="legend-note">{part.note}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
