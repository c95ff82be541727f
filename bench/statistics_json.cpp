// Speaks JSON for bench/statistics_peers.py: reads an array of questions, {"of": NAME, …}, from standard input and prints an array of
// answers, in the same order. Each answer holds numbers under the names that the question's peer uses.
#include <cstdio>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/stats/agreement.h"
#include "hone/stats/auroc.h"
#include "hone/stats/bootstrap.h"
#include "hone/stats/calibration.h"
#include "hone/stats/clustered.h"
#include "hone/stats/difference.h"
#include "hone/stats/macro_f1.h"
#include "hone/stats/multiple.h"
#include "hone/stats/paired.h"
#include "hone/stats/power.h"
#include "hone/stats/proportion.h"
#include "hone/stats/ranking.h"
#include "hone/stats/shrinkage.h"
#include "hone/stats/sign_flip.h"

namespace {

using namespace hone;
using Json = nlohmann::json;
using Doubles = std::vector<double>;
using Numbers = std::vector<std::uint32_t>;

Json ends(const Interval& interval) { return {{"low", interval.low}, {"high", interval.high}}; }

// Exact quantiles, as peers have them, and not the six digits of the tables.
constexpr double kExactZ95 = 1.9599639845400542;

Json wilson_of(const Json& asked) { return ends(*wilson(asked["count"], asked["n"], kExactZ95)); }
Json clopper_pearson_of(const Json& asked) { return ends(*clopper_pearson(asked["count"], asked["n"])); }
Json mcnemar_of(const Json& asked) { return {{"exact", mcnemar_exact(asked["b"], asked["c"])}}; }
Json newcombe_of(const Json& asked) {
  return ends(*newcombe_independent(asked["count_a"], asked["n_a"], asked["count_b"], asked["n_b"], kExactZ95));
}

Json clustered_of(const Json& asked) {
  const auto sums = sum_by_cluster(asked["scores"].get<Doubles>(), asked["clusters"].get<Numbers>());
  const ClusteredMean mean = *clustered_mean(sums);
  return {{"mean", mean.mean}, {"cr1", cr1_standard_error(sums)}, {"cr2", mean.standard_error}, {"degrees", mean.degrees_of_freedom}};
}

ClusteredMean mean_of_alone(const Doubles& scores) {
  std::vector<ClusterSum> items;
  for (const double score : scores) items.push_back({1, score});
  return *clustered_mean(items);
}

Json welch_of(const Json& asked) {
  const auto found = *difference_of_means(mean_of_alone(asked["a"].get<Doubles>()), mean_of_alone(asked["b"].get<Doubles>()));
  return {{"t", found.difference / found.standard_error}, {"degrees", found.degrees_of_freedom}, {"p", found.p}};
}

Json paired_t_of(const Json& asked) {
  const auto a = asked["a"].get<Doubles>(), b = asked["b"].get<Doubles>();
  Numbers alone(a.size());
  for (std::uint32_t item = 0; item < alone.size(); ++item) alone[item] = item;
  const PairedDifference found = paired_difference(a, b, alone);
  return {{"p", found.p}, {"low", found.interval->low}, {"high", found.interval->high}};
}

Json many_of(const Json& asked) {
  const auto p = asked["p"].get<Doubles>();
  return {{"holm", holm(p)}, {"bh", benjamini_hochberg(p)}};
}

Json sign_flip_of(const Json& asked) { return {{"p", sign_flip_test(asked["totals"].get<Doubles>())->p}}; }

Json bca_of(const Json& asked) {
  const auto values = asked["values"].get<Doubles>();
  const auto found = jackknife(mean_cells(values, {}), ratio);
  return {{"error", found->standard_error}, {"acceleration", found->acceleration}};
}

Json macro_f1_of(const Json& asked) {
  const auto gold = asked["gold"].get<Numbers>(), predicted = asked["predicted"].get<Numbers>();
  return {{"macro_f1", macro_f1(macro_f1_cells(gold, predicted, {}, asked["classes"]).totals())}};
}

Json auroc_of(const Json& asked) {
  return {{"auroc", auroc(asked["scores"].get<Doubles>(), asked["positive"].get<std::vector<std::uint8_t>>())->value}};
}

Json ndcg_of(const Json& asked) {
  return {{"ndcg", *ndcg(asked["relevance"].get<Doubles>(), asked["scores"].get<Doubles>(), asked["k"], Gain::kLinear)}};
}

Json kappa_of(const Json& asked) {
  const auto table = asked["table"].get<Doubles>();
  const auto found = cohen_kappa(table);
  return {{"kappa", found->value},
          {"error", found->standard_error},
          {"linear", *weighted_kappa(table, Distance::kLinear)},
          {"quadratic", *weighted_kappa(table, Distance::kQuadratic)}};
}

Json power_of(const Json& asked) { return {{"n", items_for_unpaired_rates(asked["difference"], asked["rate"])}}; }

Json beta_prior_of(const Json& asked) {
  std::vector<SliceCount> slices;
  for (const auto& slice : asked["slices"]) slices.push_back({slice[0], slice[1]});
  const BetaPrior prior = fit_beta_prior(slices);
  return {{"alpha", prior.alpha}, {"beta", prior.beta}};
}

Json temperature_of(const Json& asked) {
  const auto found = fit_temperature(asked["logits"].get<Doubles>(), asked["gold"].get<Numbers>(), asked["classes"]);
  return {{"temperature", found->value}, {"loss", found->loss}};
}

const std::map<std::string, std::function<Json(const Json&)>> kQuestions{{"wilson", wilson_of},
                                                                         {"clopper_pearson", clopper_pearson_of},
                                                                         {"mcnemar", mcnemar_of},
                                                                         {"newcombe", newcombe_of},
                                                                         {"clustered", clustered_of},
                                                                         {"welch", welch_of},
                                                                         {"paired_t", paired_t_of},
                                                                         {"many", many_of},
                                                                         {"sign_flip", sign_flip_of},
                                                                         {"jackknife", bca_of},
                                                                         {"macro_f1", macro_f1_of},
                                                                         {"auroc", auroc_of},
                                                                         {"ndcg", ndcg_of},
                                                                         {"kappa", kappa_of},
                                                                         {"power", power_of},
                                                                         {"beta_prior", beta_prior_of},
                                                                         {"temperature", temperature_of}};

}  // namespace

int main() {
  try {
    const Json asked = Json::parse(std::string(std::istreambuf_iterator<char>(std::cin), {}));
    Json answers = Json::array();
    for (const Json& question : asked) answers.push_back(kQuestions.at(question["of"].get<std::string>())(question));
    std::cout << answers.dump() << "\n";
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "statistics_json: %s\n", failure.what());
    return 1;
  }
}
