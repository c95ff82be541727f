#include "hone/flow/label_choice_internal.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hone/core/json.h"

namespace hone {
namespace {

using nlohmann::json;

constexpr double kAlpha = 0.05;

json choice(std::string_view name, const char* by, std::string text) { return {{"name", name}, {"by", by}, {"text", std::move(text)}}; }

std::string standing(const LabelChoice& among) {
  return among.own + (among.named ? " is what the project names" : " is the default, not a finding");
}

bool has_worked(const LabelChoice& among, std::string_view name) { return std::ranges::find(among.worked, name) != among.worked.end(); }

std::string better_than(const LabelChoice& among, std::string_view name, const std::string& by, const std::string& other) {
  return "on gold " + std::string(name) + " is " + by + " than " + other + std::string(among.measure);
}

std::optional<Comparison> best_gain(const LabelChoice& among) {
  const double tests = std::max<double>(1.0, static_cast<double>(among.tried) - 1.0);
  std::optional<Comparison> best;
  for (const std::string& other : among.worked) {
    if (other == among.own) continue;
    const Comparison gain = among.compare(other, among.own, kAlpha / tests);
    if (gain.verdict == ReportVerdict::kBetter && (!best || gain.difference > best->difference)) best = gain;
  }
  return best;
}

json choice_by_gold(const LabelChoice& among) {
  if (const auto best = best_gain(among); best && best->a != kMajority)
    return choice(best->a, "gold", better_than(among, best->a, best->text, best->b));
  if (has_worked(among, kMajority) && among.own != kMajority) {
    const Comparison simple = among.compare(std::string(kMajority), among.own, kAlpha);
    if (simple.verdict == ReportVerdict::kBetter)
      return choice(kMajority, "gold", better_than(among, "majority vote", simple.text, among.own));
    if (!is_tested(simple.verdict))
      return choice(among.own, "default", standing(among) + ": there is too little gold to choose by (" + simple.text + ")");
  }
  return choice(among.own, "gold", standing(among) + ", and no other is detectably better on the gold there is");
}

}  // namespace

json label_choice_json(const LabelChoice& among) {
  if (!has_worked(among, among.own)) return choice(kMajority, "default", among.own + " cannot work on these votes; majority can");
  if (among.has_gold) return choice_by_gold(among);
  return choice(among.own, "default",
                standing(among) +
                    ": votes alone cannot say which label model is right more often, as the one under which the votes are "
                    "likelier is often the worse one");
}

}  // namespace hone
