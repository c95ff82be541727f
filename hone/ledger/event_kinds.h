#pragma once

#include <string_view>
#include <vector>

#include "hone/ledger/body_schema.h"

namespace hone {

/// One kind of event and what its body holds (docs/ledger.md says what each is for).
struct EventKind {
  std::string_view name;
  BodySchema body;
};

/// All kinds that this program writes, in the order of docs/ledger.md. A kind's meaning never changes: a new meaning is a new kind.
const std::vector<EventKind>& event_kinds();

/// Nothing when there is no such kind: a newer program wrote it.
const EventKind* find_event_kind(std::string_view name);

}  // namespace hone
