/** Criteria by slice: what evaluators say, corrected by what people said, and how far the two agree. */

import { useState } from "preact/hooks";
import type { Criterion, CriterionCell } from "../report";
import { count, counted, interval, percent, spoken } from "../format";
import { usePrinting } from "../printing";
import { Name } from "./name";
import { Block } from "./section";
import { SimpleTable } from "./simple_table";

const kShown = 8;
// As many columns as a sheet of paper holds.
const kOnPaper = 3;
const kKinds: Record<Criterion["kind"], string> = {
  column: "column",
  lf: "labeling function",
  process: "program",
  like: "source",
  model: "model",
  dictionary: "dictionary",
};
const kMethods = { "": "", ppi: "PPI++", rogan_gladen: "Rogan-Gladen" };

export function CriteriaBlock({ criteria }: { criteria: readonly Criterion[] | undefined }) {
  const [all, setAll] = useState(false);
  const printing = usePrinting();
  if (!criteria || criteria.length === 0) return null;
  const slices = (criteria[0]?.cells ?? []).map((cell) => cell.slice);
  const shown = all ? slices : slices.slice(0, kShown + 1);
  return (
    <Block title="Criteria by slice" id="criteria">
      {inTables(criteria, printing ? kOnPaper : criteria.length).map((columns) => (
        <CriteriaTable key={columns[0]?.criterion} criteria={columns} slices={shown} />
      ))}
      {slices.length > kShown + 1 && (
        <button type="button" class="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the first ${kShown} slices` : `Show all ${count(slices.length - 1)} slices`}
        </button>
      )}
      <p class="note">
        The share that meets the criterion, corrected for the evaluator’s errors where people graded enough rows: by PPI++ where their rows were drawn evenly, else by the error rates that they show (Rogan-Gladen). Below it the evaluator’s own share, and how often it agrees with people. Where a number is
        grey it is the evaluator’s word alone.
      </p>
    </Block>
  );
}

function inTables(criteria: readonly Criterion[], columns: number): Criterion[][] {
  return Array.from({ length: Math.ceil(criteria.length / columns) }, (_, table) => criteria.slice(table * columns, (table + 1) * columns));
}

function CriteriaTable({ criteria, slices }: { criteria: readonly Criterion[]; slices: readonly (string | null)[] }) {
  const headers = [{ text: "Slice" }, ...criteria.map((criterion) => ({ text: criterion.criterion, hint: gradedBy(criterion), note: gradedBy(criterion) }))];
  const rows = slices.map((slice) => [slice === null ? "All rows" : <Name text={slice} />, ...criteria.map((criterion) => <Cell cell={criterion.cells.find((cell) => cell.slice === slice)} />)]);
  return <SimpleTable caption={`Share of rows that meet ${criteria.length === 1 ? "the criterion" : "each criterion"}, by slice: ${criteria.map((criterion) => criterion.criterion).join(", ")}`} headers={headers} rows={rows} />;
}

function gradedBy({ evaluator, kind, otherwise, failures, people }: Criterion): string {
  const silence = otherwise ? `, whose silence is a ${otherwise}` : "";
  const failed = failures && failures.count > 0 ? `, which failed on ${counted(failures.count, "row")} (${failures.first[0]?.what})` : "";
  return `graded by the ${kKinds[kind]} ${evaluator}${silence}${failed}; ${people ? `by people in ${people}` : "by nobody else"}`;
}

function Cell({ cell }: { cell: CriterionCell | undefined }) {
  if (!cell?.raw) return <span class="fact-note">{cell?.note ?? "–"}</span>;
  const { corrected, raw, agreement } = cell;
  return (
    <span class="criterion-cell">
      {corrected ? (
        <span title={`corrected by ${kMethods[cell.method]}: ${spoken(corrected)}`}>
          <strong>{percent(corrected.value)}</strong> <span class="fact-note">({interval(corrected)})</span>
        </span>
      ) : (
        <span class="fact-note">
          {percent(raw.value)} ({interval(raw)})
        </span>
      )}
      <span class="fact-note">
        {corrected && `raw ${percent(raw.value)}, `}n = {count(raw.n)}
      </span>
      {agreement && (
        <span class="fact-note">
          agrees {percent(agreement.observed.value)} ({interval(agreement.observed)}) of {count(agreement.observed.n)}
          {agreement.kappa && `, κ ${agreement.kappa.value.toFixed(2)}`}
          {agreement.ac1 !== null && `, AC1 ${agreement.ac1.toFixed(2)}`}
        </span>
      )}
      {cell.note && <span class="fact-note">{cell.note}</span>}
    </span>
  );
}
