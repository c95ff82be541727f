// Pattern, line feed, text: the engine finds the pattern in the text exactly when RE2 alone does.
#include <re2/re2.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hone/core/unicode.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/pattern_internal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos || !hone::is_valid_utf8(input)) return 0;
  hone::Condition condition;
  condition.kind = hone::Condition::Kind::kPattern;
  condition.text = input.substr(0, end);
  if (!hone::trouble_with_pattern(condition.text).empty()) return 0;
  const std::string text(input.substr(end + 1));
  const hone::Condition* conditions[] = {&condition};
  std::vector<std::vector<std::uint32_t>> hits;
  hone::ConditionEngine(conditions, {.text = {"text"}}).evaluate(*hone::batch_of({{"text", hone::text_column({text})}}), hits);
  const bool found = !hits.front().empty();
  if (found != RE2::PartialMatch(text, RE2(condition.text, hone::pattern_options()))) std::abort();
  return 0;
}
