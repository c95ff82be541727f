/** What the result was made from, by whom and when: a graph from the files to the report, as the project's ledger has it. */

import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Lineage, LineageEdge, LineageNode, Report } from "../report";
import { Figure } from "../charts/figure";
import { kTypes, LineageGraph, wordsOf } from "../charts/lineage_graph";
import { isAgent } from "../charts/lineage_layout";
import { count, counted, kNothing } from "../format";
import { Command } from "../parts/command";
import { Hash } from "../parts/hash";
import { Name } from "../parts/name";
import { Block, Empty, Section, Warnings } from "../parts/section";
import { SimpleTable } from "../parts/simple_table";
import { usePrinting } from "../printing";

const kLead = "What the result was made from, by whom and when. Every part names the event of the project’s ledger that says so.";

export function LineageSection({ report }: { report: Report }) {
  const lineage = report.lineage;
  return (
    <Section id="lineage" title="Lineage" lead={kLead}>
      {lineage?.nodes?.length ? <Recorded lineage={lineage} /> : <Empty>Nothing is recorded yet: “hone run” writes what it reads and makes into the project’s ledger, and this page then shows how it hangs together.</Empty>}
    </Section>
  );
}

function Recorded({ lineage }: { lineage: Lineage }) {
  const [current, setCurrent] = useState<string | null>(null);
  const printing = usePrinting();
  const links = useMemo(() => linksOf(lineage), [lineage]);
  const node = lineage.nodes.find((one) => one.id === current) ?? null;
  return (
    <>
      <Warnings items={lineage.notes} />
      <Block title={lineage.release ? `Of the release ${lineage.release}` : "Of the current results"}>
        <Figure
          title="Lineage"
          caption="From left to right in the order of time, or from top to bottom where there is little room. A line that others imply is drawn when you look at one of its ends; so are the lines to people and programs, which stand at the end."
          legend={<Legend />}
          data={dataOf(lineage, links)}
        >
          <LineageGraph lineage={lineage} label={wordsOf(lineage)} current={current} onCurrent={setCurrent} />
          <Details node={node} links={links} />
        </Figure>
        {printing && <SimpleTable caption="The parts of the lineage" {...dataOf(lineage, links)} />}
      </Block>
      <p class="origin">
        From the ledger <code>{lineage.origin}</code> at {counted(lineage.size, "event")}; printed by <code>hone report --json</code> as <code>lineage</code>. <Command words={["hone", "why", "--model", "--proof", "DIR"]} /> writes each event of the model’s lineage with a proof
        that <code>hone-verify</code> checks without this program.
      </p>
    </>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <svg class="lineage-key" width="26" height="16" aria-hidden="true">
          <rect class="shape" x="1" y="1" width="24" height="14" rx="4" />
        </svg>
        given or made
      </li>
      <li>
        <svg class="lineage-key node-run" width="26" height="16" aria-hidden="true">
          <rect class="shape" x="1" y="1" width="24" height="14" rx="7" />
        </svg>
        a run
      </li>
      <li>
        <svg class="lineage-key node-person" width="26" height="16" aria-hidden="true">
          <path class="shape" d="M6 1H20L25 8L20 15H6L1 8Z" />
        </svg>
        who did it
      </li>
    </ul>
  );
}

interface Links {
  of: (node: LineageNode, rel: LineageEdge["rel"], end: "from" | "to") => LineageNode[];
}

function linksOf(lineage: Lineage): Links {
  const byId = new Map(lineage.nodes.map((node) => [node.id, node]));
  return {
    of: (node, rel, end) =>
      lineage.edges.flatMap((edge) => {
        const other = edge.rel === rel && edge[end] === node.id ? byId.get(edge[end === "from" ? "to" : "from"]) : undefined;
        return other ? [other] : [];
      }),
  };
}

/** Who is behind a node: of a run those who ran it, of what was made those who ran what made it. */
function actorsOf(node: LineageNode, links: Links): LineageNode[] {
  const runs = [node, ...links.of(node, "wasGeneratedBy", "from")];
  return [...new Set(runs.flatMap((run) => links.of(run, "wasAssociatedWith", "from")))];
}

const kRelations: readonly [LineageEdge["rel"], "from" | "to", string][] = [
  ["wasGeneratedBy", "from", "Made by"],
  ["used", "from", "Read"],
  ["wasGeneratedBy", "to", "Made"],
  ["wasDerivedFrom", "from", "Made from"],
  ["used", "to", "Read by"],
  ["wasDerivedFrom", "to", "Went into"],
  ["wasRevisionOf", "from", "Takes the place of"],
  ["wasRevisionOf", "to", "Its place was taken by"],
  ["wasInvalidatedBy", "from", "Erased by"],
  ["wasInvalidatedBy", "to", "Erased"],
  ["wasAssociatedWith", "to", "Acted in"],
];

function Details({ node, links }: { node: LineageNode | null; links: Links }) {
  return (
    <div class={node ? "lineage-details told" : "lineage-details"} role="status">
      {node ? <NodeDetails node={node} links={links} /> : <p class="readout">Point at a part, or move between parts with the arrow keys: its event, time, hash, and who was behind it are shown here.</p>}
    </div>
  );
}

function NodeDetails({ node, links }: { node: LineageNode; links: Links }) {
  const actors = isAgent(node) ? [] : actorsOf(node, links);
  return (
    <>
      <p class="lineage-what">
        <Name text={node.name} /> {kTypes[node.type] !== node.name && <span class="fact-note">{kTypes[node.type] ?? node.type}</span>}
      </p>
      {node.note && <p class="note">{node.note}</p>}
      <dl class="stage-facts">
        {node.seq !== null && <Fact title="Event">{`${node.seq}, ${node.time ?? kNothing}`}</Fact>}
        {node.hash && (
          <Fact title="SHA-256">
            <code class="whole">{node.hash}</code>
          </Fact>
        )}
        {actors.length > 0 && <Fact title="Who">{namesOf(actors)}</Fact>}
        {kRelations.map(([rel, end, title]) => {
          const others = links.of(node, rel, end);
          return others.length > 0 && <Fact key={title} title={title}>{namesOf(others)}</Fact>;
        })}
      </dl>
    </>
  );
}

function Fact({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </>
  );
}

const kNamed = 8;

function namesOf(nodes: readonly LineageNode[]): string {
  const names = nodes.slice(0, kNamed).map((node) => node.name).join(", ");
  return nodes.length > kNamed ? `${names} and ${count(nodes.length - kNamed)} more` : names;
}

function dataOf(lineage: Lineage, links: Links) {
  return {
    headers: [{ text: "Part" }, { text: "What" }, { text: "Event", number: true }, { text: "Time (UTC)" }, { text: "Who" }, { text: "Made from" }, { text: "SHA-256" }],
    rows: lineage.nodes.map((node) => [
      <Name text={node.name} light />,
      [kTypes[node.type] ?? node.type, node.note].filter(Boolean).join(": "),
      node.seq === null ? kNothing : count(node.seq),
      node.time ?? kNothing,
      isAgent(node) ? "" : namesOf(actorsOf(node, links)),
      namesOf([...links.of(node, "wasGeneratedBy", "from"), ...links.of(node, "used", "from"), ...links.of(node, "wasDerivedFrom", "from")]),
      <Hash value={node.hash} />,
    ]),
  };
}
