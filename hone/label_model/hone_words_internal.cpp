#include "hone/label_model/hone_words_internal.h"

#include <array>
#include <charconv>

#include "hone/core/suggest.h"
#include "hone/label_model/distribution_internal.h"
#include "hone/label_model/precisions_internal.h"

namespace hone {
namespace {

// What is worth a warning.
constexpr double kMuchCorrelation = 0.3, kHardlyAboveChance = 0.05;

std::string fixed(double value, int digits) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, digits).ptr;
  return {text.begin(), end};
}

}  // namespace

std::string HoneWords::named(const std::vector<std::uint32_t>& sources) const {
  std::vector<std::string> names;
  for (const std::uint32_t source : sources) names.push_back(names_.empty() ? "source " + std::to_string(source) : names_[source]);
  return quoted_list(names, kMostNamed);
}

std::string HoneWords::of_few_complete() const {
  return "fewer than three sources that could name any class vote on the same rows: how accurate each is cannot be told from votes, so "
         "all of them are taken to be right on 70 % of their votes; some gold would tell";
}

std::string HoneWords::of_assumed_shares() const {
  return "all classes are assumed to be as common as each other: rules that vote for one class cannot tell; declare "
         "task.class_balance, or give some gold";
}

std::string HoneWords::of_default(const DefaultRule& rule) const {
  std::vector<std::uint32_t> sources;
  for (const std::uint32_t token : rule.tokens) sources.push_back(tokens_.source(token));
  return named(sources) + (sources.size() == 1 ? " votes" : " vote") +
         " for one class on nearly every row: taken for what holds where nobody else votes; the other classes are taken to be at most as "
         "common "
         "as the rows on which somebody names them; declare task.class_balance, or give some gold";
}

std::string HoneWords::of_picked_gold() const {
  return "votes on the gold rows fall on other classes than votes on all rows do, so these rows are no sample: they tell how sources err "
         "on "
         "a class, and neither how common classes are nor how precise rules are";
}

std::string HoneWords::of_copies(const CopyGroup& group) const {
  if (group.checked)
    return named(group.sources) + " agree more than their accuracies explain: counted as " + fixed(group.worth, 1) + " sources";
  return named(group.sources) +
         " agree strongly, and there are not three independent others to tell why: each counts in full, which is too much if they copy";
}

void HoneWords::of_correlation(double correlation, std::vector<std::string>& found) const {
  if (correlation > kMuchCorrelation)
    found.push_back("errors on the same row hang together (correlation " + fixed(correlation, 2) + "): 20 votes on a row are worth " +
                    fixed(20.0 / (1.0 + 19.0 * correlation), 1));
}

void HoneWords::of_weak(const std::vector<SourceBelief>& beliefs, const std::vector<double>& chances, std::size_t classes,
                        std::vector<std::string>& found) const {
  std::vector<std::uint32_t> weak;
  const double chance_of_class = 1.0 / static_cast<double>(classes);
  for (std::uint32_t source = 0; source < beliefs.size(); ++source)
    if (beliefs[source].accuracy &&
        *beliefs[source].accuracy < chances[source] + kHardlyAboveChance * (1.0 - chances[source]) / (1.0 - chance_of_class))
      weak.push_back(source);
  if (!weak.empty()) found.push_back(named(weak) + (weak.size() == 1 ? " is" : " are") + " hardly right more often than chance");
}

void HoneWords::of_broad(const std::vector<double>& precision, const std::vector<std::uint8_t>& complete, std::size_t classes,
                         std::vector<std::string>& found) const {
  const double floor = Precisions::floor(classes);
  std::vector<std::uint32_t> broad;
  for (std::uint32_t token = 0; token < tokens_.size(); ++token)
    if (!complete[token] && precision[token] <= floor && (broad.empty() || broad.back() != tokens_.source(token)))
      broad.push_back(tokens_.source(token));
  if (!broad.empty()) found.push_back(named(broad) + (broad.size() == 1 ? " covers" : " cover") + " more rows than the class can have");
}

}  // namespace hone
