import type { Evaluation, PerClass, SplitName } from "../report";
import { linkTo, useChoice } from "../address";
import { ShareAxis } from "../charts/share_bar";
import { count, percent } from "../format";
import { Choice } from "../parts/choice";
import { MeasureCell, NumberLink } from "../parts/measure";
import { Name } from "../parts/name";
import { Block } from "../parts/section";
import { type Column, Table } from "../parts/table";
import { listedSplit, systemTitle } from "../systems";

const kAveragePrecision: Column<PerClass> = {
  key: "ap",
  header: "Average precision",
  number: true,
  hint: "Area under precision over recall, as rows are taken by falling probability of the class",
  cell: (row) => percent(row.average_precision),
  sort: (row) => row.average_precision,
};

function columnsOf(read: SplitName | null): readonly Column<PerClass>[] {
  const errors = (key: string, name: string) => (read ? linkTo("table-errors", { [key]: name }, "errors") : null);
  return [
    { key: "class", header: "Class", kind: "wide", cell: (row) => <Name text={row.class} />, sort: (row) => row.class },
    { key: "gold", header: "Gold rows", number: true, cell: (row) => <NumberLink href={errors("gold", row.class)}>{count(row.gold)}</NumberLink>, sort: (row) => row.gold },
    { key: "predicted", header: "Predicted", number: true, cell: (row) => <NumberLink href={errors("predicted", row.class)}>{count(row.predicted)}</NumberLink>, sort: (row) => row.predicted },
    { key: "precision", header: "Precision", number: true, axis: <ShareAxis />, hint: "Of the rows predicted as this class, the share that is it", cell: (row) => <MeasureCell measure={row.precision} tone="right" href={errors("predicted", row.class)} />, sort: (row) => row.precision?.value },
    { key: "recall", header: "Recall", number: true, axis: <ShareAxis />, hint: "Of the rows of this class, the share that is found", cell: (row) => <MeasureCell measure={row.recall} tone="right" href={errors("gold", row.class)} />, sort: (row) => row.recall?.value },
    { key: "f1", header: "F1", number: true, cell: (row) => percent(row.f1), sort: (row) => row.f1 },
  ];
}

type Which = "model" | "label_model";

export function PerClassBlock({ evaluation }: { evaluation: Evaluation }) {
  const { per_class: perClass } = evaluation;
  const read = listedSplit(evaluation);
  const systems = (["model", "label_model"] as const).filter((name) => splitsOf(perClass, name).length > 0);
  const [which, setWhich] = useChoice("classes", "of", systems[0] ?? "model");
  const system = (systems as readonly string[]).includes(which) ? (which as Which) : systems[0] ?? "model";
  const splits = splitsOf(perClass, system);
  const [wanted, setWanted] = useChoice("classes", "split", splits[0] ?? "test");
  const split = splits.find((one) => one === wanted) ?? splits[0];
  const rows = split && perClass?.[system]?.[split];
  if (!split || !rows?.length) return null;
  return (
    <Block title="By class" note={read && split !== read ? `A number leads to the errors of its class on ${read}, the rows that may be read.` : undefined}>
      <Table
        id="classes"
        caption={`Precision, recall and F1 by class: ${systemTitle(system).toLowerCase()}, ${split}`}
        columns={rows.some((row) => row.average_precision != null) ? [...columnsOf(read), kAveragePrecision] : columnsOf(read)}
        rows={rows}
        rowKey={(row) => row.class}
        searchText={(row) => row.class}
        searchLabel="Filter classes"
        sortedBy="f1"
        controls={
          <>
            <Choice label="System" name="class-system" options={systems.map((value) => ({ value, text: systemTitle(value) }))} value={system} onChange={setWhich} />
            <Choice label="Split" name="class-split" options={splits.map((value) => ({ value, text: value }))} value={split} onChange={setWanted} />
          </>
        }
      />
    </Block>
  );
}

function splitsOf(perClass: Evaluation["per_class"], which: Which): SplitName[] {
  return (["test", "valid", "train"] as const).filter((split) => perClass?.[which]?.[split]?.length);
}
