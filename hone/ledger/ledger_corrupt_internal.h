#pragma once

#include <string>

#include "hone/core/error.h"

namespace hone {

inline Error ledger_corrupt(const std::string& what) { return Error(ErrorCode::kCorruptData, "LEDGER_CORRUPT: " + what); }

}  // namespace hone
