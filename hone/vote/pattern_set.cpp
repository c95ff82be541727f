#include <algorithm>

#include "hone/vote/pattern_internal.h"
#include "hone/vote/pattern_set_internal.h"

namespace hone {
namespace {

// An automaton of many patterns has more states than they have alone, up to their product; groups keep it small.
constexpr std::size_t kGroup = 32;
// Instructions of the patterns of one group: beyond it, compiling them together takes seconds.
constexpr int kGroupProgram = 8192;
// For the states of one group, which are made as texts need them.
constexpr std::int64_t kGroupMemory = 64 << 20;

std::size_t end_of_group(std::span<const RE2* const> patterns, std::size_t begin) {
  std::size_t end = begin + 1;
  for (int program = patterns[begin]->ProgramSize(); end < patterns.size() && end - begin < kGroup; ++end) {
    program += patterns[end]->ProgramSize();
    if (program > kGroupProgram) break;
  }
  return end;
}

}  // namespace

PatternSet::PatternSet(std::vector<const RE2*> patterns) : patterns_(std::move(patterns)) {
  for (std::size_t begin = 0, end = 0; begin < patterns_.size(); begin = end) {
    end = end_of_group(patterns_, begin);
    groups_.push_back({begin, end, compile(std::span(patterns_).subspan(begin, end - begin))});
  }
}

std::unique_ptr<RE2::Set> PatternSet::compile(std::span<const RE2* const> patterns) {
  if (patterns.size() == 1) return nullptr;
  RE2::Options options = pattern_options();
  options.set_max_mem(kGroupMemory);
  auto set = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
  for (const RE2* pattern : patterns)
    if (set->Add(pattern->pattern(), nullptr) < 0) return nullptr;
  return set->Compile() ? std::move(set) : nullptr;
}

void PatternSet::find(std::string_view text, std::vector<std::uint32_t>& found) const {
  found.clear();
  std::vector<int> places;
  for (const Group& group : groups_) {
    RE2::Set::ErrorInfo trouble{};
    const bool some = group.together && group.together->Match(re2::StringPiece(text.data(), text.size()), &places, &trouble);
    if (!group.together || (!some && trouble.kind != RE2::Set::kNoError)) {
      find_one_by_one(group, text, found);
      continue;
    }
    if (!some) continue;
    std::ranges::sort(places);
    for (const int place : places) found.push_back(static_cast<std::uint32_t>(group.begin) + static_cast<std::uint32_t>(place));
  }
}

void PatternSet::find_one_by_one(const Group& group, std::string_view text, std::vector<std::uint32_t>& found) const {
  for (std::size_t pattern = group.begin; pattern < group.end; ++pattern)
    if (finds(*patterns_[pattern], text)) found.push_back(static_cast<std::uint32_t>(pattern));
}

}  // namespace hone
