/** Paired comparisons in words: who, against whom, and what can be said. */

import type { Comparison } from "../report";
import { count, points, pointsRange, pValue, sentence } from "../format";
import { verdictWords } from "../verdict_words";

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
              {undecided(comparison) && `difference ${points(comparison.difference)} points (${pointsRange(comparison)}), `}p {pValue(comparison.p)}, n = {count(comparison.n)}, {comparison.split}
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
  const { mark, text } = verdictWords(verdict);
  return (
    <span class={`chip chip-${verdict}`}>
      <span aria-hidden="true">{mark}</span> {text}
    </span>
  );
}
