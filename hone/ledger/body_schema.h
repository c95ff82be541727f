#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// What an object of the ledger must and may hold, written as a text so that a table of kinds can be read:
///
///     dataset:ref rows:count columns:[{name:text personal:bool}] outcome:(ok|failed) note?:text
///
/// `name:type`, with `?` where the member may be left out. `[type]` is a list, `{…}` an object, `(a|b)` one of these words, and a word is
///   text       any text but the empty one           word        a text that may be empty
///   count      a whole number, 0 or more            int         a whole number
///   ppm, ppb   0 to 10^6, 0 to 10^9                 bool        true or false
///   hash       64 digits of lower-case hex          key         32 of them (example keys, tokens, projects)
///   time       2026-01-05T09:30:00.000123Z          actor       p:…, s:… or k:…
///   role       annotator, reviewer, developer, admin, auditor or system
///   event      the number of an earlier event       ref         {bytes, hash, media}: an object
///   commit     {commit, payload}: a commitment      counts      an object of counts
///   any        whatever the encoding allows
class BodySchema {
 public:
  /// Throws kInternal where the text is no schema: it is part of the program.
  explicit BodySchema(std::string_view text);
  ~BodySchema();
  BodySchema(BodySchema&&) noexcept;

  /// Throws kInvalidArgument naming the member and what it should be.
  void check(const nlohmann::json& body, const std::string& where) const;

  struct NamedEvent {
    std::string_view member;  // Its name, also of the elements of a list. Lives as long as the schema.
    std::uint64_t seq = 0;
    bool operator==(const NamedEvent&) const = default;
  };
  /// All numbers under members of type `event`, in the order of the schema.
  std::vector<NamedEvent> events_named(const nlohmann::json& body) const;

  struct Type;

 private:
  std::unique_ptr<Type> type_;
};

/// The forms of short texts, each a pure function.
bool is_lower_hex(std::string_view text, std::size_t digits);
/// A moment that is: 2026-02-30 and second 60 are not.
bool is_utc_time(std::string_view text);
/// `p:` and 16 lower-case letters and digits (of one of the base32 alphabets), `s:` and a name, `k:` and 8 hex digits of a key.
bool is_actor(std::string_view text);
bool is_role(std::string_view text);

/// The text of a member. REQUIRES: check() found it there.
const std::string& text_of(const nlohmann::json& body, const char* member);

}  // namespace hone
