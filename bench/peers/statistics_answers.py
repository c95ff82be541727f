"""Answers of scipy, statsmodels and scikit-learn to the questions of bench/statistics_peers.py: JSON from standard input to standard output."""

import json
import math
import sys

import numpy
from scipy import optimize, special, stats
from sklearn import metrics
from statsmodels.regression.linear_model import OLS
from statsmodels.stats import contingency_tables, inter_rater, multitest, power, proportion


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


def plain(value):
    return value.tolist() if isinstance(value, (numpy.generic, numpy.ndarray)) else value


def main():
    answers = [PEERS[question["of"]](question) for question in json.load(sys.stdin)]
    json.dump(answers, sys.stdout, default=plain)


if __name__ == "__main__":
    main()
