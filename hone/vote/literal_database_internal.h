#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// Where a literal ends in a scanned text.
struct LiteralHit {
  std::uint32_t literal = 0;
  std::uint64_t end = 0;
};

/// Many literal strings found in one pass over a text (Vectorscan, block mode). Immutable, so any number of threads may
/// scan, each with a scratch of its own.
class LiteralDatabase {
 public:
  /// Room for one scan at a time.
  class Scratch {
   public:
    explicit Scratch(const LiteralDatabase& database);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

   private:
    friend class LiteralDatabase;
    struct Room;
    std::unique_ptr<Room> room_;
  };

  /// REQUIRES: no literal is empty or holds a NUL, no two are alike. Throws kInvalidArgument where Vectorscan cannot take them or the
  /// processor lacks what it needs.
  explicit LiteralDatabase(std::vector<std::string> literals);
  ~LiteralDatabase();
  LiteralDatabase(const LiteralDatabase&) = delete;
  LiteralDatabase& operator=(const LiteralDatabase&) = delete;

  std::size_t size_of(std::uint32_t literal) const { return literals_[literal].size(); }

  /// Replaces `hits` by every place where a literal ends, by ascending end. REQUIRES: less than 4 GiB of text.
  void scan(std::string_view text, Scratch& scratch, std::vector<LiteralHit>& hits) const;

 private:
  struct Automaton;
  std::vector<std::string> literals_;
  std::unique_ptr<Automaton> automaton_;  // Null without literals.
};

}  // namespace hone
