import type { Evaluation, Report, SplitName } from "../report";
import { linkTo } from "../address";
import { Figure } from "../charts/figure";
import { Reliability } from "../charts/reliability";
import { count, percent } from "../format";
import { CriteriaBlock } from "../parts/criteria";
import { DifferencesBlock } from "../parts/differences";
import { GatesBlock } from "../parts/gates";
import { HistoryBlock } from "../parts/history";
import { DecimalText, MeasureText } from "../parts/measure";
import { Origin } from "../parts/origin";
import { Block, Empty, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { Verdicts } from "../parts/verdicts";
import { headlineSplit, kSplits, metricsOn, systemsOf, type SystemName } from "../systems";
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
      <GatesBlock gates={report.gates} />
      <HistoryBlock history={report.history} />
      <CriteriaBlock criteria={report.criteria} />
      <DifferencesBlock comparisons={evaluation.comparisons ?? []} />
      <Verdicts id="verdicts-other" title="Paired comparisons on other splits" comparisons={(evaluation.comparisons ?? []).filter((comparison) => comparison.split !== headlineSplit(report))} />
      <ConfusionBlock evaluation={evaluation} />
      <PerClassBlock evaluation={evaluation} />
      <LevelsBlock levels={evaluation.levels ?? null} />
      <ReliabilityBlock bins={evaluation.reliability ?? []} />
      <Origin stage="evaluate" path="evaluation" />
    </Section>
  );
}

/** What an accuracy counts: the confusion matrix of that system and split, the votes of a source, or the classes. */
function madeFrom(report: Report, system: SystemName, split: SplitName): string | null {
  const { evaluation } = report;
  if (system === "best_source") return linkTo("sources", { open: evaluation.best_source?.name ?? "" });
  if (evaluation.confusion?.[system]?.split === split) return linkTo("confusion", { of: system });
  return evaluation.per_class?.[system]?.[split] ? linkTo("table-classes", { of: system, split }, "classes") : null;
}

/** Of a taxonomy: what labels say at each level, and how often they are certain enough to say it. */
function LevelsBlock({ levels }: { levels: Evaluation["levels"] }) {
  if (!levels) return null;
  const systems = [
    { title: "Label model", results: levels.label_model },
    { title: "Trained model", results: levels.model ?? [] },
  ];
  const rows = systems.flatMap(({ title, results }) =>
    results.map((one) => [title, count(one.level), <MeasureText measure={one.accuracy} />, <MeasureText measure={one.answered} />, <MeasureText measure={one.right} />, count(one.accuracy.n)]),
  );
  const headers = [
    { text: "System" },
    { text: "Level", number: true, hint: "1 at the top of the taxonomy" },
    { text: "Accuracy", number: true, hint: "Rows whose label lies below the right node of this level" },
    { text: "Sure", number: true, hint: `Rows whose label has ${percent(levels.certainty)} of the probability down to this level` },
    { text: "Right when sure", number: true },
    { text: "n", number: true },
  ];
  return (
    <Block title="By level of the taxonomy" id="levels">
      <SimpleTable caption={`Labels by level of the taxonomy, on ${levels.split}`} headers={headers} rows={rows} />
    </Block>
  );
}

function MetricsTable({ report }: { report: Report }) {
  const several = report.task.kind === "multi-label";
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
          <MeasureText measure={metrics.accuracy} href={madeFrom(report, system.name, split)} />,
          ...(several ? [<MeasureText measure={metrics.micro_f1 ?? null} />] : []),
          <MeasureText measure={metrics.macro_f1} />,
          <MeasureText measure={metrics.weighted_f1} />,
          <DecimalText measure={metrics.log_loss} />,
          <MeasureText measure={metrics.ece} />,
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
    ...(several ? [{ text: "Micro F1", number: true, hint: "F1 over all classes of all rows" }] : []),
    { text: "Macro F1", number: true, hint: "F1 of the classes, each counting the same" },
    { text: "Weighted F1", number: true, hint: "F1 of the classes, weighted by their gold rows" },
    { text: "Log loss", number: true },
    { text: "ECE", number: true, hint: "Expected calibration error: how far the probabilities are off on average. Its interval begins at 0 where chance alone could have made it" },
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
    <Block title="Is it as sure as it should be?" id="calibration">
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
