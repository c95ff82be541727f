import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { Confusion, Evaluation, SplitName } from "../report";
import { linkTo, useChoice } from "../address";
import { Figure } from "../charts/figure";
import { type CellUnit, confusionGrid, type Grid, partOf, worstOnEitherSide } from "../charts/grid";
import { HeatLegend, HeatMap } from "../charts/heat_map";
import { count, counted, percent } from "../format";
import { Choice } from "../parts/choice";
import { NumberLink } from "../parts/measure";
import { Block } from "../parts/section";
import { listedSplit, systemTitle } from "../systems";

interface Known {
  key: string;
  text: string;
  system: string;
  confusion: Confusion;
}

// Up to here all classes have readable names; beyond it the most confused ones come first.
const kAllReadable = 100;
const kSizes = [25, 50, 100] as const;
const kNoLabel = "no label";

/** All matrices of a report; the one whose rows may be read comes last. */
function matrices(evaluation: Evaluation): Known[] {
  const main = evaluation.confusion?.model ? "model" : "label_model";
  const known: Known[] = (["model", "label_model"] as const).flatMap((name) => {
    const confusion = evaluation.confusion?.[name];
    return confusion ? [{ key: name, text: `${systemTitle(name)}, ${confusion.split}`, system: systemTitle(name), confusion }] : [];
  });
  const read = evaluation.errors_confusion;
  if (read && !known.some((one) => one.key === main && one.confusion.split === read.split)) known.push({ key: "read", text: `${systemTitle(main)}, ${read.split}`, system: systemTitle(main), confusion: read });
  return known.filter((one) => one.confusion.classes.length > 0);
}

export function ConfusionBlock({ evaluation }: { evaluation: Evaluation }) {
  const known = useMemo(() => matrices(evaluation), [evaluation]);
  const [which, setWhich] = useChoice("confusion", "of", known[0]?.key ?? "");
  const [unit, setUnit] = useChoice("confusion", "cells", "count");
  const chosen = known.find((one) => one.key === which) ?? known[0];
  if (!chosen) return null;
  const controls = (
    <>
      <Choice label="Matrix" name="confusion-of" options={known.map(({ key, text }) => ({ value: key, text }))} value={chosen.key} onChange={setWhich} />
      <Choice label="Cells" name="confusion-unit" options={[{ value: "count", text: "Rows" }, { value: "share", text: "% of gold" }]} value={unit} onChange={setUnit} />
    </>
  );
  return (
    <Block title="What is taken for what" id="confusion">
      <ConfusionFigure key={chosen.key} known={chosen} read={listedSplit(evaluation)} unit={unit as CellUnit} controls={controls} />
    </Block>
  );
}

interface FigureProps {
  known: Known;
  /** The split whose errors are listed. */
  read: SplitName | null;
  unit: CellUnit;
  controls: ComponentChildren;
}

function ConfusionFigure({ known, read, unit, controls }: FigureProps) {
  const { confusion, system } = known;
  const whole = useMemo(() => confusionGrid(confusion), [confusion]);
  const classes = confusion.classes.length;
  const sizes = [...kSizes.filter((size) => size < classes), classes].map(String);
  const [most, setMost] = useChoice("confusion", "most", classes <= kAllReadable ? String(classes) : "50");
  const grid = useMemo(() => shownPart(whole, Number(most)), [whole, most]);
  const totals = useMemo(() => new Map(confusion.classes.map((name, at) => [name, confusion.counts[at]?.reduce((sum, rows) => sum + rows, 0) ?? 0])), [confusion]);
  const errors = useMemo(() => whole.cells.filter((cell) => !cell.good).sort((a, b) => b.count - a.count), [whole]);
  const errorsAt = (gold: string, predicted: string) => linkTo("table-errors", { gold, predicted }, "errors");
  const wrong = errors.reduce((sum, cell) => sum + cell.count, 0);
  const all = [...totals.values()].reduce((sum, rows) => sum + rows, 0);
  const same = read === confusion.split;
  const data = {
    headers: [{ text: "Gold" }, { text: "Predicted" }, { text: "Rows", number: true }, { text: "Share of gold", number: true }],
    rows: errors.map((cell) => {
      const [gold, predicted] = [whole.rows[cell.row] ?? "", whole.columns[cell.column] ?? ""];
      return [gold, predicted, <NumberLink href={read ? errorsAt(gold, predicted) : null}>{count(cell.count)}</NumberLink>, percent(cell.share)];
    }),
  };
  const shown = grid.rows.length;
  const where = !read ? "" : same ? "A cell leads to its errors." : `Rows of ${confusion.split} are not read: a cell leads to the errors of its kind on ${read}.`;
  return (
    <Figure
      title={`Cells of the confusion matrix off the diagonal, ${known.text.toLowerCase()}`}
      caption={`${shown < classes ? `The ${shown} classes with the most errors, of ${classes}. ` : ""}Rows are gold, columns what was predicted. ${count(wrong)} of ${count(all)} ${confusion.split} rows are off the diagonal. ${where}`}
      data={data}
      legend={<HeatLegend good="right" bad="wrong" note={unit === "share" ? "darker: larger share of the gold class" : "darker: more rows"} />}
      controls={
        <>
          {controls}
          <Choice label="Classes" name="confusion-most" options={sizes.map((value) => ({ value, text: Number(value) === classes ? `All ${value}` : `Worst ${value}` }))} value={String(shown)} onChange={setMost} />
        </>
      }
    >
      <HeatMap
        grid={grid}
        unit={unit}
        label={`Confusion matrix, ${system.toLowerCase()} on ${confusion.split}: ${count(wrong)} of ${count(all)} rows are wrong, in ${count(errors.length)} cells of ${classes} classes.`}
        axes={{ columns: "Predicted", rows: "Gold" }}
        ruleBefore={shown}
        hint={where}
        leads={read ? (gold, predicted) => (gold === predicted ? null : errorsAt(gold, predicted)) : undefined}
        readout={(gold, predicted, cell) => {
          const total = totals.get(gold) ?? 0;
          const verdict = predicted === gold ? "right" : predicted === kNoLabel ? "without a label" : <>predicted <strong>{predicted}</strong></>;
          return (
            <>
              Gold <strong>{gold}</strong>, {verdict}: {count(cell?.count ?? 0)} of {counted(total, "row")}
              {total > 0 && ` (${percent((cell?.count ?? 0) / total)})`}
            </>
          );
        }}
      />
    </Figure>
  );
}

function shownPart(grid: Grid, most: number): Grid {
  const kept = worstOnEitherSide(grid, most || 50);
  return partOf(grid, kept, [...kept, grid.columns.length - 1]);
}
