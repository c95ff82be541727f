/** What `hone report --json` prints and what the page shows: the contract between the program and everybody who reads its numbers. */

/** A number with its 95 % interval; low and high are null where there is no interval for it yet. n is what it was measured on. */
export interface Measure {
  value: number;
  low: number | null;
  high: number | null;
  n: number;
}

export type SplitName = "train" | "valid" | "test";

/** Null where there is no gold for that split. */
export type MetricsBySplit = Record<SplitName, Metrics | null>;

/** For every comparison a row without a label counts as wrong; n is all rows with gold. */
export interface Metrics {
  accuracy: Measure;
  macro_f1: Measure;
  weighted_f1: Measure;
  log_loss: Measure;
  /** Null below 30 rows with a label. */
  ece: Measure | null;
  coverage: Measure;
  accuracy_on_covered: Measure | null;
}

export interface PerClass {
  class: string;
  gold: number;
  predicted: number;
  precision: Measure | null;
  recall: Measure | null;
  f1: number | null;
}

/** Rows: gold class; columns: predicted class, one more for "no label". */
export interface Confusion {
  split: SplitName;
  classes: string[];
  counts: number[][];
}

/** A paired comparison on the same rows (McNemar mid-p, Tango interval). `text` is the verdict in words. */
export interface Comparison {
  a: string;
  b: string;
  split: SplitName;
  n: number;
  difference: number;
  low: number;
  high: number;
  p: number;
  verdict: "better" | "worse" | "no-difference" | "too-few" | "never-differ";
  text: string;
}

export interface Source {
  name: string;
  kind: string;
  /** The class of a labeling function; null for a source that votes for several. */
  votes_for: string | null;
  definition: string;
  where: string;
  coverage: Measure;
  overlap: number;
  conflict: number;
  /** Votes by class name. */
  polarity: Record<string, number>;
  /** Share of its votes that gold confirms, on train and valid gold only; null without such gold. */
  precision: Measure | null;
  /** What the label model believes of it. */
  believed_accuracy: number | null;
  failed_rows: number;
}

export interface ExampleRow {
  row: number;
  id: string;
  text: string;
  gold: string;
  predicted: string | null;
  confidence: number;
}

export interface SliceResult {
  slice: string;
  definition: string;
  rows: Record<SplitName, number>;
  /** By system, on test (valid where there is no test gold). */
  best_source: Metrics | null;
  label_model: Metrics | null;
  model: Metrics | null;
  /** "too few" and the like; empty when there is nothing to say. */
  note: string;
}

export interface Evaluation {
  best_source: (MetricsBySplit & { name: string }) | null;
  label_model: MetricsBySplit | null;
  model: MetricsBySplit | null;
  per_class: { label_model: Record<SplitName, PerClass[] | null>; model: Record<SplitName, PerClass[] | null> } | null;
  confusion: { label_model: Confusion | null; model: Confusion | null };
  /** The split whose rows are shown to be read: valid, else train; never test, which nobody looks at while sources are written. Null without gold there. */
  errors_split: SplitName | null;
  /** What a reader should know of these numbers. */
  notes: string[];
  /** Largest cells off the diagonal, of the model (else the label model) on errors_split. */
  worst_confusions: { gold: string; predicted: string; count: number; share_of_gold: number; examples: ExampleRow[] }[];
  most_confident_errors: ExampleRow[];
  comparisons: Comparison[];
  /** Reliability curve of the model on test, else valid: equal-mass bins. */
  reliability: { confidence: number; accuracy: number; low: number; high: number; n: number }[];
}

export interface Report {
  format: "hone-report/1";
  project: string;
  hone: string;
  /** Pins: what these numbers were made from, as object hashes. */
  pins: { dataset: string; votes: string; labels: string; model: string | null; gold: string | null; code: string };
  task: { kind: string; classes: string[] };
  /** What a manager reads first. Sentences made by the program from the numbers below. */
  summary: {
    /** "The trained model is right on 84.2 % of the test rows." */
    headline: string;
    /** Which system, split and metric the headline is about; null without gold. */
    result: { system: string; split: SplitName; accuracy: Measure } | null;
    /** What to do next, most worthwhile first. */
    next_steps: { title: string; why: string }[];
    warnings: string[];
  };
  data: {
    rows: number;
    splits: Record<SplitName, number>;
    files: { name: string; rows: number; bytes: number; sha256: string }[];
    columns: { name: string; type: string; nulls: number }[];
    groups: number;
    empty_texts: number;
    bad_rows: number;
    first_bad_rows: { file: string; line: number; reason: string }[];
    notes: string[];
    gold: Record<SplitName, number>;
    /** Gold rows by class name and split, where read. */
    class_counts: { class: string; train: number; valid: number; test: number; labeled: number }[];
  };
  sources: Source[];
  votes: { total: number; covered: number; overlap: number; conflict: number; patterns: number };
  label_model: {
    name: string;
    options: Record<string, unknown>;
    iterations: number;
    converged: boolean;
    used_gold: boolean;
    /** "cross-fitted" when its numbers on used gold rows come from fits that did not see them. */
    note: string;
    class_prior: { class: string; share: number }[];
    warnings: string[];
  };
  training: {
    name: string;
    options: Record<string, unknown>;
    rows: number;
    parameters: number;
    seconds: number;
    stopped: string;
    /** One entry an epoch. valid_* are null when the valid split is empty. */
    curve: { epoch: number; train_loss: number; valid_loss: number | null; valid_accuracy: number | null; learning_rate: number }[];
    best_epoch: number;
  } | null;
  evaluation: Evaluation;
  slices: SliceResult[];
  /** How long each stage took when it last ran, from its record. */
  stages: { name: string; state: "ran" | "fresh" | "failed"; why: string; seconds: number }[];
}
