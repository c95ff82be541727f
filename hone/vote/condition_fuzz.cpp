// Whatever stands in a settings file: a condition comes of it, or an error about the project; and a condition can be
// compiled and asked.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hone/core/error.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/condition.h"
#include "hone/vote/condition_engine.h"

namespace {

void ask(const hone::Condition& condition) {
  const hone::Condition* conditions[] = {&condition};
  const hone::ConditionEngine engine(conditions, {.text = {"text"}});
  const hone::Texts texts{"The card of \u0130stanbul, 12-05-2026: 1.234,50", "", std::nullopt};
  std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> columns{{"text", hone::text_column(texts)}};
  for (const std::string& name : engine.columns())
    if (name != "text") columns.emplace_back(name, hone::text_column(texts));
  std::vector<std::vector<std::uint32_t>> hits;
  std::vector<hone::ConditionFailure> failures;
  engine.evaluate(*hone::batch_of(columns), hits, &failures);
  engine.spans(0, "", *texts.front());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  try {
    ask(hone::parse_condition(hone::ConfigNode::parse_yaml(yaml, "hone.yaml")));
  } catch (const hone::Error& error) {
    if (error.code() != hone::ErrorCode::kInvalidProject) std::abort();
  }
  return 0;
}
