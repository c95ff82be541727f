#include "hone/label_model/hone_rows_internal.h"

#include <algorithm>
#include <utility>

namespace hone {
namespace {

// A block is worth its own table of sums from so many rows on; all tables together hold at most so many numbers (32 MB).
constexpr std::size_t kMostRowBlocks = 64, kBlockRows = 1024, kRowBlockCells = std::size_t{1} << 22;

// Cells are counted four at a time, wherever the layout pads a table: the sums of all blocks are added in their order, and the last digit
// of every label hangs on their number.
std::size_t cells_of(std::size_t tokens, const ClassColumns& columns) {
  return columns.in_full() ? tokens * ((columns.columns() + 3) / 4 * 4) : tokens * columns.columns();
}

}  // namespace

void silence_defaults(std::span<const std::uint32_t> tokens, const std::vector<BesideDefault>& beside, std::span<float> weights) {
  if (beside.empty()) return;
  if (std::ranges::none_of(tokens, [&](std::uint32_t token) { return beside[token] == BesideDefault::kSilences; })) return;
  for (std::size_t vote = 0; vote < tokens.size(); ++vote)
    if (beside[tokens[vote]] == BesideDefault::kIsDefault) weights[vote] = 0.0f;
}

HoneRows::HoneRows(FitRows fit, const TokenTable& tokens, const std::vector<std::uint8_t>& complete, const Copies& copies,
                   const std::vector<BesideDefault>& beside, const ClassColumns& columns)
    : fit_(std::move(fit)) {
  const std::size_t by_memory = kRowBlockCells / std::max<std::size_t>(cells_of(tokens.size(), columns), 1);
  blocks_ = std::clamp<std::size_t>(std::min(size() / kBlockRows, by_memory), 1, kMostRowBlocks);
  std::uint64_t next = 0;
  for (const FitRows::Row& row : fit_.rows) {
    const std::size_t places = columns.places(row.last_class - row.first_class);
    begin_.push_back(next);
    next += places;
    most_places_ = std::max(most_places_, places);
  }
  posterior_.resize(next);
  weigh_votes(complete, copies, beside);
}

void HoneRows::weigh_votes(const std::vector<std::uint8_t>& complete, const Copies& copies, const std::vector<BesideDefault>& beside) {
  std::vector<double> discounts;
  for (const FitRows::Row& row : fit_.rows) {
    if (copies.any()) {
      discounts.resize(row.all_votes());
      copies.discounts(fit_.tokens_of(row), discounts);
      for (std::size_t vote = 0; vote < row.all_votes(); ++vote) fit_.weight[row.begin + vote] *= static_cast<float>(discounts[vote]);
    }
    silence_defaults(fit_.tokens_of(row), beside, fit_.weights_of(row));
    double sum = 0.0, squares = 0.0;
    for (std::uint64_t vote = row.begin; vote < row.end; ++vote) {
      if (!complete[fit_.token[vote]]) continue;
      const double weight = fit_.weight[vote];
      sum += weight;
      squares += weight * weight;
    }
    complete_weight_.push_back(sum);
    pairs_.push_back(std::max(sum * sum - squares, 0.0));
  }
}

}  // namespace hone
