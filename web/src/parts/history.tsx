/** How the accuracy went from release to release. */

import type { HistoryEntry } from "../report";
import { DotPlot, type DotRow, type Mark } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { count, interval, percent, spoken } from "../format";
import { systemTitle } from "../systems";
import { Block } from "./section";

const kNow = "now";

export function HistoryBlock({ history }: { history: readonly HistoryEntry[] | null | undefined }) {
  const measured = (history ?? []).filter((entry) => entry.accuracy && entry.system);
  if (measured.length < 2) return null;
  const rows: DotRow[] = measured.map((entry) => ({
    label: entry.release ?? kNow,
    detail: `${entry.time.slice(0, 10)}, n = ${count(entry.accuracy?.n)}`,
    marks: marksOf(entry),
    strong: entry.release === null,
  }));
  const data = {
    headers: [{ text: "Release" }, { text: "Time" }, { text: "System" }, { text: "Split" }, { text: "Accuracy", number: true }, { text: "95 % interval", number: true }, { text: "Band", number: true }, { text: "n", number: true }],
    rows: measured.map((entry) => [entry.release ?? kNow, entry.time.slice(0, 10), entry.system && systemTitle(entry.system), entry.split, percent(entry.accuracy?.value), entry.accuracy && interval(entry.accuracy), bandOf(entry), count(entry.accuracy?.n)]),
  };
  return (
    <Block title="From release to release" id="history">
      <Figure
        title="Accuracy from release to release"
        caption="Each with its 95 % interval and, faint, the band that may be read at any time: all bands hold together with 95 %, however many releases there are. Where data came or went, rows differ: gates compare on the same ones."
        data={data}
      >
        <DotPlot rows={rows} label={`Accuracy of ${count(measured.length - 1)} releases and of the current results`} format={(value) => percent(value, 0)} bounds={[0, 1]} />
      </Figure>
    </Block>
  );
}

function bandOf(entry: HistoryEntry): string {
  return entry.low === null || entry.high === null ? "–" : `${(100 * entry.low).toFixed(1)} to ${percent(entry.high)}`;
}

function marksOf(entry: HistoryEntry): Mark[] {
  const { accuracy, system } = entry;
  if (!accuracy || !system) return [];
  const title = `${entry.release ?? kNow}, ${systemTitle(system).toLowerCase()} on ${entry.split}: ${spoken(accuracy)}`;
  const own: Mark = { series: system, value: accuracy.value, low: accuracy.low, high: accuracy.high, title };
  return entry.low === null || entry.high === null ? [own] : [own, { series: system, value: accuracy.value, low: entry.low, high: entry.high, title: `${title}; band ${bandOf(entry)}`, faint: true }];
}
