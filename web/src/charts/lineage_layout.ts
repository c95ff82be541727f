/**
 * Where the parts of a lineage stand. Time runs from left to right: a run and what it made share a column, as far right as what they were made
 * from needs; what nobody made (files, sources, gold) stands just before its first use. The main path is the top row. Agents stand below. Where
 * there is no room for columns, all of it is one list in the same order, and the lines are arcs beside it.
 */

import type { Lineage, LineageEdge, LineageNode } from "../report";

export interface Placed {
  node: LineageNode;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface DrawnEdge {
  edge: LineageEdge;
  /** The line, and the tip of its arrow; time runs along it. */
  path: string;
  tip: string;
  /** Also follows from others: drawn only for a reader who asks. */
  implied: boolean;
}

export interface Drawing {
  width: number;
  height: number;
  nodes: Placed[];
  edges: DrawnEdge[];
}

const kAgents: ReadonlySet<string> = new Set(["person", "program"]);

export function isAgent(node: LineageNode): boolean {
  return kAgents.has(node.type);
}

/** An edge in the order of time: PROV points back. */
interface Step {
  from: string;
  to: string;
  edge: LineageEdge;
}

function stepOf(edge: LineageEdge): Step {
  // What ended something came after it, although PROV points from the thing to its end.
  return edge.rel === "wasInvalidatedBy" ? { from: edge.from, to: edge.to, edge } : { from: edge.to, to: edge.from, edge };
}

/** Edges between nodes that are there; those to agents are no steps in time. */
function stepsOf(lineage: Lineage): Step[] {
  const known = new Set(lineage.nodes.map((node) => node.id));
  return lineage.edges.filter((edge) => edge.rel !== "wasAssociatedWith" && edge.from !== edge.to && known.has(edge.from) && known.has(edge.to)).map(stepOf);
}

/** For each node the first of its column mates: what a run made stands with it. */
function unitsOf(nodes: readonly LineageNode[], steps: readonly Step[]): Map<string, string> {
  const units = new Map(nodes.map((node) => [node.id, node.id]));
  for (const step of steps) if (step.edge.rel === "wasGeneratedBy") units.set(step.to, step.from);
  return units;
}

function listed<Key, Value>(map: Map<Key, Value[]>, key: Key): Value[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

interface Order {
  units: string[];
  after: Map<string, string[]>;
  before: Map<string, string[]>;
}

/** Units so that each stands behind what it was made from (Kahn, 1962). What goes round in a circle, which no ledger says, comes last. */
function orderOf(units: Map<string, string>, steps: readonly Step[]): Order {
  const after = new Map<string, string[]>();
  const before = new Map<string, string[]>();
  for (const step of steps) {
    const [from, to] = [units.get(step.from) ?? step.from, units.get(step.to) ?? step.to];
    if (from === to || listed(after, from).includes(to)) continue;
    listed(after, from).push(to);
    listed(before, to).push(from);
  }
  const waiting = new Map([...new Set(units.values())].map((unit) => [unit, before.get(unit)?.length ?? 0]));
  const ordered: string[] = [...waiting].filter(([, count]) => count === 0).map(([unit]) => unit);
  for (let at = 0; at < ordered.length; ++at) {
    for (const next of after.get(ordered[at] ?? "") ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ordered.push(next);
    }
  }
  const seen = new Set(ordered);
  return { units: [...ordered, ...[...waiting.keys()].filter((unit) => !seen.has(unit))], after, before };
}

/** The column of each unit. */
function columnsOf(order: Order, isRun: (unit: string) => boolean): Map<string, number> {
  const columns = new Map<string, number>();
  for (const unit of order.units) columns.set(unit, Math.max(0, ...(order.before.get(unit) ?? []).map((earlier) => (columns.get(earlier) ?? 0) + 1)));
  for (const unit of [...order.units].reverse()) {
    const uses = order.after.get(unit) ?? [];
    if (isRun(unit) || uses.length === 0) continue;
    columns.set(unit, Math.max(columns.get(unit) ?? 0, Math.min(...uses.map((later) => columns.get(later) ?? 0)) - 1));
  }
  return columns;
}

/** Nodes by column, runs and what they made first. */
function stacksOf(lineage: Lineage, steps: readonly Step[]): LineageNode[][] {
  const parts = lineage.nodes.filter((node) => !isAgent(node));
  const units = unitsOf(parts, steps);
  const byId = new Map(parts.map((node) => [node.id, node]));
  const isRun = (unit: string) => byId.get(unit)?.type === "run";
  const columns = columnsOf(orderOf(units, steps), isRun);
  const stacks: LineageNode[][] = [];
  const add = (node: LineageNode) => {
    const column = columns.get(units.get(node.id) ?? node.id) ?? 0;
    while (stacks.length <= column) stacks.push([]);
    stacks[column]?.push(node);
  };
  for (const node of parts) if (isRun(units.get(node.id) ?? node.id)) add(node);
  for (const node of parts) if (!isRun(units.get(node.id) ?? node.id)) add(node);
  return stacks.filter((stack) => stack.length > 0);
}

/** Steps that a longer way says already: what was used twice on the way to a thing is drawn once. */
function impliedOf(steps: readonly Step[]): Set<Step> {
  const next = new Map<string, string[]>();
  for (const step of steps) listed(next, step.from).push(step.to);
  const reaches = (from: string, goal: string, direct: boolean): boolean => {
    const seen = new Set([from]);
    const open = (next.get(from) ?? []).filter((id) => direct || id !== goal);
    while (open.length > 0) {
      const id = open.pop() ?? "";
      if (id === goal) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(next.get(id) ?? []));
    }
    return false;
  };
  return new Set(steps.filter((step) => step.edge.rel !== "wasGeneratedBy" && reaches(step.from, step.to, false)));
}

const kPill = 26;
const kBox = 44;
// In a tall column a line each.
const kLow = 30;
const kMany = 6;
const kGap = 8;
const kTop = 4;
const kLeastColumn = 74;
const kMostColumn = 164;
const kLeastBetween = 30;
const kMostBetween = 84;
// A letter's usual width in pixels.
export const kLetter = 7.2;

function heightOf(node: LineageNode, stack: readonly LineageNode[]): number {
  if (node.type === "run") return kPill;
  return stack.length > kMany && node.type === "source" ? kLow : kBox;
}

function wishedWidth(stack: readonly LineageNode[]): number {
  const letters = Math.max(...stack.map((node) => Array.from(node.name).length));
  return Math.min(kMostColumn, Math.max(kLeastColumn, 22 + letters * kLetter));
}

/** Widths of the columns and the room between them; null where they do not fit. */
function widthsOf(stacks: readonly LineageNode[][], width: number): { columns: number[]; between: number } | null {
  const gaps = Math.max(1, stacks.length - 1);
  const wished = stacks.map(wishedWidth);
  const room = width - 4 - gaps * kLeastBetween;
  if (room < stacks.length * kLeastColumn) return null;
  const total = wished.reduce((a, b) => a + b, 0);
  // Beyond the least that all have, what is left goes to those that wish for more.
  const share = total <= room ? 1 : (room - stacks.length * kLeastColumn) / (total - stacks.length * kLeastColumn);
  const columns = wished.map((wish) => kLeastColumn + (wish - kLeastColumn) * share);
  const used = columns.reduce((a, b) => a + b, 0);
  return { columns, between: stacks.length > 1 ? Math.min(kMostBetween, (width - 4 - used) / gaps) : 0 };
}

function placedColumns(stacks: readonly LineageNode[][], columns: readonly number[], between: number): Placed[] {
  let x = 2;
  return stacks.flatMap((stack, at) => {
    const width = columns[at] ?? kLeastColumn;
    // Boxes of the main path stand in one line, whether a run stands above them or not.
    let y = kTop + (stack[0]?.type === "run" ? 0 : kPill + kGap);
    const placed = stack.map((node) => {
      const height = heightOf(node, stack);
      const here = { node, x, y, width, height };
      y += height + kGap;
      return here;
    });
    x += width + between;
    return placed;
  });
}

const kAgentsAbove = 26;

function placedAgents(agents: readonly LineageNode[], width: number, top: number): Placed[] {
  let x = 2;
  let y = top;
  return agents.map((node) => {
    const wide = Math.min(width - 4, Math.max(130, 30 + Array.from(node.name).length * kLetter));
    if (x + wide > width && x > 2) {
      x = 2;
      y += kBox + kGap;
    }
    const here = { node, x, y, width: wide, height: kBox };
    x += wide + 18;
    return here;
  });
}

function bottomOf(placed: readonly Placed[]): number {
  return Math.max(0, ...placed.map((one) => one.y + one.height));
}

const kGutter = 64;

/** One below the other, the lines as arcs to the left. */
function placedList(nodes: readonly LineageNode[], width: number): Placed[] {
  let y = kTop;
  return nodes.map((node) => {
    const height = node.type === "run" ? kPill : kBox;
    const here = { node, x: kGutter, y, width: Math.max(kLeastColumn, width - kGutter - 2), height };
    y += height + kGap + (node.type === "run" ? 0 : 4);
    return here;
  });
}

const middle = (placed: Placed) => placed.y + placed.height / 2;
const arrow = (x: number, y: number) => `M${x - 6} ${y - 3.5}L${x} ${y}L${x - 6} ${y + 3.5}Z`;
const arrowDown = (x: number, y: number) => `M${x - 3.5} ${y - 6}L${x} ${y}L${x + 3.5} ${y - 6}Z`;
const arrowUp = (x: number, y: number) => `M${x - 3.5} ${y + 6}L${x} ${y}L${x + 3.5} ${y + 6}Z`;

type Line = Pick<DrawnEdge, "path" | "tip">;

function lineInColumns(from: Placed, to: Placed): Line {
  if (to.x >= from.x + from.width) {
    const [x1, y1, x2, y2] = [from.x + from.width, middle(from), to.x, middle(to)];
    const bend = Math.max(12, (x2 - x1) / 2);
    return { path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 4} ${y2}`, tip: arrow(x2, y2) };
  }
  // In one column from edge to edge, down or up.
  const x = (Math.max(from.x, to.x) + Math.min(from.x + from.width, to.x + to.width)) / 2;
  const down = middle(to) > middle(from);
  const [y1, y2] = down ? [from.y + from.height, to.y] : [from.y, to.y + to.height];
  return { path: `M${x} ${y1}L${x} ${y2 + (down ? -4 : 4)}`, tip: down ? arrowDown(x, y2) : arrowUp(x, y2) };
}

function lineInList(from: Placed, to: Placed): Line {
  const [y1, y2] = [middle(from), middle(to)];
  const out = Math.min(kGutter - 4, 12 + Math.abs(y2 - y1) / 6);
  const x = kGutter;
  return { path: `M${x} ${y1}C${x - out * 1.3} ${y1} ${x - out * 1.3} ${y2} ${x - 4} ${y2}`, tip: arrow(x, y2) };
}

/** From the run to who did it. */
function lineToAgent(from: Placed, to: Placed): Line {
  const [x1, x2] = [from.x + from.width / 2, to.x + Math.min(to.width / 2, 60)];
  const [y1, y2] = [from.y + from.height, to.y];
  return { path: `M${x1} ${y1}C${x1} ${y2 - 30} ${x2} ${y1 + 60} ${x2} ${y2}`, tip: "" };
}

function edgesOf(lineage: Lineage, steps: readonly Step[], placed: readonly Placed[], inList: boolean): DrawnEdge[] {
  const at = new Map(placed.map((one) => [one.node.id, one]));
  const implied = impliedOf(steps);
  const drawn = steps.flatMap((step): DrawnEdge[] => {
    const [from, to] = [at.get(step.from), at.get(step.to)];
    return from && to ? [{ edge: step.edge, implied: implied.has(step), ...(inList ? lineInList(from, to) : lineInColumns(from, to)) }] : [];
  });
  const acted = lineage.edges.flatMap((edge): DrawnEdge[] => {
    const [from, to] = [at.get(edge.from), at.get(edge.to)];
    return edge.rel === "wasAssociatedWith" && from && to ? [{ edge, implied: true, ...(inList ? lineInList(from, to) : lineToAgent(from, to)) }] : [];
  });
  return [...drawn, ...acted];
}

export function drawingOf(lineage: Lineage, width: number): Drawing {
  const steps = stepsOf(lineage);
  const stacks = stacksOf(lineage, steps);
  const agents = lineage.nodes.filter(isAgent);
  const widths = widthsOf(stacks, width);
  const parts = widths ? placedColumns(stacks, widths.columns, widths.between) : placedList([...stacks.flat(), ...agents], width);
  const nodes = widths ? [...parts, ...placedAgents(agents, width, bottomOf(parts) + kAgentsAbove)] : parts;
  return { width, height: bottomOf(nodes) + 6, nodes, edges: edgesOf(lineage, steps, nodes, widths === null) };
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest node in a direction; what lies askew counts as further away. */
export function neighbour(placed: readonly Placed[], from: Placed, direction: Direction): Placed | null {
  const ahead = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
  const [alongX = 0, alongY = 0] = ahead;
  let best: Placed | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const one of placed) {
    const [dx, dy] = [one.x + one.width / 2 - (from.x + from.width / 2), middle(one) - middle(from)];
    const along = dx * alongX + dy * alongY;
    const far = along + 2 * Math.abs(dx * alongY + dy * alongX);
    if (one === from || along < 8 || far >= least) continue;
    [best, least] = [one, far];
  }
  return best;
}
