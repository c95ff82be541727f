/** The three systems a report compares, in the order in which they are shown everywhere. */

import type { Evaluation, Metrics, MetricsBySplit, Report, SplitName } from "./report";

export type SystemName = "best_source" | "label_model" | "model";

export const kSplits: readonly SplitName[] = ["train", "valid", "test"];
export const kSystems: readonly SystemName[] = ["best_source", "label_model", "model"];

const kNames: Record<SystemName, string> = { best_source: "Best source", label_model: "Label model", model: "Trained model" };

export function systemTitle(name: SystemName): string {
  return kNames[name];
}

export interface System {
  name: SystemName;
  title: string;
  /** What stands behind it: the source's name, the label model's, the model's. */
  detail: string;
  metrics: MetricsBySplit;
}

export function systemsOf(report: Report): System[] {
  const evaluation: Evaluation | undefined = report.evaluation;
  const details: Record<SystemName, string> = { best_source: evaluation?.best_source?.name ?? "", label_model: report.label_model?.name ?? "", model: report.training?.name ?? "" };
  return kSystems.flatMap((name) => {
    const metrics = evaluation?.[name];
    return metrics ? [{ name, title: kNames[name], detail: details[name], metrics }] : [];
  });
}

/** Test where there is test gold, else valid, else train; null without any gold. */
export function headlineSplit(report: Report): SplitName | null {
  const named = report.summary?.result?.split;
  if (named) return named;
  const systems = systemsOf(report);
  return (["test", "valid", "train"] as const).find((split) => systems.some((system) => system.metrics[split])) ?? null;
}

export function metricsOn(system: System, split: SplitName): Metrics | null {
  return system.metrics[split] ?? null;
}

/** The split whose errors are listed; null where there is none to lead to. */
export function listedSplit(evaluation: Evaluation): SplitName | null {
  return evaluation.errors?.length > 0 ? evaluation.errors_split : null;
}
