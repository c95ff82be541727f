import type { ErrorRow, Evaluation, Report } from "../report";
import { linkTo } from "../address";
import { count, counted, percent } from "../format";
import { Command } from "../parts/command";
import { NumberLink } from "../parts/measure";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Empty, Section } from "../parts/section";
import { type Column, type Facet, Table } from "../parts/table";
import { kSaid } from "./clarity";

const kNoLabel = "no label";

export function Errors({ report }: { report: Report }) {
  const { errors_split: split, worst_confusions: confusions = [], errors = [] } = report.evaluation ?? {};
  const none = confusions.length === 0 && errors.length === 0;
  return (
    <Section id="errors" title="Errors to read" lead={none ? undefined : `Ten minutes with these ${split ?? ""} rows say more than any average. Test rows are not shown: they measure, and nobody learns from them.`}>
      {none && <Empty>There is no error to read: either nothing was measured, or nothing was wrong.</Empty>}
      {confusions.length > 0 && (
        <Block title="Worst confusions">
          <div class="cards">
            {confusions.map((confusion, index) => (
              <ConfusionCard key={index} confusion={confusion} />
            ))}
          </div>
        </Block>
      )}
      {errors.length > 0 && <ErrorTable errors={errors} evaluation={report.evaluation} />}
      <Origin stage="evaluate" path="evaluation.errors, evaluation.worst_confusions" command="hone why ID" />
    </Section>
  );
}

const kColumns: readonly Column<ErrorRow>[] = [
  { key: "text", header: "Text", kind: "reading", cell: (row) => <Quote row={row} />, sort: (row) => row.text },
  { key: "gold", header: "Gold", kind: "middle", cell: (row) => <span class="class-gold"><Name text={row.gold} light /></span>, sort: (row) => row.gold },
  { key: "predicted", header: "Predicted", kind: "middle", cell: (row) => <span class="class-predicted"><Name text={row.predicted ?? kNoLabel} light /></span>, sort: (row) => row.predicted },
  { key: "sure", header: "Sure of", number: true, hint: "Probability of what was predicted", cell: (row) => percent(row.confidence), sort: (row) => row.confidence },
  { key: "said", header: "The votes gave", kind: "middle", cell: (row) => <span class="said">{kSaid[row.said]?.text ?? row.said}</span>, sort: (row) => row.said },
];

const kFacets: readonly Facet<ErrorRow>[] = [
  { key: "gold", label: "Gold", values: (row) => [row.gold] },
  { key: "predicted", label: "Predicted", values: (row) => [row.predicted ?? kNoLabel] },
  { key: "said", label: "Votes gave", values: (row) => [row.said], name: (said) => kSaid[said]?.text ?? said },
  { key: "source", label: "Source that voted", values: (row) => Object.keys(row.votes ?? {}) },
];

function ErrorTable({ errors, evaluation }: { errors: readonly ErrorRow[]; evaluation: Evaluation }) {
  const wrong = evaluation.errors_confusion?.counts.reduce((sum, row, gold) => sum + row.reduce((rows, cell, predicted) => rows + (gold === predicted ? 0 : cell), 0), 0) ?? errors.length;
  const part = wrong > errors.length ? `${count(errors.length)} of the ${count(wrong)} errors on ${evaluation.errors_split}: the most confident of every kind, then the most confident of all.` : `All ${counted(errors.length, "error")} on ${evaluation.errors_split}.`;
  return (
    <Block title="All errors to search" note={`${part} Those that are sure and wrong come first; some of them are errors of the gold.`}>
      <Table
        id="errors"
        caption="Errors, with what the votes said"
        columns={kColumns}
        rows={errors}
        rowKey={(row) => String(row.row)}
        searchText={(row) => `${row.text} ${row.id} ${row.gold} ${row.predicted ?? kNoLabel}`}
        searchLabel="Filter errors"
        facets={kFacets}
        sortedBy="-sure"
        printed={50}
        details={(row) => <ErrorDetails row={row} />}
      />
    </Block>
  );
}

function ErrorDetails({ row }: { row: ErrorRow }) {
  const votes = Object.entries(row.votes ?? {});
  return (
    <div class="source-details">
      <p>
        {votes.length === 0
          ? "No source voted on it."
          : votes.map(([source, voted], index) => (
              <span key={source}>
                {index > 0 && ", "}
                <a href={linkTo("sources", { open: source })}>{source}</a> voted {voted}
              </span>
            ))}{" "}
        The label model said {row.label ?? "nothing"}.
      </p>
      <p>
        <Command words={["hone", "why", row.id]} /> shows the words that matched and what each vote changed.
      </p>
    </div>
  );
}

function ConfusionCard({ confusion }: { confusion: Evaluation["worst_confusions"][number] }) {
  return (
    <article class="card">
      <h4>
        <span class="taken">
          <span class="class-gold">{confusion.gold}</span>
          <span class="taken-word">taken for</span>
          <span class="class-predicted">{confusion.predicted}</span>
        </span>
      </h4>
      <p class="card-count">
        <NumberLink href={linkTo("table-errors", { gold: confusion.gold, predicted: confusion.predicted }, "errors")}>{counted(confusion.count, "row")}</NumberLink>, {percent(confusion.share_of_gold)} of the gold class
      </p>
      <ul class="quotes">
        {(confusion.examples ?? []).map((row, index) => (
          <li key={index}>
            <Quote row={row} sure={row.confidence} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function Quote({ row, sure }: { row: { row: number; id: string; text: string }; sure?: number }) {
  return (
    <span class="quote">
      <q class="text" dir="auto">
        {row.text}
      </q>
      <span class="quote-source">
        row {count(row.row)} · {row.id}
        {sure !== undefined && ` · sure of ${percent(sure)}`}
      </span>
    </span>
  );
}
