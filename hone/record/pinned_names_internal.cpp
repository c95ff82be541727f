#include "hone/record/pinned_names_internal.h"

#include <fmt/format.h>

#include <algorithm>

#include "hone/core/error.h"

namespace hone {
namespace {

// A name stands in commands, folders and headings.
bool is_pinned_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kLongest && name.front() != '.' && name.front() != '-' && std::ranges::all_of(name, is_plain);
}

}  // namespace

std::vector<PinnedName> pinned_names(ProjectLedger& ledger) {
  std::vector<PinnedName> names;
  if (!ledger.is_there()) return names;
  for (const std::uint64_t seq : ledger.index().find({.kinds = {"release", "run.name"}})) {
    const Event event = ledger.reader().event(seq);
    names.push_back({event.body.at("name"), event.kind, seq});
  }
  return names;
}

void check_new_name(ProjectLedger& ledger, const std::string& name, std::string_view what) {
  if (!is_pinned_name(name))
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is no name for a {}: up to 64 letters, digits, '.', '_' and '-', as in 2026-q1", name, what));
  for (const PinnedName& taken : pinned_names(ledger))
    if (taken.name == name)
      throw Error(ErrorCode::kInvalidArgument,
                  fmt::format("there is a {} named '{}', and a {} never changes; give this one another name",
                              taken.kind == "release" ? "release" : "run", name, taken.kind == "release" ? "release" : "named run"));
}

}  // namespace hone
