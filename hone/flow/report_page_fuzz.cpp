// Whatever stands in a report's texts: the page holds them as data, which no text can leave, and a browser reads back the same numbers.

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/json.h"
#include "hone/core/unicode.h"
#include "hone/flow/report_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kBefore = "<script>", kAfter = "</script>";
  nlohmann::json report = nlohmann::json::object();
  bool is_valid = true;
  for (const std::string_view record : hone::records_of(hone::bytes_of(data, size))) {
    is_valid = is_valid && hone::is_valid_utf8(record);
    report[std::string(record)] = {std::string(record), 1.5, nullptr};
  }
  const std::string page = hone::fill_report_page(std::string(kBefore) + R"({"marker":"hone-report-json"})" + std::string(kAfter), report);
  hone::require(page.starts_with(kBefore) && page.ends_with(kAfter));
  const std::string_view filled = std::string_view(page).substr(kBefore.size(), page.size() - kBefore.size() - kAfter.size());
  hone::require(filled.find('<') == std::string_view::npos && hone::is_valid_utf8(filled));
  const auto read = nlohmann::json::parse(filled, nullptr, false);
  hone::require(!read.is_discarded());
  if (is_valid) hone::require(read == report);
  return 0;
}
