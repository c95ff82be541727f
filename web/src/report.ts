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
  /** Of a multi-label task alone: over all classes of all rows. */
  micro_f1?: Measure;
  micro_precision?: Measure | null;
  micro_recall?: Measure | null;
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
  /** Of a multi-label task alone. */
  average_precision?: number | null;
}

/** Of a taxonomy: how labels do at one level, 1 at the top. */
export interface LevelResult {
  level: number;
  accuracy: Measure;
  /** Rows whose label is certain enough down to this level. */
  answered: Measure;
  /** Of these, rows where it is right; null when there are none. */
  right: Measure | null;
}

/** Rows: gold class; columns: predicted class, one more for "no label". */
export interface Confusion {
  split: SplitName;
  classes: string[];
  counts: number[][];
}

/** What a comparison says of A: the words of `hone compare`. */
export type Verdict = "not_comparable" | "not_defined" | "too_few_items" | "too_few_clusters" | "not_decided" | "better" | "worse" | "same_within_margin" | "never_differ" | "no_difference_detectable";

/** A paired comparison on the same rows, by the test that `hone compare` takes. `text` is the verdict in words; low, high and p are null where there is no interval. */
export interface Comparison {
  a: string;
  b: string;
  /** A split, or "train and valid" together. */
  split: string;
  n: number;
  difference: number;
  low: number | null;
  high: number | null;
  p: number | null;
  verdict: Verdict;
  text: string;
}

export interface Source {
  name: string;
  kind: string;
  /** The class of a labeling function; null for a source that votes for several. */
  votes_for: string | null;
  definition: string;
  where: string;
  /** Hash of the object that holds its votes. */
  object: string;
  votes: number;
  /** Share of the rows that it votes on; the interval is for further rows like these, as of these all were looked at. */
  coverage: Measure;
  /** Shares of all rows: where it votes and another does too, and where one of these votes otherwise. */
  overlap: number;
  conflict: number;
  /** Votes by class name. */
  polarity: Record<string, number>;
  /** Share of its votes that gold confirms, on train and valid gold only; null without such gold. */
  precision: Measure | null;
  /** Its votes on train and valid gold by gold class, and those of them that name this class; classes without votes are left out. */
  gold_votes: Record<string, number>;
  gold_right: Record<string, number>;
  /** The first of its votes that gold contradicts, of train and valid alone. */
  wrong: { row: number; id: string; text: string; gold: string; voted: string }[];
  /** What the label model believes of it. */
  believed_accuracy: number | null;
  /** The same with its 90 % interval; `assumed` when it rests on assumptions more than on votes or gold. */
  believed: { accuracy: number | null; low: number | null; high: number | null; assumed: boolean };
  /**
   * What becomes of the labels without its votes, nothing being fitted again, on `label_model.worth_rows` rows: of `votes` that it votes on, how
   * many get another label, and how many none. `gain` is the share of train and valid gold rows that are right with it and not without it,
   * less those the other way round; null without gold.
   */
  worth: { votes: number; changes: number; vanishes: number; gain: Measure | null };
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

/** What the votes on a row come to, beside gold: is their label right, and were they of one mind. */
export type VotesSaid = "right" | "right-in-conflict" | "wrong-in-conflict" | "wrong" | "nothing";

/** An error with what led to it. */
export interface ErrorRow {
  row: number;
  id: string;
  text: string;
  gold: string;
  predicted: string | null;
  confidence: number;
  /** What the label model said. */
  label: string | null;
  said: string;
  /** Who voted, and for which class. */
  votes: Record<string, string>;
}

/** Rows of a split by gold class and by what the votes said, and of them those that the result (the model, else the label model) is right on. */
export interface Clarity {
  split: SplitName;
  /** The states that the numbers below stand for, in their order. */
  said: string[];
  by_class: { class: string; rows: number[]; right: number[] }[];
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
  /** The least difference of two systems that its rows with gold show with 80 % power; null where they show none. */
  smallest_detectable?: number | null;
}

/** How the values of a column fell to slices of `each`. */
export interface ValuesOfField {
  slice: string;
  field: string;
  /** Distinct ones, and those that are slices: the largest, at most 200, of ten rows or more. */
  values: number;
  shown: number;
  other_rows: Record<SplitName, number>;
}

/** A group of valid rows on which the system fails more than elsewhere. Numbers are of the half of the rows on which it was tested. */
export interface DiscoveredSlice {
  /** A name that is free. */
  slice: string;
  /** In words: “top up”, channel is “chat”. */
  what: string;
  terms: {
    kind: "words" | "value" | "missing" | "text_cluster";
    field: string | null;
    text: string | null;
    /** Of a cluster of alike texts: the words that say it, of which so many must stand in the text. */
    words?: string[];
    at_least?: number;
    /** How well they do: rows of the cluster, those of them on which the words hold, and others on which they do. */
    cluster?: { rows: number; held: number; outside: number };
  }[];
  /** The line for hone.yaml that holds on the same rows. */
  definition: string;
  /** Others that come to much the same rows. */
  also: string[];
  /** The slice of hone.yaml that has these rows already. */
  known_as: string | null;
  /** Valid rows of it, of both halves. */
  rows: number;
  errors: number;
  error_rate: Measure;
  rest_errors: number;
  rest_error_rate: Measure;
  /** One-sided, adjusted by Holm; null where there is no verdict, and then `note` says why. */
  p: number | null;
  note: string;
  examples: { row: number; id: string; text: string; gold: string; predicted: string | null; confidence: number }[];
}

export interface DiscoveredSlices {
  system: "model" | "label_model";
  split: SplitName;
  /** Valid rows with gold that were looked at, and those beyond. */
  rows: number;
  left_out: number;
  errors: number;
  found_on: number;
  tested_on: number;
  candidates: number;
  tested: number;
  /** Why nothing was looked for; else empty. */
  note: string;
  slices: DiscoveredSlice[];
}

/** Rows of like confidence: how sure, and how often right. */
export interface ReliabilityBin {
  confidence: number;
  accuracy: number;
  low: number;
  high: number;
  n: number;
}

export interface Evaluation {
  best_source: (MetricsBySplit & { name: string }) | null;
  label_model: MetricsBySplit | null;
  model: MetricsBySplit | null;
  per_class: { label_model: Record<SplitName, PerClass[] | null>; model: Record<SplitName, PerClass[] | null> } | null;
  confusion: { label_model: Confusion | null; model: Confusion | null };
  /** The split whose rows are shown to be read: valid, else train; never test, which nobody looks at while sources are written. Null without gold there. */
  errors_split: SplitName | null;
  /** Of the model (else the label model) on errors_split, whose cells can be looked into. */
  errors_confusion: Confusion | null;
  /** Errors on errors_split: some of each cell, then the most confident, at most 300; the most confident first. */
  errors: ErrorRow[];
  clarity: Clarity | null;
  /** Null, or not there, without valid gold. */
  discovered_slices?: DiscoveredSlices | null;
  /** Null without a taxonomy. */
  levels?: { split: SplitName; certainty: number; label_model: LevelResult[]; model: LevelResult[] | null } | null;
  /** How intervals and verdicts came about. */
  method: string;
  /** What a reader should know of these numbers. */
  notes: string[];
  /** Largest cells off the diagonal, of the model (else the label model) on errors_split. */
  worst_confusions: { gold: string; predicted: string; count: number; share_of_gold: number; examples: ExampleRow[] }[];
  most_confident_errors: ExampleRow[];
  comparisons: Comparison[];
  /** Reliability curve of the model on test, else valid: equal-mass bins. */
  reliability: ReliabilityBin[];
}

/** Sources that agree beyond what their accuracies explain. */
export interface CopyGroup {
  sources: string[];
  /** False: they agree strongly, but too few others are there to tell why, and they are not discounted. */
  checked: boolean;
  /** So many independent sources the group counts as. */
  counted_as: number;
  /** Its members two by two, at most 500 of all groups. */
  pairs: { a: string; b: string; both: number; differ: number }[];
}

/** The labels beside majority vote on the same rows. */
export interface AgainstMajority {
  splits: Record<SplitName, Comparison | null>;
  /** Which gold decided: "train and valid", or "test" where that is too little; null without gold. */
  decided_on: string | null;
  comparison: Comparison | null;
  /** "same": the label model is majority vote. */
  recommend: "keep" | "majority" | "either" | "unknown" | "same";
  text: string;
  /** Gold rows that would show a difference; null where the two differ on too few rows for it. */
  gold_needed: { difference: number; differ: number; rows: number | null; differing_rows: number | null; text: string };
}

/** A row whose votes contradict each other, standing for all rows of train and valid with the same votes. */
export interface ContestedRow {
  row: number;
  id: string;
  text: string;
  /** Why it is shown: its label is unsure, or is not that of the majority. */
  why: "unsure" | "overruled";
  rows: number;
  label: string | null;
  confidence: number;
  majority: string | null;
  gold: string | null;
  votes: Record<string, string>;
}

/** Groups that lie in more than one split, and the pairs of rows that they tear apart. */
export interface Straddling {
  groups: number;
  pairs: { train_valid: number; train_test: number; valid_test: number };
}

/** Rows of one text, or nearly: what `data.near_duplicates` found and did. */
export interface NearDuplicates {
  similarity: number;
  copies: "keep" | "drop";
  /** Null where splits go by hash: then no group straddles. */
  straddling: "report" | "drop" | null;
  groups: number;
  /** In groups. */
  rows: number;
  /** Groups whose texts are all equal after normalization, and those that hold different ones. */
  exact: { groups: number; rows: number };
  near: { groups: number; rows: number };
  /** Rows of which normalization leaves nothing; they are nobody's duplicates. */
  silent_rows: number;
  /** Pairs of different texts that were compared. */
  compared: number;
  straddling_before: Straddling;
  straddling_after: Straddling;
  moved_rows: number;
  dropped: Record<SplitName, number>;
  /** At most ten, each with its first five rows; `splits` as they were before, `text` of a row of train or valid, else null. */
  largest: {
    rows: number;
    texts: number;
    splits: Record<SplitName, number>;
    text: string | null;
    examples: { id: string; split: SplitName; file: string; line: number }[];
  }[];
}

/** How far an evaluator and people agree, on rows that both graded. */
export interface GradeAgreement {
  observed: Measure;
  kappa: Measure | null;
  ac1: number | null;
  yes_right: number;
  yes: number;
  no_right: number;
  no: number;
}

export interface CriterionCell {
  /** Null: all rows. */
  slice: string | null;
  /** The share that the evaluator says yes of. */
  raw: Measure | null;
  agreement: GradeAgreement | null;
  /** The same, corrected for the evaluator's errors. */
  corrected: Measure | null;
  method: "" | "ppi" | "rogan_gladen";
  /** Why it is not corrected. */
  note: string;
}

export interface Criterion {
  criterion: string;
  /** The column of its grades, or the name of the source. */
  evaluator: string;
  kind: "column" | "lf" | "process" | "like" | "model" | "dictionary";
  /** What a source says by abstaining; null: the row is not graded. */
  otherwise: "yes" | "no" | null;
  /** Rows on which a source failed; null of a plain column. */
  failures: { count: number; first: { row: number; what: string }[] } | null;
  people: string | null;
  people_drawn: "evenly" | "otherwise";
  cells: CriterionCell[];
}

/** What a release's own evaluation said; the last entry, without a release, is the current results. */
export interface HistoryEntry {
  release: string | null;
  time: string;
  event: number | null;
  system: "model" | "label_model" | null;
  split: SplitName | null;
  accuracy: Measure | null;
  /** The band that may be read at any time: all of them hold together with 95 %. */
  low: number | null;
  high: number | null;
  note: string;
}

/** What hone.yaml demands of the results (evaluate.gates), and whether it holds. */
export interface Gate {
  gate: string;
  verdict: "passes" | "fails" | "undecided";
  /** In words, the number with its interval and n; why nothing can be said, where nothing can. */
  text: string;
  n: number;
}

export interface Gates {
  /** A run may have no name; only a release has a version. */
  baseline: { kind: "release" | "run"; name: string | null; version: string | null; event: number; time: string } | null;
  split: SplitName | null;
  /** How many evaluations there were since the baseline; each has a share of the 5 %. */
  look: number;
  gates: Gate[];
  failed: number;
  undecided: number;
}

/** A thing, a run or somebody in the lineage, in the words of PROV: entities, activities (`run`) and agents (`person`, `program`). */
export interface LineageNode {
  /** Unique in this lineage; edges name it. */
  id: string;
  type: "file" | "dataset" | "source" | "run" | "object" | "gold" | "model" | "release" | "person" | "program";
  name: string;
  /** The event of the ledger that says so; null where none does, and then `note` tells why. */
  seq: number | null;
  /** UTC, of the event. */
  time: string | null;
  /** SHA-256 of what it is: a file's or an object's bytes, the text of a source's definition. */
  hash: string | null;
  /** What else there is to say, in words; may be empty. */
  note: string;
}

/** As PROV points: from what came later to what it came from. */
export interface LineageEdge {
  from: string;
  to: string;
  rel: "used" | "wasGeneratedBy" | "wasDerivedFrom" | "wasAssociatedWith" | "wasRevisionOf" | "wasInvalidatedBy";
}

/** What the result was made from, by whom and when, as the ledger has it. */
export interface Lineage {
  format: string;
  /** The release that this is the lineage of; null: the current results. */
  release: string | null;
  /** The ledger that says so, and how long it was then. */
  origin: string;
  size: number;
  nodes: LineageNode[];
  edges: LineageEdge[];
  /** What is gone or was never recorded. */
  notes: string[];
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
    /** "It is better by 12.3 points (7.1 to 17.5) than the label model, and …": the paired comparisons; empty where there are none. */
    verdict: string;
    /** Whether the result may be acted upon: "good", "fair", "low", or "none" without gold; and why. */
    trust: { level: "good" | "fair" | "low" | "none"; reasons: string[] };
    /** Which system, split and metric the headline is about; null without gold. */
    result: { system: string; split: SplitName; accuracy: Measure } | null;
    /** The lowest accuracy among slices with rows enough for a verdict. */
    weakest_slice: { slice: string; accuracy: Measure } | null;
    /** What to do next, most worthwhile first, and what each is about. `name` and `other` are empty or name a source, slice or class. */
    next_steps: { title: string; why: string; about: { kind: "data" | "votes" | "label-model" | "evaluation" | "slice" | "discovered-slice" | "confusion" | "source" | "calibration"; name: string; other: string } }[];
    warnings: string[];
  };
  data: {
    rows: number;
    splits: Record<SplitName, number>;
    files: { name: string; rows: number; bytes: number; sha256: string }[];
    columns: { name: string; type: string; nulls: number }[];
    groups: number;
    empty_texts: number;
    /** Rows without a text that data.skip_empty_texts left out. */
    skipped_rows: number;
    bad_rows: number;
    first_bad_rows: { file: string; line: number; reason: string }[];
    notes: string[];
    gold: Record<SplitName, number>;
    /** Gold rows by class name and split, where read. */
    class_counts: { class: string; train: number; valid: number; test: number; labeled: number }[];
  };
  /** Null unless hone.yaml asks for them. */
  near_duplicates: NearDuplicates | null;
  sources: Source[];
  votes: {
    total: number;
    covered: number;
    overlap: number;
    conflict: number;
    patterns: number;
    /** Pairs of sources that vote on the same rows; the most conflicting first, at most 2,000. */
    pairs: { a: string; b: string; both: number; differ: number }[];
    pairs_left_out: number;
    /** The rows that pairs were counted on, evenly spaced: all of them unless votes meet so often that it would take too long. */
    pairs_rows: number;
  };
  label_model: {
    name: string;
    options: Record<string, unknown>;
    iterations: number;
    converged: boolean;
    used_gold: boolean;
    /** "cross-fitted" when its numbers on used gold rows come from fits that did not see them. */
    note: string;
    class_prior: { class: string; share: number }[];
    /** Where these shares come from; assumed: every class is taken to be as common as the others. */
    class_shares: "votes" | "assumed" | "declared" | "gold";
    copies: CopyGroup[];
    /** The rows that sources' worth was counted on, evenly spaced. */
    worth_rows: number;
    /** Null of a multi-label task. */
    against_majority: AgainstMajority | null;
    /** Of the label's probability, on test, else valid, else train; null without gold. */
    reliability: { split: SplitName; bins: ReliabilityBin[] } | null;
    /** At most 20 of either kind. */
    contested: ContestedRow[];
    /** Of a multi-label task alone: what each class was labeled from, and how likely it is on labeled rows without a vote about it. */
    classes?: { class: string; model: string | null; votes_for: number; votes_against: number; rows: number; used_gold: boolean; silent: number; silent_from: "gold" | "declared" | "assumed" }[] | null;
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
  slices_by_value?: ValuesOfField[];
  /** The last run of each stage, from its record: why it ran, how long it took, what it read and made. */
  stages: {
    name: string;
    what: string;
    state: "ran" | "fresh" | "failed";
    why: string;
    seconds: number;
    /** The record lies in .hone/runs/KEY.json. */
    key: string;
    code: string;
    inputs: { name: string; hash: string; bytes: number }[];
    outputs: { name: string; hash: string; bytes: number }[];
  }[];
  /** Null, or not there, before anything was recorded. */
  lineage?: Lineage | null;
  criteria?: Criterion[];
  gates?: Gates | null;
  history?: HistoryEntry[] | null;
}
