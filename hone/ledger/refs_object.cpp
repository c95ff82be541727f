#include "hone/ledger/refs_object.h"

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/canonical_json.h"

namespace hone {
namespace {

// What is wrong with a list in the order of its text; empty when nothing is.
std::string trouble_of(const std::vector<ListedRef>& refs) {
  const std::string* last = nullptr;
  for (const ListedRef& ref : refs) {
    const std::string said = "the ref '" + ref.name + "' of a list of objects ";
    if (ref.name.empty() || ref.name.size() > kMaxRefName)
      return said + "has a name of other than 1 to " + std::to_string(kMaxRefName) + " bytes";
    if (last && *last == ref.name) return said + "stands in it twice";
    if (last && *last > ref.name) return said + "is not in the order of the names";
    if (!is_lower_hex(ref.hash, 64)) return said + "has a hash that is not 64 digits of lower-case hex";
    if (ref.bytes > static_cast<std::uint64_t>(kMaxNumber)) return said + "has more than 2^53 - 1 bytes";
    if (ref.media.empty() || ref.media.size() > kMaxRefMedia)
      return said + "has a media type of other than 1 to " + std::to_string(kMaxRefMedia) + " bytes";
    if (ref.media == kRefsMedia) return said + "is a list itself: put what it lists into this one";
    last = &ref.name;
  }
  return "";
}

nlohmann::json json_of(const ListedRef& ref) {
  return {{"name", ref.name}, {"ref", {{"bytes", ref.bytes}, {"hash", ref.hash}, {"media", ref.media}}}};
}

ListedRef listed_ref(const nlohmann::json& json) {
  const nlohmann::json& ref = json["ref"];
  return {.name = json["name"], .hash = ref["hash"], .bytes = ref["bytes"], .media = ref["media"]};
}

nlohmann::json parse_list(std::string_view text) {
  static const BodySchema schema("refs:[{name:text ref:ref}]");
  nlohmann::json list = parse_canonical(text, kMaxRefsBytes);
  schema.check(list, "the list of objects");
  return list;
}

}  // namespace

std::string refs_text(std::vector<ListedRef> refs) {
  std::ranges::sort(refs, {}, &ListedRef::name);
  if (const std::string trouble = trouble_of(refs); !trouble.empty()) throw Error(ErrorCode::kInvalidArgument, trouble);
  nlohmann::json list = nlohmann::json::array();
  for (const ListedRef& ref : refs) list.push_back(json_of(ref));
  return to_canonical({{"refs", std::move(list)}}, 0, kMaxRefsBytes);
}

std::vector<ListedRef> parse_refs(std::string_view text) {
  std::vector<ListedRef> refs;
  try {
    const nlohmann::json list = parse_list(text);
    for (const nlohmann::json& json : list["refs"]) refs.push_back(listed_ref(json));
  } catch (const Error& error) {
    throw Error(ErrorCode::kCorruptData, std::string("no list of objects: ") + error.what());
  }
  if (const std::string trouble = trouble_of(refs); !trouble.empty()) throw Error(ErrorCode::kCorruptData, trouble);
  return refs;
}

}  // namespace hone
