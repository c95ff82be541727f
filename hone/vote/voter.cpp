#include "hone/vote/voter.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "hone/core/error.h"

namespace hone {

void ApplyFailures::add(std::uint32_t example, std::string what) {
  ++count;
  if (first.size() == kShown && first.back().example <= example) return;
  const auto place = std::ranges::upper_bound(first, example, {}, &Example::example);
  first.insert(place, {example, std::move(what)});
  if (first.size() > kShown) first.pop_back();
}

void ApplyFailures::add_batch(const ApplyFailures& batch, std::uint32_t first_row) {
  for (const Example& failure : batch.first) add(first_row + failure.example, failure.what);
  count += batch.count - batch.first.size();
  for_now = for_now || batch.for_now;
}

BatchVotes::BatchVotes(std::span<const std::uint8_t> splits, const bool (&wanted)[kSplits])
    : rows_(static_cast<std::uint32_t>(splits.size())), splits_(splits) {
  std::ranges::copy(wanted, wanted_);
}

bool BatchVotes::wants(std::uint32_t row) const {
  if (row >= rows_) throw std::out_of_range("row " + std::to_string(row) + " of a batch of " + std::to_string(rows_) + " rows");
  return splits_.empty() || wanted_[splits_[row]];
}

void BatchVotes::vote(std::uint32_t row, ClassId voted, float confidence) {
  if (!wants(row)) return;
  if (!(confidence > 0.0f && confidence <= 1.0f))
    return fail(row, "confidence " + std::to_string(confidence) + ", where it lies above 0 and at most at 1");
  if (confidence != 1.0f && votes_.confidence.empty()) votes_.confidence.assign(votes_.examples.size(), 1.0f);
  votes_.examples.push_back(row);
  votes_.classes.push_back(voted);
  if (!votes_.confidence.empty() || confidence != 1.0f) votes_.confidence.push_back(confidence);
}

void BatchVotes::fail(std::uint32_t row, std::string what) {
  if (!wants(row) || has_failed(row)) return;
  if (failed_.size() <= row) failed_.resize(std::size_t{row} + 1);
  failed_[row] = true;
  failures_.add(row, std::move(what));
}

void BatchVotes::fail_for_now(std::uint32_t row, std::string what) {
  if (!wants(row)) return;
  failures_.for_now = true;
  fail(row, std::move(what));
}

void BatchVotes::fail_all(const std::string& what) {
  votes_ = {};
  failures_ = {};
  failed_.clear();
  for (std::uint32_t row = 0; row < rows_; ++row) fail(row, what);
}

void BatchVotes::finish(PerExample per_example) {
  sort();
  if (per_example == PerExample::kOneClass) fail_where_several();
  if (failed_.empty()) return;
  std::vector<bool> kept(votes_.examples.size());
  for (std::size_t vote = 0; vote < kept.size(); ++vote) kept[vote] = !has_failed(votes_.examples[vote]);
  keep_if(kept);
}

// Most voters go through the rows in order.
void BatchVotes::sort() {
  const auto key = [&](std::size_t vote) { return std::tuple(votes_.examples[vote], votes_.classes[vote]); };
  bool ascends = true;
  for (std::size_t vote = 1; vote < votes_.examples.size() && ascends; ++vote) ascends = key(vote - 1) < key(vote);
  if (ascends) return;
  std::vector<std::size_t> order(votes_.examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, key);
  SourceVotes sorted;
  std::vector<bool> last(order.size(), true);
  for (std::size_t place = 0; place < order.size(); ++place) {
    sorted.examples.push_back(votes_.examples[order[place]]);
    sorted.classes.push_back(votes_.classes[order[place]]);
    if (!votes_.confidence.empty()) sorted.confidence.push_back(votes_.confidence[order[place]]);
    last[place] = place + 1 == order.size() || key(order[place]) != key(order[place + 1]);
  }
  votes_ = std::move(sorted);
  keep_if(last);
}

void BatchVotes::fail_where_several() {
  for (std::size_t vote = 1; vote < votes_.examples.size(); ++vote)
    if (votes_.examples[vote] == votes_.examples[vote - 1]) fail(votes_.examples[vote], "votes for several classes, where a row has one");
}

void BatchVotes::keep_if(const std::vector<bool>& kept) {
  std::size_t place = 0;
  for (std::size_t vote = 0; vote < kept.size(); ++vote) {
    if (!kept[vote]) continue;
    votes_.examples[place] = votes_.examples[vote];
    votes_.classes[place] = votes_.classes[vote];
    if (!votes_.confidence.empty()) votes_.confidence[place] = votes_.confidence[vote];
    ++place;
  }
  votes_.examples.resize(place);
  votes_.classes.resize(place);
  if (!votes_.confidence.empty()) votes_.confidence.resize(place);
}

void Voter::vote(const arrow::RecordBatch& batch, std::uint64_t first_row, std::span<BatchVotes> said) {
  assert(said.size() == size());
  std::string what;
  try {
    return vote_on(batch, first_row, said);
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::system_error&) {  // The machine, not the batch.
    throw;
  } catch (const std::exception& error) {
    what = error.what();
  }
  for (BatchVotes& source : said) source.fail_all(what);
}

void Voter::vote_at_end(std::span<BatchVotes> said) {
  assert(said.size() == size());
  vote_on_all(said);
}

}  // namespace hone
