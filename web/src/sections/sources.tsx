import { useState } from "preact/hooks";
import type { Report, Source } from "../report";
import { count, counted, percent } from "../format";
import { Choice } from "../parts/choice";
import { MeasureCell } from "../parts/measure";
import { Name } from "../parts/name";
import { Empty, Section } from "../parts/section";
import { type Column, Table } from "../parts/table";

const kColumns: readonly Column<Source>[] = [
  { key: "name", header: "Source", kind: "wide", cell: (source) => <SourceName source={source} />, sort: (source) => source.name },
  { key: "votes_for", header: "Votes for", kind: "middle", cell: (source) => source.votes_for === null ? <span class="nothing">several</span> : <Name text={source.votes_for} light />, sort: (source) => source.votes_for },
  { key: "definition", header: "Definition", kind: "definition", cell: (source) => <code class="clamp">{source.definition}</code> },
  { key: "coverage", header: "Coverage", number: true, hint: "Share of rows it votes on", cell: (source) => <MeasureCell measure={source.coverage && { ...source.coverage, low: null, high: null }} />, sort: (source) => source.coverage?.value },
  { key: "precision", header: "Precision", number: true, hint: "Share of its votes that gold confirms, on train and valid gold only", cell: (source) => <MeasureCell measure={source.precision} tone="right" />, sort: (source) => source.precision?.value },
  { key: "overlap", header: "Overlap", number: true, hint: "Share of rows where another source votes too", cell: (source) => percent(source.overlap), sort: (source) => source.overlap },
  { key: "conflict", header: "Conflict", number: true, hint: "Share of rows where another source votes otherwise", cell: (source) => percent(source.conflict), sort: (source) => source.conflict },
  { key: "believed", header: "Believed", number: true, hint: "Accuracy that the label model believes of it", cell: (source) => percent(source.believed_accuracy), sort: (source) => source.believed_accuracy },
];

type Which = "all" | "unproven" | "doubtful" | "failed";

const kTests: Record<Which, (source: Source) => boolean> = {
  all: () => true,
  unproven: (source) => !source.precision,
  // Below a coin on the votes that gold can check.
  doubtful: (source) => source.precision !== null && source.precision !== undefined && source.precision.value < 0.5,
  failed: (source) => source.failed_rows > 0,
};
const kTitles: Record<Which, string> = { all: "all", unproven: "without precision", doubtful: "precision under 50 %", failed: "with failures" };

export function Sources({ report }: { report: Report }) {
  const [which, setWhich] = useState<Which>("all");
  const sources = report.sources ?? [];
  const options = (Object.keys(kTests) as Which[]).filter((name) => name === "all" || sources.some(kTests[name])).map((value) => ({ value, text: kTitles[value] }));
  return (
    <Section id="sources" title="Sources" lead={`Everything that votes: ${counted(sources.length, "source")}. Open one for its whole definition and its votes by class.`}>
      {sources.length === 0 ? (
        <Empty>No source is defined. Add labeling functions under “sources” in hone.yaml.</Empty>
      ) : (
        <Table
          key={which}
          caption="Sources, with coverage and precision"
          columns={kColumns}
          rows={sources.filter(kTests[which])}
          rowKey={(source) => source.name}
          searchText={(source) => `${source.name} ${source.votes_for ?? ""} ${source.definition} ${source.kind}`}
          searchLabel="Filter sources"
          sortedBy={{ key: "coverage", descending: true }}
          details={(source) => <SourceDetails source={source} />}
          controls={<Choice label="Show" name="which-sources" options={options} value={which} onChange={setWhich} />}
        />
      )}
    </Section>
  );
}

function SourceName({ source }: { source: Source }) {
  return (
    <>
      <Name text={source.name} />
      <span class="name-kind">{source.kind}</span>
    </>
  );
}

function SourceDetails({ source }: { source: Source }) {
  const votes = Object.entries(source.polarity ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <div class="source-details">
      <pre>{source.definition}</pre>
      <dl class="options">
        <div>
          <dt>Defined in</dt>
          <dd>{source.where}</dd>
        </div>
        <div>
          <dt>Rows it failed on</dt>
          <dd>{count(source.failed_rows)}</dd>
        </div>
        {votes.map(([name, rows]) => (
          <div key={name}>
            <dt>Votes for {name}</dt>
            <dd>{count(rows)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
