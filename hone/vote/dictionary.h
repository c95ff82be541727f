#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/condition_engine.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// Terms and the classes that they speak for.
struct Dictionary {
  enum class Spelling { kExact, kOneEdit };

  std::vector<std::string> terms;  // Folded; no two alike; in the order of the file.
  std::vector<ClassId> classes;    // By term.
  Spelling spelling = Spelling::kExact;
  std::string hash;  // SHA-256 of the file.
};

/// Bytes of a file of terms, and of one term; variants of terms that a fuzzy search may hold, and the memory for each.
inline constexpr std::size_t kMaxDictionaryBytes = 256 << 20;
inline constexpr std::size_t kMaxTermBytes = 1024;
inline constexpr std::size_t kMaxFuzzyVariants = 20'000'000;

/// Reads lines of `term,class` as RFC 4180 has them: quotes around what holds a comma, a quote (doubled) or a line feed. A first line
/// `term,class` is a header, unless there is such a class; empty lines are passed over. Terms lose the white space around them; one that
/// stands twice for the same class counts once. `class_of_value` says what the second column means. Throws kInvalidProject with `file` and
/// line: for another number of fields, a quote that does not end, text that is no UTF-8, an empty or too long term, a class that is not
/// there (naming the nearest), a term that stands for two classes (naming both lines); and with `file` for one without a term, one that is
/// too large, and a fuzzy one that would hold too many variants (naming how many).
Dictionary read_dictionary(std::string_view csv, const std::string& file, const std::map<std::string, ClassId, std::less<>>& class_of_value,
                           Dictionary::Spelling spelling);

/// Finds a dictionary's terms in texts. A match stands between word boundaries of the case-folded text, as words of conditions do; with
/// kOneEdit, one edit may lie between it and a term of at least five characters (is_one_edit_away), if it begins and ends with a word. What
/// lies inside another match does not count; of matches at one place the exact one does, else that of the longest term, else that of the
/// first.
///
/// Immutable: any number of threads may ask, each with a Room of its own.
class DictionaryMatcher {
 public:
  explicit DictionaryMatcher(std::shared_ptr<const Dictionary> dictionary);
  ~DictionaryMatcher();

  class Room {
   public:
    Room();
    ~Room();

   private:
    friend class DictionaryMatcher;
    struct Inside;
    std::unique_ptr<Inside> inside_;
  };

  struct Match {
    TextSpan folded;  // Bytes of the folded text.
    std::uint32_t term = 0;
    bool is_exact = true;
  };

  /// The matches of a text by ascending begin, good until the next call with this room. REQUIRES: less than 4 GiB.
  const std::vector<Match>& find(std::string_view text, Room& room) const;

  /// The match whose term is longest in characters; of several an exact one, then the first in the text. Null without one.
  const Match* longest(const std::vector<Match>& matches) const;

  ClassId class_of(const Match& match) const { return dictionary_->classes[match.term]; }

  /// Where what counts for a vote stands in the text: the longest match, or with a class all matches of its terms. For showing. REQUIRES:
  /// valid UTF-8.
  std::vector<TextSpan> spans(std::string_view text, ClassId only) const;

 private:
  class Terms;
  std::shared_ptr<const Dictionary> dictionary_;
  std::unique_ptr<const Terms> terms_;
};

}  // namespace hone
