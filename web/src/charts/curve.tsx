/** Training by epoch: losses above, accuracy below, on one axis of epochs. The epoch that was kept is marked. */

import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { useState } from "preact/hooks";
import type { Report } from "../report";
import { decimal, percent } from "../format";
import { useWidth } from "./width";

type Point = NonNullable<Report["training"]>["curve"][number];
type Pick = (point: Point) => number | null;

interface LineSpec {
  name: string;
  tone: "train" | "valid";
  pick: Pick;
}

interface Panel {
  title: string;
  lines: readonly LineSpec[];
  format: (value: number) => string;
  height: number;
}

const kLeft = 46;
const kRight = 64;
const kGap = 56;

const kLosses: Panel = {
  title: "Loss",
  format: (value) => decimal(value, 2),
  height: 170,
  lines: [
    { name: "train", tone: "train", pick: (point) => point.train_loss },
    { name: "valid", tone: "valid", pick: (point) => point.valid_loss },
  ],
};
const kAccuracy: Panel = { title: "Accuracy on valid", format: (value) => percent(value, 0), height: 120, lines: [{ name: "valid", tone: "valid", pick: (point) => point.valid_accuracy }] };

export function Curve({ curve, best, label }: { curve: readonly Point[]; best: number; label: string }) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<Point | null>(null);
  const panels = [kLosses, kAccuracy].filter((panel) => panel.lines.some((spec) => curve.some((point) => known(spec.pick(point)))));
  const [first = 0, last = 1] = extent(curve, (point) => point.epoch) as [number, number];
  const x = scaleLinear([first, Math.max(last, first + 1)], [kLeft, Math.max(kLeft + 40, width - kRight)]);
  const bottom = panels.reduce((sum, panel) => sum + panel.height + kGap, 0);
  const point = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const epoch = Math.round(x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left));
    setPointed(curve.find((entry) => entry.epoch === epoch) ?? null);
  };
  let top = 0;
  return (
    <>
      <div class="chart" ref={holder} style={{ minHeight: `${bottom + 16}px` }}>
        {width > 0 && (
          <svg width="100%" viewBox={`0 0 ${width} ${bottom + 16}`} role="img" aria-label={label} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
            {panels.map((panel) => {
              const at = top;
              top += panel.height + kGap;
              return <PanelMarks key={panel.title} panel={panel} curve={curve} x={x} top={at + 26} right={width - kRight} best={best} pointed={pointed} />;
            })}
            <text class="axis-title" x={(kLeft + width - kRight) / 2} y={bottom + 14} text-anchor="middle">
              Epoch
            </text>
          </svg>
        )}
      </div>
      <p class="readout">{readout(pointed ?? curve.find((entry) => entry.epoch === best) ?? null, pointed === null)}</p>
    </>
  );
}

function known(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function readout(point: Point | null, kept: boolean) {
  if (!point) return "";
  return `Epoch ${point.epoch}${kept ? " (kept)" : ""}: train loss ${decimal(point.train_loss)}, valid loss ${decimal(point.valid_loss)}, valid accuracy ${percent(point.valid_accuracy)}`;
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

interface PanelProps {
  panel: Panel;
  curve: readonly Point[];
  x: Scale;
  top: number;
  right: number;
  best: number;
  pointed: Point | null;
}

function PanelMarks({ panel, curve, x, top, right, best, pointed }: PanelProps) {
  const values = panel.lines.flatMap((spec) => curve.map(spec.pick).filter(known));
  const [low = 0, high = 1] = extent(values) as [number, number];
  const y = scaleLinear([low, high === low ? low + 1 : high], [panel.height, 0]).nice(4);
  const kept = curve.find((point) => point.epoch === best);
  return (
    <g transform={`translate(0,${top})`}>
      <text class="column-title" x="0" y="-12">
        {panel.title}
      </text>
      {y.ticks(4).map((tick) => (
        <g key={tick} class="axis">
          <line x1={kLeft} x2={right} y1={y(tick)} y2={y(tick)} />
          <text x={kLeft - 8} y={y(tick) + 4} text-anchor="end">
            {panel.format(tick)}
          </text>
        </g>
      ))}
      {epochTicks(x).map((tick) => (
        <text key={tick} class="axis-text" x={x(tick)} y={panel.height + 16} text-anchor="middle">
          {tick}
        </text>
      ))}
      {kept && <line class="kept" x1={x(best)} x2={x(best)} y1="0" y2={panel.height} />}
      {pointed && <line class="pointer" x1={x(pointed.epoch)} x2={x(pointed.epoch)} y1="0" y2={panel.height} />}
      {spread(panel.lines.map((spec) => ({ spec, at: y(lastOf(curve, spec.pick)) }))).map(({ spec, at, label }) => (
        <LineMarks key={spec.name} spec={spec} curve={curve} x={x} y={y} end={at} labelAt={label} right={right} kept={kept ?? null} />
      ))}
    </g>
  );
}

function lastOf(curve: readonly Point[], pick: Pick): number {
  return curve.map(pick).filter(known).at(-1) ?? Number.NaN;
}

// Names at the ends of two lines that meet would lie on each other.
function spread(ends: { spec: LineSpec; at: number }[]): { spec: LineSpec; at: number; label: number }[] {
  const drawn = ends.filter((end) => Number.isFinite(end.at)).sort((a, b) => a.at - b.at);
  let last = Number.NEGATIVE_INFINITY;
  return drawn.map((end) => {
    last = Math.max(end.at, last + 15);
    return { ...end, label: last };
  });
}

// Epochs are whole.
function epochTicks(x: Scale): number[] {
  return x.ticks(8).filter(Number.isInteger);
}

interface LineProps {
  spec: LineSpec;
  curve: readonly Point[];
  x: Scale;
  y: Scale;
  end: number;
  labelAt: number;
  right: number;
  kept: Point | null;
}

function LineMarks({ spec, curve, x, y, labelAt, right, kept }: LineProps) {
  const value = (point: Point) => spec.pick(point) ?? 0;
  const path = line<Point>()
    .defined((point) => known(spec.pick(point)))
    .x((point) => x(point.epoch))
    .y((point) => y(value(point)));
  return (
    <g class={`curve curve-${spec.tone}`}>
      <path d={path([...curve]) ?? ""} />
      {kept && known(spec.pick(kept)) && <circle cx={x(kept.epoch)} cy={y(value(kept))} r="4" />}
      <text x={right + 8} y={labelAt + 4}>
        {spec.name}
      </text>
    </g>
  );
}
