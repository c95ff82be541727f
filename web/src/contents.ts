/** The sections in the order in which they are read, and linked to. */

import type { ComponentType } from "preact";
import type { Report } from "./report";
import { ClaritySection } from "./sections/clarity";
import { DataSection } from "./sections/data";
import { Errors } from "./sections/errors";
import { EvaluationSection } from "./sections/evaluation";
import { LabelModel } from "./sections/label_model";
import { LineageSection } from "./sections/lineage";
import { Provenance } from "./sections/provenance";
import { Result } from "./sections/result";
import { Slices } from "./sections/slices";
import { Sources } from "./sections/sources";
import { Training } from "./sections/training";
import { Votes } from "./sections/votes";

export interface Entry {
  id: string;
  title: string;
  show: ComponentType<{ report: Report }>;
}

export const kContents: readonly Entry[] = [
  { id: "result", title: "Result", show: Result },
  { id: "data", title: "Data", show: DataSection },
  { id: "sources", title: "Sources", show: Sources },
  { id: "votes", title: "Votes", show: Votes },
  { id: "label-model", title: "Label model", show: LabelModel },
  { id: "training", title: "Training", show: Training },
  { id: "evaluation", title: "Evaluation", show: EvaluationSection },
  { id: "clarity", title: "Clarity", show: ClaritySection },
  { id: "slices", title: "Slices", show: Slices },
  { id: "errors", title: "Errors to read", show: Errors },
  { id: "lineage", title: "Lineage", show: LineageSection },
  { id: "provenance", title: "Provenance", show: Provenance },
];
