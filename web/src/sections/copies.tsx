import { useMemo } from "preact/hooks";
import type { CopyGroup } from "../report";
import { linkTo } from "../address";
import { Figure } from "../charts/figure";
import type { Cell, Grid } from "../charts/grid";
import { HeatMap } from "../charts/heat_map";
import { count, counted, decimal, percent } from "../format";
import { Name } from "../parts/name";
import { Block } from "../parts/section";

// Groups that are named, and sources that are drawn.
const kGroups = 12;
const kDrawn = 60;
const kNamed = 8;

export function Copies({ copies }: { copies: readonly CopyGroup[] }) {
  if (copies.length === 0)
    return (
      <Block title="Sources that depend on each other" id="copies">
        <p class="note">The label model names none. Models that only count or weigh votes do not look for them.</p>
      </Block>
    );
  return (
    <Block title="Sources that depend on each other" id="copies" note="Sources that agree more often than their accuracies explain. Copies count as little more than one source; those that could not be checked count in full.">
      <ul class="groups">
        {copies.slice(0, kGroups).map((group, index) => (
          <li key={index}>
            <Members names={group.sources} />: {group.checked ? `counted as ${decimal(group.counted_as, 1)} sources` : "agree strongly, and too few others tell why; each counts in full"}
          </li>
        ))}
      </ul>
      {copies.length > kGroups && <p class="note">And {counted(copies.length - kGroups, "more group")}.</p>}
      <DependenceMap copies={copies} />
    </Block>
  );
}

function Members({ names }: { names: readonly string[] }) {
  return (
    <>
      {names.slice(0, kNamed).map((name, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <a href={linkTo("sources", { open: name })}>
            <Name text={name} />
          </a>
        </span>
      ))}
      {names.length > kNamed && ` and ${count(names.length - kNamed)} more`}
    </>
  );
}

/** Members of the groups by members, a group after the other: as dark as two agree. */
function gridOf(copies: readonly CopyGroup[]): Grid {
  const names = copies.flatMap((group) => group.sources).slice(0, kDrawn);
  const number = new Map(names.map((name, at) => [name, at]));
  const cells: Cell[] = copies.flatMap((group) =>
    group.pairs.flatMap((pair) => {
      const [a, b] = [number.get(pair.a), number.get(pair.b)];
      if (a === undefined || b === undefined || pair.both === 0) return [];
      const share = 1 - pair.differ / pair.both;
      const cell = { count: pair.both - pair.differ, share, good: group.checked };
      return [
        { row: a, column: b, ...cell },
        { row: b, column: a, ...cell },
      ];
    }),
  );
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  return { rows: names, columns: names, cells };
}

function DependenceMap({ copies }: { copies: readonly CopyGroup[] }) {
  const grid = useMemo(() => gridOf(copies), [copies]);
  const pairs = useMemo(() => copies.flatMap((group) => group.pairs), [copies]);
  const byNames = useMemo(() => new Map(pairs.flatMap((pair) => [[`${pair.a}\n${pair.b}`, pair], [`${pair.b}\n${pair.a}`, pair]])), [pairs]);
  if (grid.cells.length === 0) return null;
  const members = copies.reduce((sum, group) => sum + group.sources.length, 0);
  const data = {
    headers: [{ text: "Source" }, { text: "Source" }, { text: "Rows with both", number: true }, { text: "They agree", number: true }],
    rows: pairs.map((pair) => [pair.a, pair.b, count(pair.both), percent(1 - pair.differ / pair.both)]),
  };
  return (
    <Figure
      title="Dependence map"
      caption={`Members of the groups, a group after the other. A cell is as dark as two members agree on the rows where both vote: blue where they count as copies, orange where that could not be checked.${members > grid.rows.length ? ` The first ${grid.rows.length} of ${members} members.` : ""}`}
      data={data}
    >
      <HeatMap
        grid={grid}
        unit="share"
        label={`How often ${counted(grid.rows.length, "source")} in ${counted(copies.length, "group")} agree.`}
        axes={{ columns: "Source", rows: "Source" }}
        hint="A cell leads to its source."
        leads={(source) => linkTo("sources", { open: source })}
        readout={(a, b) => {
          const pair = byNames.get(`${a}\n${b}`);
          return (
            <>
              <strong>{a}</strong> and <strong>{b}</strong>: {pair ? `agree on ${percent(1 - pair.differ / pair.both)} of ${counted(pair.both, "row")} with both` : a === b ? "one and the same" : "of different groups, or never on the same row"}
            </>
          );
        }}
      />
    </Figure>
  );
}
