#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verify/bytes.h"
#include "verify/canonical.h"

namespace hone::verify {

/// A set of kinds of events, by their place in the table.
using KindSet = std::uint64_t;

/// What may stand under a key of a body.
struct Field {
  enum Type : std::uint8_t {
    kAny,
    kText,
    kInteger,
    kBoolean,
    kHash,    ///< 64 hex digits
    kHex32,   ///< 32 hex digits
    kTime,    ///< UTC in microseconds
    kActor,   ///< p:, s: or k:
    kCommit,  ///< a salted commitment
    kSeq,     ///< the number of an earlier event of one of `kinds`
    kMade,    ///< an object that this event names
    kUsed,    ///< an object that an earlier event must have named
    kOld,     ///< an object that is to be erased
    kObject,  ///< with `fields`
    kArray,   ///< of `element`
  };
  std::string key;
  Type type = kAny;
  bool required = false;
  KindSet kinds = 0;
  std::vector<Field> fields;   ///< of an object, sorted by key
  std::vector<Field> element;  ///< of an array: one, without a key
};

/// A kind of event: whose act it should be, and what its body holds.
struct Kind {
  std::string_view name;
  unsigned roles;  ///< A set of Role.
  std::vector<Field> fields;
};

enum Role : unsigned { kAnnotator = 1, kReviewer = 2, kDeveloper = 4, kAdmin = 8, kAuditor = 16, kSystem = 32 };

unsigned role_named(std::string_view name);  ///< 0 when there is no such role.
std::string_view role_name(unsigned role);

/// All kinds that this verifier knows (docs/ledger.md, "Kinds").
const std::vector<Kind>& kinds();

inline constexpr std::uint8_t kNoKind = 255;
std::uint8_t kind_named(std::string_view name);  ///< kNoKind when it is not known.
KindSet kinds_named(std::string_view names);     ///< "gold.commit|release"
std::string names_of(KindSet set);

bool is_actor(std::string_view text);

/// Whether a text is a time as an event has it, on a day that exists.
bool is_time(std::string_view text);

/// What a body names besides plain values.
struct Mentions {
  struct Seq {
    std::int64_t target;
    KindSet kinds;
    std::string_view key;
  };
  struct Object {
    Hash hash;
    std::uint64_t bytes;
    Field::Type type;
    bool is_list;  ///< Its media type is that of lists of objects.
  };
  struct Commit {
    std::string payload;  ///< 16 bytes
    Hash commit;
  };
  std::vector<Seq> seqs;
  std::vector<Object> objects;
  std::vector<Commit> commits;
  std::vector<std::string> wrong;
  std::size_t unknown_keys = 0;
  bool supersedes = false;  ///< There is a key of that name.

  void clear();
};

/// Compares a body with the fields of its kind. Keys that the table does not have are counted, not judged.
void read_body(const EventText& event, const Value& body, const Kind& kind, Mentions& mentions);

}  // namespace hone::verify
