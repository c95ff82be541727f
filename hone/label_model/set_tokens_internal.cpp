#include "hone/label_model/set_tokens_internal.h"

#include <algorithm>
#include <tuple>

namespace hone {

SetTokens::SetTokens(const Answers& answers, std::span<const Vote> kinds, std::size_t first)
    : answers_(answers), first_(static_cast<std::uint32_t>(first)) {
  for (const Vote& kind : kinds)
    if (const std::size_t breadth = answers.breadth(kind.class_id); breadth > 1 && breadth < answers.classes())
      tokens_.push_back({kind.source, kind.class_id});
  tokens_.erase(std::ranges::unique(tokens_).begin(), tokens_.end());  // Those cast with several confidences.
}

bool SetTokens::restore(const Answers& answers) {
  answers_ = answers;
  return std::ranges::all_of(tokens_, [&](const Token& token) { return token.answer < answers.size(); });
}

std::uint32_t SetTokens::begin(std::size_t source) const {
  return first_ + static_cast<std::uint32_t>(std::ranges::lower_bound(tokens_, source, {}, &Token::source) - tokens_.begin());
}

std::uint32_t SetTokens::find(std::uint32_t source, ClassId answer) const {
  const Token token{source, answer};
  const auto place = std::ranges::lower_bound(tokens_, token);
  return place == tokens_.end() || *place != token ? kNone : first_ + static_cast<std::uint32_t>(place - tokens_.begin());
}

double SetTokens::share(std::size_t token, std::span<const double> class_shares) const {
  double share = 0.0;
  answers_.for_each_class(answer(token), [&](ClassId id) { share += class_shares[id]; });
  return share;
}

std::vector<Vote> class_kinds(const Answers& answers, std::span<const Vote> kinds) {
  std::vector<Vote> named;
  for (Vote kind : kinds) {
    kind.class_id = answers.only_class(kind.class_id);
    if (kind.class_id != kNoClass) named.push_back(kind);
  }
  std::ranges::stable_sort(named, {}, [](const Vote& vote) { return std::tuple(vote.source, vote.class_id); });
  return named;
}

}  // namespace hone
