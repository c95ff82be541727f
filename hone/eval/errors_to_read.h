#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/eval/evaluation.h"

namespace hone {

struct ErrorsToReadOptions {
  std::size_t each = 3;     // At first, of every gold class and label; no label is one, too.
  std::size_t limit = 300;  // In all.
};

/// Rows with gold that are not right, to be read: the most confident of every kind, then the most confident of the others. In order of
/// falling confidence, of equal ones the lower row. Throws kInvalidArgument as measure() does.
std::vector<std::uint32_t> errors_to_read(const Judged& judged, std::span<const std::uint32_t> rows,
                                          const ErrorsToReadOptions& options = {});

}  // namespace hone
