#include "hone/eval/slice_terms_internal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "hone/core/json.h"
#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"
#include "hone/eval/slice_clusters_internal.h"
#include "hone/eval/slice_words_internal.h"

namespace hone {
namespace {

constexpr std::uint32_t kNoTerm = std::numeric_limits<std::uint32_t>::max();
constexpr int kMostWordsInTerm = 3;

// Counts that rise once a row, whatever the times a term stands in it.
struct RunningCount {
  TermCounts counts;
  std::uint32_t last_row = kNoTerm;

  void see(std::uint32_t row, bool is_error) {
    if (last_row == row) return;
    last_row = row;
    ++counts.rows;
    counts.errors += is_error;
  }
};

// Terms of one number of words: each is a frequent term of one word less and the word behind it. Words are terms of one.
struct Grams {
  struct Gram {
    std::uint32_t head = kNoTerm;  // In the level below.
    SliceToken last;
    RunningCount count;
  };
  std::vector<Gram> grams;
  std::unordered_map<std::uint64_t, std::uint32_t> places;  // By key().

  static std::uint64_t key(std::uint32_t head, SliceToken last) {
    return (std::uint64_t{head} * 0x9E3779B97F4A7C15u) ^ (std::uint64_t{last.gap} << 32 | last.word);
  }
  // The product is odd, so that no two heads share one; but two keys may still meet. The gram itself says whose it is.
  std::uint32_t find(std::uint32_t head, SliceToken last) const {
    const auto found = places.find(key(head, last));
    if (found == places.end()) return kNoTerm;
    const Gram& gram = grams[found->second];
    return gram.head == head && gram.last.word == last.word && gram.last.gap == last.gap ? found->second : kNoTerm;
  }
  bool is_frequent(std::uint32_t gram, std::uint64_t least) const { return gram != kNoTerm && grams[gram].count.counts.rows >= least; }
};

class GramCounter {
 public:
  GramCounter(const DiscoveryRows& rows, const TermsAsked& asked, const TokenizedTexts& texts) : rows_(rows), asked_(asked), texts_(texts) {
    for (std::uint32_t word = 0; word < texts_.words().size(); ++word) levels_[0].grams.push_back({kNoTerm, {word, 0}, {}});
    for (int level = 0; level < kMostWordsInTerm; ++level) count(level);
  }

  const Grams& level(int level) const { return levels_[static_cast<std::size_t>(level)]; }

  std::string text_of(int level, std::uint32_t gram) const {
    const Grams::Gram& here = levels_[static_cast<std::size_t>(level)].grams[gram];
    const std::string word(texts_.words().text(here.last.word));
    return level == 0 ? word : text_of(level - 1, here.head) + std::string(texts_.gap(here.last.gap)) + word;
  }

  // Calls visit(level, gram) for all frequent terms of the row up to a level, wherever they stand.
  template <typename Visit>
  void for_each(std::size_t row, int up_to, const Visit& visit) const {
    std::array<std::uint32_t, kMostWordsInTerm> ends{};  // By level: the frequent term that ends at the token before.
    ends.fill(kNoTerm);
    for (const SliceToken token : texts_.of(row)) {
      std::array<std::uint32_t, kMostWordsInTerm> now{};
      now.fill(kNoTerm);
      if (levels_[0].is_frequent(token.word, asked_.least)) now[0] = token.word;
      for (std::size_t level = 1; level < kMostWordsInTerm && static_cast<int>(level) <= up_to; ++level) {
        if (now[0] == kNoTerm || token.gap == 0 || ends[level - 1] == kNoTerm) continue;
        const std::uint32_t gram = levels_[level].find(ends[level - 1], token);
        if (levels_[level].is_frequent(gram, asked_.least)) now[level] = gram;
      }
      for (std::size_t level = 0; static_cast<int>(level) <= up_to && level < kMostWordsInTerm; ++level)
        if (now[level] != kNoTerm) visit(static_cast<int>(level), now[level]);
      ends = now;
    }
  }

 private:
  void count(int level) {
    for (std::uint32_t row = 0; row < rows_.texts.size(); ++row) {
      if (!asked_.searched[row]) continue;
      const bool is_error = rows_.errors[row] != 0;
      if (level == 0)
        for (const SliceToken token : texts_.of(row)) levels_[0].grams[token.word].count.see(row, is_error);
      else
        count_longer(level, row, is_error);
    }
  }

  // Walks the terms of one word less, and adds the word behind each.
  void count_longer(int level, std::uint32_t row, bool is_error) {
    Grams& grams = levels_[static_cast<std::size_t>(level)];
    const std::span<const SliceToken> tokens = texts_.of(row);
    std::array<std::uint32_t, kMostWordsInTerm> ends{};
    ends.fill(kNoTerm);
    for (const SliceToken token : tokens) {
      std::array<std::uint32_t, kMostWordsInTerm> now{};
      now.fill(kNoTerm);
      if (levels_[0].is_frequent(token.word, asked_.least)) now[0] = token.word;
      if (level > 1 && now[0] != kNoTerm && token.gap != 0 && ends[0] != kNoTerm) {
        const std::uint32_t pair = levels_[1].find(ends[0], token);
        if (levels_[1].is_frequent(pair, asked_.least)) now[1] = pair;
      }
      const std::uint32_t head = ends[static_cast<std::size_t>(level) - 1];
      if (now[0] != kNoTerm && token.gap != 0 && head != kNoTerm) see(grams, head, token, row, is_error);
      ends = now;
    }
  }

  static void see(Grams& grams, std::uint32_t head, SliceToken last, std::uint32_t row, bool is_error) {
    const auto [place, is_new] = grams.places.try_emplace(Grams::key(head, last), static_cast<std::uint32_t>(grams.grams.size()));
    if (is_new) grams.grams.push_back({head, last, {}});
    Grams::Gram& gram = grams.grams[place->second];
    if (gram.head == head && gram.last.word == last.word && gram.last.gap == last.gap) gram.count.see(row, is_error);
  }

  const DiscoveryRows& rows_;
  const TermsAsked& asked_;
  const TokenizedTexts& texts_;
  std::array<Grams, kMostWordsInTerm> levels_;
};

// A term that was counted, before its rows are gathered.
struct Counted {
  SliceTerm term;
  int level = -1;                       // -1: a value or a group.
  std::uint32_t number = 0, field = 0;  // Of the gram; of the field or the group.
  TermCounts counts;
  double evidence = 0.0;
};

// More of a cluster than of any other term: it is the least simple.
int words_in(const Counted& term) {
  return term.term.kind == SliceTerm::Kind::kTextCluster ? kMostWordsInTerm + static_cast<int>(term.term.words.size()) : term.level + 1;
}

// A term says nothing that a shorter one does not say: all of that one's rows have it.
bool is_redundant(const GramCounter& grams, int level, const Grams::Gram& gram) {
  const std::uint64_t rows = gram.count.counts.rows;
  return level > 0 && (rows == grams.level(level - 1).grams[gram.head].count.counts.rows ||
                       rows == grams.level(0).grams[gram.last.word].count.counts.rows);
}

void count_words_of(const GramCounter& grams, const TermsAsked& asked, const TermCounts& whole, std::vector<Counted>& counted) {
  for (int level = 0; level < kMostWordsInTerm; ++level) {
    const std::vector<Grams::Gram>& all = grams.level(level).grams;
    for (std::uint32_t number = 0; number < all.size(); ++number) {
      const TermCounts& counts = all[number].count.counts;
      if (counts.rows < asked.least || counts.rows == whole.rows || is_redundant(grams, level, all[number])) continue;
      counted.push_back({{}, level, number, 0, counts, evidence(counts, whole)});
    }
  }
}

bool is_missing(const std::optional<std::string>& value) { return !value || value->empty(); }

void count_values_of(const DiscoveryRows& rows, std::uint32_t field, const TermsAsked& asked, const TermCounts& whole,
                     std::vector<Counted>& counted) {
  const SliceField& column = rows.fields[field];
  std::map<std::string_view, TermCounts> values;  // The empty one: missing.
  for (std::size_t row = 0; row < column.values.size(); ++row) {
    if (!asked.searched[row]) continue;
    const std::string_view value = is_missing(column.values[row]) ? std::string_view() : std::string_view(*column.values[row]);
    if (value.size() > kMostSliceTermBytes || !is_plain_term(value)) continue;
    TermCounts& counts = values[value];
    ++counts.rows;
    counts.errors += rows.errors[row] != 0;
  }
  for (const auto& [value, counts] : values) {
    if (counts.rows < asked.least || counts.rows == whole.rows) continue;
    const auto kind = value.empty() ? SliceTerm::Kind::kMissing : SliceTerm::Kind::kValue;
    counted.push_back({{kind, column.name, std::string(value)}, -1, 0, field, counts, evidence(counts, whole)});
  }
}

std::vector<std::uint32_t> rows_of_value(const SliceField& field, const SliceTerm& term) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < field.values.size(); ++row)
    if (term.kind == SliceTerm::Kind::kMissing ? is_missing(field.values[row]) : field.values[row] == term.text) rows.push_back(row);
  return rows;
}

void gather_rows(const DiscoveryRows& rows, const GramCounter& grams, std::span<const std::vector<std::uint32_t>> of_text_clusters,
                 std::span<const Counted> counted, std::vector<TermRows>& terms) {
  std::array<std::unordered_map<std::uint32_t, std::size_t>, kMostWordsInTerm> wanted;
  for (std::size_t term = 0; term < counted.size(); ++term) {
    if (counted[term].term.kind == SliceTerm::Kind::kTextCluster)
      terms[term].rows = of_text_clusters[counted[term].field];
    else if (counted[term].level < 0)
      terms[term].rows = rows_of_value(rows.fields[counted[term].field], counted[term].term);
    else
      wanted[static_cast<std::size_t>(counted[term].level)].emplace(counted[term].number, term);
  }
  for (std::uint32_t row = 0; row < rows.texts.size(); ++row)
    grams.for_each(row, kMostWordsInTerm - 1, [&](int level, std::uint32_t gram) {
      const auto& of_level = wanted[static_cast<std::size_t>(level)];
      const auto found = of_level.find(gram);
      if (found == of_level.end()) return;
      std::vector<std::uint32_t>& holding = terms[found->second].rows;
      if (holding.empty() || holding.back() != row) holding.push_back(row);
    });
}

void count_text_clusters_of(const DiscoveryRows& rows, std::span<const SliceTerm> groups,
                            std::span<const std::vector<std::uint32_t>> holding, const TermsAsked& asked, const TermCounts& whole,
                            std::vector<Counted>& counted) {
  for (std::uint32_t group = 0; group < groups.size(); ++group) {
    TermCounts counts;
    for (const std::uint32_t row : holding[group])
      if (asked.searched[row] != 0) ++counts.rows, counts.errors += rows.errors[row] != 0;
    if (counts.rows >= asked.least && counts.rows < whole.rows)
      counted.push_back({groups[group], -1, 0, group, counts, evidence(counts, whole)});
  }
}

// As the condition engine has it: somewhere between word boundaries of the folded text.
bool stands_in(std::string_view folded, std::string_view words) {
  for (std::size_t begin = folded.find(words); begin != std::string_view::npos; begin = folded.find(words, begin + 1))
    if (is_word_boundary(folded, begin) && is_word_boundary(folded, begin + words.size())) return true;
  return false;
}

std::vector<std::uint32_t> rows_with_words(const DiscoveryRows& rows, std::string_view words) {
  std::vector<std::uint32_t> holding;
  std::string buffer;
  for (std::uint32_t row = 0; row < rows.texts.size(); ++row)
    if (rows.texts[row] && stands_in(fold_case(*rows.texts[row], buffer), words)) holding.push_back(row);
  return holding;
}

// As the condition engine counts: each of the words, as often as it stands there.
std::vector<std::uint32_t> rows_of_text_cluster(const DiscoveryRows& rows, const SliceTerm& group) {
  std::vector<std::uint32_t> holding;
  std::string buffer;
  for (std::uint32_t row = 0; row < rows.texts.size(); ++row) {
    if (!rows.texts[row]) continue;
    std::uint64_t stand = 0;
    for_each_word(fold_case(*rows.texts[row], buffer),
                  [&](std::string_view word) { stand += std::ranges::find(group.words, word) != group.words.end(); });
    if (stand >= group.at_least) holding.push_back(row);
  }
  return holding;
}

std::vector<std::uint32_t> rows_of_term(const DiscoveryRows& rows, const SliceTerm& term) {
  if (term.kind == SliceTerm::Kind::kWords) return rows_with_words(rows, term.text);
  if (term.kind == SliceTerm::Kind::kTextCluster) return rows_of_text_cluster(rows, term);
  return rows_of_value(*std::ranges::find(rows.fields, term.field, &SliceField::name), term);
}

std::string slug(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_kept)
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name;
}

std::string name_of(const SliceTerm& term) {
  constexpr std::size_t kNamedWords = 3;
  if (term.kind == SliceTerm::Kind::kWords) return slug(term.text);
  if (term.kind == SliceTerm::Kind::kTextCluster) {
    std::string words;
    for (std::size_t word = 0; word < std::min(kNamedWords, term.words.size()); ++word) words += " " + term.words[word];
    return slug(words);
  }
  return slug(term.field) + (term.kind == SliceTerm::Kind::kMissing ? "_missing" : "_is_" + slug(term.text));
}

// YAML's word for nothing is no name.
bool is_null(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name == "null";
}

std::string quoted_for_yaml(const std::string& text) { return nlohmann::json(text).dump(); }

// As people write it, where that is the same.
std::string name_for_yaml(const std::string& name) {
  const bool is_bare = !name.empty() && (name[0] < '0' || name[0] > '9') && !is_null(name) && std::ranges::all_of(name, [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return is_bare ? name : quoted_for_yaml(name);
}

std::string listed_words(std::span<const std::string> words, const std::function<std::string(const std::string&)>& quoted) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + quoted(word);
  return list;
}

std::string condition_of(const SliceTerm& term) {
  if (term.kind == SliceTerm::Kind::kWords) return "any: [" + quoted_for_yaml(term.text) + "]";
  if (term.kind == SliceTerm::Kind::kTextCluster)
    return "count: {any: [" + listed_words(term.words, quoted_for_yaml) + "], at_least: " + std::to_string(term.at_least) + "}";
  return "where: {field: " + name_for_yaml(term.field) +
         (term.kind == SliceTerm::Kind::kMissing ? ", present: false}" : ", equals: " + quoted_for_yaml(term.text) + "}");
}

bool is_words(const SliceTerm& term) { return term.kind == SliceTerm::Kind::kWords; }

// The key of its condition: two with one key cannot stand in one map.
std::string_view key_of(const SliceTerm& term) {
  return is_words(term) ? "any" : term.kind == SliceTerm::Kind::kTextCluster ? "count" : "where";
}

std::string described(const SliceTerm& term) {
  switch (term.kind) {
    case SliceTerm::Kind::kWords:
      return "“" + term.text + "”";
    case SliceTerm::Kind::kValue:
      return term.field + " is “" + term.text + "”";
    case SliceTerm::Kind::kMissing:
      return term.field + " is missing";
    case SliceTerm::Kind::kTextCluster:
      return "at least " + std::to_string(term.at_least) + " of " +
             listed_words(term.words, [](const std::string& word) { return "“" + word + "”"; });
  }
  return {};
}

}  // namespace

double evidence(const TermCounts& part, const TermCounts& whole) {
  const auto n = static_cast<double>(part.rows), k = static_cast<double>(part.errors);
  const auto others = static_cast<double>(whole.rows - part.rows), other_errors = static_cast<double>(whole.errors - part.errors);
  if (part.rows == 0 || whole.rows == part.rows || k * others <= other_errors * n) return 0.0;
  const auto log_likelihood = [](double errors, double rows) {
    const double right = rows - errors;
    return (errors > 0 ? errors * std::log(errors / rows) : 0.0) + (right > 0 ? right * std::log(right / rows) : 0.0);
  };
  return log_likelihood(k, n) + log_likelihood(other_errors, others) - log_likelihood(k + other_errors, n + others);
}

FrequentTerms frequent_terms(const DiscoveryRows& rows, const TermsAsked& asked) {
  TermCounts whole;
  for (std::size_t row = 0; row < rows.errors.size(); ++row)
    if (asked.searched[row]) whole.rows++, whole.errors += rows.errors[row] != 0;
  const TokenizedTexts texts(rows.texts);
  const GramCounter grams(rows, asked, texts);
  std::vector<Counted> counted;
  count_words_of(grams, asked, whole, counted);
  for (std::uint32_t field = 0; field < rows.fields.size(); ++field) count_values_of(rows, field, asked, whole, counted);
  const std::vector<SliceTerm> groups = text_clusters(texts, rows.ids, asked.searched, asked.least);
  const std::vector<std::vector<std::uint32_t>> of_text_clusters = rows_of_text_clusters(texts, groups);
  count_text_clusters_of(rows, groups, of_text_clusters, asked, whole, counted);

  FrequentTerms frequent{.counted = counted.size(), .terms = {}};
  std::erase_if(counted, [](const Counted& term) { return term.evidence <= 0.0; });
  for (Counted& term : counted)
    if (term.level >= 0) term.term.text = grams.text_of(term.level, term.number);
  std::erase_if(counted, [](const Counted& term) { return term.level >= 0 && !is_stable_term(term.term.text); });
  std::ranges::sort(counted, [](const Counted& a, const Counted& b) {
    return std::tuple(-a.evidence, words_in(a), std::tie(a.term.field, a.term.text, a.term.words)) <
           std::tuple(-b.evidence, words_in(b), std::tie(b.term.field, b.term.text, b.term.words));
  });
  if (counted.size() > asked.most) counted.resize(asked.most);
  for (const Counted& term : counted) frequent.terms.push_back({term.term, words_in(term), term.counts, {}});
  gather_rows(rows, grams, of_text_clusters, counted, frequent.terms);
  return frequent;
}

std::vector<std::uint32_t> rows_of(const DiscoveryRows& rows, std::span<const SliceTerm> terms) {
  std::vector<std::uint32_t> common;
  for (std::size_t place = 0; place < terms.size(); ++place) {
    std::vector<std::uint32_t> holding = rows_of_term(rows, terms[place]);
    if (place == 0) {
      common = std::move(holding);
      continue;
    }
    std::vector<std::uint32_t> both;
    std::ranges::set_intersection(common, holding, std::back_inserter(both));
    common = std::move(both);
  }
  return common;
}

std::string slice_name(std::span<const SliceTerm> terms, std::set<std::string>& taken) {
  constexpr std::size_t kMostNameBytes = 100;  // Of the 128 of a name, so that a number fits behind it.
  std::string name;
  for (const SliceTerm& term : terms) {
    const std::string part = name_of(term);
    name += (name.empty() || part.empty() ? "" : "_and_") + part;
  }
  if (name.empty() || is_null(name)) name = name.empty() ? "slice" : "slice_" + name;
  if (name.size() > kMostNameBytes) name.resize(kMostNameBytes);
  std::string free = name;
  for (int number = 2; taken.contains(free); ++number) free = name + "_" + std::to_string(number);
  taken.insert(free);
  return free;
}

std::string slice_definition(const std::string& name, std::span<const SliceTerm> terms) {
  const std::string head = "- {slice: " + name_for_yaml(name) + ", ";
  if (terms.size() == 1) return head + condition_of(terms[0]) + "}";
  if (is_words(terms[0]) && is_words(terms[1]))
    return head + "all: [" + quoted_for_yaml(terms[0].text) + ", " + quoted_for_yaml(terms[1].text) + "]}";
  if (key_of(terms[0]) != key_of(terms[1])) return head + condition_of(terms[0]) + ", " + condition_of(terms[1]) + "}";
  return head + "all_of: [{" + condition_of(terms[0]) + "}, {" + condition_of(terms[1]) + "}]}";
}

std::string described(std::span<const SliceTerm> terms) {
  std::string words;
  for (const SliceTerm& term : terms) words += (words.empty() ? "" : " and ") + described(term);
  return words;
}

}  // namespace hone
