/** Where numbers come from: the stage that made them, its record, and the command that prints them. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Report } from "../report";

export type StageName = "import" | "near-duplicates" | "vote" | "label" | "train" | "grade" | "evaluate" | "report";

/** The stages of the run, for every part that says where its numbers come from. */
export const Stages = createContext<Report["stages"]>([]);

// So many digits tell records and objects apart by eye.
const kShown = 12;

export function shortHash(hash: string): string {
  return hash.slice(0, kShown);
}

interface OriginProps {
  stage: StageName;
  /** Where the numbers stand in the output of `hone report --json`. */
  path: string;
  /** A command that shows more than the JSON does. */
  command?: string;
}

export function Origin({ stage, path, command }: OriginProps) {
  const record = useContext(Stages)?.find((one) => one.name === stage);
  return (
    <p class="origin">
      Made by {record ? <a href={`#stage-${stage}`}>{stage}</a> : stage}
      {record?.key && <> in run <code>{shortHash(record.key)}</code></>}; printed by <code>hone report --json</code> as <code>{path}</code>
      {command && <>; see also <code>{command}</code></>}
    </p>
  );
}
