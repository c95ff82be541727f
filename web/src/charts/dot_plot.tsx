/** Dots with intervals, a row for each thing compared. Shape tells the series apart as well as colour does. */

import { max, min } from "d3-array";
import { scaleLinear } from "d3-scale";
import { symbol, symbolCircle, symbolDiamond2, symbolSquare, type SymbolType } from "d3-shape";
import { shortened } from "../format";
import { useWidth } from "./width";

export type Series = "best_source" | "label_model" | "model" | "difference";

export interface Mark {
  series: Series;
  value: number;
  low: number | null;
  high: number | null;
  /** All of it in words, shown on hover. */
  title: string;
  faint?: boolean;
}

export interface DotRow {
  label: string;
  detail?: string;
  marks: Mark[];
  /** Written at the end of the row. */
  text?: string;
  strong?: boolean;
}

interface DotPlotProps {
  rows: readonly DotRow[];
  label: string;
  /** A line through all rows, as zero is for differences. */
  reference?: { value: number; text: string };
  format: (value: number) => string;
  /** Limits that the axis may not pass. */
  bounds: [number, number];
}

const kShapes: Record<Series, SymbolType> = { best_source: symbolDiamond2, label_model: symbolSquare, model: symbolCircle, difference: symbolCircle };
const kMarkStep = 14;
const kAxis = 30;
// Under this width labels go above their row.
const kNarrow = 520;

export function DotPlot({ rows, label, reference, format, bounds }: DotPlotProps) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const narrow = width < kNarrow;
  const left = narrow ? 4 : Math.min(190, width * 0.28);
  const right = rows.some((row) => row.text) ? (narrow ? 68 : 76) : 24;
  const most = max(rows, (row) => row.marks.length) ?? 1;
  const height = (narrow ? 40 : 28) + kMarkStep * (most - 1) + (!narrow && rows.some((row) => row.detail) ? 12 : 0);
  const x = scaleLinear(domainOf(rows, reference?.value, bounds), [left + 8, Math.max(left + 40, width - right)]);
  const bottom = rows.length * height + 6;
  return (
    <div class="chart" ref={holder} style={{ minHeight: `${bottom + kAxis}px` }}>
      {width > 0 && (
        <svg width="100%" viewBox={`0 0 ${width} ${bottom + kAxis}`} role="img" aria-label={label}>
          {x.ticks(narrow ? 4 : 6).map((tick) => (
            <g key={tick} class="axis">
              <line x1={x(tick)} x2={x(tick)} y1="0" y2={bottom} />
              <text x={x(tick)} y={bottom + 18} text-anchor="middle">
                {format(tick)}
              </text>
            </g>
          ))}
          {reference && (
            <g class="reference">
              <line x1={x(reference.value)} x2={x(reference.value)} y1="0" y2={bottom} />
            </g>
          )}
          {rows.map((row, index) => (
            <Row key={index} row={row} top={index * height} height={height} x={x} left={left} width={width} narrow={narrow} />
          ))}
        </svg>
      )}
    </div>
  );
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function domainOf(rows: readonly DotRow[], reference: number | undefined, bounds: [number, number]): [number, number] {
  const values = rows.flatMap((row) => row.marks.flatMap((mark) => [mark.value, mark.low ?? mark.value, mark.high ?? mark.value]));
  if (reference !== undefined) values.push(reference);
  const [low, high] = [min(values) ?? bounds[0], max(values) ?? bounds[1]];
  const margin = Math.max(0.02, 0.06 * (high - low));
  const [first = 0, last = 1] = scaleLinear().domain([low - margin, high + margin]).nice(8).domain() as [number, number];
  return [Math.max(bounds[0], first), Math.min(bounds[1], last)];
}

interface RowProps {
  row: DotRow;
  top: number;
  height: number;
  x: Scale;
  left: number;
  width: number;
  narrow: boolean;
}

function Row({ row, top, height, x, left, width, narrow }: RowProps) {
  const middle = top + (narrow ? 26 + (height - 40) / 2 : height / 2);
  const letters = Math.max(8, Math.floor((narrow ? width - 20 : left) / 7.4));
  const first = middle - ((row.marks.length - 1) * kMarkStep) / 2;
  return (
    <g class={row.strong ? "dot-row strong" : "dot-row"}>
      <title>{row.marks.map((mark) => mark.title).join("\n")}</title>
      <rect class="hit" x="0" y={top} width={width} height={height} rx="6" />
      <text class="row-label" x={narrow ? 4 : left} y={narrow ? top + 12 : middle + (row.detail ? -3 : 4)} text-anchor={narrow ? "start" : "end"}>
        {shortened(row.label, letters)}
        {narrow && row.detail ? <tspan class="row-detail" dx="8">{shortened(row.detail, Math.max(6, letters - row.label.length - 2))}</tspan> : null}
      </text>
      {!narrow && row.detail && (
        <text class="row-detail" x={left} y={middle + 12} text-anchor="end">
          {shortened(row.detail, letters + 2)}
        </text>
      )}
      {row.marks.map((mark, index) => (
        <DotMark key={index} mark={mark} x={x} y={first + index * kMarkStep} />
      ))}
      {row.text && (
        <text class="row-text" x={width - 2} y={middle + 4} text-anchor="end">
          {row.text}
        </text>
      )}
    </g>
  );
}

function DotMark({ mark, x, y }: { mark: Mark; x: Scale; y: number }) {
  const shape = symbol(kShapes[mark.series], mark.series === "model" || mark.series === "difference" ? 95 : 74)() ?? "";
  return (
    <g class={`mark series-${mark.series}${mark.faint ? " faint" : ""}`}>
      {mark.low !== null && mark.high !== null && <line class="interval" x1={x(mark.low)} x2={x(mark.high)} y1={y} y2={y} />}
      <path class="dot" d={shape} transform={`translate(${x(mark.value)},${y})`} />
    </g>
  );
}

export function SeriesLegend({ series }: { series: readonly { name: Series; text: string }[] }) {
  return (
    <ul class="legend" aria-label="Legend">
      {series.map(({ name, text }) => (
        <li key={name}>
          <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" class={`mark series-${name}`}>
            <path class="dot" d={symbol(kShapes[name], 74)() ?? ""} />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
