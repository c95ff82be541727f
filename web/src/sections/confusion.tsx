import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Confusion, Evaluation } from "../report";
import { type CellUnit, classesToShow, errorCells, goldTotals } from "../charts/confusion_cells";
import { Figure } from "../charts/figure";
import { HeatLegend, HeatMap } from "../charts/heat_map";
import { count, percent } from "../format";
import { Choice } from "../parts/choice";
import { Block } from "../parts/section";
import { systemTitle } from "../systems";

type Which = "model" | "label_model";

// Up to here all classes have readable names; beyond it the most confused ones come first.
const kAllReadable = 100;
const kSizes = [25, 50, 100] as const;

export function ConfusionBlock({ confusion }: { confusion: Evaluation["confusion"] }) {
  const known = (["model", "label_model"] as const).filter((name) => confusion?.[name]);
  const [which, setWhich] = useState<Which>(known[0] ?? "model");
  const [unit, setUnit] = useState<CellUnit>("count");
  const chosen = confusion?.[which];
  if (!chosen || chosen.classes.length === 0) return null;
  const controls = (
    <>
      <Choice label="System" name="confusion-system" options={known.map((value) => ({ value, text: systemTitle(value) }))} value={which} onChange={setWhich} />
      <Choice label="Cells" name="confusion-unit" options={[{ value: "count", text: "Rows" }, { value: "share", text: "% of gold" }]} value={unit} onChange={setUnit} />
    </>
  );
  return (
    <Block title={`What is taken for what, on ${chosen.split}`}>
      <ConfusionFigure key={which} confusion={chosen} unit={unit} controls={controls} title={systemTitle(which)} />
    </Block>
  );
}

function ConfusionFigure({ confusion, unit, controls, title }: { confusion: Confusion; unit: CellUnit; controls: ComponentChildren; title: string }) {
  const classes = confusion.classes.length;
  const sizes = [...kSizes.filter((size) => size < classes), classes].map(String);
  const [most, setMost] = useState(classes <= kAllReadable ? String(classes) : "50");
  const shown = useMemo(() => classesToShow(confusion, Number(most)), [confusion, most]);
  const errors = useMemo(() => errorCells(confusion), [confusion]);
  const totals = useMemo(() => goldTotals(confusion), [confusion]);
  const name = (index: number) => confusion.classes[index] ?? "no label";
  const data = {
    headers: [{ text: "Gold" }, { text: "Predicted" }, { text: "Rows", number: true }, { text: "Share of gold", number: true }],
    rows: errors.slice(0, 1000).map((cell) => [name(cell.row), name(cell.column), count(cell.count), percent(cell.count / (totals[cell.row] || 1))]),
  };
  const wrong = errors.reduce((sum, cell) => sum + cell.count, 0);
  const all = totals.reduce((sum, rows) => sum + rows, 0);
  const label = `Confusion matrix of the ${title.toLowerCase()}: ${count(wrong)} of ${count(all)} rows are wrong, in ${count(errors.length)} cells of ${classes} classes.`;
  const head = shown.length < classes ? `The ${shown.length} classes with the most errors, of ${classes}. ` : "";
  return (
    <Figure
      title={`Cells of the confusion matrix off the diagonal, ${title.toLowerCase()}`}
      caption={`${head}Rows are gold, columns what was predicted. ${count(wrong)} of ${count(all)} rows are off the diagonal.`}
      data={data}
      legend={<HeatLegend unit={unit} />}
      controls={
        <>
          {controls}
          <Choice label="Classes" name={`confusion-classes-${title}`} options={sizes.map((value) => ({ value, text: Number(value) === classes ? `All ${value}` : `Worst ${value}` }))} value={most} onChange={setMost} />
        </>
      }
    >
      <HeatMap confusion={confusion} shown={shown} unit={unit} label={label} />
    </Figure>
  );
}
