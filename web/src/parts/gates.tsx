/** The gates of hone.yaml: what must hold, and what was found. */

import type { Gate, Gates } from "../report";
import { count, sentence } from "../format";
import { linkTo } from "../address";
import { Block } from "./section";

const kVerdicts: Record<Gate["verdict"], { mark: string; chip: string }> = {
  passes: { mark: "▲", chip: "better" },
  fails: { mark: "▼", chip: "worse" },
  undecided: { mark: "?", chip: "undecided" },
};

export function GatesBlock({ gates }: { gates: Gates | null | undefined }) {
  if (!gates || gates.gates.length === 0) return null;
  return (
    <Block title="Gates" id="gates">
      <ul class="verdicts">
        {gates.gates.map((gate) => (
          <li key={gate.gate}>
            <span class="verdict-pair">
              <strong>{sentence(gate.gate)}</strong>
            </span>
            <span class={`chip chip-${kVerdicts[gate.verdict].chip}`}>
              <span aria-hidden="true">{kVerdicts[gate.verdict].mark}</span> {gate.verdict}
            </span>
            <span class="verdict-text">{sentence(gate.text)}</span>
          </li>
        ))}
      </ul>
      <p class="note">
        {gates.baseline ? (
          <>
            Against the {gates.baseline.kind} {gates.baseline.name ?? "without a name"} ({gates.baseline.version ? `${gates.baseline.version}, ` : ""}
            <a href={linkTo("lineage")}>event {count(gates.baseline.event)}</a>), on rows that both have with the same text and gold
          </>
        ) : (
          "There is no release to compare with yet"
        )}
        {gates.split ? `, ${gates.split} split` : ""}. Look {count(gates.look)}: all looks and gates together raise a false alarm in at most 5 of 100 cases, so they may be read at any time.
      </p>
    </Block>
  );
}
