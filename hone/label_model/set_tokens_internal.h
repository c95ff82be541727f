#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hone/label_model/class_columns_internal.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// The tokens (source, answer) of votes for sets of classes that occur, numbered by source and then answer, behind those of votes for
/// classes. Sets of one class are no sets, but votes for it; a set of all classes, or of none, says nothing and has no token.
class SetTokens {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// There are none: every answer is taken for a class.
  SetTokens() = default;
  /// `kinds` are those of the votes (VoteMatrix::kinds()), `first` is the number of tokens of votes for classes.
  SetTokens(const Answers& answers, std::span<const Vote> kinds, std::size_t first);

  std::uint32_t begin() const { return first_; }
  std::uint32_t end() const { return first_ + static_cast<std::uint32_t>(tokens_.size()); }
  std::size_t size() const { return tokens_.size(); }
  bool empty() const { return tokens_.empty(); }
  std::uint32_t source(std::size_t token) const { return tokens_[token - first_].source; }
  ClassId answer(std::size_t token) const { return tokens_[token - first_].answer; }
  const Answers& answers() const { return answers_; }
  /// Those of one source: from begin to end - 1.
  std::uint32_t begin(std::size_t source) const;
  std::uint32_t end(std::size_t source) const { return begin(source + 1); }

  /// kNone for a token that did not occur, or that says nothing.
  std::uint32_t find(std::uint32_t source, ClassId answer) const;

  bool holds(std::size_t token, ClassId id) const { return answers_.allows(answer(token), id); }
  std::size_t breadth(std::size_t token) const { return answers_.breadth(answer(token)); }
  /// What the classes of the set have together.
  double share(std::size_t token, std::span<const double> class_shares) const;

  template <typename Self, typename Archive>
  static void fields(Self& self, Archive& archive) {
    archive(self.first_, self.tokens_);
  }
  /// After they were read back: what their answers mean. False where these are no such answers.
  bool restore(const Answers& answers);

 private:
  struct Token {
    std::uint32_t source = 0;
    ClassId answer = 0;
    auto operator<=>(const Token&) const = default;

    template <typename Self, typename Archive>
    static void fields(Self& self, Archive& archive) {
      archive(self.source, self.answer);
    }
  };

  Answers answers_ = kNoClass;
  std::uint32_t first_ = 0;
  std::vector<Token> tokens_;  // Ascending.
};

/// The kinds of votes for classes, in the order of TokenTable; sets of one class among them.
std::vector<Vote> class_kinds(const Answers& answers, std::span<const Vote> kinds);

/// Names the classes that need a place on a row with this vote for a set: those of its group, or those that it denies. All others then lie
/// on one side of it.
inline void name_places(const Answers& answers, ClassId answer, RowClasses& row) {
  answers.for_each_class(answers.subject(answer), [&](ClassId id) { row.place_of(id); });
}

/// Whether a set holds the class of a place, or the classes of the last one of many. REQUIRES: its places are named.
inline bool holds_place(const Answers& answers, ClassId answer, std::span<const ClassId> row_classes, std::size_t place) {
  if (row_classes.empty()) return place < answers.classes() && answers.allows(answer, static_cast<ClassId>(place));
  if (place < row_classes.size()) return answers.allows(answer, row_classes[place]);
  return answers.is_against(answer) && row_classes.size() < answers.classes();
}

}  // namespace hone
