/** What exactly the numbers were made from: the objects, and the run of each stage that made them. */

import { Fragment } from "preact";
import type { Report } from "../report";
import { bytes, counted, kNothing, seconds, sentence } from "../format";
import { Command } from "../parts/command";
import { Hash } from "../parts/hash";
import { Name } from "../parts/name";
import { Block, Section } from "../parts/section";

const kPins: readonly [keyof Report["pins"], string][] = [
  ["dataset", "Dataset"],
  ["votes", "Votes"],
  ["labels", "Labels"],
  ["model", "Model"],
  ["gold", "Gold"],
  ["code", "Code"],
];

type Stage = Report["stages"][number];
type StoredObject = Stage["outputs"][number];

export function Provenance({ report }: { report: Report }) {
  const stages = report.stages ?? [];
  const total = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  const maker = makers(stages);
  return (
    <Section id="provenance" title="Provenance" lead="What exactly these numbers were made from. The same pins give the same numbers.">
      <Block title="Pins">
        <dl class="stage-facts">
          {kPins.map(([key, title]) => (
            <Fragment key={key}>
              <dt>{title}</dt>
              <dd>
                <code class="whole">{report.pins?.[key] ?? kNothing}</code>
              </dd>
            </Fragment>
          ))}
        </dl>
      </Block>
      <Block title="Stages" note={stages.length > 0 ? `${counted(stages.length, "stage")}, together ${seconds(total)} when each last ran. An object is the file .hone/objects/ab/cdef… of its hash; a record is .hone/runs/KEY.json.` : undefined}>
        <div class="stages">
          {stages.map((stage) => (
            <StageCard key={stage.name} stage={stage} maker={maker} />
          ))}
        </div>
      </Block>
      <p class="note">
        Made by Hone {report.hone} in the format {report.format}. <Command words={["hone", "report", "--json"]} /> prints every number of this page, and <Command words={["hone", "why", "ID"]} /> how one row came out.
      </p>
    </Section>
  );
}

/** Which stage made an object. */
function makers(stages: readonly Stage[]): ReadonlyMap<string, string> {
  return new Map(stages.flatMap((stage) => (stage.outputs ?? []).map((object) => [object.hash, stage.name] as const)));
}

function StageCard({ stage, maker }: { stage: Stage; maker: ReadonlyMap<string, string> }) {
  return (
    <article class="stage" id={`stage-${stage.name}`} tabIndex={-1} aria-labelledby={`stage-${stage.name}-title`}>
      <h4 id={`stage-${stage.name}-title`}>
        <Name text={stage.name} /> <span class="fact-note">{stage.what}</span>
      </h4>
      <dl class="stage-facts">
        <dt>Ran because</dt>
        <dd>{stage.why ? sentence(stage.why) : kNothing}</dd>
        <dt>Took</dt>
        <dd>{seconds(stage.seconds)}</dd>
        <dt>Code</dt>
        <dd>{stage.code || kNothing}</dd>
        <dt>Record</dt>
        <dd>
          <Hash value={stage.key} />
        </dd>
        <Objects title="Read" objects={(stage.inputs ?? []).filter((object) => maker.has(object.hash))} maker={maker} />
        <Objects title="Made" objects={stage.outputs ?? []} />
      </dl>
    </article>
  );
}

function Objects({ title, objects, maker }: { title: string; objects: readonly StoredObject[]; maker?: ReadonlyMap<string, string> }) {
  if (objects.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <ul class="objects">
          {objects.map((object) => (
            <li key={`${object.name} ${object.hash}`}>
              {maker ? <a href={`#stage-${maker.get(object.hash)}`}>{object.name}</a> : <Name text={object.name} light />}
              <Hash value={object.hash} />
              <span class="fact-note">{bytes(object.bytes)}</span>
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
}
