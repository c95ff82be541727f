import type { ContestedRow } from "../report";
import { linkTo } from "../address";
import { count, percent } from "../format";
import { Command } from "../parts/command";
import { Name } from "../parts/name";
import { Block } from "../parts/section";
import { type Column, type Facet, Table } from "../parts/table";

const kWhy: Record<ContestedRow["why"], string> = { unsure: "the label is unsure", overruled: "the label is not the majority’s" };

const kColumns: readonly Column<ContestedRow>[] = [
  { key: "text", header: "Text", kind: "reading", cell: (row) => <Quote row={row} />, sort: (row) => row.text },
  { key: "label", header: "Label", kind: "middle", cell: (row) => <Name text={row.label ?? "no label"} light />, sort: (row) => row.label },
  { key: "majority", header: "Majority vote", kind: "middle", cell: (row) => <Name text={row.majority ?? "no label"} light />, sort: (row) => row.majority },
  { key: "gold", header: "Gold", kind: "middle", cell: (row) => (row.gold === null ? <span class="nothing">not known</span> : <span class="class-gold"><Name text={row.gold} light /></span>), sort: (row) => row.gold },
  { key: "sure", header: "Sure of", number: true, hint: "Probability of the label", cell: (row) => percent(row.confidence), sort: (row) => row.confidence },
  { key: "rows", header: "Rows", number: true, hint: "Rows of train and valid with the same votes", cell: (row) => count(row.rows), sort: (row) => row.rows },
];

const kFacets: readonly Facet<ContestedRow>[] = [
  { key: "why", label: "Shown because", values: (row) => [row.why], name: (why) => kWhy[why as ContestedRow["why"]] ?? why },
  { key: "source", label: "Source that voted", values: (row) => Object.keys(row.votes ?? {}) },
];

export function Contested({ rows }: { rows: readonly ContestedRow[] }) {
  if (rows.length === 0) return null;
  return (
    <Block title="Rows of most disagreement" note="One row of each set of votes that contradict each other: the least sure labels, and those where the label model overrules the majority. A source that decides such rows, or a known class for them, is worth most. Of train and valid alone.">
      <Table
        id="contested"
        caption="Rows whose votes contradict each other"
        columns={kColumns}
        rows={rows}
        rowKey={(row) => String(row.row)}
        searchText={(row) => `${row.text} ${row.id} ${row.label ?? ""} ${row.majority ?? ""}`}
        searchLabel="Filter contested rows"
        facets={kFacets}
        sortedBy="sure"
        printed={40}
        details={(row) => <Details row={row} />}
      />
    </Block>
  );
}

function Quote({ row }: { row: ContestedRow }) {
  return (
    <span class="quote">
      <q class="text" dir="auto">
        {row.text}
      </q>
      <span class="quote-source">
        row {count(row.row)} · {row.id}
      </span>
    </span>
  );
}

function Details({ row }: { row: ContestedRow }) {
  return (
    <div class="source-details">
      <p>
        {Object.entries(row.votes ?? {}).map(([source, voted], index) => (
          <span key={source}>
            {index > 0 && ", "}
            <a href={linkTo("sources", { open: source })}>{source}</a> voted {voted}
          </span>
        ))}
        . Shown because {kWhy[row.why] ?? row.why}.
      </p>
      <p>
        <Command words={["hone", "why", row.id]} /> shows the words that matched and what each vote changed.
      </p>
    </div>
  );
}
