// An invented lineage, as the program makes it: the runs of a report's stages, what they read and made, and who was behind them.

const kDay = "2026-01-05T09:3";
const kShownSources = 12;
const kPerson = "p:4x7d2kq0m3fz9sj1";
const kReviewer = "p:m2c8w5tz0qj4r7ab";

/** Nodes and edges in the order in which they are added. */
class Graph {
  nodes = [];
  edges = [];
  #seq = 0;

  add(type, name, more = {}) {
    const seq = more.seq === undefined ? ++this.#seq : more.seq;
    const node = { id: `${type}:${this.nodes.length}`, type, name, seq, time: seq === null ? null : `${kDay}${seq % 10}:00.000123Z`, hash: null, note: "", ...more };
    this.nodes.push(node);
    return node;
  }

  link(from, rel, ...to) {
    for (const other of to) this.edges.push({ from: from.id, to: other.id, rel });
  }
}

function addSources(graph, sources, vote) {
  const shown = sources.length <= kShownSources ? sources : sources.slice(0, kShownSources - 1);
  const nodes = shown.map((source) => graph.add("source", source.name, { hash: source.object, note: `lf, version ${source.object.slice(0, 16)}, declared in ${source.where}` }));
  if (shown.length < sources.length) nodes.push(graph.add("source", `${sources.length - shown.length} more sources`, { seq: null, note: `${sources.length - shown.length} lf; defined in events 20 to ${20 + sources.length}` }));
  graph.link(vote, "used", ...nodes);
  const earlier = graph.add("source", "earlier versions", { seq: null, note: "of 2 sources" });
  for (const node of nodes.slice(0, 2)) graph.link(node, "wasRevisionOf", earlier);
}

export function lineageOf(report) {
  const graph = new Graph();
  const person = graph.add("person", kPerson.slice(2), { seq: null, note: "a person, by the ID of the log" });
  const program = graph.add("program", "hone 0.1.0", { seq: null, note: "commit 0123abcd, build 4567ef" });
  const files = report.data.files.map((file) => graph.add("file", file.name, { hash: file.sha256, note: `${file.rows} rows` }));
  const run = (name, ...used) => {
    const node = graph.add("run", name, { note: `hone 0.1.0 ${name}/1; outcome ok` });
    graph.link(node, "used", ...used);
    graph.link(node, "wasAssociatedWith", person, program);
    return node;
  };
  const make = (by, type, name, hash, note = "") => {
    const node = graph.add(type, name, { hash, note });
    graph.link(node, "wasGeneratedBy", by);
    return node;
  };
  const dataset = make(run("import", ...files), "dataset", "dataset", report.pins.dataset, `${report.data.rows} rows; licence CC-BY-4.0; purpose not stated`);
  const vote = run("vote", dataset);
  addSources(graph, report.sources, vote);
  const votes = make(vote, "object", "votes", report.pins.votes, "with slices");
  const gold = report.pins.gold && graph.add("gold", "gold 9a14cbe8", { hash: report.pins.dataset, note: "column label of valid, test" });
  if (gold) graph.link(gold, "wasDerivedFrom", dataset);
  const before = gold && graph.add("gold", "gold 57f0aa21", { hash: report.pins.votes, note: "column label of valid, test" });
  if (gold) graph.link(gold, "wasRevisionOf", before);
  const withGold = gold ? [gold] : [];
  const labels = make(run("label", dataset, votes, ...withGold), "object", "labels", report.pins.labels, "with fit, labels.examples");
  const trained = report.training ? [make(run("train", dataset, votes, labels, ...withGold), "model", "model", report.pins.model, "with predictions, training")] : [];
  const evaluation = make(run("evaluate", dataset, votes, labels, ...trained, ...withGold), "object", "evaluation", report.pins.code.padEnd(64, "0"));
  const shown = make(run("report", dataset, votes, labels, ...trained, evaluation), "object", "report", report.pins.labels);
  const release = graph.add("release", "2026-q1", { hash: report.pins.votes, note: "version 1.0.0, because: labels for the first quarter" });
  graph.link(release, "wasDerivedFrom", dataset, labels, ...trained, evaluation, shown);
  const reviewer = graph.add("person", kReviewer.slice(2), { seq: null, note: "a person, by the ID of the log" });
  graph.link(release, "wasAssociatedWith", person, reviewer);
  return { format: "hone-lineage/1", release: null, origin: "bank.example/complaints", size: 61 + report.sources.length, nodes: graph.nodes, edges: graph.edges, notes: [] };
}
