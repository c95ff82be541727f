/** Verdicts of paired comparisons in words, as `hone compare` and the report give them. */

import type { Verdict } from "./report";

interface VerdictWords {
  mark: string;
  text: string;
}

const kWords: Record<Verdict, VerdictWords> = {
  not_comparable: { mark: "?", text: "not comparable" },
  not_defined: { mark: "?", text: "no spread to test with" },
  too_few_items: { mark: "?", text: "too few rows" },
  too_few_clusters: { mark: "?", text: "too few groups" },
  not_decided: { mark: "?", text: "not decided" },
  better: { mark: "▲", text: "better" },
  worse: { mark: "▼", text: "worse" },
  same_within_margin: { mark: "=", text: "the same" },
  never_differ: { mark: "=", text: "never differ" },
  no_difference_detectable: { mark: "=", text: "no difference told" },
};

/** Reports of Hone before verdicts were one family. */
const kFormer: Record<string, Verdict> = { "no-difference": "no_difference_detectable", "too-few": "too_few_items", "never-differ": "never_differ" };

export function verdictWords(verdict: string): VerdictWords {
  return kWords[(kFormer[verdict] ?? verdict) as Verdict] ?? { mark: "", text: verdict };
}
