/** Where errors come from: what the votes said, beside what became of it; and which source is wrong on which class. */

import { useMemo } from "preact/hooks";
import type { Clarity, Report, Source } from "../report";
import { linkTo, useChoice } from "../address";
import { Figure } from "../charts/figure";
import { type CellUnit, partOf, sourceGrid, worstColumns, worstRows } from "../charts/grid";
import { HeatLegend, HeatMap } from "../charts/heat_map";
import { count, counted, percent } from "../format";
import { Choice } from "../parts/choice";
import { NumberLink } from "../parts/measure";
import { Origin } from "../parts/origin";
import { Block, Empty, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";

/** What the votes said of a row, in words, and what helps where the result is wrong then. */
export const kSaid: Record<string, { text: string; advice: string }> = {
  right: { text: "a right label, all of one mind", advice: "The model unlearned it: look at its training, or at the gold." },
  "right-in-conflict": { text: "a right label, in conflict", advice: "Make the sources that contradict it narrower." },
  "wrong-in-conflict": { text: "a wrong label, in conflict", advice: "Write a source that decides between the two." },
  wrong: { text: "a wrong label, all of one mind", advice: "Mend the sources that voted." },
  nothing: { text: "nothing", advice: "Write sources for such rows." },
};

export function ClaritySection({ report }: { report: Report }) {
  const clarity = report.evaluation?.clarity;
  const measured = (report.sources ?? []).filter((source) => Object.keys(source.gold_votes ?? {}).length > 0);
  return (
    <Section id="clarity" title="Clarity" lead="Where errors come from: what the votes said of the rows that came out wrong, and which source is wrong on which class.">
      {clarity ? <ClarityMatrix clarity={clarity} model={report.training !== null} /> : <Empty>There is no gold that may be looked at, so nobody can say where errors come from.</Empty>}
      {measured.length > 0 && <SourcesByClass sources={measured} classes={report.task.classes} />}
      <Origin stage="evaluate" path="evaluation.clarity, sources[].gold_votes" />
    </Section>
  );
}

function ClarityMatrix({ clarity, model }: { clarity: Clarity; model: boolean }) {
  const [chosen, setChosen] = useChoice("clarity", "class", "");
  const classes = clarity.by_class.filter((row) => !chosen || row.class === chosen);
  const sum = (pick: (row: Clarity["by_class"][number]) => number | undefined) => classes.reduce((total, row) => total + (pick(row) ?? 0), 0);
  const all = clarity.said.reduce((total, _, at) => total + sum((row) => row.rows[at]), 0);
  const system = model ? "The model" : "The label";
  const rows = clarity.said.map((said, at) => {
    const total = sum((row) => row.rows[at]);
    const right = sum((row) => row.right[at]);
    const link = linkTo("table-errors", chosen ? { said, gold: chosen } : { said }, "errors");
    return [
      kSaid[said]?.text ?? said,
      <Tinted rows={total} of={all} />,
      <Tinted rows={right} of={all} tone="right" />,
      <NumberLink href={total > right ? link : null}>
        <Tinted rows={total - right} of={all} tone="wrong" />
      </NumberLink>,
      total > right ? kSaid[said]?.advice ?? "" : "",
    ];
  });
  return (
    <Block title={`What the votes said of the ${clarity.split} rows, and what became of it`}>
      <div class="table-tools">
        <ClassChoice classes={clarity.by_class.map((row) => row.class)} value={chosen} onChange={setChosen} />
        <span class="search-count" role="status">
          {counted(all, "row")} with gold
        </span>
      </div>
      <div class="clarity">
        <SimpleTable
          caption={`Rows of ${clarity.split} by what the votes said and by whether the result is right`}
          headers={[{ text: "The votes gave" }, { text: "Rows", number: true }, { text: `${system} is right`, number: true }, { text: `${system} is wrong`, number: true }, { text: "What helps where it is wrong" }]}
          rows={rows}
        />
      </div>
    </Block>
  );
}

function ClassChoice({ classes, value, onChange }: { classes: readonly string[]; value: string; onChange: (value: string) => void }) {
  return (
    <div class="facet">
      <label for="clarity-class">Gold class</label>
      <select id="clarity-class" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">all</option>
        {classes.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A count on a ground that is as dark as the count is large. */
function Tinted({ rows, of, tone = "plain" }: { rows: number; of: number; tone?: "plain" | "right" | "wrong" }) {
  const share = of > 0 ? rows / of : 0;
  return (
    <span class={`tinted tinted-${tone}`} style={{ "--share": share.toFixed(3) }}>
      {count(rows)} <span class="tinted-share">{percent(share, 0)}</span>
    </span>
  );
}

const kSizes = [25, 50, 100] as const;

function SourcesByClass({ sources, classes }: { sources: readonly Source[]; classes: readonly string[] }) {
  const whole = useMemo(() => sourceGrid(sources, classes), [sources, classes]);
  const [unit, setUnit] = useChoice("clarity", "cells", "count");
  const [most, setMost] = useChoice("clarity", "most", "25");
  const sizes = [...kSizes.filter((size) => size < sources.length), sources.length].map(String);
  const grid = useMemo(() => partOf(whole, worstRows(whole, Number(most) || 25), worstColumns(whole, 100)), [whole, most]);
  const byName = useMemo(() => new Map(sources.map((source) => [source.name, source])), [sources]);
  const wrong = (source: Source | undefined, name: string) => (source?.gold_votes?.[name] ?? 0) - (source?.gold_right?.[name] ?? 0);
  const bad = sources.flatMap((source) => Object.keys(source.gold_votes).map((name) => ({ source, name, wrong: wrong(source, name) }))).filter((cell) => cell.wrong > 0);
  bad.sort((a, b) => b.wrong - a.wrong);
  const data = {
    headers: [{ text: "Source" }, { text: "Gold class" }, { text: "Votes", number: true }, { text: "of these wrong", number: true }],
    rows: bad.map((cell) => [<NumberLink href={linkTo("sources", { open: cell.source.name })}>{cell.source.name}</NumberLink>, cell.name, count(cell.source.gold_votes[cell.name]), count(cell.wrong)]),
  };
  const head = [grid.rows.length < sources.length ? `the ${grid.rows.length} sources with the most wrong votes, of ${sources.length}` : "", grid.columns.length < classes.length ? `the ${grid.columns.length} classes with the most of them, of ${classes.length}` : ""].filter(Boolean).join("; ");
  return (
    <Block title="Sources by gold class, on train and valid">
      <Figure
        title="Wrong votes of sources by gold class"
        caption={`Rows are sources, columns the gold class of the rows they voted on: blue where the vote is right, orange where it is not.${head ? ` Shown: ${head}.` : ""}`}
        data={data}
        legend={<HeatLegend good="right" bad="wrong" note={unit === "share" ? "darker: larger share of the source’s votes on gold" : "darker: more votes"} />}
        controls={
          <>
            <Choice label="Cells" name="clarity-unit" options={[{ value: "count", text: "Votes" }, { value: "share", text: "% of source" }]} value={unit} onChange={setUnit} />
            <Choice label="Sources" name="clarity-most" options={sizes.map((value) => ({ value, text: Number(value) === sources.length ? `All ${value}` : `Worst ${value}` }))} value={String(grid.rows.length)} onChange={setMost} />
          </>
        }
      >
        <HeatMap
          grid={grid}
          unit={unit as CellUnit}
          label={`Votes of ${counted(grid.rows.length, "source")} by ${counted(grid.columns.length, "gold class", "gold classes")}.`}
          axes={{ columns: "Gold class", rows: "Source" }}
          hint="A cell leads to its source."
          leads={(source) => linkTo("sources", { open: source })}
          readout={(source, name) => {
            const votes = byName.get(source)?.gold_votes?.[name] ?? 0;
            return (
              <>
                <strong>{source}</strong> on gold <strong>{name}</strong>: {counted(votes, "vote")}{votes > 0 && `, ${count(votes - wrong(byName.get(source), name))} right`}
              </>
            );
          }}
        />
      </Figure>
    </Block>
  );
}
