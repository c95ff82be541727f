#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <string>
#include <utility>

#include "hone/core/error.h"

namespace hone {

/// Turns Arrow's words for a failure into ours. `what` names the file and what was done with it.
inline void check(const arrow::Status& status, const std::string& what, ErrorCode code = ErrorCode::kCorruptData) {
  if (!status.ok()) throw Error(code, what + ": " + status.message());
}

template <typename T>
T value_of(arrow::Result<T> result, const std::string& what, ErrorCode code = ErrorCode::kCorruptData) {
  check(result.status(), what, code);
  return std::move(result).ValueUnsafe();
}

}  // namespace hone
