#pragma once

#include <span>
#include <string>
#include <string_view>

#include "hone/data/import.h"

namespace hone {

/// The split that import_dataset() deals rows of this KEY (a group, an id, or key_of_texts()) to when they are dealt by hash.
Split split_of_key(std::string_view key, const SplitOptions& options = {});

/// KEY of a row that has neither group nor id.
std::string key_of_texts(std::span<const std::string_view> texts);

}  // namespace hone
