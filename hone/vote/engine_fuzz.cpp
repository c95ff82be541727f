// Many terms and texts at once: the engine finds each word where the plain matcher does, and each pattern where RE2 alone does; and
// conditions on the places of these terms, made up here, hold where the plain oracle of places says so.
//
// The input is records (hone/core/fuzz_testing.h), each told by its first byte: `w` a word, `W` one that heeds case, `p` a pattern, `n` and
// a byte so many words more, which only make Vectorscan choose another of its engines (one literal, some, hundreds, thousands), `l` and a
// byte a text that repeats the one before it so often that it passes the engine's chunks; all others are texts. More texts are woven out
// of the terms and these texts, since to compile terms costs far more than to try a text. What is compiled is kept for the next inputs,
// most of which differ in texts alone.
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/fuzz_testing.h"
#include "hone/core/hash.h"
#include "hone/core/random.h"
#include "hone/core/unicode.h"
#include "hone/vote/batch_testing.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/pattern_internal.h"
#include "hone/vote/plain_matcher_testing.h"
#include "hone/vote/plain_places_testing.h"

namespace hone {
namespace {

constexpr std::size_t kMostTerms = 64, kMostTexts = 64, kMostTextBytes = 1 << 12;
constexpr std::size_t kWovenTexts = 32, kMostPieces = 6;
constexpr std::size_t kKept = 16;  // Compiled sets of terms.
// The oracle of places takes time that grows with the square of a text, and more.
constexpr std::size_t kPlaceConditions = 6, kMostBytesOfPlaces = 160;

Condition leaf(Condition::Kind kind, std::string_view text, bool case_sensitive = false) {
  Condition condition;
  condition.kind = kind;
  condition.text = text;
  condition.case_sensitive = case_sensitive;
  return condition;
}

struct Case {
  std::vector<Condition> terms;
  std::vector<std::string> texts;
  std::size_t others = 0;  // Words beyond the terms.
};

// As parse_condition() would take it: valid, not blank, without NUL.
bool is_word(std::string_view text) {
  return is_valid_utf8(text) && text.size() <= kMaxWordBytes && text.find_first_not_of(" \t\r\n") != std::string_view::npos &&
         text.find('\0') == std::string_view::npos;
}

bool is_pattern(std::string_view text) { return is_valid_utf8(text) && trouble_with_pattern(text).empty(); }

void add_term(Condition::Kind kind, std::string_view text, bool case_sensitive, Case& made) {
  if (made.terms.size() < kMostTerms) made.terms.push_back(leaf(kind, text, case_sensitive));
}

void add_text(std::string_view text, Case& made) {
  if (made.texts.size() < kMostTexts) made.texts.push_back(replace_invalid_utf8(text.substr(0, kMostTextBytes)));
}

void repeat_last(std::uint8_t times, Case& made) {
  if (made.texts.empty()) return;
  std::string text;
  for (int copy = 0; copy <= times; ++copy) text += made.texts.back();
  made.texts.push_back(std::move(text));
}

// Hundreds of words take a tenth of a second to compile, thousands half a second: only one input of 32 that asks for them gets them.
std::size_t afforded(std::size_t others, std::string_view input) {
  constexpr std::size_t kCheap = 40;
  return others <= kCheap || sha256_prefix(input) % 32 == 0 ? others : kCheap;
}

Case case_of(std::string_view input) {
  constexpr std::size_t kOthers[] = {0, 1, 8, 40, 80, 300, 1200, 5000};
  Case made;
  bool was_repeated = false;
  for (const std::string_view record : records_of(input)) {
    const std::string_view rest = record.substr(std::min<std::size_t>(1, record.size()));
    const std::uint8_t number = rest.empty() ? 0 : static_cast<std::uint8_t>(rest.front());
    const char kind = record.empty() ? ' ' : record.front();
    if (kind == 'n') {
      made.others = kOthers[number % std::size(kOthers)];
    } else if (kind == 'l') {
      if (!was_repeated) repeat_last(number, made);
      was_repeated = true;
    } else if (kind == 'p') {
      if (is_pattern(rest)) add_term(Condition::Kind::kPattern, rest, false, made);
    } else if (kind == 'w' || kind == 'W') {
      if (is_word(rest)) add_term(Condition::Kind::kWord, rest, kind == 'W', made);
    } else {
      add_text(record, made);
    }
  }
  made.others = afforded(made.others, input);
  return made;
}

// Random words, so that a database holds many; the same ones always.
const std::vector<Condition>& other_words() {
  static const std::vector<Condition> words = [] {
    RandomStream random(1, "engine fuzzer");
    std::vector<Condition> made;
    for (int word = 0; word < 5000; ++word) {
      std::string text;
      for (std::uint64_t letter = 0; letter < 2 + random.below(9); ++letter) text += static_cast<char>('a' + random.below(26));
      made.push_back(leaf(Condition::Kind::kWord, text));
    }
    return made;
  }();
  return words;
}

// A term, a text, or what can stand between: whole, or a part of it.
std::string_view piece(const Case& tried, RandomStream& random) {
  constexpr std::string_view kBetween[] = {"", " ", "-", "_", "'", "1", "\n", "\xCC\x81", "\xC3\xA9", "\xE6\xBC\xA2"};
  const std::uint64_t kind = random.below(6);
  if (kind < 2) return kBetween[random.below(std::size(kBetween))];
  std::string_view whole = kind < 5 ? tried.terms[random.below(tried.terms.size())].text : tried.texts[random.below(tried.texts.size())];
  if (random.below(3) > 0 || whole.empty()) return whole.substr(0, kMaxWordBytes);
  const std::uint64_t begin = random.below(whole.size());
  return whole.substr(begin, 1 + random.below(std::min(kMaxWordBytes, whole.size() - begin)));
}

// The same ones always for one input.
void weave_texts(std::string_view input, Case& made) {
  RandomStream random(sha256_prefix(input), "woven texts");
  std::vector<std::string> woven;
  for (std::size_t text = 0; text < kWovenTexts; ++text) {
    std::string joined;
    for (std::uint64_t count = 1 + random.below(kMostPieces); count > 0; --count) joined += piece(made, random);
    woven.push_back(replace_invalid_utf8(joined));
  }
  made.texts.insert(made.texts.end(), woven.begin(), woven.end());
}

std::vector<Condition> some_terms(const std::vector<Condition>& terms, RandomStream& random) {
  std::vector<Condition> some;
  for (std::uint64_t count = 1 + random.below(3); count > 0; --count) some.push_back(terms[random.below(terms.size())]);
  return some;
}

Condition context_of(const std::vector<Condition>& terms, RandomStream& random) {
  Condition context;
  context.kind = Condition::Kind::kContext;
  context.parts.emplace_back().kind = Condition::Kind::kMatches;
  context.parts.front().parts = some_terms(terms, random);
  for (std::uint64_t count = 1 + random.below(2); count > 0; --count) {
    Condition& neighbour = context.parts.emplace_back();
    neighbour.kind = Condition::Kind::kNeighbour;
    neighbour.parts = some_terms(terms, random);
    neighbour.direction = static_cast<Condition::Direction>(random.below(3));
    neighbour.words = static_cast<std::uint32_t>(1 + random.below(4));
    neighbour.is_absent = random.below(3) == 0;
  }
  return context;
}

Condition place_condition(const std::vector<Condition>& terms, RandomStream& random) {
  if (random.below(2) == 0) return context_of(terms, random);
  Condition condition;
  condition.kind = random.below(2) == 0 ? Condition::Kind::kCount : Condition::Kind::kPosition;
  condition.parts = some_terms(terms, random);
  condition.place = static_cast<Condition::Place>(random.below(4));
  condition.words = static_cast<std::uint32_t>(1 + random.below(4));
  condition.bounds.push_back({static_cast<Condition::Side>(random.below(4)), "", static_cast<double>(random.below(4))});
  return condition;
}

// The same ones always for the same terms. \C matches a part of a character, which no oracle of characters knows.
std::vector<Condition> place_conditions(std::vector<Condition> terms) {
  std::erase_if(terms,
                [](const Condition& term) { return term.kind == Condition::Kind::kPattern && term.text.find("\\C") != std::string::npos; });
  std::string all;
  for (const Condition& term : terms) all += term.text;
  RandomStream random(sha256_prefix(all), "conditions on places");
  std::vector<Condition> conditions;
  while (!terms.empty() && conditions.size() < kPlaceConditions) conditions.push_back(place_condition(terms, random));
  return conditions;
}

using Rows = std::vector<std::uint32_t>;

// Asked of one text after the other.
struct LoneTerm {
  explicit LoneTerm(const Condition& term)
      : case_sensitive(term.case_sensitive),
        word(term.text, case_sensitive ? PlainText::Case::kAsItIs : PlainText::Case::kFolded),
        pattern(term.kind == Condition::Kind::kPattern ? std::make_unique<RE2>(term.text, pattern_options()) : nullptr) {}

  bool case_sensitive;
  PlainText word;
  std::unique_ptr<RE2> pattern;  // Null for a word.
};

// One set of terms in the engine, with `others` random words, and each term alone.
struct Compiled {
  Compiled(const std::vector<Condition>& terms, std::size_t others)
      : key_terms(terms),
        key_others(others),
        places(place_conditions(terms)),
        engine(engine_of(terms, places, others)),
        alone(terms.begin(), terms.end()) {}

  static ConditionEngine engine_of(const std::vector<Condition>& terms, const std::vector<Condition>& places, std::size_t others) {
    std::vector<const Condition*> conditions;
    for (const Condition& term : terms) conditions.push_back(&term);
    for (const Condition& condition : places) conditions.push_back(&condition);
    for (std::size_t other = 0; other < others; ++other) conditions.push_back(&other_words()[other]);
    return ConditionEngine(conditions, {.text = {"text"}});
  }

  bool is_of(const Case& tried) const {
    return key_others == tried.others && std::ranges::equal(key_terms, tried.terms, [](const Condition& one, const Condition& other) {
             return one.kind == other.kind && one.case_sensitive == other.case_sensitive && one.text == other.text;
           });
  }

  std::vector<Condition> key_terms;
  std::size_t key_others = 0;
  std::vector<Condition> places;
  ConditionEngine engine;
  std::vector<LoneTerm> alone;
};

// Most inputs come of the one before with other texts. The last sets are kept.
const Compiled& compiled_for(const Case& tried) {
  static std::deque<Compiled> kept;
  const auto same = std::ranges::find_if(kept, [&](const Compiled& one) { return one.is_of(tried); });
  if (same != kept.end()) return *same;
  if (kept.size() == kKept) kept.pop_front();
  return kept.emplace_back(tried.terms, tried.others);
}

std::vector<Rows> found_together(const ConditionEngine& engine, const std::vector<std::string>& texts) {
  std::vector<Rows> rows;
  engine.evaluate(*batch_of({{"text", text_column(Texts(texts.begin(), texts.end()))}}), rows);
  return rows;
}

// Texts to be asked one after the other.
class LoneTexts {
 public:
  explicit LoneTexts(const std::vector<std::string>& texts) : texts_(texts) {
    for (const std::string& text : texts) {
      folded_.emplace_back(text, PlainText::Case::kFolded);
      as_they_are_.emplace_back(text, PlainText::Case::kAsItIs);
    }
  }

  Rows rows_with(const LoneTerm& term) const {
    Rows rows;
    for (std::uint32_t row = 0; row < texts_.size(); ++row)
      if (holds(row, term)) rows.push_back(row);
    return rows;
  }

 private:
  bool holds(std::uint32_t row, const LoneTerm& term) const {
    if (term.pattern) return RE2::PartialMatch(texts_[row], *term.pattern);
    return (term.case_sensitive ? as_they_are_ : folded_)[row].holds(term.word);
  }

  const std::vector<std::string>& texts_;
  std::vector<PlainText> folded_, as_they_are_;
};

void require_places(const Compiled& compiled, const std::vector<Rows>& together, const std::vector<std::string>& texts) {
  for (std::uint32_t row = 0; row < texts.size(); ++row) {
    if (texts[row].size() > kMostBytesOfPlaces) continue;
    const PlainPlaces plain(texts[row]);
    for (std::size_t condition = 0; condition < compiled.places.size(); ++condition)
      require(std::ranges::binary_search(together[compiled.alone.size() + condition], row) == plain.holds(compiled.places[condition]));
  }
}

}  // namespace
}  // namespace hone

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hone::Case tried = hone::case_of(hone::bytes_of(data, size));
  if (tried.terms.empty() || tried.texts.empty()) return 0;
  hone::weave_texts(hone::bytes_of(data, size), tried);
  const hone::Compiled& compiled = hone::compiled_for(tried);
  const auto together = hone::found_together(compiled.engine, tried.texts);
  const hone::LoneTexts alone(tried.texts);
  for (std::size_t term = 0; term < tried.terms.size(); ++term) hone::require(together[term] == alone.rows_with(compiled.alone[term]));
  hone::require_places(compiled, together, tried.texts);
  return 0;
}
