// Makes reports to develop and test the page with. They are invented, but consistent: every metric is computed from the same
// simulated predictions. Same variant, same bytes.
//
//   node sample/make.mjs small > report.json     small | large | huge | empty | hostile

import { argv, stdout, exit } from "node:process";
import { pathToFileURL } from "node:url";
import { lineageOf } from "./lineage.mjs";
import { criteriaOf, discoveredOf, gatesOf, historyOf } from "./judging.mjs";
import { messageFor } from "./messages.mjs";
import { matrix, metricsOf, perClassOf, predict, wilson } from "./measures.mjs";
import { lookedInto, pairsOf, votesOnGold } from "./reading.mjs";
import { kProducts, kMatters, kSmallClasses, kKinds, definitionOf } from "./words.mjs";
import { randomNumbers } from "./random.mjs";

const kSplits = ["train", "valid", "test"];

export const kVariants = {
  small: { seed: 7, classes: 8, sources: 34, rows: 1612, goldShare: [0, 0.1, 0.1], slices: 4, epochs: 14 },
  large: { seed: 11, classes: 77, sources: 200, rows: 13083, goldShare: [0, 0.1, 0.235], slices: 12, epochs: 22 },
  huge: { seed: 13, classes: 500, sources: 1000, rows: 1200000, goldShare: [0, 0.004, 0.016], slices: 60, epochs: 40 },
};

export function makeReport(variant) {
  if (variant === "empty") return emptyReport();
  if (variant === "hostile") return hostile(filledReport({ ...kVariants.small, seed: 17 }));
  if (!(variant in kVariants)) throw new Error(`no variant named '${variant}'; there are: ${variantNames().join(", ")}`);
  return filledReport(kVariants[variant]);
}

export function variantNames() {
  return [...Object.keys(kVariants), "empty", "hostile"];
}

function classNames(count) {
  if (count <= kSmallClasses.length) return kSmallClasses.slice(0, count);
  const matters = kMatters.slice(0, Math.ceil(count / kProducts.length));
  return kProducts.flatMap((product) => matters.map((matter) => `${product}_${matter}`)).slice(0, count);
}

function filledReport(plan) {
  const random = randomNumbers(plan.seed);
  const classes = classNames(plan.classes);
  const share = classShares(classes, random);
  const goldCounts = plan.goldShare.map((part) => Math.round(part * plan.rows));
  const systems = simulate(plan, classes, share, goldCounts, random);
  const sources = Array.from({ length: plan.sources }, (_, index) => source(index, plan, classes, random));
  const evaluation = evaluationOf(systems, classes, sources, random);
  const best = sources.reduce((a, b) => ((a.precision?.value ?? 0) * a.coverage.value > (b.precision?.value ?? 0) * b.coverage.value ? a : b));
  evaluation.best_source.name = best.name;
  const covered = Math.round(plan.rows * 0.83);
  const slices = slicesOf(plan, evaluation, random);
  const report = {
    format: "hone-report/1",
    project: "bank-messages",
    hone: "0.1.0",
    pins: pins(random),
    task: { kind: "classification", classes },
    summary: summaryOf(evaluation, sources, slices),
    data: dataOf(plan, classes, share, goldCounts, random),
    near_duplicates: nearDuplicatesOf(plan, random),
    sources,
    votes: { total: Math.round(plan.rows * 1.9), covered, overlap: Math.round(covered * 0.52), conflict: Math.round(covered * 0.13), patterns: Math.round(Math.sqrt(plan.rows) * 9), ...pairsOf(sources, 2000, plan.rows, random) },
    label_model: labelModelOf(plan, classes, share, sources, evaluation, random),
    training: trainingOf(plan, random),
    evaluation,
    slices,
    stages: stages(plan, random),
  };
  return { ...report, ...judgedOf(plan, report), lineage: lineageOf(report) };
}

// With numbers of its own, so that the rest stays as it is.
function judgedOf(plan, { task, evaluation, slices }) {
  const random = randomNumbers(plan.seed + 1000);
  evaluation.discovered_slices = discoveredOf(evaluation, task.classes, slices, random);
  return { criteria: criteriaOf(plan, slices, random), gates: gatesOf(evaluation, slices), history: historyOf(evaluation) };
}

// Class sizes fall off as in most ticket queues: a few large ones and a long tail.
function classShares(classes, random) {
  const weights = classes.map((_, index) => (0.4 + random()) / Math.sqrt(index + 2));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

function simulate(plan, classes, share, goldCounts, random) {
  const strength = { best_source: 0.34, label_model: 0.74, model: 0.84 };
  const result = {};
  for (const [system, right] of Object.entries(strength)) {
    result[system] = {};
    kSplits.forEach((split, index) => {
      result[system][split] = goldCounts[index] === 0 ? null : predict(goldCounts[index], classes.length, share, right, system !== "model", random);
    });
  }
  return result;
}

function evaluationOf(systems, classes, sources, random) {
  const bySplit = (make) => Object.fromEntries(kSplits.map((split) => [split, make(split)]));
  const metrics = (system) => bySplit((split) => systems[system][split] && metricsOf(matrix(systems[system][split], classes.length)));
  const perClass = (system) => bySplit((split) => systems[system][split] && perClassOf(matrix(systems[system][split], classes.length), classes));
  const confusion = (system, split = "test") => ({ split, classes, counts: matrix(systems[system][split], classes.length) });
  const evaluation = {
    best_source: { name: "", ...metrics("best_source") },
    label_model: metrics("label_model"),
    model: metrics("model"),
    per_class: { label_model: perClass("label_model"), model: perClass("model") },
    confusion: { label_model: confusion("label_model"), model: confusion("model") },
    errors_split: "valid",
    errors_confusion: confusion("model", "valid"),
    ...lookedInto(systems.model.valid, classes, sources, random),
    method: "95 % intervals: Wilson on the effective number of rows, as the rows of one group hang together. Systems are compared on the same rows: Student's t of the groups (CR2).",
    notes: ["Training of the model ended by its loss on the valid split, so its numbers there flatter it a little."],
    worst_confusions: worstConfusions(confusion("model", "valid"), random),
    most_confident_errors: confidentErrors(confusion("model", "valid"), random),
    comparisons: [],
    reliability: reliability(systems.model.test.length, random),
  };
  evaluation.comparisons = comparisonsOf(evaluation);
  return evaluation;
}

function comparisonsOf(evaluation) {
  const pairs = [["label model", "best source", "label_model", "best_source"], ["trained model", "label model", "model", "label_model"], ["trained model", "best source", "model", "best_source"]];
  return ["test", "valid"].flatMap((split) => pairs.map(([a, b, first, second]) => compare(a, b, evaluation[first][split], evaluation[second][split], split)));
}

function compare(a, b, first, second, split) {
  const n = first.accuracy.n;
  const difference = first.accuracy.value - second.accuracy.value;
  const half = 1.96 * Math.sqrt(0.22 / n);
  const verdict = difference - half > 0 ? "better" : difference + half < 0 ? "worse" : "no_difference_detectable";
  const points = (x) => (100 * x).toFixed(1);
  const text = verdict === "no_difference_detectable" ? `no difference detectable: smallest detectable effect is ${points(1.43 * half)} points (80 % power)` : `${verdict} by ${points(Math.abs(difference))} points (${points(Math.abs(difference) - half)} to ${points(Math.abs(difference) + half)})`;
  return { a, b, split, n, difference, low: difference - half, high: difference + half, p: difference > 2 * half ? 0.00002 : 0.021, verdict, text };
}

function worstConfusions(confusion, random) {
  const cells = [];
  confusion.counts.forEach((row, gold) => {
    const total = row.reduce((a, b) => a + b, 0);
    row.slice(0, -1).forEach((count, predicted) => {
      if (count > 0 && gold !== predicted) cells.push({ gold, predicted, count, share: count / total });
    });
  });
  cells.sort((a, b) => b.count - a.count || a.gold - b.gold || a.predicted - b.predicted);
  return cells.slice(0, 8).map((cell) => {
    const gold = confusion.classes[cell.gold];
    const predicted = confusion.classes[cell.predicted];
    const examples = Array.from({ length: Math.min(3, cell.count) }, () => example(gold, predicted, 0.5 + 0.5 * random(), random));
    return { gold, predicted, count: cell.count, share_of_gold: cell.share, examples };
  });
}

function confidentErrors(confusion, random) {
  return Array.from({ length: 12 }, (_, index) => {
    const gold = Math.floor(random() * confusion.classes.length);
    const predicted = (gold + 1 + Math.floor(random() * (confusion.classes.length - 1))) % confusion.classes.length;
    return example(confusion.classes[gold], confusion.classes[predicted], 0.995 - index * 0.011, random);
  });
}

function example(gold, predicted, confidence, random) {
  const row = 1 + Math.floor(random() * 1500);
  return { row, id: `m-${String(row).padStart(5, "0")}`, text: messageFor(gold, random), gold, predicted, confidence };
}

function reliability(n, random) {
  return Array.from({ length: 10 }, (_, bin) => {
    const size = Math.floor(n / 10);
    const confidence = 0.36 + 0.062 * bin + 0.01 * random();
    const measure = wilson(Math.min(size, Math.round(size * (confidence - 0.04 + 0.05 * (random() - 0.4)))), size);
    return { confidence, accuracy: measure.value, low: measure.low, high: measure.high, n: size };
  });
}

function summaryOf(evaluation, sources, slices) {
  const accuracy = evaluation.model.test.accuracy;
  const points = (x) => (100 * x).toFixed(1);
  const worst = evaluation.worst_confusions[0];
  const weakest = slices.filter((slice) => slice.note === "").reduce((a, b) => (b.model.accuracy.value < a.model.accuracy.value ? b : a), slices[0]);
  const compared = evaluation.comparisons.filter((comparison) => comparison.a === "trained model" && comparison.split === "test");
  return {
    headline: `The trained model is right on ${points(accuracy.value)} % of the test rows.`,
    verdict: `It is ${compared.map((comparison) => (comparison.verdict === "no_difference_detectable" ? "not detectably different from" : `${comparison.text} than`) + ` the ${comparison.b}`).join(", and ")}.`,
    trust: { level: "fair", reasons: [`${accuracy.n} test rows with gold, from which nothing was learned`, `its 95 % interval reaches about ${points((accuracy.high - accuracy.low) / 2)} points to either side`, "2 warnings"] },
    result: { system: "trained model", split: "test", accuracy },
    weakest_slice: weakest ? { slice: weakest.slice, accuracy: weakest.model.accuracy } : null,
    next_steps: [
      { title: `Tell '${worst.gold}' from '${worst.predicted}'`, why: `${worst.count} valid rows are '${worst.gold}' taken for '${worst.predicted}', more than any other pair`, about: { kind: "confusion", name: worst.gold, other: worst.predicted } },
      { title: `Mend or drop the source '${sources[1].name}'`, why: "it is right on 41.0 % of its votes", about: { kind: "source", name: sources[1].name, other: "" } },
      { title: "Work on the slice 'non_native'", why: "it is right on less than the whole", about: { kind: "slice", name: "non_native", other: "" } },
    ],
    warnings: ["two sources agree on 98 % of the rows where both vote (lost_card, card_gone): they may count as one", "3 rows have no text"],
  };
}

function dataOf(plan, classes, share, goldCounts, random) {
  const splits = { train: Math.round(plan.rows * 0.8), valid: Math.round(plan.rows * 0.1), test: plan.rows - Math.round(plan.rows * 0.8) - Math.round(plan.rows * 0.1) };
  const count = (total, index) => Math.round(total * share[index]);
  return {
    rows: plan.rows,
    splits,
    files: [
      { name: "messages-2025.csv", rows: Math.round(plan.rows * 0.7), bytes: plan.rows * 118, sha256: hash(random) },
      { name: "messages-2026.csv.gz", rows: plan.rows - Math.round(plan.rows * 0.7), bytes: plan.rows * 17, sha256: hash(random) },
    ],
    columns: [
      { name: "message_id", type: "text", nulls: 0 },
      { name: "body", type: "text", nulls: 3 },
      { name: "customer_id", type: "text", nulls: 0 },
      { name: "amount", type: "number", nulls: Math.round(plan.rows * 0.62) },
      { name: "received", type: "date", nulls: 1 },
      { name: "label", type: "text", nulls: plan.rows - goldCounts.reduce((a, b) => a + b, 0) },
    ],
    groups: Math.round(plan.rows * 0.71),
    empty_texts: 3,
    skipped_rows: 0,
    bad_rows: 2,
    first_bad_rows: [
      { file: "messages-2025.csv", line: 418, reason: "5 fields, but the header names 6" },
      { file: "messages-2026.csv.gz", line: 77, reason: "the bytes at 212 are not UTF-8" },
    ],
    notes: ["Split by hash of customer_id: rows of one customer stay together.", "Read as UTF-8 with “,” between fields."],
    gold: Object.fromEntries(kSplits.map((split, index) => [split, goldCounts[index]])),
    class_counts: classes.map((name, index) => ({ class: name, train: count(goldCounts[0], index), valid: count(goldCounts[1], index), test: count(goldCounts[2], index), labeled: count(plan.rows * 0.83, index) })),
  };
}

function nearDuplicatesOf(plan, random) {
  const groups = Math.round(plan.rows * 0.021);
  const straddling = (share) => ({ groups: Math.round(groups * share), pairs: { train_valid: Math.round(groups * share * 0.6), train_test: Math.round(groups * share * 0.5), valid_test: Math.round(groups * share * 0.2) } });
  const row = (split) => ({ id: `m-${String(1 + Math.floor(random() * 1500)).padStart(5, "0")}`, split, file: "messages-2025.csv", line: 1 + Math.floor(random() * 1100) });
  const largest = Array.from({ length: Math.min(10, groups) }, (_, index) => ({ rows: 14 - index, texts: 1 + (index % 4), splits: { train: 11 - index, valid: 2, test: 1 }, text: index === 3 ? null : messageFor("other", random), examples: ["train", "train", "valid", "test"].map(row) }));
  return { similarity: 0.9, copies: "keep", straddling: "report", groups, rows: Math.round(groups * 2.4), exact: { groups: Math.round(groups * 0.7), rows: Math.round(groups * 1.6) }, near: { groups: groups - Math.round(groups * 0.7), rows: Math.round(groups * 0.8) }, silent_rows: 3, compared: groups * 90, straddling_before: straddling(0.3), straddling_after: straddling(0.1), moved_rows: Math.round(groups * 0.2), dropped: { train: 0, valid: 0, test: 0 }, largest };
}

function source(index, plan, classes, random) {
  const kind = kKinds[index % kKinds.length];
  const target = kind === "column" ? null : classes[index % classes.length];
  const coverage = wilson(Math.round(plan.rows * 0.18 * random() ** 2 + 3), plan.rows);
  const hits = Math.round(coverage.n * coverage.value * plan.goldShare[1]);
  const name = kind === "column" ? `old_system_${index}` : `${target}_${["words", "phrase", "pattern", "large", "list"][index % 5]}${index < classes.length ? "" : `_${1 + Math.floor(index / classes.length)}`}`;
  const votes = Math.round(coverage.n * coverage.value);
  const other = classes[(index * 7 + 3) % classes.length];
  const right = Math.round(hits * (0.6 + 0.4 * random()));
  return {
    name,
    kind,
    votes_for: target,
    definition: definitionOf(kind, target, random),
    where: `lfs/${(target ?? "columns").split("_")[0]}.yaml:${12 + 5 * (index % 40)}`,
    object: hash(random),
    votes,
    coverage,
    overlap: coverage.value * (0.4 + 0.4 * random()),
    conflict: coverage.value * 0.3 * random(),
    polarity: target ? { [target]: votes } : { [classes[index % classes.length]]: Math.round(votes * 0.6), [other]: votes - Math.round(votes * 0.6) },
    precision: hits === 0 ? null : wilson(right, hits),
    ...votesOnGold(index, target, right, hits, classes, random),
    ...believedOf(hits, random),
    worth: worthOf(votes, right, hits, Math.round(plan.rows * plan.goldShare[1]), random),
    failed_rows: index % 17 === 5 ? 4 : 0,
  };
}

function believedOf(hits, random) {
  const accuracy = 0.55 + 0.43 * random();
  const half = hits > 0 ? 0.3 / Math.sqrt(hits + 1) : 0.18;
  return { believed_accuracy: accuracy, believed: { accuracy, low: Math.max(0, accuracy - half), high: Math.min(1, accuracy + half), assumed: hits === 0 } };
}

function worthOf(votes, right, hits, gold, random) {
  const vanishes = Math.round(votes * 0.3 * random());
  const changes = Math.round((votes - vanishes) * 0.2 * random());
  if (gold === 0) return { votes, changes, vanishes, gain: null };
  const value = ((right - 0.6 * hits) * 0.4) / gold;
  const half = (1.2 * Math.sqrt(hits + 1)) / gold;
  return { votes, changes, vanishes, gain: { value, low: value - half, high: value + half, n: gold } };
}

function labelModelOf(plan, classes, share, sources, evaluation, random) {
  const beside = Object.fromEntries(kSplits.map((split) => [split, evaluation.label_model[split] && compare("label model", "majority vote", evaluation.label_model[split], { accuracy: { ...evaluation.label_model[split].accuracy, value: evaluation.label_model[split].accuracy.value - 0.021 } }, split)]));
  return {
    name: "hone",
    options: { smoothing: 1, prior: "votes", tie: "lowest class", max_iterations: 200 },
    iterations: 18,
    converged: true,
    used_gold: true,
    note: "cross-fitted",
    class_prior: classes.map((name, index) => ({ class: name, share: share[index] })),
    class_shares: "gold",
    copies: copiesOf(plan, sources, random),
    worth_rows: plan.rows > 1e6 ? 81_204 : plan.rows,
    against_majority: {
      splits: beside,
      decided_on: "train and valid",
      comparison: beside.valid,
      recommend: "keep",
      text: `The label model is better by 2.1 points (0.2 to 4.0) than majority vote on ${beside.valid?.n ?? 0} rows of train and valid.`,
      gold_needed: { difference: 0.02, differ: 0.113, rows: 2214, differing_rows: 251, text: "the label model and majority vote name different classes on 11.3 % of the rows: 2214 gold rows drawn at random would show a difference of 2 points, or 251 drawn among the rows where they differ" },
    },
    reliability: { split: "test", bins: reliability(evaluation.label_model.test.accuracy.n, random) },
    contested: contestedOf(classes, sources, random),
    warnings: ["The votes say little about other: 6 rows carry most of what is known of it."],
  };
}

// A pair, a family, and, in large projects, many more.
function copiesOf(plan, sources, random) {
  const sizes = plan.sources >= 1000 ? Array.from({ length: 30 }, (_, index) => 2 + (index % 5)) : [2, 4];
  let next = 3;
  return sizes.map((size, index) => {
    const members = sources.slice(next, next + size).map((row) => row.name);
    next += size + 1;
    const pairs = members.flatMap((a, at) => members.slice(at + 1).map((b) => ({ a, b, both: 200, differ: Math.floor(30 * random()) })));
    return { sources: members, checked: index !== 1, counted_as: 1.1 + 0.1 * index, pairs };
  });
}

function contestedOf(classes, sources, random) {
  return Array.from({ length: 40 }, (_, index) => {
    const first = Math.floor(random() * classes.length);
    const second = (first + 1 + Math.floor(random() * (classes.length - 1))) % classes.length;
    const row = 1 + 37 * index;
    const overruled = index >= 20;
    return { row, id: `m-${String(row).padStart(5, "0")}`, text: messageFor(classes[first], random), why: overruled ? "overruled" : "unsure", rows: 1 + Math.floor(20 * random()), label: classes[first], confidence: overruled ? 0.6 + 0.3 * random() : 0.3 + 0.01 * index, majority: classes[overruled ? second : first], gold: index % 4 === 0 ? classes[first] : null, votes: { [sources[index % sources.length].name]: classes[first], [sources[(index + 1) % sources.length].name]: classes[second] } };
  });
}

function trainingOf(plan, random) {
  const curve = Array.from({ length: plan.epochs }, (_, index) => ({
    epoch: index + 1,
    train_loss: 0.28 + 1.7 * Math.exp(-index / 3) + 0.01 * random(),
    valid_loss: 0.55 + 1.4 * Math.exp(-index / 3) + 0.0045 * Math.max(0, index - 8) + 0.02 * random(),
    valid_accuracy: 0.845 - 0.5 * Math.exp(-index / 2.4) + 0.012 * random(),
    learning_rate: 0.4 * Math.min(1, (index + 1) / 2) * (1 - index / plan.epochs),
  }));
  const best = curve.reduce((a, b) => (b.valid_loss < a.valid_loss ? b : a));
  return { name: "text-linear", options: { buckets: 1 << 20, dimension: 64, words: "1-2", characters: "3-5", batch: 256, seed: 1 }, rows: Math.round(plan.rows * 0.66), parameters: (1 << 20) * 64 + 64 * plan.classes, seconds: 6.84, stopped: "valid loss did not fall for 3 epochs", curve, best_epoch: best.epoch };
}

function slicesOf(plan, evaluation, random) {
  const names = ["long", "angry", "amount_named", "non_native", "night", "first_contact", "mobile", "branch", "business", "joint_account", "abroad", "repeat"];
  return Array.from({ length: plan.slices }, (_, index) => {
    const name = index < names.length ? names[index] : `${names[index % names.length]}_${Math.floor(index / names.length) + 1}`;
    const n = index === 1 ? 9 : Math.max(24, Math.round(evaluation.model.test.accuracy.n * (0.1 + 0.5 * random())));
    const shift = 0.2 * (random() - 0.6);
    return { slice: name, definition: index % 2 ? "any: [unacceptable, disgusted, “third time”]" : "where: {words_of: body, above: 40}", rows: { train: n * 8, valid: n, test: n }, ...Object.fromEntries(["best_source", "label_model", "model"].map((system) => [system, sliceMetrics(evaluation[system].test, shift, n)])), note: n < 30 ? `too few rows with gold: ${n} of 30 needed` : "" };
  });
}

function sliceMetrics(whole, shift, n) {
  const accuracy = wilson(Math.round(n * Math.min(0.99, Math.max(0.05, whole.accuracy.value + shift))), n);
  const lower = (by) => wilson(n * Math.max(0, accuracy.value - by), n);
  return { ...whole, accuracy, macro_f1: lower(0.03), weighted_f1: lower(0.01) };
}

function stages(plan, random) {
  const size = plan.rows / 1612;
  const object = (name) => ({ name, hash: hash(random), bytes: Math.round(1000 + 90000 * random()) });
  const made = { import: ["dataset"], "near-duplicates": ["dataset", "groups", "near-duplicates"], vote: ["votes", "slices"], label: ["fit", "labels.patterns", "labels.examples"], train: ["model", "predictions", "training"], evaluate: ["evaluation"], report: ["report"] };
  const why = { import: "has not run before", "near-duplicates": "has not run before", vote: "LF stolen_card changed", label: "the votes changed", train: "the labels changed", evaluate: "the predictions changed", report: "the evaluation changed" };
  const what = { import: "reads the files into a dataset", "near-duplicates": "finds rows of one text, or nearly", vote: "asks every source for its votes", label: "weighs the votes into labels", train: "trains a model on the labels", evaluate: "measures labels and model on gold", report: "writes the report" };
  const seconds = { import: 0.04 * size, "near-duplicates": 0.01 * size, vote: 0.02 * size, label: 0.013 * size, train: 1.9 * Math.sqrt(size), evaluate: 0.08 * Math.sqrt(size), report: 0.03 };
  const inputs = [];
  return Object.keys(made).map((name) => {
    const outputs = made[name].map(object);
    const stage = { name, what: what[name], state: "ran", why: why[name], seconds: seconds[name], key: hash(random), code: `hone 0.1.0 ${name}/1`, inputs: [...inputs], outputs };
    inputs.push(...outputs);
    return stage;
  });
}

function hash(random) {
  return Array.from({ length: 64 }, () => "0123456789abcdef"[Math.floor(random() * 16)]).join("");
}

function pins(random) {
  return { dataset: hash(random), votes: hash(random), labels: hash(random), model: hash(random), gold: hash(random), code: hash(random).slice(0, 40) };
}

// A first run of somebody who has neither gold nor slices and stopped before training.
function emptyReport() {
  const full = filledReport({ ...kVariants.small, sources: 3, slices: 0 });
  const none = { train: 0, valid: 0, test: 0 };
  const none_compared = { train: null, valid: null, test: null };
  return {
    ...full,
    pins: { ...full.pins, model: null, gold: null },
    summary: { headline: "The sources label 1338 of 1612 rows; there is no gold to say how many are right.", verdict: "", trust: { level: "none", reasons: ["there is no gold, so nothing was measured"] }, result: null, weakest_slice: null, next_steps: [{ title: "Give known classes for about 100 rows of the test split", why: "without gold nothing here can be measured", about: { kind: "data", name: "", other: "" } }], warnings: ["No gold was read: the report has no accuracy."] },
    near_duplicates: null,
    data: { ...full.data, files: [], columns: [], bad_rows: 0, first_bad_rows: [], notes: [], empty_texts: 0, gold: none, class_counts: full.data.class_counts.map((row) => ({ ...row, ...none })) },
    sources: full.sources.map((row) => ({ ...row, precision: null, gold_votes: {}, gold_right: {}, wrong: [], believed_accuracy: null, believed: { accuracy: null, low: null, high: null, assumed: false }, worth: { ...row.worth, gain: null } })),
    label_model: { ...full.label_model, class_prior: full.label_model.class_prior.map((row) => ({ ...row, share: 1 / full.task.classes.length })), class_shares: "assumed", copies: [], warnings: [], options: {}, note: "", used_gold: false, against_majority: { splits: none_compared, decided_on: null, comparison: null, recommend: "unknown", text: `There is no gold, and votes alone cannot tell which is right more often: ${full.label_model.against_majority.gold_needed.text}.`, gold_needed: full.label_model.against_majority.gold_needed }, reliability: null, contested: full.label_model.contested.map((row) => ({ ...row, gold: null })) },
    training: null,
    evaluation: { best_source: null, label_model: null, model: null, per_class: null, confusion: { label_model: null, model: null }, errors_split: null, errors_confusion: null, errors: [], clarity: null, method: full.evaluation.method, notes: [], worst_confusions: [], most_confident_errors: [], comparisons: [], reliability: [] },
    slices: [],
    criteria: [],
    gates: null,
    history: null,
    // Of a ledger that somebody put aside.
    lineage: null,
  };
}

const kMarkup = [
  "<script>alert(1)</script>",
  "</script><script>alert(2)</script>",
  "<img src=x onerror=alert(3)>",
  '"><svg onload=alert(4)>',
  "<!--<script>",
  "{{constructor.constructor('alert(5)')()}}",
  "javascript:alert(6)",
  "</style><style>*{display:none}</style>",
  "\u202Eright to left\u202C \u0000 \u2028 line",
  '{"marker":"hone-report-json"}',
];
const kKept = new Set(["format", "split", "errors_split", "verdict", "state", "system", "level", "said", "kind", "copies", "straddling", "recommend", "class_shares", "rel", "method", "people_drawn"]);

// What a part of the lineage is, where columns have a type of the same key.
const kParts = new Set(["file", "dataset", "source", "run", "object", "gold", "model", "release", "person", "program"]);

// Why a contested row is shown, where stages have a sentence of the same key.
const kReasons = new Set(["unsure", "overruled"]);

// Markup in every string, keys of maps included; equal strings stay equal, so that names still lead to what they name.
function hostile(report) {
  const classes = new Map(report.task.classes.map((name, index) => [name, index === 0 ? "</script>" : `${kMarkup[index % kMarkup.length]} ${index}`]));
  const made = new Map(classes);
  const text = (value) => {
    if (!made.has(value)) made.set(value, `${kMarkup[made.size % kMarkup.length]} ${value}`);
    return made.get(value);
  };
  const walk = (value, key) => {
    if (typeof value === "string") return kKept.has(key) || kReasons.has(value) || (key === "type" && kParts.has(value)) ? value : text(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, key === "copies" ? "groups" : key));
    if (value === null || typeof value !== "object") return value;
    const renames = ["polarity", "options", "gold_votes", "gold_right"].includes(key) || (key === "votes" && !("total" in value));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [renames ? text(name) : name, walk(item, name)]));
  };
  return walk(report, "");
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  try {
    stdout.write(`${JSON.stringify(makeReport(argv[2] ?? "small"))}\n`);
  } catch (error) {
    console.error(error.message);
    exit(2);
  }
}
