#pragma once

#include <string>
#include <string_view>

namespace hone {

/// The UUID of version 5 (RFC 9562) that a name always gets, in the namespace of URLs: SHA-1 is what the standard says, and nothing here
/// is trusted for it.
///
///     uuid_v5("hone.test/ledger#7");   // The same on every machine.
std::string uuid_v5(std::string_view name);

}  // namespace hone
