import type { Evaluation, Report } from "../report";
import { Figure } from "../charts/figure";
import { Reliability } from "../charts/reliability";
import { count, decimal, percent } from "../format";
import { MeasureText } from "../parts/measure";
import { Block, Empty, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { Verdicts } from "../parts/verdicts";
import { headlineSplit, kSplits, metricsOn, systemsOf } from "../systems";
import { ConfusionBlock } from "./confusion";
import { PerClassBlock } from "./per_class";

export function EvaluationSection({ report }: { report: Report }) {
  const { evaluation } = report;
  const systems = systemsOf(report);
  const known = systems.some((system) => kSplits.some((split) => metricsOn(system, split)));
  return (
    <Section id="evaluation" title="Evaluation" lead={known ? "Every number on gold. For every comparison a row without a label counts as wrong." : undefined}>
      {!known && <Empty>There is no gold, so nothing could be measured. Name a field of known labels under “gold” in hone.yaml.</Empty>}
      {known && <MetricsTable report={report} />}
      {(evaluation.notes ?? []).map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      <Verdicts title="Paired comparisons on other splits" comparisons={(evaluation.comparisons ?? []).filter((comparison) => comparison.split !== headlineSplit(report))} />
      <ConfusionBlock confusion={evaluation.confusion} />
      <PerClassBlock perClass={evaluation.per_class} />
      <ReliabilityBlock bins={evaluation.reliability ?? []} />
    </Section>
  );
}

function MetricsTable({ report }: { report: Report }) {
  const rows = [...kSplits].reverse().flatMap((split) =>
    systemsOf(report).flatMap((system) => {
      const metrics = metricsOn(system, split);
      if (!metrics) return [];
      return [
        [
          <>
            {system.title} <span class="fact-note">{system.detail}</span>
          </>,
          split,
          <MeasureText measure={metrics.accuracy} />,
          <MeasureText measure={metrics.macro_f1} />,
          <MeasureText measure={metrics.weighted_f1} />,
          decimal(metrics.log_loss?.value),
          decimal(metrics.ece?.value),
          <MeasureText measure={metrics.coverage} />,
          <MeasureText measure={metrics.accuracy_on_covered} />,
          count(metrics.accuracy?.n),
        ],
      ];
    }),
  );
  const headers = [
    { text: "System" },
    { text: "Split" },
    { text: "Accuracy", number: true },
    { text: "Macro F1", number: true, hint: "F1 of the classes, each counting the same" },
    { text: "Weighted F1", number: true, hint: "F1 of the classes, weighted by their gold rows" },
    { text: "Log loss", number: true },
    { text: "ECE", number: true, hint: "Expected calibration error" },
    { text: "Coverage", number: true, hint: "Share of rows that got a label" },
    { text: "Accuracy on covered", number: true },
    { text: "n", number: true },
  ];
  return (
    <Block title="Metrics by system and split">
      <SimpleTable caption="Metrics by system and split, with 95 % intervals" headers={headers} rows={rows} />
    </Block>
  );
}

function ReliabilityBlock({ bins }: { bins: Evaluation["reliability"] }) {
  if (bins.length === 0) return null;
  const data = {
    headers: [{ text: "Sure of", number: true }, { text: "Right", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }],
    rows: bins.map((bin) => [percent(bin.confidence), percent(bin.accuracy), `${(100 * bin.low).toFixed(1)} to ${percent(bin.high)}`, count(bin.n)]),
  };
  const gap = bins.reduce((worst, bin) => (Math.abs(bin.accuracy - bin.confidence) > Math.abs(worst.accuracy - worst.confidence) ? bin : worst));
  return (
    <Block title="Is it as sure as it should be?">
      <Figure
        title="Reliability curve"
        beside
        caption={`On the diagonal it is right as often as it says. Dots below it are too sure, above it too careful. Widest gap: sure of ${percent(gap.confidence)}, right on ${percent(gap.accuracy)}.`}
        data={data}
      >
        <Reliability bins={bins} label={`Reliability in ${bins.length} bins of about ${count(bins[0]?.n)} rows.`} />
      </Figure>
    </Block>
  );
}
