#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/literal_database_internal.h"
#include "hone/vote/pattern_set_internal.h"

namespace hone {

/// A word or pattern of a text field that was found in a row.
struct Finding {
  std::uint32_t row = 0;
  std::uint32_t term = 0;
};

/// What is looked for in one text field: words and patterns, "terms" by their number.
struct TextTerms {
  struct Word {
    std::uint32_t term = 0;
    std::string text;
    bool case_sensitive = false;
  };
  struct Pattern {
    std::uint32_t term = 0;
    std::string text;
  };
  std::vector<Word> words;
  std::vector<Pattern> patterns;
};

/// Finds all terms of one field in many rows. Words and the literals that patterns require lie in one database; rows are put
/// side by side, parted by a byte that stands in no text, and scanned in one call:
///   folded    case-folded rows: words, and for rows of ASCII alone the patterns' literals too, as both views are then one
///   filtered  filter_view() of the rows that are not ASCII alone: the patterns' literals
///   raw       rows as they are: case-sensitive words, from a database of their own
/// A word counts where it stands between word boundaries; a pattern whose literals are all there is decided by RE2, and so is
/// one that requires none, on every row. Immutable; a Scratch per thread.
class TextScanner {
 public:
  class Scratch {
   public:
    explicit Scratch(const TextScanner& scanner);

   private:
    friend class TextScanner;
    LiteralDatabase::Scratch folded_room_, raw_room_;
    std::vector<LiteralHit> hits_;
    std::string buffer_, fold_buffer_;
    std::vector<std::size_t> begins_;    // Of each row in the buffer; one more at the end.
    std::vector<std::uint32_t> row_of_;  // Of each row in the buffer: its number.
    std::vector<std::uint32_t> not_ascii_;
    std::vector<std::uint32_t> found_;
    std::vector<std::uint64_t> term_seen_;     // By place of the word: the last row, counted over all scans, where it was found.
    std::vector<std::uint64_t> pattern_seen_;  // By pattern: the last row whose cuts are in pattern_cuts_.
    std::vector<std::uint8_t> pattern_cuts_;
    std::uint64_t rows_before_ = 0;  // Of all scans; rows are numbered from 1 over them, so that nothing needs clearing.
  };

  explicit TextScanner(const TextTerms& terms);

  /// Appends the terms found in each row, each once per row. A row of no data is absent. REQUIRES: the rows have less than 1 GiB
  /// together.
  void scan(std::span<const std::string_view> rows, Scratch& scratch, std::vector<Finding>& findings) const;

  const RE2& pattern(std::size_t place) const { return *patterns_[place].compiled; }

 private:
  struct Target {
    bool is_word = false;
    std::uint32_t place = 0;  // In words_ or patterns_.
    std::uint8_t cut = 0;     // Of a pattern.
  };
  struct Pattern {
    std::uint32_t term = 0;
    std::unique_ptr<RE2> compiled;
    std::uint8_t all_cuts = 0;  // A bit each; 0: tried on every row.
  };
  struct Index {
    std::unique_ptr<LiteralDatabase> database;
    std::vector<std::uint32_t> begin;  // begin[l] to begin[l + 1] are the targets of literal l.
    std::vector<Target> targets;
  };
  enum class Heed { kWords, kPatterns, kBoth };
  class Scan;

  std::vector<std::uint32_t> word_terms_;
  std::vector<Pattern> patterns_;
  std::vector<std::uint32_t> unfiltered_;  // Places in patterns_.
  std::unique_ptr<PatternSet> unfiltered_set_;
  Index folded_, raw_;
  bool has_filtered_patterns_ = false;
};

}  // namespace hone
