"""What hone/stats says beside scipy, statsmodels and scikit-learn, on made-up numbers: every answer must agree to 1e-9.

    python3 bench/statistics_peers.py        # after `ninja -C build/release statistics_json`

The peers are those of bench/requirements.txt, and statsmodels. They are no part of Hone: this page only asks them. An estimate that both
find by a search (temperature, beta-binomial) must agree to 1e-5, since their searches stop there.
"""

import json
import math
import os
import pathlib
import random
import subprocess
import sys

import numpy
from scipy import optimize, special, stats
from sklearn import metrics
from statsmodels.regression.linear_model import OLS
from statsmodels.stats import contingency_tables, inter_rater, multitest, power, proportion

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build" / os.environ.get("HONE_BUILD", "release") / "bin" / "statistics_json"
EXACT, SEARCHED = 1e-9, 1e-5
ROUNDS = 50


def ours(questions):
    done = subprocess.run([PROGRAM], input=json.dumps(questions), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def interval(ends):
    return {"low": float(ends[0]), "high": float(ends[1])}


def wilson(q):
    return interval(proportion.proportion_confint(q["count"], q["n"], method="wilson"))


def clopper_pearson(q):
    return interval(proportion.proportion_confint(q["count"], q["n"], method="beta"))


def mcnemar(q):
    return {"exact": contingency_tables.mcnemar([[5, q["b"]], [q["c"], 5]], exact=True).pvalue}


def newcombe(q):
    return interval(proportion.confint_proportions_2indep(q["count_a"], q["n_a"], q["count_b"], q["n_b"], method="newcomb", compare="diff"))


def clustered(q):
    # CR1 of statsmodels has the factor (n-1)/(n-k) too, which is 1 for a mean. CR2 and its degrees of freedom from the matrices themselves.
    scores, clusters = numpy.array(q["scores"]), numpy.array(q["clusters"])
    fit = OLS(scores, numpy.ones_like(scores)).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    n, design = len(scores), numpy.ones((len(scores), 1))
    hat = design @ design.T / n
    meat, vectors = 0.0, []
    for cluster in numpy.unique(clusters):
        rows = clusters == cluster
        values, bases = numpy.linalg.eigh(numpy.eye(rows.sum()) - hat[numpy.ix_(rows, rows)])
        adjust = bases @ numpy.diag(values**-0.5) @ bases.T
        meat += (design[rows].T @ adjust @ (scores - scores.mean())[rows]).item() ** 2
        vectors.append(((numpy.eye(n) - hat)[:, rows] @ adjust @ design[rows] / n)[:, 0])
    gram = numpy.array(vectors) @ numpy.array(vectors).T
    return {
        "mean": scores.mean(),
        "cr1": fit.bse[0],
        "cr2": math.sqrt(meat) / n,
        "degrees": numpy.trace(gram) ** 2 / (gram**2).sum(),
    }


def welch(q):
    found = stats.ttest_ind(q["a"], q["b"], equal_var=False)
    return {"t": found.statistic, "degrees": found.df, "p": found.pvalue}


def paired_t(q):
    found = stats.ttest_rel(q["a"], q["b"])
    return {"p": found.pvalue, **interval(found.confidence_interval())}


def many(q):
    return {"holm": list(multitest.multipletests(q["p"], method="holm")[1]), "bh": list(multitest.multipletests(q["p"], method="fdr_bh")[1])}


def sign_flip(q):
    found = stats.permutation_test((q["totals"],), numpy.sum, permutation_type="samples", n_resamples=math.inf)
    return {"p": found.pvalue}


def jackknife(q):
    values = numpy.array(q["values"])
    without = (values.sum() - values) / (len(values) - 1)
    off = without.mean() - without
    return {"error": stats.sem(values), "acceleration": (off**3).sum() / (6 * (off**2).sum() ** 1.5)}


def macro_f1(q):
    return {"macro_f1": metrics.f1_score(q["gold"], q["predicted"], average="macro")}


def auroc(q):
    return {"auroc": metrics.roc_auc_score(q["positive"], q["scores"])}


def ndcg(q):
    return {"ndcg": metrics.ndcg_score([q["relevance"]], [q["scores"]], k=q["k"])}


def kappa(q):
    table = numpy.array(q["table"]).reshape(3, 3)
    found = inter_rater.cohens_kappa(table)
    return {
        "kappa": found.kappa,
        "error": found.std_kappa,
        "linear": inter_rater.cohens_kappa(table, wt="linear").kappa,
        "quadratic": inter_rater.cohens_kappa(table, wt="quadratic").kappa,
    }


def unpaired_power(q):
    # Both arms with the variance of the middle: the z test of a mean difference with standard deviation sqrt(2 p q).
    sizes = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 * 2 * q["rate"] * (1 - q["rate"]) / q["difference"] ** 2
    effect = q["difference"] / math.sqrt(q["rate"] * (1 - q["rate"]))
    asked = power.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)
    assert abs(asked / sizes - 1) < 1e-4, "statsmodels counts the other tail, too"
    return {"n": sizes}


def beta_prior(q):
    x, n = numpy.array(q["slices"], dtype=float).T

    def loss(logs):
        a, b = numpy.exp(logs)
        return -(special.betaln(x + a, n - x + b) - special.betaln(a, b)).sum()

    found = optimize.minimize(loss, [1.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 10_000})
    return {"alpha": math.exp(found.x[0]), "beta": math.exp(found.x[1])}


def temperature(q):
    logits = numpy.array(q["logits"]).reshape(-1, q["classes"])

    def loss(log_t):
        scaled = logits / math.exp(log_t)
        return (special.logsumexp(scaled, axis=1) - scaled[numpy.arange(len(scaled)), q["gold"]]).mean()

    found = optimize.minimize_scalar(loss, bounds=(math.log(0.05), math.log(20)), method="bounded", options={"xatol": 1e-10})
    return {"temperature": math.exp(found.x), "loss": found.fun}


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


PEERS = {
    "wilson": wilson,
    "clopper_pearson": clopper_pearson,
    "mcnemar": mcnemar,
    "newcombe": newcombe,
    "clustered": clustered,
    "welch": welch,
    "paired_t": paired_t,
    "many": many,
    "sign_flip": sign_flip,
    "jackknife": jackknife,
    "macro_f1": macro_f1,
    "auroc": auroc,
    "ndcg": ndcg,
    "kappa": kappa,
    "power": unpaired_power,
    "beta_prior": beta_prior,
    "temperature": temperature,
}


def farthest(found, expected):
    worst = 0.0
    for key, value in expected.items():
        for one, other in zip(numpy.atleast_1d(found[key]), numpy.atleast_1d(value), strict=True):
            worst = max(worst, abs(float(one) - float(other)) / max(1.0, abs(float(other))))
    return worst


def main():
    draw = random.Random(1)
    good = True
    print("| what | farthest apart in 50 | bound |\n|---|---|---|")
    for name, peer in PEERS.items():
        questions = [{"of": name, **question(name, draw)} for _ in range(ROUNDS)]
        worst = max(farthest(found, peer(asked)) for found, asked in zip(ours(questions), questions, strict=True))
        bound = SEARCHED if name in ("beta_prior", "temperature") else EXACT
        good = good and worst <= bound
        print(f"| {name} | {worst:.1e} | {bound:.0e}{'' if worst <= bound else ' MISSED'} |")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
