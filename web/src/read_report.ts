/** Finds the run's JSON in the page. */

import type { Report } from "./report";

export type ReadResult = { report: Report } | { trouble: string };

const kFormat = "hone-report/1";

export function readReport(page: Document): ReadResult {
  const text = page.getElementById("hone-report")?.textContent ?? "";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { trouble: "The numbers in this report could not be read: the file is damaged. Run “hone report” to make it again." };
  }
  const found = value as { marker?: string; format?: string } | null;
  if (found?.marker === "hone-report-json") return { trouble: "This page holds no report yet. “hone run” makes one: it fills the page with the numbers of the run." };
  if (found?.format !== kFormat) return { trouble: `This page shows reports of the format ${kFormat}, and this one is ${found?.format ?? "of no known format"}. Run “hone report” to make it again.` };
  return { report: value as Report };
}
