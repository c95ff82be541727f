/** A share in a table cell: the number, its interval, and a small bar. */

import type { Measure } from "../report";
import { count, interval, kNothing, percent } from "../format";

export function MeasureText({ measure, digits = 1 }: { measure: Measure | null | undefined; digits?: number }) {
  if (!measure) return <span class="nothing">{kNothing}</span>;
  const range = interval(measure);
  return (
    <span class="measure" title={`n = ${count(measure.n)}`}>
      <span class="measure-value">{percent(measure.value, digits)}</span>
      {range && <span class="measure-range">{range}</span>}
    </span>
  );
}

const kWidth = 72;

/** A bar for a share; with an interval, a dot on its range instead, as a bar would hide how little is known. */
export function ShareBar({ measure, tone = "plain" }: { measure: Measure | null | undefined; tone?: "plain" | "right" }) {
  if (!measure) return <svg class="share-bar" width={kWidth} height="12" aria-hidden="true" />;
  const at = (share: number) => Math.min(1, Math.max(0, share)) * kWidth;
  const ranged = measure.low !== null && measure.high !== null && tone === "right";
  return (
    <svg class={`share-bar share-${tone}`} width={kWidth} height="12" viewBox={`0 0 ${kWidth} 12`} aria-hidden="true">
      <rect class="track" x="0" y="4.5" width={kWidth} height="3" rx="1.5" />
      {ranged ? (
        <>
          <rect class="range" x={at(measure.low ?? 0)} y="3.5" width={Math.max(2, at(measure.high ?? 0) - at(measure.low ?? 0))} height="5" rx="2.5" />
          <circle class="dot" cx={Math.min(kWidth - 4, Math.max(4, at(measure.value)))} cy="6" r="3.5" />
        </>
      ) : (
        <rect class="bar" x="0" y="3.5" width={measure.value > 0 ? Math.max(1.5, at(measure.value)) : 0} height="5" rx="1.5" />
      )}
    </svg>
  );
}

export function MeasureCell({ measure, tone }: { measure: Measure | null | undefined; tone?: "plain" | "right" }) {
  return (
    <span class={tone === "right" ? "measure-cell measure-ranged" : "measure-cell"}>
      <ShareBar measure={measure} tone={tone} />
      <MeasureText measure={measure} />
    </span>
  );
}
