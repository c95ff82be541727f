#pragma once

#include <string>

#include "hone/ledger/event.h"

namespace hone {

/// What an event says, in a few words: "label: 4 outputs, ok, 0.21 s", "file:messages.csv: 1,234 rows, 2 rejected". What its body lacks is
/// left out, so that bodies of older and newer programs read well too; of a kind that this program does not know it says so.
///
/// The words come from the log, where others may have written them: they hold what they hold, control characters too. Who shows them takes
/// those out.
std::string sentence_of(const Event& event);

}  // namespace hone
