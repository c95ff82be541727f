/** Paired comparisons in words: who, against whom, and what can be said. */

import type { Comparison } from "../report";
import { count, points, pValue, sentence } from "../format";

const kVerdicts: Record<Comparison["verdict"], { mark: string; text: string }> = {
  better: { mark: "▲", text: "better" },
  worse: { mark: "▼", text: "worse" },
  "no-difference": { mark: "=", text: "no difference told" },
  "too-few": { mark: "?", text: "too few rows" },
  "never-differ": { mark: "=", text: "never differ" },
};

export function Verdicts({ title, comparisons, id = "verdicts" }: { title: string; comparisons: readonly Comparison[]; id?: string }) {
  if (comparisons.length === 0) return null;
  return (
    <div class="block" id={id} tabIndex={-1}>
      <h3>{title}</h3>
      <ul class="verdicts">
        {comparisons.map((comparison, index) => (
          <li key={index}>
            <span class="verdict-pair">
              <strong>{sentence(comparison.a)}</strong> against {comparison.b}
            </span>
            <Chip verdict={comparison.verdict} />
            <span class="verdict-text">{sentence(comparison.text)}</span>
            <span class="fact-note">
              {undecided(comparison) && `difference ${points(comparison.difference)} points (${points(comparison.low)} to ${points(comparison.high)}), `}p {pValue(comparison.p)}, n = {count(comparison.n)}, {comparison.split}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

// The text of a verdict has the difference when there is one, and else not.
function undecided(comparison: Comparison): boolean {
  return comparison.verdict !== "better" && comparison.verdict !== "worse" && Number.isFinite(comparison.difference);
}

function Chip({ verdict }: { verdict: Comparison["verdict"] }) {
  const { mark, text } = kVerdicts[verdict] ?? { mark: "", text: verdict };
  return (
    <span class={`chip chip-${verdict}`}>
      <span aria-hidden="true">{mark}</span> {text}
    </span>
  );
}
