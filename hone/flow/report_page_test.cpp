#include "hone/flow/report_page.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {
namespace {

constexpr std::string_view kPage = "<script type=\"application/json\">{\"marker\":\"hone-report-json\"}</script>";

TEST(ReportPage, HoldsItsMarkerOnce) {
  const std::string_view page = report_page();
  const std::size_t marker = page.find("{\"marker\":\"hone-report-json\"}");
  ASSERT_NE(marker, std::string_view::npos);
  EXPECT_EQ(page.find("{\"marker\":\"hone-report-json\"}", marker + 1), std::string_view::npos);
}

TEST(ReportPage, DataNeverEndsTheScriptElement) {
  const std::string filled = fill_report_page(kPage, {{"text", "</script><script>alert(1)</script><!--"}});
  EXPECT_EQ(filled.find("</script>"), filled.rfind("</script>"));
  EXPECT_EQ(filled.find("<!--"), std::string::npos);
}

TEST(ReportPage, TheNumbersComeBackUnchanged) {
  const nlohmann::json report = {{"text", "<b>&amp; é \u2028"}, {"value", 0.1}};
  const std::string filled = fill_report_page(kPage, report);
  const std::size_t begin = filled.find('>') + 1;
  EXPECT_EQ(nlohmann::json::parse(filled.substr(begin, filled.rfind("</script>") - begin)), report);
}

TEST(ReportPage, InvalidUtf8BecomesTheReplacementCharacter) {
  EXPECT_NE(fill_report_page(kPage, {{"text", "caf\xE9"}}).find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(ReportPage, APageWithoutAPlaceForNumbersIsADefect) { EXPECT_THROW(fill_report_page("<html>", {}), Error); }

}  // namespace
}  // namespace hone
