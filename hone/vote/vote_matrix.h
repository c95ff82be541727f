#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "hone/vote/answers.h"

namespace hone {

/// The votes of one source: the example and the class of each, ascending by (example, class), no pair twice. An example stands here
/// several times only where a source may vote for several classes of it. `confidence` is empty when every vote is certain, else one
/// per vote in (0, 1].
struct SourceVotes {
  std::vector<std::uint32_t> examples;
  std::vector<ClassId> classes;
  std::vector<float> confidence;
};

/// What a vote matrix ranges over.
struct VoteShape {
  std::size_t examples = 0;
  std::size_t sources = 0;
  std::size_t classes = 0;
  Answers answers = classes;  // What votes may say; at least the classes.
  bool operator==(const VoteShape&) const = default;
};

/// Who votes, for what, and how sure.
struct Vote {
  std::uint32_t source = 0;
  ClassId class_id = 0;  // The answer: a class, or a set of classes where the shape's answers have such.
  float confidence = 1.0f;
  bool operator==(const Vote&) const = default;
};

/// The votes on one example, by ascending source; borrowed from the matrix. A range of Vote:
///   for (const Vote vote : matrix.on(example)) shares[vote.class_id] += vote.confidence;
class ExampleVotes {
 public:
  class Iterator {
   public:
    using value_type = Vote;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const ExampleVotes& votes, std::size_t place) : votes_(&votes), place_(place) {}
    Vote operator*() const { return (*votes_)[place_]; }
    Iterator& operator++() { return ++place_, *this; }
    Iterator operator++(int) { return {*votes_, place_++}; }
    bool operator==(const Iterator& other) const { return place_ == other.place_; }

   private:
    const ExampleVotes* votes_ = nullptr;
    std::size_t place_ = 0;
  };

  /// `tokens` are numbers of `width` bytes (1, 2 or 4), each the place of a vote in `kinds`.
  ExampleVotes(const Vote* kinds, std::span<const std::byte> tokens, unsigned width) : kinds_(kinds), tokens_(tokens), width_(width) {}

  std::size_t size() const { return tokens_.size() / width_; }
  bool empty() const { return tokens_.empty(); }
  Vote operator[](std::size_t place) const { return kinds_[kind(place)]; }
  /// The vote's place in VoteMatrix::kinds().
  std::size_t kind(std::size_t place) const {
    const std::byte* at = tokens_.data() + place * width_;
    return width_ == 1 ? std::to_integer<std::size_t>(*at) : width_ == 2 ? number<std::uint16_t>(at) : number<std::uint32_t>(at);
  }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

  /// Two examples of one matrix have the same votes when these are equal.
  std::span<const std::byte> tokens() const { return tokens_; }

 private:
  template <typename Number>
  static std::size_t number(const std::byte* at) {
    Number number;
    std::memcpy(&number, at, sizeof number);
    return number;
  }

  const Vote* kinds_;
  std::span<const std::byte> tokens_;
  unsigned width_;
};

/// The votes of all sources on all examples, sparse: an abstention is the absence of a vote. At most one vote per source and
/// example, unless rows may hold several classes (Answers::Rows::kSeveral); then one per source, example and answer. A vote is kept as the
/// number of its kind (source, class and confidence), in 1 byte while there are at most 256 kinds, in 2 up to 65,536, else in 4; beside it
/// 8 bytes an example. Immutable and shared: a copy costs nothing, and any number of threads may read it.
class VoteMatrix {
 public:
  VoteMatrix() : VoteMatrix(0, 0, {}) {}

  /// `answers` may be the number of classes, where votes name classes alone. Throws kInvalidArgument for a vote outside the shape, or
  /// examples of a source that do not ascend.
  VoteMatrix(std::size_t examples, Answers answers, std::span<const SourceVotes> sources);

  /// The same where the votes of all sources together would be too much to hold: `votes_of(source)` is asked twice for each
  /// source, in order, and must say the same again.
  using VotesOf = std::function<SourceVotes(std::size_t source)>;
  VoteMatrix(std::size_t examples, Answers answers, std::size_t sources, const VotesOf& votes_of);

  const VoteShape& shape() const { return data_->shape; }
  const Answers& answers() const { return data_->shape.answers; }
  /// Votes in all.
  std::size_t size() const { return data_->tokens.size() / data_->width; }

  /// The different votes that were cast, by source, class and confidence.
  std::span<const Vote> kinds() const { return data_->kinds; }

  /// REQUIRES: example < shape().examples; the matrix, or a copy of it, lives as long as the result.
  ExampleVotes on(std::size_t example) const;

  /// The votes on some examples alone, which become examples 0, 1, 2… in the order given: those of a slice, or a sample. kinds() stay
  /// those of the whole. O(their votes). REQUIRES: each < shape().examples.
  VoteMatrix only(std::span<const std::uint32_t> examples) const;

 private:
  struct Data {
    VoteShape shape;
    std::vector<Vote> kinds;           // By source, class and confidence.
    unsigned width = 1;                // Of a token, in bytes.
    std::vector<std::uint64_t> begin;  // begin[e] to begin[e + 1] are the votes on e.
    std::vector<std::byte> tokens;
  };
  std::shared_ptr<const Data> data_;
};

}  // namespace hone
