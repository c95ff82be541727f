import type { Measure, Report, Source } from "../report";
import { linkTo } from "../address";
import { roundMost, ShareAxis } from "../charts/share_bar";
import { count, kNothing, percent, points } from "../format";
import { MeasureCell, NumberLink } from "../parts/measure";
import { Name } from "../parts/name";
import { Block } from "../parts/section";
import { type Column, type Facet, Table } from "../parts/table";

function decided({ worth }: Source, rows: number): Measure {
  return { value: rows > 0 ? (worth.changes + worth.vanishes) / rows : 0, low: null, high: null, n: rows };
}

function verdictOf({ worth }: Source): string {
  const gain = worth.gain;
  if (!gain || gain.low === null || gain.high === null) return "unknown";
  return gain.low > 0 ? "helps" : gain.high < 0 ? "harms" : worth.changes + worth.vanishes === 0 ? "idle" : "untold";
}

const kVerdicts: Record<string, string> = { helps: "helps, by gold", harms: "harms, by gold", untold: "gold cannot tell", idle: "decides nothing", unknown: "no gold" };

const kFacets: readonly Facet<Source>[] = [{ key: "verdict", label: "On gold", values: (source) => [verdictOf(source)], name: (verdict) => kVerdicts[verdict] ?? verdict }];

function Gain({ gain }: { gain: Measure | null }) {
  if (!gain) return <span class="nothing">{kNothing}</span>;
  return (
    <span class="measure" title={`n = ${count(gain.n)}`}>
      <span class="measure-value">{points(gain.value)}</span>
      <span class="measure-range">
        {points(gain.low)} to {points(gain.high)}
      </span>
    </span>
  );
}

function columnsOf(sources: readonly Source[], rows: number): readonly Column<Source>[] {
  const most = roundMost(sources.map((source) => decided(source, rows)));
  return [
    { key: "name", header: "Source", kind: "wide", cell: (source) => <NumberLink href={linkTo("sources", { open: source.name })}><Name text={source.name} /></NumberLink>, sort: (source) => source.name },
    { key: "decides", header: "Decides", number: true, axis: <ShareAxis most={most} />, hint: "Share of rows whose label changes or vanishes without it", cell: (source) => <MeasureCell measure={decided(source, rows)} most={most} />, sort: (source) => decided(source, rows).value },
    { key: "changes", header: "Another label", number: true, hint: "Rows that get another label without it", cell: (source) => count(source.worth.changes), sort: (source) => source.worth.changes },
    { key: "vanishes", header: "No label", number: true, hint: "Rows that get no label without it", cell: (source) => count(source.worth.vanishes), sort: (source) => source.worth.vanishes },
    { key: "share", header: "Of its votes", number: true, hint: "Share of its votes that decide", cell: (source) => percent(source.worth.votes > 0 ? (source.worth.changes + source.worth.vanishes) / source.worth.votes : null), sort: (source) => (source.worth.votes > 0 ? (source.worth.changes + source.worth.vanishes) / source.worth.votes : null) },
    { key: "gain", header: "Gain on gold", number: true, hint: "Points of accuracy on train and valid gold, with it less without it", cell: (source) => <Gain gain={source.worth.gain} />, sort: (source) => source.worth.gain?.value },
  ];
}

export function Worth({ report }: { report: Report }) {
  const sources = (report.sources ?? []).filter((source) => source.worth);
  const rows = report.label_model.worth_rows;
  if (sources.length === 0) return null;
  const part = rows < report.data.rows ? ` Counted on ${count(rows)} of ${count(report.data.rows)} rows, evenly spaced.` : "";
  return (
    <Block title="What each source is worth" id="worth" note={`The labels with a source beside those without its votes. Nothing is fitted again: the other sources keep their weights, so this is what its votes decide.${part}`}>
      <Table
        id="worth"
        caption="What each source is worth to the label model"
        columns={columnsOf(sources, rows)}
        rows={sources}
        rowKey={(source) => source.name}
        searchText={(source) => source.name}
        searchLabel="Filter sources by name"
        facets={kFacets}
        sortedBy="-decides"
        printed={50}
      />
    </Block>
  );
}
