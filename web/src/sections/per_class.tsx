import { useState } from "preact/hooks";
import type { Evaluation, PerClass, SplitName } from "../report";
import { count, percent } from "../format";
import { Choice } from "../parts/choice";
import { MeasureCell } from "../parts/measure";
import { Name } from "../parts/name";
import { Block } from "../parts/section";
import { type Column, Table } from "../parts/table";
import { systemTitle } from "../systems";

const kColumns: readonly Column<PerClass>[] = [
  { key: "class", header: "Class", kind: "wide", cell: (row) => <Name text={row.class} />, sort: (row) => row.class },
  { key: "gold", header: "Gold rows", number: true, cell: (row) => count(row.gold), sort: (row) => row.gold },
  { key: "predicted", header: "Predicted", number: true, cell: (row) => count(row.predicted), sort: (row) => row.predicted },
  { key: "precision", header: "Precision", number: true, hint: "Of the rows predicted as this class, the share that is it", cell: (row) => <MeasureCell measure={row.precision} tone="right" />, sort: (row) => row.precision?.value },
  { key: "recall", header: "Recall", number: true, hint: "Of the rows of this class, the share that is found", cell: (row) => <MeasureCell measure={row.recall} tone="right" />, sort: (row) => row.recall?.value },
  { key: "f1", header: "F1", number: true, cell: (row) => percent(row.f1), sort: (row) => row.f1 },
];

type Which = "model" | "label_model";

export function PerClassBlock({ perClass }: { perClass: Evaluation["per_class"] }) {
  const systems = (["model", "label_model"] as const).filter((name) => splitsOf(perClass, name).length > 0);
  const [which, setWhich] = useState<Which>(systems[0] ?? "model");
  const splits = splitsOf(perClass, which);
  const [wanted, setWanted] = useState<SplitName>("test");
  const split = splits.includes(wanted) ? wanted : splits[0];
  const rows = split && perClass?.[which]?.[split];
  if (!split || !rows?.length) return null;
  return (
    <Block title="By class">
      <Table
        key={`${which} ${split}`}
        caption={`Precision, recall and F1 by class: ${systemTitle(which).toLowerCase()}, ${split}`}
        columns={kColumns}
        rows={rows}
        rowKey={(row) => row.class}
        searchText={(row) => row.class}
        searchLabel="Filter classes"
        sortedBy={{ key: "f1", descending: false }}
        controls={
          <>
            <Choice label="System" name="class-system" options={systems.map((value) => ({ value, text: systemTitle(value) }))} value={which} onChange={setWhich} />
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
