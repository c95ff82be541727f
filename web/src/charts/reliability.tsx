/** How often a system is right against how sure it is. On the diagonal the two agree. */

import { scaleLinear } from "d3-scale";
import type { Evaluation } from "../report";
import { count, percent } from "../format";
import { useWidth } from "./width";

const kLeft = 62;
const kBottom = 44;
const kMost = 460;

export function Reliability({ bins, label }: { bins: Evaluation["reliability"]; label: string }) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const size = Math.min(kMost, width);
  const x = scaleLinear([0, 1], [kLeft, size - 26]);
  const y = scaleLinear([0, 1], [size - kBottom, 10]);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return (
    <div class="chart" ref={holder} style={{ minHeight: "300px" }}>
      {width > 0 && (
        <svg width={size} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} class="square">
          {ticks.map((tick) => (
            <g key={tick} class="axis">
              <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
              <line x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} />
              <text x={kLeft - 8} y={y(tick) + 4} text-anchor="end">
                {percent(tick, 0)}
              </text>
              <text x={x(tick)} y={y(0) + 18} text-anchor="middle">
                {percent(tick, 0)}
              </text>
            </g>
          ))}
          <line class="diagonal" x1={x(0)} x2={x(1)} y1={y(0)} y2={y(1)} />
          {bins.map((bin, index) => (
            <g key={index} class="mark series-model">
              <title>{`Sure of ${percent(bin.confidence)}, right on ${percent(bin.accuracy)} (${percent(bin.low)} to ${percent(bin.high)}), n = ${count(bin.n)}`}</title>
              <line class="interval" x1={x(bin.confidence)} x2={x(bin.confidence)} y1={y(bin.low)} y2={y(bin.high)} />
              <circle class="dot" cx={x(bin.confidence)} cy={y(bin.accuracy)} r="5" />
            </g>
          ))}
          <text class="axis-title" x={(x(0) + x(1)) / 2} y={size - 6} text-anchor="middle">
            How sure it is
          </text>
          <text class="axis-title" transform={`translate(13,${(y(0) + y(1)) / 2}) rotate(-90)`} text-anchor="middle">
            Share that is right
          </text>
        </svg>
      )}
    </div>
  );
}
