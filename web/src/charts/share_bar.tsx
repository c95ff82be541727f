/** A share as a bar with its interval, on a scale that all cells of a column have in common. */

import type { Measure } from "../report";

const kWidth = 118;
const kHeight = 14;

interface ShareBarProps {
  measure: Measure | null | undefined;
  /** Where the scale ends; 1 unless all shares are small. */
  most?: number;
  tone?: "plain" | "right";
}

export function ShareBar({ measure, most = 1, tone = "plain" }: ShareBarProps) {
  const at = (share: number) => Math.min(1, Math.max(0, share / most)) * kWidth;
  const ranged = measure && measure.low !== null && measure.high !== null;
  return (
    <svg class={`share-bar share-${tone}`} width={kWidth} height={kHeight} viewBox={`0 0 ${kWidth} ${kHeight}`} aria-hidden="true">
      <rect class="track" x="0" y="3" width={kWidth} height="8" rx="1.5" />
      {measure && <rect class="bar" x="0" y="3" width={measure.value > 0 ? Math.max(1.5, at(measure.value)) : 0} height="8" rx="1.5" />}
      {ranged && <Whisker low={at(measure.low ?? 0)} high={at(measure.high ?? 0)} />}
    </svg>
  );
}

function Whisker({ low, high }: { low: number; high: number }) {
  // Never so short that its two ends lie on each other.
  const to = Math.max(high, low + 2);
  return <path class="whisker" d={`M${low} 7H${to}M${low + 0.75} 3.5v7M${to - 0.75} 3.5v7`} />;
}

/** The ends of the scale, under a column's heading. */
export function ShareAxis({ most = 1 }: { most?: number }) {
  return (
    <svg class="share-axis" width={kWidth} height="12" viewBox={`0 0 ${kWidth} 12`} aria-hidden="true">
      <text x="0" y="10">
        0
      </text>
      <text x={kWidth} y="10" text-anchor="end">
        {Math.round(100 * most)} %
      </text>
    </svg>
  );
}

/** The next round share that holds all of them: 5, 10, 20, 25, 50 or 100 %. */
export function roundMost(measures: readonly (Measure | null | undefined)[]): number {
  const most = measures.reduce((found, measure) => Math.max(found, measure?.high ?? measure?.value ?? 0), 0);
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((end) => most <= end) ?? 1;
}
