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

}  // namespace
}  // namespace hone
