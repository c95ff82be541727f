#include <gtest/gtest.h>

#include "hone/record/escaped_text_internal.h"

namespace hone {
namespace {

TEST(EscapedText, NothingOfItIsHtml) {
  EXPECT_EQ(html_text("<script>alert('x')</script> & \"y\""), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;");
  EXPECT_EQ(html_text("a\x1b[31mb\n"), "a\xEF\xBF\xBD[31mb\n");
  EXPECT_EQ(html_text("Größe ≥ 1"), "Größe ≥ 1");
}

TEST(EscapedText, ACellStaysOneCell) { EXPECT_EQ(markdown_cell("a|b\nc <b> [x](y) &amp;"), "a\\|b c &lt;b> \\[x](y) &amp;amp;"); }

TEST(EscapedText, CountsAreRead) {
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(12304, "row"), "12,304 rows");
  EXPECT_EQ(counted(2, "class", "classes"), "2 classes");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000000), "1,000,000");
}

}  // namespace
}  // namespace hone
