import type { Evaluation, ExampleRow, Report } from "../report";
import { count, counted, percent } from "../format";
import { Block, Empty, Section } from "../parts/section";

export function Errors({ report }: { report: Report }) {
  const confusions = report.evaluation?.worst_confusions ?? [];
  const confident = report.evaluation?.most_confident_errors ?? [];
  const none = confusions.length === 0 && confident.length === 0;
  return (
    <Section id="errors" title="Errors to read" lead={none ? undefined : `Ten minutes with these ${report.evaluation.errors_split ?? ""} rows say more than any average. Test rows are not shown: they measure, and nobody learns from them.`}>
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
      {confident.length > 0 && (
        <Block title="Most confident errors" note="Sure, and wrong. Some of these are errors of the gold.">
          <ol class="error-list">
            {confident.map((row, index) => (
              <li key={index}>
                <ErrorRow row={row} />
              </li>
            ))}
          </ol>
        </Block>
      )}
    </Section>
  );
}

function ConfusionCard({ confusion }: { confusion: Evaluation["worst_confusions"][number] }) {
  return (
    <article class="card">
      <h4>
        <Taken gold={confusion.gold} predicted={confusion.predicted} />
      </h4>
      <p class="card-count">
        {counted(confusion.count, "row")}, {percent(confusion.share_of_gold)} of the gold class
      </p>
      <ul class="quotes">
        {(confusion.examples ?? []).map((row, index) => (
          <li key={index}>
            <Quote row={row} sure />
          </li>
        ))}
      </ul>
    </article>
  );
}

function Taken({ gold, predicted }: { gold: string; predicted: string | null }) {
  return (
    <span class="taken">
      <span class="class-gold">{gold}</span>
      <span class="taken-word">{predicted === null ? "got" : "taken for"}</span>
      <span class="class-predicted">{predicted ?? "no label"}</span>
    </span>
  );
}

function Quote({ row, sure }: { row: ExampleRow; sure: boolean }) {
  return (
    <>
      <q class="text">{row.text}</q>
      <span class="quote-source">
        row {count(row.row)} · {row.id}
        {sure && ` · sure of ${percent(row.confidence)}`}
      </span>
    </>
  );
}

function ErrorRow({ row }: { row: ExampleRow }) {
  return (
    <div class="error-row">
      <span class="error-confidence">{percent(row.confidence)}</span>
      <div>
        <Quote row={row} sure={false} />
        <Taken gold={row.gold} predicted={row.predicted} />
      </div>
    </div>
  );
}
