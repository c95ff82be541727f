#pragma once

#include <string>

#include "hone/core/error.h"

namespace hone {

inline Error child_failure(const std::string& message) { return Error(ErrorCode::kChildFailed, message); }

}  // namespace hone
