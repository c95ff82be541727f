#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/folded_text.h"
#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"
#include "hone/vote/condition.h"
#include "hone/vote/condition_engine.h"
#include "hone/vote/field_values_internal.h"

namespace hone {

/// One text as those see it who ask where things stand in it: folded and cut into words once, when first asked for.
class SeenText {
 public:
  /// REQUIRES: valid UTF-8, which outlives its use.
  void assign(std::string_view text);

  std::string_view text() const { return text_; }
  const FoldedText& folded();
  const std::vector<WordSpan>& words();

 private:
  std::string_view text_;
  FoldedText folded_;
  std::vector<TextPart> parts_;
  std::vector<WordSpan> words_;
  bool has_folded_ = false, has_words_ = false;
};

/// A word or a pattern, found wherever it stands. Immutable.
class TermFinder {
 public:
  /// REQUIRES: kWord or kPattern.
  explicit TermFinder(Condition term);

  const Condition& term() const { return term_; }

  /// Appends, by ascending begin, all places where a word stands between word boundaries; of a pattern the first kMaxMatches that RE2 finds
  /// from left to right, without overlap and without empty ones.
  void find(SeenText& text, std::vector<TextSpan>& places) const;

 private:
  void find_word(SeenText& text, std::vector<TextSpan>& places) const;
  void find_pattern(std::string_view text, std::vector<TextSpan>& places) const;

  Condition term_;
  std::string wanted_;            // Of a word: as it stands in the text or the folded text.
  std::unique_ptr<RE2> pattern_;  // Null for a word.
};

/// A condition that hangs on where its words and patterns stand, as texts are asked. Immutable.
class PlaceCheck {
 public:
  /// REQUIRES: kCount, kPosition, kContext or kCapture.
  PlaceCheck(const Condition& condition, char decimal, std::string time_zone);

  /// Which conditions these are.
  static bool is_for(Condition::Kind kind);

  /// Whether it holds for a text in which no term stands.
  bool holds_for_none() const;

  /// The words and patterns that it looks for, in a fixed order. A neighbour's follow the match's own.
  const std::vector<TermFinder>& terms() const { return terms_; }

  /// What one call found; kept from call to call.
  struct Room {
    std::vector<TextSpan>
        places;  // What the condition is about: counted, at the right place, with the right neighbours, of the right value.
    std::vector<TextSpan> beside;  // Their neighbours.
    std::string unreadable;        // A capture that the bounds could not read; empty when there was none.

   private:
    friend class PlaceCheck;
    struct Neighbours {
      std::vector<TextSpan> by_begin, by_end;
    };
    std::vector<TextSpan> found;
    std::vector<Neighbours> neighbours;
  };

  /// `stands[t]` says whether terms()[t] is found in the text at all.
  Truth holds(SeenText& text, std::span<const std::uint8_t> stands, Room& room) const;

  std::string complaint(std::string_view unreadable) const;

 private:
  // Terms first to last - 1.
  struct Range {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  Range add_terms(const std::vector<Condition>& terms);
  void find(Range terms, SeenText& text, std::span<const std::uint8_t> stands, std::vector<TextSpan>& places) const;
  Truth count(Room& room) const;
  Truth find_placed(SeenText& text, Room& room) const;
  Truth find_with_neighbours(SeenText& text, std::span<const std::uint8_t> stands, Room& room) const;
  bool has_neighbours(TextSpan match, SeenText& text, Room& room) const;
  Truth find_captured(std::string_view text, Room& room) const;
  Truth compare(std::string_view value) const;

  Condition condition_;
  std::vector<TermFinder> terms_;
  Range matches_;
  std::vector<Range> neighbours_;  // By neighbour: parts[1] on.
  Bounds bounds_;
  char decimal_;
  std::unique_ptr<RE2> capturing_;  // Of kCapture.
};

}  // namespace hone
