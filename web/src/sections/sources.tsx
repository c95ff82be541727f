import type { ComponentChildren } from "preact";
import type { Report, Source } from "../report";
import { linkTo } from "../address";
import { roundMost, ShareAxis } from "../charts/share_bar";
import { count, counted, percent } from "../format";
import { Command } from "../parts/command";
import { Hash } from "../parts/hash";
import { MeasureCell, NumberLink } from "../parts/measure";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Empty, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { type Column, type Facet, Table } from "../parts/table";

function columnsOf(sources: readonly Source[]): readonly Column<Source>[] {
  const most = roundMost(sources.map((source) => source.coverage));
  const open = (source: Source) => linkTo("sources", { open: source.name });
  return [
    { key: "name", header: "Source", kind: "wide", cell: (source) => <SourceName source={source} />, sort: (source) => source.name },
    { key: "votes_for", header: "Votes for", kind: "middle", cell: (source) => (source.votes_for === null ? <span class="nothing">several</span> : <Name text={source.votes_for} light />), sort: (source) => source.votes_for },
    { key: "coverage", header: "Coverage", number: true, axis: <ShareAxis most={most} />, hint: "Share of rows it votes on", cell: (source) => <MeasureCell measure={source.coverage} most={most} href={open(source)} />, sort: (source) => source.coverage?.value },
    { key: "precision", header: "Precision", number: true, axis: <ShareAxis />, hint: "Share of its votes that gold confirms, on train and valid gold only", cell: (source) => <MeasureCell measure={source.precision} tone="right" href={open(source)} />, sort: (source) => source.precision?.value },
    { key: "n", header: "n", number: true, hint: "Votes on gold that the precision was measured on", cell: (source) => count(source.precision?.n), sort: (source) => source.precision?.n },
    { key: "overlap", header: "Overlap", number: true, hint: "Share of all rows where another source votes too", cell: (source) => <NumberLink href={linkTo("votes", { q: source.name }, "pairs")}>{percent(source.overlap)}</NumberLink>, sort: (source) => source.overlap },
    { key: "conflict", header: "Conflict", number: true, hint: "Share of all rows where another source votes otherwise", cell: (source) => <NumberLink href={linkTo("votes", { q: source.name }, "pairs")}>{percent(source.conflict)}</NumberLink>, sort: (source) => source.conflict },
    { key: "believed", header: "Believed", number: true, hint: "Accuracy that the label model believes of it", cell: (source) => percent(source.believed_accuracy), sort: (source) => source.believed_accuracy },
  ];
}

// Below a coin on the votes that gold can check.
const kDoubtful = 0.5;

const kStates: Record<string, string> = { unproven: "no gold to check it", doubtful: "precision under 50 %", silent: "never votes", failed: "failed on some rows" };

function statesOf(source: Source): string[] {
  const found = [];
  if (source.coverage?.value === 0) found.push("silent");
  else if (!source.precision) found.push("unproven");
  if (source.precision && source.precision.value < kDoubtful) found.push("doubtful");
  if (source.failed_rows > 0) found.push("failed");
  return found;
}

const kFacets: readonly Facet<Source>[] = [
  { key: "votes_for", label: "Votes for", values: (source) => [source.votes_for ?? "several"] },
  { key: "state", label: "Trouble", values: statesOf, name: (state) => kStates[state] ?? state },
];

export function Sources({ report }: { report: Report }) {
  const sources = report.sources ?? [];
  return (
    <Section id="sources" title="Sources" lead={`Everything that votes: ${counted(sources.length, "source")}. Bars are shares, lines their 95 % intervals. Open a source for its definition, its votes by class, and what it got wrong.`}>
      {sources.length === 0 ? (
        <Empty>No source is defined. Add labeling functions under “sources” in hone.yaml.</Empty>
      ) : (
        <Table
          id="sources"
          caption="Sources, with coverage and precision"
          columns={columnsOf(sources)}
          rows={sources}
          rowKey={(source) => source.name}
          searchText={(source) => `${source.name} ${source.votes_for ?? ""} ${source.definition} ${source.kind}`}
          searchLabel="Filter sources"
          facets={kFacets}
          sortedBy="-coverage"
          details={(source) => <SourceDetails source={source} />}
        />
      )}
      <Origin stage="vote" path="sources" command="hone lf" />
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
  return (
    <div class="source-details">
      <pre>{source.definition}</pre>
      <dl class="options">
        <Fact name="Defined in">{source.where}</Fact>
        <Fact name="Votes">{count(source.votes)}</Fact>
        <Fact name="Rows it failed on">{count(source.failed_rows)}</Fact>
        <Fact name="Object with its votes">
          <Hash value={source.object} />
        </Fact>
        <Fact name="Shown by">
          <Command words={["hone", "lf", source.name]} />
        </Fact>
        <Fact name="Errors of the result">
          <a href={linkTo("errors", { source: source.name })}>where it voted</a>
        </Fact>
      </dl>
      <VotesByClass source={source} />
      <WrongVotes source={source} />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function VotesByClass({ source }: { source: Source }) {
  const names = [...new Set([...Object.keys(source.polarity ?? {}), ...Object.keys(source.gold_votes ?? {})])];
  if (names.length === 0) return null;
  names.sort((a, b) => (source.gold_votes?.[b] ?? 0) - (source.gold_votes?.[a] ?? 0) || (source.polarity?.[b] ?? 0) - (source.polarity?.[a] ?? 0));
  return (
    <SimpleTable
      caption={`Votes of ${source.name} by class`}
      headers={[{ text: "Class" }, { text: "Votes for it", number: true }, { text: "Votes on gold rows of it", number: true }, { text: "of these right", number: true }]}
      rows={names.map((name) => [<Name text={name} />, count(source.polarity?.[name] ?? 0), count(source.gold_votes?.[name] ?? 0), count(source.gold_right?.[name] ?? 0)])}
    />
  );
}

function WrongVotes({ source }: { source: Source }) {
  if (!source.wrong?.length) return null;
  return (
    <div class="block">
      <h3>Where gold contradicts it</h3>
      <ul class="quotes">
        {source.wrong.map((row) => (
          <li key={row.row}>
            <q class="text" dir="auto">{row.text}</q>
            <span class="quote-source">
              gold <span class="class-gold">{row.gold}</span>, voted <span class="class-predicted">{row.voted}</span> · <Command words={["hone", "why", row.id]} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
