/** What a manager reads first: the verdict in two sentences, whether it can be trusted, the key figures, and what to do next. */

import type { Comparison, Report } from "../report";
import { linkTo } from "../address";
import { DotPlot, type DotRow, type Series } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { IntervalBar } from "../charts/interval_bar";
import { count, interval, percent, points, pointsRange, sentence, spoken } from "../format";
import { Origin } from "../parts/origin";
import { Section, Warnings } from "../parts/section";
import { Verdicts } from "../parts/verdicts";
import { headlineSplit, metricsOn, systemsOf } from "../systems";
import { verdictWords } from "../verdict_words";

type Summary = Report["summary"];

export function Result({ report }: { report: Report }) {
  const { summary, evaluation } = report;
  const split = headlineSplit(report);
  const [first, ...further] = summary.next_steps ?? [];
  return (
    <Section id="result" title="Result">
      <div class="result-head">
        <div class="result-said">
          <p class="headline">{summary.headline}</p>
          {summary.verdict && <p class="verdict">{summary.verdict}</p>}
        </div>
        {summary.trust && <Trust trust={summary.trust} warnings={summary.warnings?.length ?? 0} />}
      </div>
      <Tiles report={report} />
      <div class="result-grid">
        <Compared report={report} />
        {first && <FirstStep step={first} />}
      </div>
      <div class="result-grid result-words">
        <Verdicts title="Is one better than the other?" comparisons={(evaluation?.comparisons ?? []).filter((comparison) => comparison.split === split)} />
        <div>
          <NextSteps steps={further} />
          {summary.warnings?.length > 0 && (
            <div id="warnings" class="block" tabIndex={-1}>
              <h3>Warnings</h3>
              <Warnings items={summary.warnings} />
            </div>
          )}
        </div>
      </div>
      {evaluation?.method && <p class="note">{evaluation.method} A row without a label counts as wrong.</p>}
      <Origin stage="evaluate" path="summary, evaluation" />
    </Section>
  );
}

const kTrust: Record<Summary["trust"]["level"], { title: string; mark: string }> = {
  good: { title: "This figure can be trusted", mark: "✓" },
  fair: { title: "Take this figure with care", mark: "!" },
  low: { title: "Too little to rely on", mark: "!" },
  none: { title: "Not measured", mark: "–" },
};

function Trust({ trust, warnings }: { trust: Summary["trust"]; warnings: number }) {
  const { title, mark } = kTrust[trust.level] ?? kTrust.none;
  return (
    <div class={`trust trust-${trust.level}`}>
      <h3>
        <span class="trust-mark" aria-hidden="true">
          {mark}
        </span>
        {title}
      </h3>
      <ul>
        {trust.reasons.map((reason, index) => (
          <li key={index}>{warnings > 0 && index === trust.reasons.length - 1 ? <a href={linkTo("warnings")}>{sentence(reason)}</a> : sentence(reason)}</li>
        ))}
      </ul>
    </div>
  );
}

function Tiles({ report }: { report: Report }) {
  const { summary, votes, data } = report;
  const { result, weakest_slice: weakest } = summary;
  const compared = (report.evaluation?.comparisons ?? []).filter((comparison) => result && comparison.split === result.split && comparison.a === result.system);
  return (
    <ul class="tiles">
      {result && (
        <li class="tile tile-main">
          <a href={linkTo("evaluation")}>
            <span class="tile-name">
              Accuracy on {result.split}, {result.system}
            </span>
            <span class="tile-value">{percent(result.accuracy.value)}</span>
            <IntervalBar measure={result.accuracy} name="Accuracy" />
            <span class="tile-note">
              {interval(result.accuracy) && `${interval(result.accuracy)}, `}n = {count(result.accuracy.n)}
            </span>
          </a>
        </li>
      )}
      {compared.map((comparison) => (
        <Against key={comparison.b} comparison={comparison} />
      ))}
      {data.rows > 0 && <Tile name="Rows with a label" value={percent(votes.covered / data.rows)} note={`${count(votes.covered)} of ${count(data.rows)} rows`} href={linkTo("votes")} />}
      {weakest && <Tile name="Weakest slice" value={percent(weakest.accuracy.value)} note={`${weakest.slice}: ${interval(weakest.accuracy)}, n = ${count(weakest.accuracy.n)}`} href={linkTo("slices", { open: weakest.slice })} />}
    </ul>
  );
}

function Tile({ name, value, unit, note, href, chip }: { name: string; value: string; unit?: string; note: string; href: string; chip?: string }) {
  return (
    <li class="tile">
      <a href={href}>
        <span class="tile-name">{name}</span>
        <span class={`tile-value${chip ? ` tile-${chip}` : ""}`}>
          {value}
          {unit && <span class="tile-unit"> {unit}</span>}
        </span>
        <span class="tile-note">{note}</span>
      </a>
    </li>
  );
}

function Against({ comparison }: { comparison: Comparison }) {
  const { b, difference, n, verdict } = comparison;
  return <Tile name={`Against the ${b}`} value={points(difference)} unit="points" note={`${verdictWords(verdict).text}: ${pointsRange(comparison)}, n = ${count(n)}`} href={linkTo("verdicts")} chip={verdict} />;
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
    strong: system.title.toLowerCase() === report.summary.result?.system,
    marks: [{ series: system.name as Series, value: system.accuracy.value, low: system.accuracy.low, high: system.accuracy.high, title: `${system.title}: ${spoken(system.accuracy)}` }],
  }));
  const data = {
    headers: [{ text: "System" }, { text: "Name" }, { text: "Accuracy", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }],
    rows: systems.map((system) => [system.title, system.detail, percent(system.accuracy.value), interval(system.accuracy), count(system.accuracy.n)]),
  };
  return (
    <div class="compared">
      <h3>Compared on the same {count(systems[0]?.accuracy.n)} {split} rows</h3>
      <Figure title="Accuracy of the systems" caption="Dots are accuracies, lines their 95 % intervals." data={data}>
        <DotPlot rows={rows} label={`Accuracy on ${split}. ${rows.map((row) => row.marks[0]?.title).join("; ")}`} format={(value) => percent(value, 0)} bounds={[0, 1]} />
      </Figure>
    </div>
  );
}

type Step = Summary["next_steps"][number];

/** Where a step is acted upon. */
function whereOf({ about }: Step): { href: string; text: string } | null {
  switch (about?.kind) {
    case "confusion":
      return { href: linkTo("errors", { gold: about.name, predicted: about.other }), text: "Read these errors" };
    case "source":
      return { href: linkTo("sources", { open: about.name }), text: "Look at the source" };
    case "slice":
      return { href: linkTo("slices", { open: about.name }), text: "Look at the slice" };
    case "discovered-slice":
      return { href: linkTo("discovered-slices"), text: "Read what it fails on" };
    case "votes":
      return { href: linkTo("clarity"), text: "See where votes are missing" };
    case "label-model":
      return { href: linkTo("label-model"), text: "Look at the label model" };
    case "evaluation":
      return { href: linkTo("evaluation"), text: "Compare the splits" };
    case "calibration":
      return { href: linkTo("calibration"), text: "See how sure it is" };
    case "data":
      return { href: linkTo("data"), text: "See what gold there is" };
    default:
      return null;
  }
}

function FirstStep({ step }: { step: Step }) {
  const where = whereOf(step);
  return (
    <div class="first-step">
      <h3>Do this next</h3>
      <p class="first-step-title">{step.title}</p>
      <p>{sentence(step.why)}</p>
      {where && (
        <a class="button" href={where.href}>
          {where.text}
        </a>
      )}
    </div>
  );
}

function NextSteps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return null;
  return (
    <div class="block">
      <h3>And then</h3>
      <ol class="steps">
        {steps.map((step, index) => {
          const where = whereOf(step);
          return (
            <li key={index}>
              <strong>{step.title}</strong>
              <span>
                {sentence(step.why)} {where && <a href={where.href}>{where.text}</a>}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
