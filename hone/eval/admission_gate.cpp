// Overlap with training data by n-grams as in Brown et al.: Language Models are Few-Shot Learners (NeurIPS 2020), appendix C, by the share
// of an item's n-grams rather than by any one, since items here are short and share phrases.
#include "hone/eval/admission_gate.h"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/hash.h"
#include "hone/core/normal_text.h"

namespace hone {
namespace {

constexpr std::uint32_t kUnseen = std::numeric_limits<std::uint32_t>::max();

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014) over both.
std::uint64_t mixed(std::uint64_t state, std::uint64_t value) {
  state += 0x9E3779B97F4A7C15 + value;
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
  return state ^ (state >> 31);
}

// The n-grams of words of normalized texts, as hashes.
class Ngrams {
 public:
  explicit Ngrams(std::size_t length) : length_(length) {}

  /// Valid until the next call; in the order of the text.
  std::span<const std::uint64_t> of(std::string_view text) {
    words_.clear();
    grams_.clear();
    std::uint64_t word = 0;
    for (const char32_t symbol : normalizer_.normalize(text)) {
      if (symbol == U' ' && word != 0) words_.push_back(std::exchange(word, 0));
      if (symbol != U' ') word = mixed(word, symbol);
    }
    for (std::size_t first = 0; first + length_ <= words_.size(); ++first) {
      std::uint64_t gram = 0;
      for (std::size_t place = first; place < first + length_; ++place) gram = mixed(gram, words_[place]);
      grams_.push_back(gram);
    }
    return grams_;
  }

 private:
  std::size_t length_;
  TextNormalizer normalizer_;
  std::vector<std::uint64_t> words_, grams_;
};

// Judges all candidates check by check; what one refused, the next ones pass over.
class AdmissionJudging {
 public:
  AdmissionJudging(std::span<const GateItem> candidates, std::span<const GateItem> standing, const OwnTexts& own,
                   const AdmissionOptions& options, int threads)
      : candidates_(candidates), standing_(standing), own_(own), options_(options), threads_(threads), verdicts_(candidates.size()) {}

  std::vector<Admission> run() {
    judge_alone();
    judge_ids();
    judge_contradictions();
    judge_similar();
    if (own_.rows > 0) judge_ngrams();
    return std::move(verdicts_);
  }

 private:
  using Other = Admission::Other;

  bool is_in(std::size_t candidate) const { return verdicts_[candidate].why == Refusal::kNone; }

  void judge_alone() {
    TextNormalizer normalizer;
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
      const GateItem& item = candidates_[candidate];
      Refusal& why = verdicts_[candidate].why;
      if (normalizer.normalize(item.text).empty())
        why = Refusal::kEmptyText;
      else if (item.gold.empty())
        why = Refusal::kNoGold;
      else
        why = item.known;
    }
  }

  void judge_ids() {
    std::unordered_map<std::string_view, Admission> first;
    for (std::size_t item = 0; item < standing_.size(); ++item)
      first.try_emplace(standing_[item].id, Admission{Refusal::kAlreadyThere, Other::kStanding, item});
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
      if (!is_in(candidate)) continue;
      const auto [found, is_new] =
          first.try_emplace(candidates_[candidate].id, Admission{Refusal::kAlreadyThere, Other::kCandidate, candidate});
      if (!is_new) verdicts_[candidate] = found->second;
    }
  }

  void judge_contradictions() {
    std::unordered_map<std::uint64_t, Admission> first;  // By the normalized text.
    for (std::size_t item = 0; item < standing_.size(); ++item)
      first.try_emplace(sha256_prefix(normal_text(standing_[item].text)), Admission{Refusal::kContradiction, Other::kStanding, item});
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
      if (!is_in(candidate)) continue;
      const auto [found, is_new] = first.try_emplace(sha256_prefix(normal_text(candidates_[candidate].text)),
                                                     Admission{Refusal::kContradiction, Other::kCandidate, candidate});
      const Admission& before = found->second;
      const GateItem& other = before.other == Other::kStanding ? standing_[before.number] : candidates_[before.number];
      if (is_new || other.gold == candidates_[candidate].gold) continue;
      verdicts_[candidate] = before;
      if (before.other == Other::kCandidate) verdicts_[before.number] = {Refusal::kContradiction, Other::kCandidate, candidate};
    }
  }

  // Standing items, then candidates, then own rows. Who is out already is shown as an empty text, which is nobody's duplicate.
  void visit_all(const TextVisit& visit) const {
    constexpr std::size_t kBatch = 8192;
    std::vector<std::string_view> batch;
    const auto add = [&](std::string_view text) {
      batch.push_back(text);
      if (batch.size() < kBatch) return;
      visit(batch);
      batch.clear();
    };
    for (const GateItem& item : standing_) add(item.text);
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate)
      add(is_in(candidate) ? candidates_[candidate].text : std::string_view());
    visit(batch);
    if (own_.rows > 0) own_.visit(visit);
  }

  Admission place_of(std::size_t row) const {
    if (row < standing_.size()) return {Refusal::kNearDuplicate, Other::kStanding, row};
    row -= standing_.size();
    if (row < candidates_.size()) return {Refusal::kNearDuplicate, Other::kCandidate, row};
    return {Refusal::kOwnRow, Other::kOwn, row - candidates_.size()};
  }

  void judge_similar() {
    const std::uint64_t items = standing_.size() + candidates_.size();
    const NearDuplicates found = find_near_duplicates(
        items + own_.rows, [&](const TextVisit& visit) { visit_all(visit); }, {.similarity = options_.similarity, .spill_folder = {}},
        threads_);
    std::vector<std::uint32_t> first_own(found.groups.size(), kUnseen);
    for (std::size_t row = items; row < found.group_of.size(); ++row)
      if (const std::uint32_t group = found.group_of[row]; group != NearDuplicates::kAlone)
        first_own[group] = std::min(first_own[group], static_cast<std::uint32_t>(row));
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
      const std::size_t row = standing_.size() + candidate;
      const std::uint32_t group = found.group_of[row];
      if (group == NearDuplicates::kAlone) continue;
      if (first_own[group] != kUnseen)
        verdicts_[candidate] = place_of(first_own[group]);
      else if (found.groups[group].first_row != row)
        verdicts_[candidate] = place_of(found.groups[group].first_row);
    }
  }

  void collect_ngrams(Ngrams& ngrams) {
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
      if (!is_in(candidate)) continue;
      const auto grams = ngrams.of(candidates_[candidate].text);
      known_.insert(known_.end(), grams.begin(), grams.end());
    }
    std::ranges::sort(known_);
    const auto repeated = std::ranges::unique(known_);
    known_.erase(repeated.begin(), repeated.end());
    seen_in_.assign(known_.size(), kUnseen);
  }

  std::uint32_t* seen_in(std::uint64_t gram) {
    const auto found = std::ranges::lower_bound(known_, gram);
    return found == known_.end() || *found != gram ? nullptr : &seen_in_[static_cast<std::size_t>(found - known_.begin())];
  }

  void judge_ngrams() {
    Ngrams ngrams(options_.ngram);
    collect_ngrams(ngrams);
    if (known_.empty()) return;
    std::uint32_t row = 0;
    own_.visit([&](std::span<const std::string_view> texts) {
      for (const std::string_view text : texts) {
        for (const std::uint64_t gram : ngrams.of(text))
          if (std::uint32_t* const seen = seen_in(gram)) *seen = std::min(*seen, row);
        ++row;
      }
    });
    for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate)
      if (is_in(candidate)) judge_seen(candidate, ngrams.of(candidates_[candidate].text));
  }

  void judge_seen(std::size_t candidate, std::span<const std::uint64_t> grams) {
    std::size_t seen = 0;
    std::uint32_t first = kUnseen;
    for (const std::uint64_t gram : grams) {
      const std::uint32_t row = *seen_in(gram);
      seen += row != kUnseen;
      first = std::min(first, row);
    }
    const double share = grams.empty() ? 0.0 : static_cast<double>(seen) / static_cast<double>(grams.size());
    if (seen > 0 && share >= options_.overlap) verdicts_[candidate] = {Refusal::kOwnNgrams, Other::kOwn, first, share};
  }

  std::span<const GateItem> candidates_, standing_;
  const OwnTexts& own_;
  const AdmissionOptions& options_;
  int threads_;
  std::vector<Admission> verdicts_;
  std::vector<std::uint64_t> known_;    // The candidates' n-grams, ascending,
  std::vector<std::uint32_t> seen_in_;  // and the first own row that has each.
};

}  // namespace

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "admitted";
    case Refusal::kEmptyText:
      return "empty-text";
    case Refusal::kNoGold:
      return "no-gold";
    case Refusal::kNotAnswerable:
      return "not-answerable";
    case Refusal::kKeyTaken:
      return "key-taken";
    case Refusal::kTrivial:
      return "trivial";
    case Refusal::kAlreadyThere:
      return "already-there";
    case Refusal::kContradiction:
      return "contradiction";
    case Refusal::kNearDuplicate:
      return "near-duplicate";
    case Refusal::kOwnRow:
      return "own-row";
    case Refusal::kOwnNgrams:
      return "own-ngrams";
  }
  return "unknown";
}

void AdmissionOptions::validate() const {
  NearDuplicateOptions{.similarity = similarity, .spill_folder = {}}.validate();
  if (ngram < 1) throw Error(ErrorCode::kInvalidArgument, "ngram is 0; an n-gram has 1 word or more");
  if (!(overlap > 0.0 && overlap <= 1.0)) throw Error(ErrorCode::kInvalidArgument, "overlap is a share above 0 and at most 1");
}

std::vector<Admission> judge_admission(std::span<const GateItem> candidates, std::span<const GateItem> standing, const OwnTexts& own,
                                       const AdmissionOptions& options, int threads) {
  options.validate();
  return AdmissionJudging(candidates, standing, own, options, threads).run();
}

}  // namespace hone
