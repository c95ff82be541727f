#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "hone/core/json.h"

namespace hone {

/// What stands in the log for a personal payload: who has the payload and its salt can show that it is this one, and who has neither
/// learns nothing, however few payloads there could be. When both are gone the log still verifies.
struct Commitment {
  using Salt = std::array<std::uint8_t, 32>;

  std::string commit;   // 64 hex digits: SHA-256("hone/commit/v1" || 00 || salt || payload).
  std::string payload;  // 32 hex digits: where it lies in the payload store.

  /// The short form in a body: {"commit": …, "payload": …}.
  nlohmann::json to_json() const { return {{"commit", commit}, {"payload", payload}}; }
};

std::string commitment_of(const Commitment::Salt& salt, std::string_view payload);
Commitment::Salt random_salt();

/// The key by which the log names an example: the first 16 bytes of HMAC-SHA-256(id_key, row id) in hex. The same in all of a project,
/// and meaningless to who has not its id_key (32 bytes).
std::string example_key(std::string_view id_key, std::string_view row_id);

}  // namespace hone
