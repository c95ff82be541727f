// What is demanded of the results, how they went from release to release, what evaluators say beside people, and where the model fails.

import { messageFor } from "./messages.mjs";
import { wilson } from "./measures.mjs";

const kReleases = ["2026.1", "2026.2", "2026.3", "2026.4"];

const points = (share) => (100 * share).toFixed(1);
const said = (measure) => `${points(measure.value)} % (${points(measure.low)} to ${points(measure.high)}) of ${measure.n} rows`;

/** One gate that holds, one that no number of these rows decides, and one that fails. */
export function gatesOf(evaluation, slices) {
  const { accuracy } = evaluation.model.test;
  const slice = slices[0]?.slice ?? "long";
  const gates = [
    { gate: "model: accuracy at least 0.5", verdict: "passes", text: `the model's accuracy is ${said(accuracy)}`, n: accuracy.n },
    { gate: `model: accuracy on slice ${slice} not worse than the baseline by 2 points`, verdict: "undecided", text: "it changed by 0.4 points (-4.9 to 5.6); 310 more rows of the slice would decide it", n: Math.round(accuracy.n / 4) },
    { gate: "labels: macro-F1 not worse than the baseline by 1 point", verdict: "fails", text: "it changed by -3.2 points (-5.0 to -1.4)", n: accuracy.n },
  ];
  return { baseline: { kind: "release", name: kReleases.at(-1), version: "1c0ffee5c0ffee51", event: 231, time: "2026-01-02T08:12:44.000120Z" }, split: "test", look: 3, gates, failed: 1, undecided: 1 };
}

/** A release a month, each a little better, the first with the label model alone. */
export function historyOf(evaluation) {
  const { accuracy } = evaluation.model.test;
  return [...kReleases, null].map((release, index) => {
    const behind = kReleases.length - index;
    const measure = release === null ? accuracy : wilson(Math.round(accuracy.n * Math.max(0.1, accuracy.value - 0.035 * behind)), accuracy.n);
    const band = 0.9 * (measure.high - measure.low);
    return { release, time: `2025-${String(8 + index).padStart(2, "0")}-02T08:12:44.000120Z`, event: release === null ? null : 60 + 57 * index, system: index === 0 ? "label_model" : "model", split: "test", accuracy: measure, low: Math.max(0, measure.value - band), high: Math.min(1, measure.value + band), note: "" };
  });
}

function agreementOf(n, random) {
  const yesRight = Math.round(n * (0.5 + 0.1 * random()));
  const noRight = Math.round(n * (0.24 + 0.08 * random()));
  const observed = wilson(yesRight + noRight, n);
  const kappa = 0.55 + 0.25 * random();
  return { observed, kappa: { value: kappa, low: kappa - 0.16, high: kappa + 0.14, n }, ac1: kappa + 0.08, yes_right: yesRight, yes: yesRight + Math.round(n * 0.06), no_right: noRight, no: noRight + Math.round(n * 0.08) };
}

function cellOf(slice, graded, drawn, random) {
  const raw = wilson(Math.round(graded * (0.55 + 0.3 * random())), graded);
  const people = Math.round(graded * 0.15);
  if (people < 30) return { slice, raw, agreement: null, corrected: null, method: "", note: `people graded ${people} rows, 30 are needed` };
  const value = Math.max(0.02, raw.value - 0.05 - 0.04 * random());
  return { slice, raw, agreement: agreementOf(people, random), corrected: { value, low: value - 0.045, high: value + 0.045, n: graded }, method: drawn === "evenly" ? "ppi" : "rogan_gladen", note: "" };
}

/** Two criteria: one graded by conditions, whose people were drawn evenly, and one by a program, whose were not. */
export function criteriaOf(plan, slices, random) {
  const failures = { count: 3, first: [{ row: 17, what: "the program took longer than 60 seconds" }] };
  const named = [
    ["polite", { evaluator: "polite_words", kind: "lf", otherwise: "no", failures: { count: 0, first: [] } }, "evenly"],
    ["answers the question", { evaluator: "judge_answers", kind: "process", otherwise: null, failures }, "otherwise"],
  ];
  return named.map(([criterion, graded, drawn]) => {
    const whole = Math.min(plan.rows, 4000);
    const cells = slices.map((slice) => cellOf(slice.slice, Math.max(40, Math.round((whole * slice.rows.test) / (4 * slices[0].rows.test))), drawn, random));
    return { criterion, ...graded, people: `people_${graded.evaluator}`, people_drawn: drawn, cells: [cellOf(null, whole, drawn, random), ...cells] };
  });
}

function failuresOf(classes, random) {
  return Array.from({ length: 3 }, (_, index) => {
    const gold = classes[(index * 3) % classes.length];
    const row = 1 + Math.floor(random() * 1500);
    return { row, id: `m-${String(row).padStart(5, "0")}`, text: messageFor(gold, random), gold, predicted: classes[(index * 3 + 1) % classes.length], confidence: 0.93 - 0.07 * index };
  });
}

function discovered(slice, what, terms, definition, size, classes, random, more = {}) {
  const errors = Math.round(size * 0.41);
  return { slice, what, terms, definition, also: [], known_as: null, rows: 2 * size, errors, error_rate: wilson(errors, size), rest_errors: 34, rest_error_rate: wilson(34, 340), p: 0.0021, note: "", examples: failuresOf(classes, random), ...more };
}

/** A group by its words, a cluster of texts, one by a value that hone.yaml has already, and one too small for a verdict. */
export function discoveredOf(evaluation, classes, slices, random) {
  const rows = evaluation.model.valid.accuracy.n;
  const found = [
    discovered("standing_order", "“standing order”", [{ kind: "words", field: "body", text: "standing order" }], "- {slice: standing_order, any: [standing order]}", 44, classes, random, { also: ["“twice this month”"] }),
    discovered("rate_exchange_currency", "at least 2 of “rate”, “exchange”, “currency”, “abroad”", [{ kind: "text_cluster", field: null, text: null, words: ["rate", "exchange", "currency", "abroad"], at_least: 2, cluster: { rows: 96, held: 78, outside: 14 } }], '- {slice: rate_exchange_currency, count: {any: ["rate", "exchange", "currency", "abroad"], at_least: 2}}', 52, classes, random, { p: 0.0042 }),
    discovered("channel_branch", "channel is “branch”", [{ kind: "value", field: "channel", text: "branch" }], "- {slice: channel_branch, where: {field: channel, is: branch}}", 37, classes, random, { p: 0.018, known_as: slices[0]?.slice ?? null }),
    discovered("hotel", "“hotel”", [{ kind: "words", field: "body", text: "hotel" }], "- {slice: hotel, any: [hotel]}", 8, classes, random, { p: null, note: "8 rows on the half where it was tested, 10 are needed" }),
  ];
  return { system: "model", split: "valid", rows, left_out: 0, errors: Math.round(rows * 0.16), found_on: Math.ceil(rows / 2), tested_on: Math.floor(rows / 2), candidates: 4810, tested: 60, note: "", slices: found };
}
