"""What hone/stats says beside scipy, statsmodels and scikit-learn, on made-up numbers: every answer must agree to 1e-9.

The peers are no part of Hone: bench/peers/statistics_answers.py only asks them. An estimate that both find by a search (temperature,
beta-binomial) must agree to 1e-5, since their searches stop there.
"""

import json
import random

from harness import BIN, SEED, Folder, check, peer, table, timed

NAMES = [
    "wilson",
    "clopper_pearson",
    "mcnemar",
    "newcombe",
    "clustered",
    "welch",
    "paired_t",
    "many",
    "sign_flip",
    "jackknife",
    "macro_f1",
    "auroc",
    "ndcg",
    "kappa",
    "power",
    "beta_prior",
    "temperature",
]
SEARCHED = ["beta_prior", "temperature"]
EXACT_BOUND, SEARCHED_BOUND = 1e-9, 1e-5
ROUNDS = 50


def some(n, of):
    return [of() for _ in range(n)]


def question(name, draw):
    n = draw.randint(8, 60)
    if name in ("wilson", "clopper_pearson"):
        return {"count": draw.randint(0, n), "n": n}
    if name == "mcnemar":
        return {"b": draw.randint(1, 30), "c": draw.randint(1, 30)}
    if name == "newcombe":
        return {"count_a": draw.randint(0, n), "n_a": n, "count_b": draw.randint(0, 40), "n_b": 40}
    if name == "clustered":
        return {"scores": some(n, lambda: draw.gauss(0, 1)), "clusters": [*range(4), *some(n - 4, lambda: draw.randint(0, 7))]}
    if name in ("welch", "paired_t"):
        return {"a": some(n, lambda: draw.gauss(0.2, 1)), "b": some(n, lambda: draw.gauss(0, 2))}
    if name == "many":
        return {"p": some(n, lambda: draw.random() ** 3)}
    if name == "sign_flip":
        return {"totals": some(11, lambda: draw.gauss(0.3, 1))}
    if name == "jackknife":
        return {"values": some(n, lambda: draw.expovariate(1))}
    if name == "macro_f1":
        return {"gold": some(n, lambda: draw.randint(0, 3)), "predicted": some(n, lambda: draw.randint(0, 3)), "classes": 4}
    if name == "auroc":
        return {"scores": some(n, lambda: round(draw.random(), 1)), "positive": [0, 1, *some(n - 2, lambda: draw.randint(0, 1))]}
    if name == "ndcg":
        return {"relevance": [1, *some(n - 1, lambda: draw.randint(0, 3))], "scores": some(n, lambda: round(draw.random(), 1)), "k": 5}
    if name == "kappa":
        return {"table": some(9, lambda: draw.randint(1, 40))}
    if name == "power":
        return {"difference": draw.uniform(0.01, 0.1), "rate": draw.uniform(0.2, 0.8)}
    if name == "beta_prior":
        rates = [(draw.betavariate(5, 2), draw.randint(10, 80)) for _ in range(30)]
        return {"slices": [(sum(draw.random() < p for _ in range(n)), n) for p, n in rates]}
    gold = some(n, lambda: draw.randint(0, 2))
    logits = [[draw.gauss(2.0 if c == g else 0.0, 2) for c in range(3)] for g in gold]
    return {"logits": [each for row in logits for each in row], "gold": gold, "classes": 3}


def numbers(value):
    return value if isinstance(value, list) else [value]


def farthest(found, expected):
    """Of one answer: by absolute distance below 1, by relative distance above."""
    pairs = [pair for key, value in expected.items() for pair in zip(numbers(found[key]), numbers(value), strict=True)]
    return max(abs(one - other) / max(1.0, abs(other)) for one, other in pairs)


def answers(folder):
    """The questions with our answers and those of the peers."""
    draw = random.Random(SEED)
    questions = [{"of": name, **question(name, draw)} for name in NAMES for _ in range(ROUNDS)]
    file = folder / "questions.json"
    file.write_text(json.dumps(questions))
    with open(file) as ours, open(file) as theirs:
        return zip(questions, timed(BIN / "statistics_json", stdin=ours).json(), peer("statistics_answers.py", stdin=theirs).json(), strict=True)


def run():
    worst = dict.fromkeys(NAMES, 0.0)
    with Folder() as place:
        for asked, ours, theirs in answers(place.path):
            worst[asked["of"]] = max(worst[asked["of"]], farthest(ours, theirs))
    bounds = {name: SEARCHED_BOUND if name in SEARCHED else EXACT_BOUND for name in NAMES}
    lines = [[name, f"{apart:.1e}", f"{bounds[name]:.0e}: {'met' if apart <= bounds[name] else 'MISSED'}"] for name, apart in worst.items()]
    found = table(["what", f"farthest apart in {ROUNDS}", "bound"], lines)
    check(all(apart <= bounds[name] for name, apart in worst.items()), f"answers differ from those of the peers\n{found}")
    return found
