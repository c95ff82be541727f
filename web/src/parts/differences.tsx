/** Paired comparisons as a forest plot: every difference with its interval, beside the line where there is none. */

import type { Comparison } from "../report";
import { DotPlot, type DotRow } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { count, points, pointsRange, pValue, sentence } from "../format";
import { verdictWords } from "../verdict_words";
import { Block } from "./section";

export function DifferencesBlock({ comparisons }: { comparisons: readonly Comparison[] }) {
  const known = comparisons.filter((comparison) => Number.isFinite(comparison.difference));
  if (known.length === 0) return null;
  const rows: DotRow[] = known.map((comparison) => ({
    label: sentence(comparison.a),
    detail: `less ${comparison.b}, ${comparison.split}`,
    text: points(comparison.difference),
    strong: isDecided(comparison),
    marks: [{ series: "difference", value: comparison.difference, low: comparison.low, high: comparison.high, title: spokenDifference(comparison), faint: !isDecided(comparison) }],
  }));
  const data = {
    headers: [{ text: "System" }, { text: "Against" }, { text: "Split" }, { text: "Points", number: true }, { text: "95 % interval", number: true }, { text: "p", number: true }, { text: "n", number: true }, { text: "Verdict" }],
    rows: known.map((comparison) => [sentence(comparison.a), comparison.b, comparison.split, points(comparison.difference), pointsRange(comparison), pValue(comparison.p), count(comparison.n), verdictWords(comparison.verdict).text]),
  };
  return (
    <Block title="Differences on the same rows" id="differences">
      <Figure title="Differences of accuracy" caption={`Each difference in points of accuracy, with its 95 % interval, on ${rowsBySplit(known)}. What lies right of the line is better than what it is compared with; faint ones allow no verdict.`} data={data}>
        <DotPlot rows={rows} reference={{ value: 0, text: "no difference" }} label={`Differences of accuracy. ${known.map(spokenDifference).join("; ")}`} format={(value) => (value === 0 ? "0" : points(value).replace(/\.0$/, ""))} bounds={[-1, 1]} />
      </Figure>
    </Block>
  );
}

// "161 test and 160 valid rows".
function rowsBySplit(comparisons: readonly Comparison[]): string {
  const rows = new Map(comparisons.map((comparison) => [comparison.split, comparison.n]));
  return `${[...rows].map(([split, n]) => `${count(n)} ${split}`).join(" and ")} rows`;
}

function isDecided(comparison: Comparison): boolean {
  return comparison.verdict === "better" || comparison.verdict === "worse";
}

function spokenDifference(comparison: Comparison): string {
  return `${sentence(comparison.a)} less ${comparison.b} on ${comparison.split}: ${points(comparison.difference)} points, interval ${pointsRange(comparison)}, n = ${count(comparison.n)}, ${verdictWords(comparison.verdict).text}`;
}
