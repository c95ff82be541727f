// Any file of terms and any texts: a dictionary comes of the file, or an error that names the file; and it finds in the texts what the
// plain oracle finds. The input is records (hone/core/fuzz_testing.h): the file, then texts; more are woven of its terms and pieces of
// these texts.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/core/hash.h"
#include "hone/core/random.h"
#include "hone/core/unicode.h"
#include "hone/vote/dictionary.h"
#include "hone/vote/plain_dictionary_testing.h"

namespace hone {
namespace {

// The oracle compares every piece with every term.
constexpr std::size_t kMostTerms = 40, kMostTermBytes = 60, kMostTextBytes = 80, kMostTexts = 8, kWovenTexts = 8;

const std::map<std::string, ClassId, std::less<>> kClasses{{"a", 0}, {"b", 1}};

std::string_view piece(const std::vector<std::string>& whole, RandomStream& random) {
  if (whole.empty()) return " ";
  const std::string& one = whole[random.below(whole.size())];
  if (random.below(2) == 0 || one.empty()) return one;
  const std::uint64_t begin = random.below(one.size());
  return std::string_view(one).substr(begin, 1 + random.below(one.size() - begin));
}

std::vector<std::string> texts_of(std::span<const std::string_view> records, const std::vector<std::string>& terms, std::uint64_t seed) {
  std::vector<std::string> texts;
  for (const std::string_view record : records.first(std::min(records.size(), kMostTexts)))
    texts.emplace_back(record.substr(0, kMostTextBytes));
  RandomStream random(seed, "woven texts");
  for (std::size_t woven = 0; woven < kWovenTexts; ++woven) {
    std::string text;
    for (std::uint64_t count = random.below(5); count > 0 && text.size() < kMostTextBytes; --count) {
      text += random.below(3) > 0 ? piece(terms, random) : piece(texts, random);
      if (random.below(3) > 0) text += ' ';
      if (random.below(3) == 0) text.erase(random.below(text.size() + 1), 1);
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

void require_as_the_oracle(const Dictionary& dictionary, std::span<const std::string_view> records, std::uint64_t seed) {
  const auto is_long = [](const std::string& term) { return term.size() > kMostTermBytes; };
  if (dictionary.terms.size() > kMostTerms || std::ranges::any_of(dictionary.terms, is_long)) return;
  const bool is_exact = dictionary.spelling == Dictionary::Spelling::kExact;
  const PlainDictionary plain(dictionary.terms, is_exact ? TermDictionary::Spelling::kExact : TermDictionary::Spelling::kOneEdit);
  const DictionaryMatcher matcher(std::make_shared<Dictionary>(dictionary));
  DictionaryMatcher::Room room;
  for (const std::string& text : texts_of(records, dictionary.terms, seed)) {
    std::vector<TermMatch> found;
    for (const DictionaryMatcher::Match& match : matcher.find(text, room))
      found.push_back(
          {static_cast<std::uint32_t>(match.folded.begin), static_cast<std::uint32_t>(match.folded.end), match.term, match.is_exact});
    require(found == plain.find(fold_case(replace_invalid_utf8(text))));
    for (const TextSpan& span : matcher.spans(replace_invalid_utf8(text), kNoClass)) require(span.begin < span.end);
  }
}

}  // namespace
}  // namespace hone

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = hone::bytes_of(data, size);
  const std::vector<std::string_view> records = hone::records_of(input);
  if (records.empty()) return 0;
  for (const auto spelling : {hone::Dictionary::Spelling::kExact, hone::Dictionary::Spelling::kOneEdit}) {
    try {
      const hone::Dictionary dictionary = hone::read_dictionary(records.front(), "terms.csv", hone::kClasses, spelling);
      hone::require_as_the_oracle(dictionary, std::span(records).subspan(1), hone::sha256_prefix(input));
    } catch (const hone::Error& error) {
      hone::require(error.code() == hone::ErrorCode::kInvalidProject && std::string_view(error.what()).starts_with("terms.csv"));
    }
  }
  return 0;
}
