#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <string>
#include <utility>

#include "hone/core/error.h"

namespace hone {

/// Arrow's words for a failure, with the system's where there are some ("No space left on device").
inline std::string words_of(const arrow::Status& status) { return status.detail() ? status.ToString() : status.message(); }

/// Turns Arrow's words for a failure into ours. `what` names the file and what was done with it.
inline void check(const arrow::Status& status, const std::string& what, ErrorCode code = ErrorCode::kCorruptData) {
  if (!status.ok()) throw Error(code, what + ": " + words_of(status));
}

template <typename T>
T value_of(arrow::Result<T> result, const std::string& what, ErrorCode code = ErrorCode::kCorruptData) {
  check(result.status(), what, code);
  return std::move(result).ValueUnsafe();
}

}  // namespace hone
