/** The drawing of a lineage: a stop of the Tab key, arrow keys from node to node, and beside it all that is known of the node that is looked at. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { Lineage, LineageNode } from "../report";
import { counted, shortened } from "../format";
import { type Direction, type DrawnEdge, drawingOf, isAgent, kLetter, neighbour, type Placed } from "./lineage_layout";
import { useWidth } from "./width";

export const kTypes: Record<LineageNode["type"], string> = {
  file: "file",
  dataset: "dataset",
  source: "source of votes",
  run: "run",
  object: "object",
  gold: "gold version",
  model: "model",
  release: "release",
  person: "person",
  program: "program",
};

export function eventText(node: LineageNode): string {
  return node.seq === null || node.seq === undefined ? "no event" : `event ${node.seq}`;
}

const kKeys: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

interface GraphProps {
  lineage: Lineage;
  label: string;
  /** The node that is looked at. */
  current: string | null;
  onCurrent: (id: string | null) => void;
}

export function LineageGraph({ lineage, label, current, onCurrent }: GraphProps) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const drawing = useMemo(() => (width > 0 ? drawingOf(lineage, width) : null), [lineage, width]);
  return (
    <div class="chart lineage" ref={holder}>
      {drawing && (
        <svg width="100%" viewBox={`0 0 ${drawing.width} ${drawing.height}`} role="group" aria-roledescription="graph" aria-label={`${label} Arrow keys move between its parts.`}>
          <g aria-hidden="true">
            {drawing.edges.map((drawn) => (
              <Line key={`${drawn.edge.from} ${drawn.edge.to} ${drawn.edge.rel}`} drawn={drawn} current={current} />
            ))}
          </g>
          <Nodes placed={drawing.nodes} current={current} onCurrent={onCurrent} />
        </svg>
      )}
    </div>
  );
}

function Line({ drawn, current }: { drawn: DrawnEdge; current: string | null }) {
  const { edge, implied } = drawn;
  const on = current !== null && (edge.from === current || edge.to === current);
  if (implied && !on) return null;
  const classes = ["lineage-edge", `edge-${edge.rel}`, on ? "on" : current !== null ? "aside" : ""].filter(Boolean).join(" ");
  return (
    <g class={classes}>
      <path class="line" d={drawn.path} />
      {drawn.tip && <path class="tip" d={drawn.tip} />}
    </g>
  );
}

function Nodes({ placed, current, onCurrent }: { placed: readonly Placed[]; current: string | null; onCurrent: (id: string | null) => void }) {
  const elements = useRef(new Map<string, SVGGElement>());
  const [stop, setStop] = useState<string | null>(null);
  const stopAt = placed.some((one) => one.node.id === stop) ? stop : (placed[0]?.node.id ?? null);
  const onKey = (event: KeyboardEvent, from: Placed) => {
    if (event.key === "Escape") return onCurrent(null);
    const direction = kKeys[event.key];
    if (!direction) return;
    event.preventDefault();
    const next = neighbour(placed, from, direction);
    if (next) elements.current.get(next.node.id)?.focus();
  };
  const look = (id: string) => {
    setStop(id);
    onCurrent(id);
  };
  return (
    <>
      {placed.map((one) => (
        <g
          key={one.node.id}
          ref={(element: SVGGElement | null) => void (element ? elements.current.set(one.node.id, element) : elements.current.delete(one.node.id))}
          class={`lineage-node node-${one.node.type}${current === one.node.id ? " on" : ""}`}
          role="button"
          aria-label={labelOf(one)}
          aria-pressed={current === one.node.id}
          tabindex={one.node.id === stopAt ? 0 : -1}
          onFocus={() => look(one.node.id)}
          onClick={() => look(one.node.id)}
          onPointerEnter={() => onCurrent(one.node.id)}
          onKeyDown={(event) => onKey(event, one)}
        >
          <Shape placed={one} />
          <Words placed={one} />
        </g>
      ))}
    </>
  );
}

/** What was made or given is a box, a run a pill, who did it has pointed ends. */
function Shape({ placed: { node, x, y, width, height } }: { placed: Placed }) {
  const [right, bottom, half] = [x + width, y + height, y + height / 2];
  if (isAgent(node)) return <path class="shape" d={`M${x + 12} ${y}H${right - 12}L${right} ${half}L${right - 12} ${bottom}H${x + 12}L${x} ${half}Z`} />;
  return <rect class="shape" x={x} y={y} width={width} height={height} rx={node.type === "run" ? height / 2 : 6} />;
}

const kTwoLines = 40;

/** What stands in a part: as much of its name as there is room for, and, where there are two lines, its event. */
function linesOf({ node, width, height }: Placed): [string, string] {
  const letters = Math.max(4, Math.floor((width - (isAgent(node) ? 26 : 14)) / kLetter));
  const second = isAgent(node) || node.seq === null ? (kTypes[node.type] ?? node.type) : eventText(node);
  return [shortened(node.name, letters), height >= kTwoLines ? shortened(second, letters + 2) : ""];
}

/** What is seen, in the same words, and what it stands for. */
function labelOf(placed: Placed): string {
  const { node } = placed;
  const [first, second] = linesOf(placed);
  const more = [first === node.name ? "" : node.name, kTypes[node.type] ?? node.type, eventText(node)].filter((text) => text !== "" && text !== second);
  return `${[first, second].filter(Boolean).join(" ")}, ${more.join(", ")}`;
}

function Words({ placed }: { placed: Placed }) {
  const { x, y, width, height } = placed;
  const [first, second] = linesOf(placed);
  return (
    <>
      <text class="lineage-name" x={x + width / 2} y={second ? y + 19 : y + height / 2 + 4.5} text-anchor="middle">
        {first}
      </text>{" "}
      {second && (
        <text class="lineage-event" x={x + width / 2} y={y + 35} text-anchor="middle">
          {second}
        </text>
      )}
    </>
  );
}

/** In words what the drawing shows. */
export function wordsOf(lineage: Lineage): string {
  const some = (type: LineageNode["type"], one: string, many?: string) => {
    const nodes = lineage.nodes.filter((node) => node.type === type).length;
    return nodes > 0 ? [counted(nodes, one, many)] : [];
  };
  const parts = [...some("file", "file"), ...some("dataset", "dataset"), ...some("source", "node of sources", "nodes of sources"), ...some("run", "run"), ...some("gold", "gold version"), ...some("model", "model"), ...some("release", "release"), ...some("person", "person", "persons"), ...some("program", "program")];
  return `Lineage from the files to ${lineage.release ? "the release" : "the report"}: ${parts.join(", ")}.`;
}
