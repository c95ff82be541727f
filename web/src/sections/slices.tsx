import { useState } from "preact/hooks";
import type { Measure, Report, SliceResult, ValuesOfField } from "../report";
import { linkTo } from "../address";
import { DotPlot, type DotRow, SeriesLegend } from "../charts/dot_plot";
import { Figure } from "../charts/figure";
import { count, interval, percent, spoken } from "../format";
import { MeasureText } from "../parts/measure";
import { Name } from "../parts/name";
import { Origin } from "../parts/origin";
import { Block, Empty, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { type Column, Table } from "../parts/table";
import { headlineSplit, kSystems, metricsOn, systemsOf, systemTitle, type SystemName } from "../systems";
import { Discovered } from "./discovered";

const kShown = 12;

export function Slices({ report }: { report: Report }) {
  const slices = report.slices ?? [];
  const systems = kSystems.filter((name) => slices.some((slice) => slice[name]));
  return (
    <Section id="slices" title="Slices" lead={slices.length > 0 ? "Named parts of the data, measured by themselves: where an average hides a failure." : undefined}>
      {slices.length === 0 ? (
        <Empty>No slice is defined. Name the rows that matter most under “slices” in hone.yaml.</Empty>
      ) : (
        <>
          {systems.length > 0 && <SliceChart report={report} slices={slices} systems={systems} />}
          <SliceTable slices={slices} systems={systems} />
          <Others values={report.slices_by_value ?? []} />
          <Origin stage="evaluate" path="slices" />
        </>
      )}
      <Discovered found={report.evaluation?.discovered_slices} />
    </Section>
  );
}

/** Values of a column that are too many, or too small, to be slices. */
function Others({ values }: { values: readonly ValuesOfField[] }) {
  const cut = values.filter((field) => field.values > field.shown);
  if (cut.length === 0) return null;
  return (
    <>
      {cut.map((field) => (
        <p class="note" key={field.slice}>
          {field.slice}: {count(field.shown)} of {count(field.values)} values of {field.field} are shown, the largest; the others have {count(field.other_rows.train + field.other_rows.valid + field.other_rows.test)} rows.
        </p>
      ))}
    </>
  );
}

function accuracyOf(slice: SliceResult, system: SystemName): Measure | null {
  const accuracy = slice[system]?.accuracy;
  return accuracy && Number.isFinite(accuracy.value) ? accuracy : null;
}

/** The weakest first, as the last of the systems sees it; slices without a verdict come last. */
function byAccuracy(slices: readonly SliceResult[], systems: readonly SystemName[]): SliceResult[] {
  const main = systems.at(-1) ?? "model";
  const place = (slice: SliceResult) => (slice.note ? 2 : 0) + (accuracyOf(slice, main)?.value ?? 1);
  return [...slices].sort((a, b) => place(a) - place(b));
}

function SliceChart({ report, slices, systems }: { report: Report; slices: readonly SliceResult[]; systems: readonly SystemName[] }) {
  const [all, setAll] = useState(false);
  const measured = byAccuracy(slices.filter((slice) => systems.some((system) => accuracyOf(slice, system))), systems);
  if (measured.length === 0) return null;
  const split = headlineSplit(report);
  const last = systemsOf(report).at(-1);
  const whole = last && split ? metricsOn(last, split)?.accuracy : null;
  const rows: DotRow[] = (all ? measured : measured.slice(0, kShown)).map((slice) => ({
    label: slice.slice,
    detail: slice.note ? shortNote(slice.note) : undefined,
    marks: systems.flatMap((system) => {
      const accuracy = accuracyOf(slice, system);
      return accuracy ? [{ series: system, value: accuracy.value, low: accuracy.low, high: accuracy.high, faint: slice.note !== "", title: `${slice.slice}, ${systemTitle(system).toLowerCase()}: ${spoken(accuracy)}${slice.note && `; ${slice.note}`}` }] : [];
    }),
  }));
  const data = {
    headers: [{ text: "Slice" }, { text: "System" }, { text: "Accuracy", number: true }, { text: "95 % interval", number: true }, { text: "n", number: true }],
    rows: measured.flatMap((slice) =>
      systems.flatMap((system) => {
        const accuracy = accuracyOf(slice, system);
        return accuracy ? [[slice.slice, systemTitle(system), percent(accuracy.value), interval(accuracy), count(accuracy.n)]] : [];
      }),
    ),
  };
  const reference = whole ? { value: whole.value, text: "all" } : undefined;
  return (
    <Block title="Accuracy by slice">
      <Figure
        title="Accuracy by slice"
        caption={`${whole && last ? `The dashed line is the ${last.title.toLowerCase()} on all rows, ${percent(whole.value)}. ` : ""}The weakest comes first. Slices with a note are drawn faint: they allow no verdict.`}
        data={data}
        legend={<SeriesLegend series={systems.map((name) => ({ name, text: systemTitle(name) }))} />}
      >
        <DotPlot rows={rows} reference={reference} label={`Accuracy of ${systems.length} systems on ${rows.length} slices`} format={(value) => percent(value, 0)} bounds={[0, 1]} />
      </Figure>
      {measured.length > kShown && (
        <button type="button" class="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the first ${kShown}` : `Show all ${count(measured.length)} slices`}
        </button>
      )}
    </Block>
  );
}

function seen(slice: SliceResult): string {
  return slice.smallest_detectable ? `sees ${(100 * slice.smallest_detectable).toFixed(1)} points` : "";
}

// The chart has room for the head of a note; the table has all of it.
function shortNote(note: string): string {
  return note.split(":")[0] ?? note;
}

function SliceTable({ slices, systems }: { slices: readonly SliceResult[]; systems: readonly SystemName[] }) {
  const columns: Column<SliceResult>[] = [
    { key: "slice", header: "Slice", kind: "wide", cell: (slice) => <Name text={slice.slice} />, sort: (slice) => slice.slice },
    { key: "definition", header: "Definition", kind: "definition", cell: (slice) => <code class="clamp">{slice.definition}</code>, sort: (slice) => slice.definition },
    { key: "train", header: "Train", number: true, cell: (slice) => count(slice.rows?.train), sort: (slice) => slice.rows?.train },
    { key: "valid", header: "Valid", number: true, cell: (slice) => count(slice.rows?.valid), sort: (slice) => slice.rows?.valid },
    { key: "test", header: "Test", number: true, cell: (slice) => count(slice.rows?.test), sort: (slice) => slice.rows?.test },
    ...systems.map((system) => ({ key: system, header: systemTitle(system), number: true, cell: (slice: SliceResult) => <MeasureText measure={accuracyOf(slice, system)} href={linkTo("table-slices", { open: slice.slice }, "slices")} />, sort: (slice: SliceResult) => accuracyOf(slice, system)?.value })),
    { key: "note", header: "Note", kind: "middle", hint: "What keeps a verdict back; else which differences can be seen: its rows with gold show one of so many points four times of five, and smaller ones seldom", cell: (slice) => (<span class="fact-note">{slice.note || seen(slice)}</span>), sort: (slice) => slice.note || null },
  ];
  return (
    <Block title="All slices">
      <Table id="slices" caption="Slices, with accuracy by system" details={(slice) => <SliceDetails slice={slice} systems={systems} />} columns={columns} rows={slices} rowKey={(slice) => slice.slice} searchText={(slice) => `${slice.slice} ${slice.definition} ${slice.note}`} searchLabel="Filter slices" />
    </Block>
  );
}

/** What a slice's numbers are made from: its definition, its rows, and every metric with its n. */
function SliceDetails({ slice, systems }: { slice: SliceResult; systems: readonly SystemName[] }) {
  const rows = systems.flatMap((system) => {
    const metrics = slice[system];
    if (!metrics) return [];
    return [[systemTitle(system), <MeasureText measure={metrics.accuracy} />, <MeasureText measure={metrics.macro_f1} />, <MeasureText measure={metrics.coverage} />, <MeasureText measure={metrics.accuracy_on_covered} />, count(metrics.accuracy.n)]];
  });
  const headers = [{ text: "System" }, ...["Accuracy", "Macro F1", "Coverage", "Accuracy on covered", "n"].map((text) => ({ text, number: true }))];
  return (
    <div class="source-details">
      <pre>{slice.definition}</pre>
      {rows.length > 0 && <SimpleTable caption={`Metrics of the slice ${slice.slice}`} headers={headers} rows={rows} />}
      {slice.note && <p class="note">{slice.note}</p>}
    </div>
  );
}
