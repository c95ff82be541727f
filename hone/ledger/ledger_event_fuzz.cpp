// Whatever the bytes: they are refused with a rule, or are exactly what is written of their value, which a second parser finds in them
// too; and what the log looks up at an entry's end is what parsing all of it gives.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/ledger/canonical_json.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/event.h"
#include "hone/ledger/event_kinds.h"

namespace {

bool is_canonical(std::string_view text) {
  try {
    hone::check_canonical(text);
    return true;
  } catch (const hone::Error& error) {
    hone::require(std::string_view(error.what()).starts_with("rule "));
    return false;
  }
}

void try_event(std::string_view text) {
  try {
    const hone::Event event = hone::parse_event(text);
    const auto facts = hone::ledger_internal::facts_of(text);
    hone::require(facts.seq == event.seq && facts.kind == event.kind && facts.time == event.time && facts.token == event.token);
    hone::DraftEvent(
        {.kind = event.kind, .actor = event.actor, .role = event.role, .body = event.body, .token = event.token, .by = event.by});
  } catch (const hone::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hone::bytes_of(data, size);
  if (!is_canonical(text)) {
    try {
      hone::parse_canonical(text);
      hone::require(false);
    } catch (const hone::Error&) {
    }
    return 0;
  }
  const nlohmann::json value = hone::parse_canonical(text);
  hone::require(hone::to_canonical(value) == text);
  hone::require(nlohmann::json::parse(text) == value);
  try_event(text);
  return 0;
}
