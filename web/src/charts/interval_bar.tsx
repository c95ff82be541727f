/** One share on a line from 0 to 100 %, with its interval: how sure the big number is. */

import type { Measure } from "../report";
import { spoken } from "../format";

export function IntervalBar({ measure, name }: { measure: Measure; name: string }) {
  const low = measure.low ?? measure.value;
  const high = measure.high ?? measure.value;
  const at = (share: number) => `${100 * Math.min(1, Math.max(0, share))}%`;
  return (
    <svg class="interval-bar" width="100%" height="40" role="img" aria-label={`${name}: ${spoken(measure)}`}>
      <rect class="track" x="0" y="7" width="100%" height="6" rx="3" />
      <rect class="range" x={at(low)} y="3" width={at(high - low)} height="14" rx="7" />
      <circle class="dot" cx={at(measure.value)} cy="10" r="6" />
      {[0, 0.5, 1].map((share) => (
        <text key={share} class="tick" x={at(share)} y="36" text-anchor={share === 0 ? "start" : share === 1 ? "end" : "middle"}>
          {100 * share} %
        </text>
      ))}
    </svg>
  );
}
