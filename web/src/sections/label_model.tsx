import type { AgainstMajority, Report } from "../report";
import { Bars } from "../charts/bars";
import { DotPlot, type DotRow } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { Reliability } from "../charts/reliability";
import { count, percent, points, sentence } from "../format";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Facts, Options, Section, Warnings } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { kSplits } from "../systems";
import { Beliefs } from "./beliefs";
import { Contested } from "./contested";
import { Copies } from "./copies";
import { Worth } from "./worth";

export function LabelModel({ report }: { report: Report }) {
  const model = report.label_model;
  const differ = model.against_majority?.gold_needed?.differ;
  return (
    <Section id="label-model" title="Label model" lead="Weighs the votes and gives each row a distribution over the classes. Is it better than counting votes, what does it believe of each source, and what is each source worth to it?">
      <Facts
        items={[
          { name: "Label model", value: <Name text={model.name} />, note: model.note || undefined },
          { name: "Iterations", value: count(model.iterations), note: model.converged ? "converged" : "did not converge" },
          { name: "Gold", value: model.used_gold ? "used" : "not used" },
          ...(model.against_majority ? [{ name: "Other label than majority vote", value: percent(differ), note: "of all rows" }] : []),
        ]}
      />
      <Warnings items={model.warnings} />
      {model.against_majority && <BesideMajority beside={model.against_majority} />}
      <ClassShares model={model} />
      <ClassQuestions classes={model.classes ?? []} />
      <Beliefs sources={report.sources ?? []} />
      <Copies copies={model.copies ?? []} />
      <LabelReliability reliability={model.reliability} />
      <Worth report={report} />
      <Contested rows={model.contested ?? []} />
      {Object.keys(model.options ?? {}).length > 0 && (
        <Block title="Options">
          <Options options={model.options} />
        </Block>
      )}
      <Origin stage="label" path="label_model, sources[].believed, sources[].worth" command="hone label-models" />
    </Section>
  );
}

const kSilentFrom = { gold: "gold", declared: "task.class_balance", assumed: "assumed: as many as were found" };

/** Of a multi-label task: each class is a question of its own. */
function ClassQuestions({ classes }: { classes: NonNullable<Report["label_model"]["classes"]> }) {
  if (classes.length === 0) return null;
  const headers = [
    { text: "Class" },
    { text: "Label model" },
    { text: "Votes for", number: true },
    { text: "Votes against", number: true },
    { text: "Rows", number: true, hint: "Rows with a vote about the class" },
    { text: "Without a vote", number: true, hint: "Probability of the class on labeled rows where nobody votes about it" },
    { text: "which comes from" },
  ];
  const rows = classes.map((one) => [<Name text={one.class} />, one.model ?? "none", count(one.votes_for), count(one.votes_against), count(one.rows), percent(one.silent), kSilentFrom[one.silent_from]]);
  return (
    <Block title="What each class was labeled from" id="class-questions">
      <SimpleTable caption="Votes about each class, and what silence means" headers={headers} rows={rows} />
    </Block>
  );
}

const kRecommend: Record<AgainstMajority["recommend"], string> = {
  keep: "Keep it",
  majority: "Use majority vote",
  either: "No difference told",
  unknown: "Not known",
  same: "It is majority vote",
};

/** Do no harm: whatever weighs votes has to be better than counting them. */
function BesideMajority({ beside }: { beside: AgainstMajority }) {
  const compared = kSplits.flatMap((split) => (beside.splits?.[split] ? [beside.splits[split]] : []));
  return (
    <Block title="Is it better than majority vote?" id="beside-majority">
      <p class={`recommend recommend-${beside.recommend}`}>
        <strong>{kRecommend[beside.recommend] ?? beside.recommend}</strong> <span>{sentence(beside.text)}</span>
      </p>
      {compared.length > 0 && <Differences compared={compared} />}
    </Block>
  );
}

function Differences({ compared }: { compared: readonly NonNullable<AgainstMajority["comparison"]>[] }) {
  const rows: DotRow[] = compared.map((comparison) => ({
    label: comparison.split,
    detail: `n = ${count(comparison.n)}`,
    text: points(comparison.difference),
    marks: [{ series: "difference", value: comparison.difference, low: comparison.low, high: comparison.high, title: `${comparison.split}: ${points(comparison.difference)} points (${points(comparison.low)} to ${points(comparison.high)}), n = ${count(comparison.n)}` }],
  }));
  const data = {
    headers: [{ text: "Split" }, { text: "Points", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }, { text: "Verdict" }],
    rows: compared.map((comparison) => [comparison.split, points(comparison.difference), `${points(comparison.low)} to ${points(comparison.high)}`, count(comparison.n), sentence(comparison.text)]),
  };
  return (
    <Figure title="Accuracy of the label model less that of majority vote" caption="Points of accuracy that the label model is ahead of majority vote on the same rows, with 95 % intervals; to the left of the line it is behind." data={data}>
      <DotPlot rows={rows} label={`Label model beside majority vote. ${rows.map((row) => row.marks[0]?.title).join("; ")}`} reference={{ value: 0, text: "no difference" }} format={points} bounds={[-1, 1]} />
    </Figure>
  );
}

const kSharesFrom: Record<Report["label_model"]["class_shares"], string> = {
  votes: "They were estimated from votes of sources that could name any class.",
  assumed: "They are assumed: every class is taken to be as common as the others, since rules that vote for one class each cannot tell. Whoever knows the data should say so in hone.yaml.",
  declared: "They are those of hone.yaml.",
  gold: "They were counted on gold rows, beside what was assumed before.",
};

function ClassShares({ model }: { model: Report["label_model"] }) {
  const prior = model.class_prior ?? [];
  if (prior.length === 0) return null;
  return (
    <Block title="How common each class is taken to be" note={kSharesFrom[model.class_shares]}>
      {model.class_shares === "assumed" && <pre>{`task:\n  # what is known; the other classes share the rest\n  class_balance: {${prior[0]?.class ?? "rare"}: 0.05}`}</pre>}
      <Figure
        title="Class shares"
        caption="The share of rows that the label model expects of each class before it sees their votes."
        data={{ headers: [{ text: "Class" }, { text: "Share", number: true }], rows: prior.map((row) => [row.class, percent(row.share, 2)]) }}
      >
        <Bars label="Class shares" columns={[{ title: model.class_shares === "assumed" ? "Share of rows (assumed)" : "Share of rows", format: (value) => percent(value), parts: [{ name: "share", tone: "first" }] }]} rows={prior.map((row) => ({ label: row.class, values: [[row.share]] }))} what="classes" />
      </Figure>
    </Block>
  );
}

function LabelReliability({ reliability }: { reliability: Report["label_model"]["reliability"] }) {
  const bins = reliability?.bins ?? [];
  if (!reliability || bins.length === 0) return null;
  const data = {
    headers: [{ text: "Sure of", number: true }, { text: "Right", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }],
    rows: bins.map((bin) => [percent(bin.confidence), percent(bin.accuracy), `${(100 * bin.low).toFixed(1)} to ${percent(bin.high)}`, count(bin.n)]),
  };
  return (
    <Block title="Are the labels as sure as they should be?" id="label-calibration">
      <Figure
        title="Reliability of the labels"
        beside
        caption={`The probability of the label against how often it is right, on ${reliability.split} gold. Training weighs rows by these probabilities. Dots below the diagonal are too sure.`}
        data={data}
      >
        <Reliability bins={bins} label={`Reliability of the labels on ${reliability.split} in ${bins.length} bins of about ${count(bins[0]?.n)} rows.`} />
      </Figure>
    </Block>
  );
}
