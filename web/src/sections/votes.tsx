import { useMemo } from "preact/hooks";
import type { Report } from "../report";
import { linkTo, useChoice } from "../address";
import { Parts } from "../charts/bars";
import { Figure } from "../charts/figure";
import { type CellUnit, type Grid, pairGrid, partOf, worstOnEitherSide } from "../charts/grid";
import { HeatLegend, HeatMap } from "../charts/heat_map";
import { count, counted, decimal, percent } from "../format";
import { Choice } from "../parts/choice";
import { NumberLink } from "../parts/measure";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Empty, Facts, Section } from "../parts/section";
import { type Column, Table } from "../parts/table";

export function Votes({ report }: { report: Report }) {
  const { votes, data } = report;
  const rows = data.rows;
  const share = (part: number) => (rows > 0 ? `${percent(part / rows)} of all rows` : undefined);
  return (
    <Section id="votes" title="Votes" lead="How the sources’ votes fall on the rows, all together, and where two sources meet.">
      <Facts
        items={[
          { name: "Votes", value: count(votes.total), note: votes.covered > 0 ? `${decimal(votes.total / votes.covered, 2)} a covered row` : undefined },
          { name: "Covered rows", value: count(votes.covered), note: share(votes.covered) },
          { name: "Rows with several votes", value: count(votes.overlap), note: share(votes.overlap) },
          { name: "Rows in conflict", value: count(votes.conflict), note: share(votes.conflict) },
          { name: "Vote patterns", value: count(votes.patterns), note: "distinct rows of the vote matrix" },
        ]}
      />
      {votes.total === 0 ? (
        <Empty>No source voted on any row, so nothing could be labeled.</Empty>
      ) : (
        <Parts
          label="Rows by their votes"
          parts={[
            { name: "one vote", value: Math.max(0, votes.covered - votes.overlap), tone: "one" },
            { name: "several, agreeing", value: Math.max(0, votes.overlap - votes.conflict), tone: "agree" },
            { name: "several, in conflict", value: votes.conflict, tone: "conflict" },
            { name: "no vote, no label", value: Math.max(0, rows - votes.covered), tone: "none" },
          ]}
        />
      )}
      {votes.pairs?.length > 0 && <Pairs votes={votes} rows={rows} />}
      <Origin stage="vote" path="votes" command="hone lf NAME" />
    </Section>
  );
}

type Pair = Report["votes"]["pairs"][number];

const kColumns: readonly Column<Pair>[] = [
  { key: "a", header: "Source", kind: "wide", cell: (pair) => <NumberLink href={linkTo("sources", { open: pair.a })}><Name text={pair.a} /></NumberLink>, sort: (pair) => pair.a },
  { key: "b", header: "and source", kind: "wide", cell: (pair) => <NumberLink href={linkTo("sources", { open: pair.b })}><Name text={pair.b} light /></NumberLink>, sort: (pair) => pair.b },
  { key: "both", header: "Rows with both", number: true, hint: "Rows where both vote", cell: (pair) => count(pair.both), sort: (pair) => pair.both },
  { key: "differ", header: "They differ", number: true, hint: "Rows where both vote, for different classes", cell: (pair) => count(pair.differ), sort: (pair) => pair.differ },
  { key: "share", header: "Share", number: true, hint: "Of the rows with both, the share where they differ", cell: (pair) => percent(pair.differ / pair.both), sort: (pair) => pair.differ / pair.both },
];

function Pairs({ votes, rows }: { votes: Report["votes"]; rows: number }) {
  const left = [
    votes.pairs_left_out > 0 ? ` The ${count(votes.pairs.length)} most conflicting pairs; ${count(votes.pairs_left_out)} more are left out.` : "",
    votes.pairs_rows < rows ? ` Counted on ${count(votes.pairs_rows)} of ${count(rows)} rows, evenly spaced.` : "",
  ].join("");
  return (
    <>
      <PairFigure pairs={votes.pairs} left={left} />
      <Block title="Pairs of sources" note={`Two that differ often need a third that decides, or one of them mending; two that never differ and always meet may be one.${left}`}>
        <Table
          id="pairs"
          caption="Pairs of sources that vote on the same rows"
          columns={kColumns}
          rows={votes.pairs}
          rowKey={(pair) => `${pair.a} ${pair.b}`}
          searchText={(pair) => `${pair.a} ${pair.b}`}
          searchLabel="Filter pairs"
          sortedBy="-differ"
          printed={25}
        />
      </Block>
    </>
  );
}

const kSizes = [25, 50, 100] as const;

function PairFigure({ pairs, left }: { pairs: readonly Pair[]; left: string }) {
  const whole = useMemo(() => pairGrid([...pairs]), [pairs]);
  const [unit, setUnit] = useChoice("overlap", "cells", "share");
  const [most, setMost] = useChoice("overlap", "most", "25");
  const grid = useMemo(() => shownPart(whole, Number(most)), [whole, most]);
  const byNames = useMemo(() => new Map(pairs.flatMap((pair) => [[`${pair.a}\n${pair.b}`, pair], [`${pair.b}\n${pair.a}`, pair]])), [pairs]);
  const sizes = [...kSizes.filter((size) => size < whole.rows.length), whole.rows.length].filter((size) => size <= 200).map(String);
  const data = {
    headers: [{ text: "Source" }, { text: "Source" }, { text: "Rows with both", number: true }, { text: "They differ", number: true }],
    rows: pairs.map((pair) => [pair.a, pair.b, count(pair.both), count(pair.differ)]),
  };
  return (
    <Block title="Who meets whom">
      <Figure
        title="Pairs of sources that vote on the same rows"
        caption={`${grid.rows.length < whole.rows.length ? `The ${grid.rows.length} sources with the most conflict, of ${whole.rows.length}. ` : ""}A cell is a pair of sources that vote on the same rows: orange where they differ, blue where they always agree.${left}`}
        data={data}
        legend={<HeatLegend good="always agree" bad="differ" note={unit === "share" ? "darker: on a larger share of the rows with both" : "darker: on more rows"} />}
        controls={
          <>
            <Choice label="Cells" name="pair-unit" options={[{ value: "share", text: "%" }, { value: "count", text: "Rows" }]} value={unit} onChange={setUnit} />
            <Choice label="Sources" name="pair-most" options={sizes.map((value) => ({ value, text: Number(value) === whole.rows.length ? `All ${value}` : `Worst ${value}` }))} value={String(grid.rows.length)} onChange={setMost} />
          </>
        }
      >
        <HeatMap
          grid={grid}
          unit={unit as CellUnit}
          label={`Overlap and conflict of ${counted(grid.rows.length, "source")}.`}
          axes={{ columns: "Source", rows: "Source" }}
          leads={(a, b) => (byNames.has(`${a}\n${b}`) ? linkTo("table-pairs", { q: `${byNames.get(`${a}\n${b}`)?.a} ${byNames.get(`${a}\n${b}`)?.b}` }, "pairs") : null)}
          readout={(a, b) => {
            const pair = byNames.get(`${a}\n${b}`);
            return (
              <>
                <strong>{a}</strong> and <strong>{b}</strong>: {pair ? `${counted(pair.both, "row")} with both, ${count(pair.differ)} where they differ (${percent(pair.differ / pair.both)})` : a === b ? "one and the same" : "never on the same row"}
              </>
            );
          }}
        />
      </Figure>
    </Block>
  );
}

function shownPart(grid: Grid, most: number): Grid {
  const kept = worstOnEitherSide(grid, most || 25);
  return partOf(grid, kept, kept);
}
