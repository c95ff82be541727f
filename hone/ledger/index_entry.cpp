#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/ledger/body_schema.h"
#include "hone/ledger/entry_facts_internal.h"
#include "hone/ledger/event.h"
#include "hone/ledger/event_kinds.h"
#include "hone/ledger/index_entry_internal.h"
#include "hone/ledger/ledger_clock.h"

namespace hone::ledger_internal {
namespace {

using IndexJson = nlohmann::json;

struct NamingMember {
  std::string_view kind, member;
};
constexpr std::array kNamingMembers = {NamingMember{"source.define", "name"},  NamingMember{"stage.run", "stage"},
                                       NamingMember{"run.name", "name"},       NamingMember{"release", "name"},
                                       NamingMember{"gold.commit", "version"}, NamingMember{"admin.config", "setting"}};

bool is_object_ref(const IndexJson& value) {
  return value.is_object() && value.size() == 3 && value.contains("bytes") && value.contains("hash") && value.contains("media") &&
         value["hash"].is_string() && is_lower_hex(value["hash"].get_ref<const std::string&>(), 64);
}

void add_objects(const IndexJson& value, ObjectUse use, std::vector<IndexEntry::Object>& objects) {
  if (is_object_ref(value)) {
    objects.push_back({.hash = hash_of_hex(value["hash"].get_ref<const std::string&>()), .use = use});
  } else if (value.is_array()) {
    for (const IndexJson& element : value) add_objects(element, use, objects);
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.items())
      add_objects(member, key == "inputs" ? ObjectUse::kInput : key == "outputs" ? ObjectUse::kOutput : use, objects);
  }
}

void add_example(std::string_view key, IndexEntry& entry) {
  if (is_lower_hex(key, 32)) entry.examples.push_back(hex_key(key));
}

void add_examples(const IndexJson& body, IndexEntry& entry) {
  const auto add = [&](const IndexJson& key) {
    if (key.is_string()) add_example(key.get_ref<const std::string&>(), entry);
  };
  if (const auto one = body.find("example"); one != body.end()) add(*one);
  if (const auto many = body.find("examples"); many != body.end() && many->is_array()) std::ranges::for_each(*many, add);
}

// What is no event before this one was not written by us.
void add_link(std::string_view member, std::uint64_t to, IndexEntry& entry) {
  if (to < entry.seq) entry.links.push_back({.member = member, .to = to});
}

void add_links(const EventKind& kind, const IndexJson& body, IndexEntry& entry) {
  try {
    for (const BodySchema::NamedEvent& named : kind.body.events_named(body)) add_link(named.member, named.seq, entry);
  } catch (const IndexJson::exception&) {  // A body that is not as its kind wants it: another program wrote it.
    entry.links.clear();
  }
}

std::string text_or_empty(const IndexJson& body, std::string_view member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Steps over canonical text without taking it apart. Once something is not as it should be, `good()` is false and nothing is found.
class CanonicalCursor {
 public:
  explicit CanonicalCursor(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  std::string_view rest() const { return rest_; }

  bool take(std::string_view expected) {
    if (!good_ || !rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  void expect(std::string_view expected) {
    if (!take(expected)) fail();
  }
  // As it stands between the quotes.
  std::string_view text() {
    expect("\"");
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) fail();
    return good_ ? taken(end, 1) : std::string_view();
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    const auto [stopped, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) fail();
    rest_.remove_prefix(static_cast<std::size_t>(stopped - rest_.data()));
    return value;
  }
  // Calls with each key, for which `member` must step over the value.
  template <typename Member>
  void object(const Member& member) {
    expect("{");
    if (take("}")) return;
    do {
      const std::string_view key = text();
      expect(":");
      if (good_) member(key);
    } while (take(","));
    expect("}");
  }
  template <typename Element>
  void array(const Element& element) {
    expect("[");
    if (take("]")) return;
    do element();
    while (take(","));
    expect("]");
  }
  // Over any value.
  void skip() {
    std::size_t depth = 0;
    do {
      const char first = good_ && !rest_.empty() ? rest_.front() : '\0';
      if (first == '"') {
        text();
      } else if (first == '\0') {
        return fail();
      } else {
        depth += first == '{' || first == '[' ? 1 : 0;
        depth -= (first == '}' || first == ']') && depth > 0 ? 1 : 0;
        rest_.remove_prefix(1);
        if (depth == 0 && first != '}' && first != ']') rest_.remove_prefix(std::min(rest_.find_first_of(",]}"), rest_.size()));
      }
    } while (depth > 0);
  }

 private:
  void fail() { good_ = false; }
  std::string_view taken(std::size_t bytes, std::size_t behind) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes + behind);
    return taken;
  }

  std::string_view rest_;
  bool good_ = true;
};

// The members of a vote.person that the index has: those of its schema that name events, and its examples.
class QuickVote {
 public:
  QuickVote(std::string_view body, IndexEntry& entry) : cursor_(body), entry_(entry) {}

  // What stands behind the body; nothing where it is not as we write it.
  std::optional<std::string_view> read() {
    cursor_.object([&](std::string_view key) {
      if (key == "example") return add_example(cursor_.text(), entry_);
      if (key == "examples") return cursor_.array([&] { add_example(cursor_.text(), entry_); });
      if (key == "dataset") return link("dataset");
      if (key == "supersedes") return link("supersedes");
      if (key == "queue") return links_in({"plan"});
      if (key == "shown") return shown();
      cursor_.skip();
    });
    return cursor_.good() ? std::optional(cursor_.rest()) : std::nullopt;
  }

 private:
  void link(std::string_view member) { add_link(member, cursor_.number(), entry_); }

  void links_in(std::initializer_list<std::string_view> members) {
    cursor_.object([&](std::string_view key) { link_if(key, members); });
  }
  void link_if(std::string_view key, std::initializer_list<std::string_view> members) {
    const auto* const found = std::ranges::find(members, key);
    if (found == members.end()) return cursor_.skip();
    link(*found);
  }
  void shown() {
    cursor_.object([&](std::string_view key) {
      if (key == "suggestion") return links_in({"source"});
      link_if(key, {"guideline", "taxonomy"});
    });
  }

  CanonicalCursor cursor_;
  IndexEntry& entry_;
};

// Where the body of an entry begins that begins as ours do.
std::string_view from_body(std::string_view entry, const std::string& actor) {
  const std::string before = R"({"actor":")" + actor + R"(","body":)";
  return entry.starts_with(before) ? entry.substr(before.size()) : std::string_view();
}

std::optional<IndexEntry> quick_index_entry(std::uint64_t seq, std::string_view entry) {
  EntryFacts facts = facts_of(entry);
  if (facts.kind != "vote.person") return std::nullopt;
  const std::string_view body = from_body(entry, facts.actor);
  IndexEntry found{.seq = seq, .kind = std::move(facts.kind), .actor = std::move(facts.actor), .role = std::move(facts.role)};
  found.time = time_of(facts.time);
  const auto behind = QuickVote(body, found).read();
  if (!behind || !(behind->starts_with(R"(,"kind":")") || behind->starts_with(R"(,"by":)"))) return std::nullopt;
  return found;
}

}  // namespace

IndexEntry index_entry_of(std::uint64_t seq, std::string_view entry) {
  try {
    if (auto quick = quick_index_entry(seq, entry)) return *std::move(quick);
    return parsed_index_entry(seq, entry);
  } catch (const Error& error) {
    throw Error(error.code(),
                "event " + std::to_string(seq) + " of the ledger is none: " + error.what() + "; hone-verify says all that is wrong");
  }
}

IndexEntry parsed_index_entry(std::uint64_t seq, std::string_view entry) {
  Event event = parse_event(entry);
  IndexEntry found{.seq = seq, .kind = std::move(event.kind), .actor = std::move(event.actor), .role = std::move(event.role)};
  found.time = time_of(event.time);
  const EventKind* const kind = find_event_kind(found.kind);
  if (!kind) return found;
  add_objects(event.body, ObjectUse::kNamed, found.objects);
  add_examples(event.body, found);
  add_links(*kind, event.body, found);
  if (const std::string_view member = naming_member(found.kind); !member.empty()) found.name = text_or_empty(event.body, member);
  return found;
}

std::string_view naming_member(std::string_view kind) {
  const auto* const found = std::ranges::find(kNamingMembers, kind, &NamingMember::kind);
  return found == kNamingMembers.end() ? "" : found->member;
}

Hash hash_of_hex(std::string_view hex) {
  Hash hash;
  const LookupIndex::Key first = hex_key(hex), second = hex_key(hex.substr(32));
  std::ranges::copy(first, hash.begin());
  std::ranges::copy(second, hash.begin() + first.size());
  return hash;
}

}  // namespace hone::ledger_internal
