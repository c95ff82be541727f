/** Rows of one text, or nearly: how many there are, whether a split tears them apart, and the largest groups. */

import type { NearDuplicates, Straddling } from "../report";
import { count, counted, percent } from "../format";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Facts } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { type Column, Table } from "../parts/table";
import { kSplits } from "../systems";

type Group = NearDuplicates["largest"][number];

const kPairs = [
  ["train_valid", "train and valid"],
  ["train_test", "train and test"],
  ["valid_test", "valid and test"],
] as const;

export function NearDuplicatesBlock({ found, rows }: { found: NearDuplicates; rows: number }) {
  const dropped = kSplits.reduce((sum, split) => sum + (found.dropped?.[split] ?? 0), 0);
  return (
    <Block title="Rows of one text, or nearly" id="near-duplicates" note={`Texts count as one from a similarity of ${percent(found.similarity, 0)} on, or when they are equal after normalization.`}>
      <Facts
        items={[
          { name: "Groups", value: count(found.groups), note: `${counted(found.rows, "row")} in them${rows > 0 ? `, ${percent(found.rows / rows)} of all` : ""}` },
          { name: "Equal texts", value: count(found.exact.groups), note: `groups, ${counted(found.exact.rows, "row")}` },
          { name: "Nearly equal", value: count(found.near.groups), note: `groups, ${counted(found.near.rows, "row")}` },
          { name: "Across splits", value: count(found.straddling_after.groups), note: found.straddling === null ? "splits keep groups whole" : `groups torn apart; ${count(found.straddling_before.groups)} before` },
          { name: "Left out", value: count(dropped), note: `${counted(found.moved_rows, "row")} moved to another split` },
        ]}
      />
      {(found.straddling_before.groups > 0 || found.straddling_after.groups > 0) && <Torn before={found.straddling_before} after={found.straddling_after} />}
      {found.largest?.length > 0 && (
        <Table
          id="duplicates"
          caption="The largest groups of near-duplicates"
          columns={kColumns}
          rows={found.largest}
          rowKey={(group) => String(found.largest.indexOf(group))}
          sortedBy="-rows"
          details={(group) => <GroupDetails group={group} />}
        />
      )}
      <Origin stage="near-duplicates" path="near_duplicates" />
    </Block>
  );
}

function Torn({ before, after }: { before: Straddling; after: Straddling }) {
  return (
    <SimpleTable
      caption="Pairs of near-duplicates in different splits"
      headers={[{ text: "Pairs of rows in" }, { text: "as files and groups had them", number: true }, { text: "as measured", number: true }]}
      rows={kPairs.map(([key, title]) => [title, count(before.pairs[key]), count(after.pairs[key])])}
    />
  );
}

const kColumns: readonly Column<Group>[] = [
  { key: "text", header: "Text", kind: "reading", cell: (group) => (group.text === null ? <span class="nothing">only in test, and not shown</span> : <q class="text" dir="auto">{group.text}</q>), sort: (group) => group.text },
  { key: "rows", header: "Rows", number: true, cell: (group) => count(group.rows), sort: (group) => group.rows },
  { key: "texts", header: "Different texts", number: true, cell: (group) => count(group.texts), sort: (group) => group.texts },
  ...kSplits.map((split): Column<Group> => ({ key: split, header: split.charAt(0).toUpperCase() + split.slice(1), number: true, hint: "Rows of it there as the split had them before", cell: (group) => count(group.splits?.[split]), sort: (group) => group.splits?.[split] })),
];

function GroupDetails({ group }: { group: Group }) {
  return (
    <SimpleTable
      caption="The first rows of the group"
      headers={[{ text: "Row" }, { text: "Split" }, { text: "File" }, { text: "Line", number: true }]}
      rows={group.examples.map((row) => [<Name text={row.id} light />, row.split, <Name text={row.file} light />, count(row.line)])}
    />
  );
}
