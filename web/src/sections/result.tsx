/** What a manager reads first: one sentence, one number and how sure it is, what it is compared with, and what to do next. */

import type { Report } from "../report";
import { DotPlot, type DotRow, type Series } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { IntervalBar } from "../charts/interval_bar";
import { count, interval, percent, spoken } from "../format";
import { Section, Warnings } from "../parts/section";
import { Verdicts } from "../parts/verdicts";
import { headlineSplit, metricsOn, systemsOf, systemTitle, type SystemName } from "../systems";

export function Result({ report }: { report: Report }) {
  const { summary, evaluation } = report;
  const result = summary.result;
  const split = headlineSplit(report);
  return (
    <Section id="result" title="Result">
      <p class="headline">{summary.headline}</p>
      <div class="result-grid">
        {result && (
          <div class="big">
            <p class="big-name">
              Accuracy on {result.split}, {systemTitle(result.system as SystemName)?.toLowerCase() ?? result.system}
            </p>
            <p class="big-number">{percent(result.accuracy.value)}</p>
            <IntervalBar measure={result.accuracy} name="Accuracy" />
            <p class="big-range">
              {interval(result.accuracy) && <>95 % interval {interval(result.accuracy)}<br /></>}
              n = {count(result.accuracy.n)} rows with gold
            </p>
          </div>
        )}
        <Compared report={report} />
      </div>
      <div class="result-grid result-words">
        <NextSteps steps={summary.next_steps ?? []} />
        <div>
          <Verdicts title="Is one better than the other?" comparisons={(evaluation?.comparisons ?? []).filter((comparison) => comparison.split === split)} />
          {summary.warnings?.length > 0 && <h3>Warnings</h3>}
          <Warnings items={summary.warnings} />
        </div>
      </div>
    </Section>
  );
}

function Compared({ report }: { report: Report }) {
  const split = headlineSplit(report);
  const systems = systemsOf(report).flatMap((system) => {
    const metrics = split && metricsOn(system, split);
    return metrics ? [{ ...system, accuracy: metrics.accuracy }] : [];
  });
  if (systems.length === 0) return null;
  const rows: DotRow[] = systems.map((system) => ({
    label: system.title,
    detail: system.detail,
    text: percent(system.accuracy.value),
    strong: system.name === report.summary.result?.system,
    marks: [{ series: system.name as Series, value: system.accuracy.value, low: system.accuracy.low, high: system.accuracy.high, title: `${system.title}: ${spoken(system.accuracy)}` }],
  }));
  const data = {
    headers: [{ text: "System" }, { text: "Name" }, { text: "Accuracy", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }],
    rows: systems.map((system) => [system.title, system.detail, percent(system.accuracy.value), interval(system.accuracy), count(system.accuracy.n)]),
  };
  return (
    <div class="compared">
      <h3>Compared on the same {split} rows</h3>
      <Figure title="Accuracy of the systems" caption="Dots are accuracies, lines their 95 % intervals. A row without a label counts as wrong." data={data}>
        <DotPlot rows={rows} label={`Accuracy on ${split}. ${rows.map((row) => row.marks[0]?.title).join("; ")}`} format={(value) => percent(value, 0)} bounds={[0, 1]} />
      </Figure>
    </div>
  );
}

function NextSteps({ steps }: { steps: Report["summary"]["next_steps"] }) {
  if (steps.length === 0) return null;
  return (
    <div>
      <h3>What to do next</h3>
      <ol class="steps">
        {steps.map((step, index) => (
          <li key={index}>
            <strong>{step.title}</strong>
            <span>{step.why}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
