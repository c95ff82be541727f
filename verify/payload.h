#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "verify/bytes.h"

namespace hone::verify {

/// Where personal payloads lie (docs/ledger.md, "Personal payloads and erasure").
class Payloads {
 public:
  enum Look { kMissing, kSealed, kHolds, kOther };

  virtual ~Payloads() = default;

  /// What lies under an id, compared with what was committed to where it is open. `id` is 32 hex digits.
  virtual Look look(const std::string& id, const Hash& commit) = 0;
};

/// A folder holds opened payloads, each a file named by its id: 32 bytes of salt, then the payload. A file is a payload.db, whose payloads
/// are sealed: that they are there is all that can be seen. Throws Unreadable.
std::unique_ptr<Payloads> open_payloads(const std::filesystem::path& path);

Hash commitment(std::string_view salt, std::string_view payload);

}  // namespace hone::verify
