#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// The media type of an object that lists other objects, for events that name more of them than fit into 16,384 bytes. An event names the
/// list by one ref; what is in it counts as named by the event (hone-verify looks at each).
inline constexpr std::string_view kRefsMedia = "application/vnd.hone.refs+json";

/// What hone-verify reads of one list, and how long its texts may be.
inline constexpr std::size_t kMaxRefsBytes = 64u << 20;
inline constexpr std::size_t kMaxRefName = 1024;
inline constexpr std::size_t kMaxRefMedia = 256;

/// One object of a list, and what it is to the event.
struct ListedRef {
  std::string name;         // "source/card_arrival": 1 to 1,024 bytes of UTF-8, no two in a list the same.
  std::string hash;         // 64 hex digits: SHA-256 of its bytes.
  std::uint64_t bytes = 0;  // At most 2^53 - 1.
  std::string media;        // 1 to 256 bytes; not that of lists, which do not nest.
  bool operator==(const ListedRef&) const = default;
};

/// The object's bytes: canonical JSON (canonical_json.h, but for its length) {"refs":[{"name":…,"ref":{"bytes":…,"hash":…,"media":…}}, …]},
/// ascending by the bytes of the names. Throws kInvalidArgument naming the ref and what is wrong with it.
///
///     const std::string text = refs_text({{.name = "source/a", .hash = ref.hash, .bytes = ref.bytes, .media = ref.media}});
///     body["outputs"] = {{{"name", "sources"}, {"ref", store.put(text, kRefsMedia)}}};
std::string refs_text(std::vector<ListedRef> refs);

/// Throws kCorruptData, saying what is wrong, for what refs_text() would not write.
std::vector<ListedRef> parse_refs(std::string_view text);

}  // namespace hone
