#include "hone/data/near_duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "hone/core/normal_text.h"
#include "hone/core/random.h"
#include "hone/data/data_testing.h"

namespace hone {
namespace {

using Texts = std::vector<std::string>;
constexpr std::uint32_t kAlone = NearDuplicates::kAlone;

TextStream stream_of(const Texts& texts, std::size_t batch = 1000) {
  return [&texts, batch](const TextVisit& visit) {
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    for (std::size_t begin = 0; begin < views.size(); begin += batch)
      visit(std::span(views).subspan(begin, std::min(batch, views.size() - begin)));
  };
}

NearDuplicates find(const Texts& texts, const NearDuplicateOptions& options = {}, int threads = 2) {
  return find_near_duplicates(texts.size(), stream_of(texts), options, threads);
}

std::vector<std::uint32_t> groups_of(const Texts& texts, double similarity = 0.9) {
  return find(texts, {.similarity = similarity, .set_memory = 1 << 20, .spill_folder = {}}).group_of;
}

// Words of a language that is none, the frequent ones more often, as in any language.
class Writer {
 public:
  explicit Writer(const std::string& name) : random_(20261126, name) {
    for (int word = 0; word < 3'000; ++word) {
      words_.emplace_back();
      for (std::uint64_t letters = 2 + random_.below(8); letters > 0; --letters)
        words_.back() += static_cast<char>('a' + random_.below(26));
    }
  }
  const std::string& word() {
    const double place = random_.uniform();
    return words_[static_cast<std::size_t>(place * place * static_cast<double>(words_.size()))];
  }
  std::string text(std::uint64_t words) {
    std::string text = word();
    while (--words > 0) text += " " + word();
    return text;
  }
  // The same with other words in places, until the similarity falls to `similarity` or just below.
  std::string changed(const std::string& text, double similarity) {
    std::string other = text;
    while (text_similarity(text, other) > similarity) other[random_.below(other.size())] = static_cast<char>('a' + random_.below(26));
    return other;
  }
  std::uint64_t below(std::uint64_t end) { return random_.below(end); }

 private:
  RandomStream random_;
  Texts words_;
};

TEST(NearDuplicates, JoinsTextsThatDifferInWritingAlone) {
  const Texts texts{"My card is lost.", "Where is my refund?", "my card\r\nis LOST", "MY CARD IS LOST!!!", "where is my refund"};
  const NearDuplicates found = find(texts, {.similarity = 1.0, .set_memory = 0, .spill_folder = {}});
  EXPECT_EQ(found.group_of, (std::vector<std::uint32_t>{0, 1, 0, 0, 1}));
  ASSERT_EQ(found.groups.size(), 2u);
  EXPECT_EQ(found.groups[0].first_row, 0u);
  EXPECT_EQ(found.groups[0].rows, 3u);
  EXPECT_EQ(found.groups[0].texts, 1u);
  EXPECT_EQ(found.compared, 0u);
  EXPECT_EQ(find(texts).group_of, found.group_of);
}

TEST(NearDuplicates, JoinsSimilarTextsAndCountsDifferentOnes) {
  Writer writer("joins");
  const std::string letter = writer.text(200), edited = writer.changed(letter, 0.97);
  const Texts texts{writer.text(200), letter, writer.text(150), edited, letter, edited + "!"};
  const NearDuplicates found = find(texts);
  EXPECT_EQ(found.group_of, (std::vector<std::uint32_t>{kAlone, 0, kAlone, 0, 0, 0}));
  ASSERT_EQ(found.groups.size(), 1u);
  EXPECT_EQ(found.groups[0].rows, 4u);
  EXPECT_EQ(found.groups[0].texts, 2u);
  EXPECT_EQ(groups_of(texts, 1.0), (std::vector<std::uint32_t>{kAlone, 0, kAlone, 1, 0, 1}));
}

TEST(NearDuplicates, IsNobodysDuplicateWhatSaysNothing) {
  const NearDuplicates found = find({"", "", "?!", " ", "hi", "Hi"});
  EXPECT_EQ(found.group_of, (std::vector<std::uint32_t>{kAlone, kAlone, kAlone, kAlone, 0, 0}));
  EXPECT_EQ(found.silent_rows, 4u);
}

TEST(NearDuplicates, TakesTextsShorterThanAShingle) {
  EXPECT_EQ(groups_of({"a", "A", "b", "ok", "OK.", "ox", "no"}, 0.5), (std::vector<std::uint32_t>{0, 0, kAlone, 1, 1, kAlone, kAlone}));
}

TEST(NearDuplicates, IsEmptyWithoutRows) {
  const NearDuplicates found = find({});
  EXPECT_TRUE(found.group_of.empty());
  EXPECT_TRUE(found.groups.empty());
}

TEST(NearDuplicates, WorksOnScriptsWithoutSpacesOrCase) {
  const std::string chinese =
      "我的银行卡昨天在超市丢失了请尽快帮我冻结账户并补办一张新卡谢谢我已经联系过客服但是没有人回答我的问题所以我现在写信给你们希望能够得到"
      "帮助";
  const std::string arabic =
      "لقد فقدت بطاقتي المصرفية أمس في السوق وأرجو منكم تجميد الحساب وإرسال بطاقة جديدة في أقرب وقت ممكن شكرا جزيلا لكم على المساعدة";
  std::string chinese_edited = chinese, arabic_edited = arabic;
  chinese_edited.replace(0, 3, "他");
  arabic_edited.replace(arabic_edited.size() - 2, 2, "ب");
  const Texts texts{chinese, arabic, chinese_edited + "。", arabic_edited, "别的事情我想问一下利率是多少", "سؤال آخر عن سعر الفائدة"};
  ASSERT_GE(text_similarity(chinese, chinese_edited), 0.9);
  ASSERT_GE(text_similarity(arabic, arabic_edited), 0.9);
  EXPECT_EQ(groups_of(texts), (std::vector<std::uint32_t>{0, 1, 0, 1, kAlone, kAlone}));
}

// Whether two rows lie in one group.
bool in_one_group(const NearDuplicates& found, std::size_t a, std::size_t b) {
  return found.group_of[a] != kAlone && found.group_of[a] == found.group_of[b];
}

struct Planted {
  Texts texts;  // Pairs: rows 2i and 2i + 1.
  std::vector<double> similarity;
};

Planted planted_pairs(double similarity, int pairs, std::uint64_t least_words, std::uint64_t most_words) {
  Writer writer("planted " + std::to_string(similarity) + " " + std::to_string(most_words));
  Planted planted;
  while (static_cast<int>(planted.similarity.size()) < pairs) {
    const std::string text = writer.text(least_words + writer.below(most_words - least_words + 1));
    std::string other = text;
    // The last one that is still at least so similar.
    for (std::string next = text; text_similarity(text, next) >= similarity; next = writer.changed(next, 0.999999)) other = next;
    if (text_similarity(text, other) > similarity + 0.03 || normal_text(text) == normal_text(other)) continue;  // Too short to come near.
    planted.texts.insert(planted.texts.end(), {text, other});
    planted.similarity.push_back(text_similarity(text, other));
  }
  return planted;
}

double share_found(const Planted& planted, double similarity) {
  const NearDuplicates found = find(planted.texts, {.similarity = similarity, .set_memory = 1 << 20, .spill_folder = {}});
  int right = 0;
  for (std::size_t pair = 0; pair < planted.similarity.size(); ++pair) right += in_one_group(found, 2 * pair, 2 * pair + 1);
  return right / static_cast<double>(planted.similarity.size());
}

// At the very similarity asked for, bands find 99 % and somewhat more; over 400 pairs the standard error is 0.5 points.
TEST(NearDuplicates, FindsPlantedPairsOfTheSimilarityAskedFor) {
  EXPECT_GE(share_found(planted_pairs(0.9, 400, 60, 120), 0.9), 0.97);
  EXPECT_GE(share_found(planted_pairs(0.9, 400, 20, 30), 0.9), 0.97);
  EXPECT_GE(share_found(planted_pairs(0.8, 400, 8, 40), 0.8), 0.97);
  EXPECT_GE(share_found(planted_pairs(0.7, 400, 8, 40), 0.7), 0.97);
}

TEST(NearDuplicates, JoinsNoPairThatIsLessSimilar) {
  Planted planted = planted_pairs(0.85, 300, 20, 60);
  for (std::size_t pair = 0; pair < planted.similarity.size(); ++pair) ASSERT_LT(planted.similarity[pair], 0.9);
  const NearDuplicates found = find(planted.texts);
  EXPECT_TRUE(found.groups.empty());
  EXPECT_GT(found.compared, 50u);  // They were looked at.
}

// The oracle compares every pair.
TEST(NearDuplicates, FindsTheGroupsThatComparingAllPairsFinds) {
  Writer writer("oracle");
  Texts texts;
  for (int row = 0; row < 240; ++row)
    texts.push_back(row % 3 == 0 || texts.size() < 20 ? writer.text(6 + writer.below(40))
                                                      : writer.changed(texts[writer.below(texts.size())], 0.995));
  std::vector<std::size_t> group(texts.size());
  std::iota(group.begin(), group.end(), 0u);
  const auto merge = [&](std::size_t a, std::size_t b) {
    for (const std::size_t from = std::max(group[a], group[b]), to = std::min(group[a], group[b]); std::size_t & each : group)
      if (each == from) each = to;
  };
  for (std::size_t a = 0; a < texts.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (group[a] != group[b] && text_similarity(texts[a], texts[b]) >= 0.9) merge(a, b);
  const NearDuplicates found = find(texts);
  int differ = 0;
  for (std::size_t a = 0; a < texts.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      EXPECT_TRUE(!in_one_group(found, a, b) || group[a] == group[b]) << "a false pair";
      differ += in_one_group(found, a, b) != (group[a] == group[b]);
    }
  EXPECT_LE(differ, 2);
  EXPECT_GT(found.groups.size(), 15u);
}

std::set<std::set<std::string>> as_sets(const Texts& texts, const NearDuplicates& found) {
  std::map<std::uint32_t, std::set<std::string>> groups;
  for (std::size_t row = 0; row < texts.size(); ++row)
    if (found.group_of[row] != kAlone) groups[found.group_of[row]].insert(texts[row]);
  std::set<std::set<std::string>> sets;
  for (auto& [number, group] : groups) sets.insert(std::move(group));
  return sets;
}

// Variants of one letter: they collide in most bands, far more than 64 at a time.
Texts letters(int count) {
  Writer writer("letters");
  const std::string letter = writer.text(120);
  Texts texts;
  for (int row = 0; row < count; ++row) {
    texts.push_back(letter + " " + writer.word());
    for (int edit = 0; edit < 3; ++edit) texts.back()[writer.below(letter.size())] = static_cast<char>('a' + writer.below(26));
  }
  return texts;
}

TEST(NearDuplicates, DependsNeitherOnThreadsNorBatchesNorTheOrderOfRows) {
  Texts texts = letters(300);
  Writer writer("others");
  for (int row = 0; row < 300; ++row) texts.push_back(row % 2 == 0 ? writer.text(30) : writer.changed(texts.back(), 0.95));
  const NearDuplicates one = find(texts, {}, 1), two = find(texts, {}, 2);
  EXPECT_EQ(one.group_of, two.group_of);
  EXPECT_EQ(one.compared, two.compared);
  EXPECT_EQ(find_near_duplicates(texts.size(), stream_of(texts, 7), {}, 3).group_of, one.group_of);
  const auto sets = as_sets(texts, one);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t row = texts.size() - 1; row > 0; --row) std::swap(texts[row], texts[writer.below(row + 1)]);
    EXPECT_EQ(as_sets(texts, find(texts)), sets);
  }
}

TEST(NearDuplicates, NumbersGroupsByTheirFirstRow) {
  const NearDuplicates found = find({"z z z", "one two three", "alone", "Z Z Z", "one two three."});
  EXPECT_EQ(found.group_of, (std::vector<std::uint32_t>{0, 1, kAlone, 0, 1}));
  EXPECT_EQ(found.groups[1].first_row, 1u);
}

TEST(NearDuplicates, KeepsSetsInAFileWhenMemoryIsSmall) {
  const TestFolder folder;
  const Texts texts = letters(100);
  const auto in_memory = find(texts);
  EXPECT_EQ(find(texts, {.similarity = 0.9, .set_memory = 10'000, .spill_folder = folder / ""}).group_of, in_memory.group_of);
}

TEST(NearDuplicates, TakesLinearTimeForManyCopies) {
  const TextStream hello = [](const TextVisit& visit) {
    const std::vector<std::string_view> texts(10'000, "hello");
    for (int batch = 0; batch < 20; ++batch) visit(texts);
  };
  const NearDuplicates found = find_near_duplicates(200'000, hello, {}, 2);
  ASSERT_EQ(found.groups.size(), 1u);
  EXPECT_EQ(found.groups[0].rows, 200'000u);
  EXPECT_EQ(found.compared, 0u);
}

// 1,500 variants have a million pairs, each in 9 bands; at most 64 comparisons are made per text and band, and far fewer once they are
// linked.
TEST(NearDuplicates, ComparesFewPairsOfManyVariants) {
  const Texts texts = letters(1'500);
  const NearDuplicates found = find(texts);
  EXPECT_LT(found.compared, 1'500u * 64u);
  std::uint32_t largest = 0;
  for (const DuplicateGroup& group : found.groups) largest = std::max(largest, group.rows);
  EXPECT_GT(largest, 1'400u);
}

TEST(NearDuplicates, RefusesWhatCannotBe) {
  const Texts texts{"a", "b"};
  for (const double similarity : {0.0, 0.49, 1.01, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    const auto error = error_of([&] { find(texts, {.similarity = similarity, .set_memory = 0, .spill_folder = {}}); });
    ASSERT_TRUE(error) << similarity;
    EXPECT_TRUE(begins(error->what(), "similarity: must lie between 0.5 and 1"));
  }
  for (const std::uint64_t rows : {1u, 3u})
    EXPECT_EQ(error_of([&] { find_near_duplicates(rows, stream_of(texts), {}); })->code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of([&] { find_near_duplicates(0xFFFFFFFFu, stream_of(texts), {}); })->code(), ErrorCode::kInvalidArgument);
}

Texts column(const std::string& path, const std::string& name) {
  const ReadTable table = read_table(*test_data() / path);
  const auto place = static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
  Texts texts;
  for (const auto& row : table.rows) texts.push_back(row[place] == "(null)" ? "" : row[place]);
  return texts;
}

// Compared with all pairs by a program in Python with the same normalization: 15 texts stand in 53 rows, and there are 30 groups of 89
// rows.
TEST(NearDuplicates, FindsThoseOfTheCfpbComplaints) {
  if (!test_data()) GTEST_SKIP() << "HONE_TEST_DATA is not set";
  const Texts texts = column("cfpb_complaints/complaints_sample.csv", "Consumer complaint narrative");
  const NearDuplicates found = find(texts), exact = find(texts, {.similarity = 1.0, .set_memory = 0, .spill_folder = {}});
  const auto rows_of = [](const NearDuplicates& of) {
    std::uint32_t rows = 0;
    for (const DuplicateGroup& group : of.groups) rows += group.rows;
    return rows;
  };
  EXPECT_EQ(exact.groups.size(), 15u);
  EXPECT_EQ(rows_of(exact), 53u);
  EXPECT_EQ(found.groups.size(), 30u);
  EXPECT_EQ(rows_of(found), 89u);
  EXPECT_EQ(found.silent_rows, 5091u);
}

// The same of Banking77, train and test together: 92 groups of 191 rows, 60 of equal texts; 26 test texts equal a train text.
TEST(NearDuplicates, FindsThoseOfBanking77) {
  if (!test_data()) GTEST_SKIP() << "HONE_TEST_DATA is not set";
  Texts texts = column("banking77/train.csv", "text");
  const std::size_t train = texts.size();
  const Texts test = column("banking77/test.csv", "text");
  texts.insert(texts.end(), test.begin(), test.end());
  const NearDuplicates found = find(texts), exact = find(texts, {.similarity = 1.0, .set_memory = 0, .spill_folder = {}});
  EXPECT_EQ(found.groups.size(), 92u);
  EXPECT_EQ(exact.groups.size(), 60u);
  int leaked = 0;
  for (std::size_t row = train; row < texts.size(); ++row)
    leaked += exact.group_of[row] != kAlone && exact.groups[exact.group_of[row]].first_row < train;
  EXPECT_EQ(leaked, 26);
}

}  // namespace
}  // namespace hone
