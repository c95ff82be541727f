// What can be looked into: votes by gold class, pairs of sources, clarity, and errors with what led to them.

import { messageFor } from "./messages.mjs";

export const kSaid = ["right", "right-in-conflict", "wrong-in-conflict", "wrong", "nothing"];

/** Votes of a source on gold, dealt over the classes around its own, and the first two that gold contradicts. */
export function votesOnGold(index, target, right, hits, classes, random) {
  const own = target ?? classes[index % classes.length];
  const near = [1, 2, 3].map((step) => classes[(classes.indexOf(own) + step) % classes.length]);
  const gold_votes = {};
  if (right > 0) gold_votes[own] = right;
  let left = hits - right;
  for (const name of near) {
    const here = name === near[2] ? left : Math.floor(left * random());
    if (here > 0) gold_votes[name] = (gold_votes[name] ?? 0) + here;
    left -= here;
  }
  const wrong = Object.keys(gold_votes).filter((name) => name !== own).slice(0, 2).map((gold) => ({ ...place(random), text: messageFor(gold, random).slice(0, 240), gold, voted: own }));
  return { gold_votes, gold_right: right > 0 ? { [own]: right } : {}, wrong };
}

function place(random) {
  const row = 1 + Math.floor(random() * 1500);
  return { row, id: `m-${String(row).padStart(5, "0")}` };
}

/** Sources of near-by numbers meet; every third pair differs somewhere. */
export function pairsOf(sources, most, rows, random) {
  const pairs = [];
  for (let a = 0; a < sources.length; ++a) {
    for (let b = a + 1; b < Math.min(sources.length, a + 30); ++b) {
      const both = Math.floor(Math.min(sources[a].votes, sources[b].votes) * random() * 0.3);
      if (both > 0) pairs.push({ a: sources[a].name, b: sources[b].name, both, differ: (a + b) % 3 === 0 ? Math.floor(both * random()) : 0 });
    }
  }
  pairs.sort((one, two) => two.differ - one.differ || two.both - one.both);
  return { pairs: pairs.slice(0, most), pairs_left_out: Math.max(0, pairs.length - most), pairs_rows: rows };
}

/** What the votes said of a row, given the label and whether the votes were of one mind. */
function said(gold, label, none, random) {
  if (label === none) return 4;
  const conflict = random() < 0.25;
  return label === gold ? (conflict ? 1 : 0) : conflict ? 2 : 3;
}

// The model has its errors mostly from the labels it learned from.
function labelOf(gold, predicted, classes, random) {
  const chance = random();
  if (gold === predicted) return chance < 0.78 ? gold : chance < 0.9 ? classes.length : (gold + 1) % classes.length;
  return chance < 0.45 ? predicted : chance < 0.75 ? classes.length : gold;
}

/** Clarity, and the errors of the model with what the votes said: both from the same rows. */
export function lookedInto(predictions, classes, sources, random) {
  const byClass = classes.map((name) => ({ class: name, rows: kSaid.map(() => 0), right: kSaid.map(() => 0) }));
  const errors = [];
  for (const [gold, predicted] of predictions) {
    const label = labelOf(gold, predicted, classes, random);
    const state = said(gold, label, classes.length, random);
    byClass[gold].rows[state] += 1;
    if (gold === predicted) byClass[gold].right[state] += 1;
    else errors.push(errorOf(classes[gold], classes[predicted] ?? null, classes[label] ?? null, kSaid[state], sources, random));
  }
  errors.sort((a, b) => b.confidence - a.confidence || a.row - b.row);
  return { clarity: { split: "valid", said: kSaid, by_class: byClass }, errors: errors.slice(0, 300) };
}

function errorOf(gold, predicted, label, state, sources, random) {
  const own = sources.filter((source) => source.votes_for === (label ?? predicted)).slice(0, 2);
  const votes = state === "nothing" ? {} : Object.fromEntries(own.map((source) => [source.name, source.votes_for]));
  return { ...place(random), text: messageFor(gold, random), gold, predicted, confidence: 0.4 + 0.59 * random(), label, said: state, votes };
}
