#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>

namespace hone::verify {

/// The order in which a ledger is checked (docs/verify.md).
enum class Step : std::uint8_t { kKeys = 1, kNewest, kOutside, kEntries, kRoots, kTiles, kRules, kObjects, kCommitments };

/// One thing that is wrong, or that could not be checked. -1: does not apply.
struct Finding {
  Step step = Step::kKeys;
  std::int64_t seq = -1;
  std::string file;
  std::int64_t offset = -1;
  std::string text;

  auto operator<=>(const Finding&) const = default;
};

/// All findings counted, and the first of them kept: first by step, then by entry. So the order in which threads find them leaves no trace.
class Findings {
 public:
  static constexpr std::size_t kShown = 20;

  void add(Finding finding, std::uint64_t times = 1) {
    count_ += times;
    keep(std::move(finding));
  }

  void merge(const Findings& other) {
    count_ += other.count_;
    for (const Finding& finding : other.first_) keep(finding);
  }

  std::uint64_t count() const { return count_; }
  const std::multiset<Finding>& first() const { return first_; }

 private:
  void keep(Finding finding) {
    if (first_.size() == kShown && !(finding < *first_.rbegin())) return;
    first_.insert(std::move(finding));
    if (first_.size() > kShown) first_.erase(std::prev(first_.end()));
  }

  std::uint64_t count_ = 0;
  std::multiset<Finding> first_;
};

/// What is wrong, and what could not be checked.
struct Verdicts {
  Findings wrong;
  Findings unchecked;

  void merge(const Verdicts& other) {
    wrong.merge(other.wrong);
    unchecked.merge(other.unchecked);
  }
};

}  // namespace hone::verify
