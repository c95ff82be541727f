#include "hone/vote/dictionary.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/folded_text.h"
#include "hone/core/hash.h"
#include "hone/core/unicode.h"
#include "hone/vote/classed_texts_internal.h"
#include "hone/vote/term_dictionary_internal.h"

namespace hone {
namespace {

constexpr ClassedTextsForm kTerms{.what = "term", .example = "credit card,card", .most_bytes = kMaxTermBytes};

std::string megabytes(std::size_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; }

void check_variants(const Dictionary& dictionary, const std::string& file) {
  const std::size_t variants = TermDictionary::fuzzy_variants(dictionary.terms);
  if (variants <= kMaxFuzzyVariants) return;
  throw Error(ErrorCode::kInvalidProject, file + ": a fuzzy search for its " + std::to_string(dictionary.terms.size()) +
                                              " terms would hold " + std::to_string(variants) + " variants of them (" +
                                              megabytes(variants * TermDictionary::kBytesPerVariant) + "); at most " +
                                              std::to_string(kMaxFuzzyVariants) + " (" +
                                              megabytes(kMaxFuzzyVariants * TermDictionary::kBytesPerVariant) +
                                              "). Leave fuzzy out, shorten long terms, or split the file into several dictionaries");
}

}  // namespace

Dictionary read_dictionary(std::string_view csv, const std::string& file, const std::map<std::string, ClassId, std::less<>>& class_of_value,
                           Dictionary::Spelling spelling) {
  if (csv.size() > kMaxDictionaryBytes)
    throw Error(ErrorCode::kInvalidProject,
                file + " has " + megabytes(csv.size()) + "; a dictionary has at most " + megabytes(kMaxDictionaryBytes) + ": split it");
  ClassedTexts read = read_classed_texts(csv, file, class_of_value, kTerms);
  Dictionary dictionary{std::move(read.texts), std::move(read.classes), spelling, sha256_hex(csv)};
  if (spelling == Dictionary::Spelling::kOneEdit) check_variants(dictionary, file);
  return dictionary;
}

class DictionaryMatcher::Terms : public TermDictionary {
 public:
  using TermDictionary::TermDictionary;
};

struct DictionaryMatcher::Room::Inside {
  TermDictionary::Room room;
  std::vector<TermMatch> found;
  std::vector<Match> matches;
  std::string folded;
};

DictionaryMatcher::Room::Room() : inside_(std::make_unique<Inside>()) {}
DictionaryMatcher::Room::~Room() = default;

DictionaryMatcher::DictionaryMatcher(std::shared_ptr<const Dictionary> dictionary) : dictionary_(std::move(dictionary)) {
  const bool is_exact = dictionary_->spelling == Dictionary::Spelling::kExact;
  terms_ =
      std::make_unique<const Terms>(dictionary_->terms, is_exact ? TermDictionary::Spelling::kExact : TermDictionary::Spelling::kOneEdit);
}

DictionaryMatcher::~DictionaryMatcher() = default;

const std::vector<DictionaryMatcher::Match>& DictionaryMatcher::find(std::string_view text, Room& room) const {
  Room::Inside& inside = *room.inside_;
  // Import lets no other text through, but folding would throw on it.
  const std::string_view folded =
      is_valid_utf8(text) ? fold_case(text, inside.folded) : fold_case(replace_invalid_utf8(text), inside.folded);
  terms_->find(folded, inside.room, inside.found);
  inside.matches.clear();
  for (const TermMatch& match : inside.found) inside.matches.push_back({{match.begin, match.end}, match.term, match.is_exact});
  return inside.matches;
}

const DictionaryMatcher::Match* DictionaryMatcher::longest(const std::vector<Match>& matches) const {
  const auto rank = [&](const Match& match) { return std::pair(terms_->length(match.term), match.is_exact); };
  const auto best = std::ranges::max_element(matches, {}, rank);  // The first of several.
  return best == matches.end() ? nullptr : &*best;
}

std::vector<TextSpan> DictionaryMatcher::spans(std::string_view text, ClassId only) const {
  Room room;
  FoldedText folded;
  folded.assign(text);
  std::vector<TextSpan> spans;
  const std::vector<Match>& matches = find(text, room);
  const Match* best = longest(matches);
  for (const Match& match : matches)
    if (only == kNoClass ? &match == best : class_of(match) == only)
      spans.push_back({folded.origin_of_begin(match.folded.begin), folded.origin_of_end(match.folded.end)});
  return spans;
}

}  // namespace hone
