import type { Report } from "../report";
import { kNothing, seconds } from "../format";
import { Name } from "../parts/name";
import { Block, Section } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { Hash } from "./data";

const kPins: readonly [keyof Report["pins"], string][] = [
  ["dataset", "Dataset"],
  ["votes", "Votes"],
  ["labels", "Labels"],
  ["model", "Model"],
  ["gold", "Gold"],
  ["code", "Code"],
];

export function Provenance({ report }: { report: Report }) {
  const stages = report.stages ?? [];
  const total = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  return (
    <Section id="provenance" title="Provenance" lead="What exactly these numbers were made from. The same pins give the same numbers.">
      <div class="columns">
        <Block title="Pins">
          <SimpleTable caption="Objects that this report was made from" headers={[{ text: "What" }, { text: "Hash" }]} rows={kPins.map(([key, title]) => [title, report.pins?.[key] ? <Hash value={report.pins[key]} /> : <span class="nothing">{kNothing}</span>])} />
        </Block>
        <Block title="Stages" note={stages.length > 0 ? `Together ${seconds(total)}.` : undefined}>
          <SimpleTable
            caption="Stages of the run"
            headers={[{ text: "Stage" }, { text: "State" }, { text: "Why" }, { text: "Took", number: true }]}
            rows={stages.map((stage) => [<Name text={stage.name} />, <span class={`chip chip-${stage.state}`}>{stage.state}</span>, stage.why, seconds(stage.seconds)])}
          />
        </Block>
      </div>
      <p class="note">
        Made by Hone {report.hone} in the format {report.format}. “hone report --json” prints every number of this page.
      </p>
    </Section>
  );
}
