// Simulated predictions, and the metrics that follow from them.

const kZ = 1.959964;

// Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
export function wilson(right, n) {
  const p = right / n;
  const centre = (p + (kZ * kZ) / (2 * n)) / (1 + (kZ * kZ) / n);
  const half = (kZ * Math.sqrt((p * (1 - p)) / n + (kZ * kZ) / (4 * n * n))) / (1 + (kZ * kZ) / n);
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), n };
}

// Pairs [gold, predicted]; the class after the last stands for "no label".
export function predict(n, classes, share, right, abstains, random) {
  return Array.from({ length: n }, () => {
    const gold = draw(share, random);
    const hit = random() < right + 0.12 * Math.sin(gold * 2.3);
    if (hit) return [gold, gold];
    if (abstains && random() < 0.45) return [gold, classes];
    return [gold, neighbour(gold, classes, random)];
  });
}

// Most errors fall on classes near by, as they do in real taxonomies.
function neighbour(gold, classes, random) {
  if (classes < 3 || random() < 0.25) return (gold + 1 + Math.floor(random() * (classes - 1))) % classes;
  return (gold + (random() < 0.6 ? 1 : classes - 2)) % classes;
}

function draw(share, random) {
  let left = random();
  for (let index = 0; index < share.length; ++index) {
    left -= share[index];
    if (left < 0) return index;
  }
  return share.length - 1;
}

export function matrix(pairs, classes) {
  const counts = Array.from({ length: classes }, () => new Array(classes + 1).fill(0));
  for (const [gold, predicted] of pairs) counts[gold][predicted] += 1;
  return counts;
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

function tallies(counts) {
  const columns = counts[0].map((_, column) => sum(counts.map((row) => row[column])));
  return counts.map((row, index) => ({ gold: sum(row), predicted: columns[index], right: row[index] }));
}

function f1({ gold, predicted, right }) {
  return gold + predicted === 0 ? 0 : (2 * right) / (gold + predicted);
}

export function metricsOf(counts) {
  const rows = tallies(counts);
  const n = sum(rows.map((row) => row.gold));
  const right = sum(rows.map((row) => row.right));
  const covered = n - sum(counts.map((row) => row[row.length - 1]));
  const about = (value, half) => ({ value, low: Math.max(0, value - half), high: value + half, n });
  const share = (value) => wilson(value * n, n);
  const ece = 0.021 + 0.08 * (1 - right / n);
  return {
    accuracy: wilson(right, n),
    macro_f1: share(sum(rows.map(f1)) / rows.length),
    weighted_f1: share(sum(rows.map((row) => f1(row) * row.gold)) / n),
    log_loss: about(2.1 * (1 - right / n) + 0.21, 2 / Math.sqrt(n)),
    ece: { ...about(ece, 0.8 / Math.sqrt(n)), low: ece < 0.8 / Math.sqrt(n) ? 0 : ece - 0.8 / Math.sqrt(n) },
    coverage: wilson(covered, n),
    accuracy_on_covered: covered === 0 ? null : wilson(right, covered),
  };
}

export function perClassOf(counts, classes) {
  return tallies(counts).map((row, index) => ({
    class: classes[index],
    gold: row.gold,
    predicted: row.predicted,
    precision: row.predicted === 0 ? null : wilson(row.right, row.predicted),
    recall: row.gold === 0 ? null : wilson(row.right, row.gold),
    f1: row.gold + row.predicted === 0 ? null : f1(row),
  }));
}
