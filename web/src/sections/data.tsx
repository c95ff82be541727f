import type { Report } from "../report";
import { Bars, type BarColumn, Parts } from "../charts/bars";
import { Figure } from "../charts/figure";
import { bytes, count, counted, kNothing, percent } from "../format";
import { Hash } from "../parts/hash";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Empty, Facts, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { kSplits } from "../systems";
import { NearDuplicatesBlock } from "./near_duplicates";

type Data = Report["data"];

export function DataSection({ report }: { report: Report }) {
  const { data } = report;
  const gold = kSplits.reduce((sum, split) => sum + (data.gold?.[split] ?? 0), 0);
  return (
    <Section id="data" title="Data" lead="What was read, how it was split, and where gold is known.">
      <Facts
        items={[
          { name: "Rows", value: count(data.rows) },
          { name: "Rows with gold", value: gold > 0 ? count(gold) : "none", note: gold > 0 ? kSplits.filter((split) => data.gold[split] > 0).map((split) => `${count(data.gold[split])} ${split}`).join(", ") : undefined },
          { name: "Groups", value: data.groups > 0 ? count(data.groups) : kNothing, note: data.groups > 0 ? "never torn apart by a split" : "no group field" },
          { name: "Empty texts", value: count(data.empty_texts), note: data.skipped_rows > 0 ? `${count(data.skipped_rows)} left out` : undefined },
          { name: "Bad rows", value: count(data.bad_rows), note: data.bad_rows > 0 ? `${percent(data.bad_rows / (data.rows + data.bad_rows), 2)}, left out` : undefined },
        ]}
      />
      <Block title="Splits">
        <Parts label="Rows by split" parts={kSplits.map((split) => ({ name: split, value: data.splits?.[split] ?? 0, tone: split, note: data.gold?.[split] > 0 ? `(${count(data.gold[split])} with gold)` : undefined }))} />
      </Block>
      <ClassCounts report={report} />
      <div class="columns">
        <Files data={data} />
        <Columns data={data} />
      </div>
      <BadRows data={data} />
      {report.near_duplicates && <NearDuplicatesBlock found={report.near_duplicates} rows={data.rows} />}
      {data.notes?.length > 0 && (
        <Block title="Notes">
          <ul class="plain-list">
            {data.notes.map((note, index) => (
              <li key={index}>{note}</li>
            ))}
          </ul>
        </Block>
      )}
      <Origin stage="import" path="data" />
    </Section>
  );
}

function ClassCounts({ report }: { report: Report }) {
  const counts = report.data.class_counts ?? [];
  if (counts.length === 0) return null;
  const splits = kSplits.filter((split) => counts.some((row) => row[split] > 0));
  const tones = { train: "third", valid: "second", test: "first" } as const;
  const columns: BarColumn[] = [{ title: "Labeled rows", format: count, parts: [{ name: "labeled", tone: "first" }] }];
  if (splits.length > 0) columns.unshift({ title: `Gold rows (${splits.join(" + ")})`, format: count, parts: splits.map((split) => ({ name: split, tone: tones[split] })) });
  const rows = counts.map((row) => ({ label: row.class, values: splits.length > 0 ? [splits.map((split) => row[split]), [row.labeled]] : [[row.labeled]] }));
  const data = {
    headers: [{ text: "Class" }, ...[...kSplits.map((split) => `Gold, ${split}`), "Labeled"].map((text) => ({ text, number: true }))],
    rows: counts.map((row) => [row.class, ...kSplits.map((split) => count(row[split])), count(row.labeled)]),
  };
  const legend =
    splits.length > 1 ? (
      <ul class="legend" aria-label="Legend">
        {splits.map((split) => (
          <li key={split}>
            <span class={`swatch bar-${tones[split]}`} aria-hidden="true" />
            gold, {split}
          </li>
        ))}
      </ul>
    ) : undefined;
  return (
    <Block title="Classes">
      <Figure title="Rows by class" caption={splits.length > 0 ? "Gold rows, and rows that the label model gave a class. Each side has its own scale." : "Rows that the label model gave a class."} data={data} legend={legend}>
        <Bars label={`Rows by class, ${counted(counts.length, "class", "classes")}`} columns={columns} rows={rows} what="classes" />
      </Figure>
    </Block>
  );
}

function Files({ data }: { data: Data }) {
  return (
    <Block title="Files">
      {data.files?.length ? (
        <SimpleTable
          caption="Files that were read"
          headers={[{ text: "File" }, { text: "Rows", number: true }, { text: "Size", number: true }, { text: "SHA-256" }]}
          rows={data.files.map((file) => [<Name text={file.name} />, count(file.rows), bytes(file.bytes), <Hash value={file.sha256} />])}
        />
      ) : (
        <Empty>No file is named in this report.</Empty>
      )}
    </Block>
  );
}

function Columns({ data }: { data: Data }) {
  return (
    <Block title="Columns">
      {data.columns?.length ? (
        <SimpleTable
          caption="Columns of the data"
          headers={[{ text: "Column" }, { text: "Type" }, { text: "Empty", number: true }, { text: "Share empty", number: true }]}
          rows={data.columns.map((column) => [<Name text={column.name} />, column.type, count(column.nulls), data.rows > 0 ? percent(column.nulls / data.rows) : kNothing])}
        />
      ) : (
        <Empty>No column is named in this report.</Empty>
      )}
    </Block>
  );
}

function BadRows({ data }: { data: Data }) {
  if (!data.first_bad_rows?.length) return null;
  return (
    <Block title="Rows that could not be read" note={data.bad_rows > data.first_bad_rows.length ? `The first ${data.first_bad_rows.length} of ${count(data.bad_rows)}.` : undefined}>
      <SimpleTable caption="Rows that could not be read" headers={[{ text: "File" }, { text: "Line", number: true }, { text: "Reason" }]} rows={data.first_bad_rows.map((row) => [<Name text={row.file} />, count(row.line), row.reason])} />
    </Block>
  );
}
