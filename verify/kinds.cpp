// The table of kinds, and how a body is compared with it. A body is written as
//
//   key:type key!:type ...      ! = must be there; everything else may be absent
//   text int bool hash hex32 time actor commit any
//   ref used old                an object: named here, taken as an input, to be erased
//   @kind|kind                  the number of an earlier event of one of these kinds
//   [type]  {key:type ...}      an array, an object
//
// Every body may also have `at`, the time by another clock.
//
// Only what a rule needs must be there: what else a writer owes its readers is the writer's to check.
#include "verify/kinds.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "verify/refs_list.h"

namespace hone::verify {
namespace {

struct Row {
  std::string_view name;
  unsigned roles;
  std::string_view body;
};

constexpr unsigned kMakers = kReviewer | kDeveloper | kSystem;
constexpr unsigned kKeepers = kAdmin | kSystem;
constexpr unsigned kReaders = kReviewer | kDeveloper | kAuditor | kSystem;
constexpr unsigned kAnybody = 63;

#define HONE_DATASET "@data.import|stage.run"
constexpr std::array kRows = std::to_array<Row>({
    {"log.open", kAnybody,
     "format!:text origin!:text project:hex32 vkey!:text software:{name:text version:text build:text} time_source:any segregation:text "
     "continues:{origin:text size:int root:hash}"},
    {"data.import", kMakers | kAdmin,
     "dataset!:ref rows:int columns:any source:{uri:text sha256:hash bytes:int} licence:any purpose:any legal_basis:any pii:any "
     "consent:any "
     "retain_until:any rejected:{count:int report:ref} id_rule:any"},
    {"source.define", kMakers,
     "name!:text version:any type:text definition:ref code:any parameters:ref author:any because:any splits_visible:any "
     "supersedes:@source.define judge:{host:any model:any model_version:any prompt:ref seed:int temperature_ppm:int price:any}"},
    {"source.gate", kMakers, "source:@source.define sample:ref blind:any results:any decision:text"},
    {"stage.run", kMakers | kAdmin,
     "stage:text key:any inputs:[{name:text ref:used}] outputs:[{name:text ref:ref}] options:ref seed:int code:any environment:ref "
     "started:text ended:text outcome:text counts:any cost:any"},
    {"run.name", kMakers | kAdmin, "name:text run:@stage.run objects:ref"},
    {"vote.person", kAnnotator | kReviewer | kDeveloper | kAuditor | kSystem,
     "task:text dataset:" HONE_DATASET
     " example:hex32 examples:[hex32] value:any abstain:any confidence_ppm:int reason:{code:any text:commit} "
     "rationale:[{field:text begin:int end:int polarity:any}] "
     "shown:{fields:any guideline:@guideline.publish taxonomy:@taxonomy.change order:any "
     "suggestion:{policy:any source:@source.define class:any confidence_ppm:int before:any}} ms:any "
     "queue:{plan:@queue.plan lane:any stratum:any rank:int of:int inclusion_ppb:int} supersedes:@vote.person because:any withdrawn:any"},
    {"vote.judge", kMakers | kAdmin, "source:@source.define dataset:" HONE_DATASET " calls:ref votes:int failed:any matrix:ref cost:any"},
    {"vote.batch", kMakers | kAdmin,
     "run:@stage.run dataset:" HONE_DATASET
     " matrix:ref sources:[@source.define] rows:int votes:int abstained:int errors:ref rows_root:hash"},
    {"queue.plan", kMakers | kAdmin,
     "seed:commit frame:ref strata:[{name:any size:int planned:int}] weights:any cost_model:ref options:any"},
    {"gold.commit", kMakers,
     "version:any parent:@gold.commit table:ref rule:any from:[@vote.person|vote.judge|vote.batch|adjudication|gold.commit] list:ref "
     "counts:any "
     "changed:int sealed:any approver:actor"},
    {"taxonomy.change", kMakers,
     "from:ref to:ref operations:[{op!:text from:any to:any}] remap:ref votes_affected:int to_review:int because:any"},
    {"guideline.publish", kMakers, "text:ref version:any taxonomy:@taxonomy.change because:any"},
    {"adjudication", kReviewer,
     "dataset:" HONE_DATASET
     " example!:hex32 inputs!:[@vote.person|vote.judge|vote.batch] value:any confidence_ppm:int reason:{code:any text:commit} blind:any "
     "supersedes:@adjudication because:any"},
    {"release", kMakers,
     "name:text version:text what:text roots:[ref] pins:any previous:@release diff:ref checklist:ref rows_root:hash approver!:actor "
     "because:any"},
    {"read.export", kReaders | kAdmin,
     "what:ref filter:ref rows:int format:any guarded:any file:hash recipient:commit purpose:any licence:any"},
    {"read.sealed", kReaders | kAdmin, "benchmark:@release|gold.commit gold:@gold.commit purpose:any"},
    {"read.view", kAnybody, "dataset:" HONE_DATASET " examples:ref count:int"},
    {"admin.person", kKeepers, "person:actor profile:commit"},
    {"admin.role", kKeepers, "person!:actor from:any to:any"},
    {"admin.login", kAnybody, "outcome:any failures:int person:actor"},
    {"admin.config", kKeepers, "setting!:text from:any to:any"},
    {"admin.denied", kAnybody, "rule:any count:int person:actor"},
    {"admin.backup", kKeepers, "size:int root:hash place:any"},
    {"admin.restore", kKeepers, "size:int root:hash"},
    {"admin.recovery", kAnybody, "bytes:int sha256:hash"},
    {"admin.clock", kAnybody, "from:any to:any boot:any"},
    {"admin.upgrade", kAnybody, "from:any to:any"},
    {"admin.inventory", kAnybody, "parts:any"},
    {"erase.order", kKeepers, "commits:[commit] objects:[{old!:old new:ref}] ground:any requested_by:commit approver!:actor"},
    {"erase.done", kKeepers, "order!:@erase.order counts:any method:any"},
    {"anchor", kAnybody, "size!:int root!:hash place:any receipt:ref"},
    {"key.rotate", kKeepers, "vkey!:text sig!:text reason!:text trusted_size:int"},
    {"key.revoke", kKeepers, "vkey!:text trusted_size:int"},
});
#undef HONE_DATASET
static_assert(kRows.size() <= 64, "a KindSet has a bit for each kind");

// clang-format off
constexpr std::array<std::pair<std::string_view, Field::Type>, 12> kTypes{{
    {"any", Field::kAny}, {"text", Field::kText}, {"int", Field::kInteger}, {"bool", Field::kBoolean}, {"hash", Field::kHash}, {"hex32", Field::kHex32},
    {"actor", Field::kActor}, {"commit", Field::kCommit}, {"ref", Field::kMade}, {"used", Field::kUsed}, {"old", Field::kOld}, {"time", Field::kTime}}};

constexpr std::array<std::pair<std::string_view, Role>, 6> kRoles{{
    {"annotator", kAnnotator}, {"reviewer", kReviewer}, {"developer", kDeveloper}, {"admin", kAdmin}, {"auditor", kAuditor}, {"system", kSystem}}};
// clang-format on

bool are_digits(std::string_view text, std::initializer_list<std::pair<std::size_t, std::size_t>> ranges) {
  for (const auto& [begin, end] : ranges) {
    for (std::size_t at = begin; at < end; ++at) {
      if (text[at] < '0' || text[at] > '9') return false;
    }
  }
  return true;
}

unsigned number(std::string_view text, std::size_t at) {
  return static_cast<unsigned>(text[at] - '0') * 10 + static_cast<unsigned>(text[at + 1] - '0');
}

unsigned days_of(unsigned year, unsigned month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Reads the table's own notation. What is wrong there is a defect of ours, found by the first run.
class Notation {
 public:
  explicit Notation(std::string_view text) : text_(text) {}

  std::vector<Field> fields() {
    std::vector<Field> found;
    for (; !text_.empty() && text_[0] != '}'; skip(' ')) {
      const std::size_t colon = text_.find(':');
      if (colon == std::string_view::npos) throw std::logic_error("no type in the table of kinds");
      Field field;
      field.required = text_[colon - 1] == '!';
      field.key = text_.substr(0, field.required ? colon - 1 : colon);
      text_.remove_prefix(colon + 1);
      read_type(field);
      found.push_back(std::move(field));
    }
    std::ranges::sort(found, {}, &Field::key);
    return found;
  }

 private:
  void skip(char c) {
    if (!text_.empty() && text_[0] == c) text_.remove_prefix(1);
  }

  void read_type(Field& field) {
    if (text_[0] == '{') {
      skip('{');
      field.type = Field::kObject;
      field.fields = fields();
      return skip('}');
    }
    if (text_[0] == '[') {
      skip('[');
      field.type = Field::kArray;
      read_type(field.element.emplace_back());
      return skip(']');
    }
    const std::string_view word = text_.substr(0, text_.find_first_of(" ]}"));
    text_.remove_prefix(word.size());
    if (word[0] == '@') {
      field.type = Field::kSeq;
      field.kinds = kinds_named(word.substr(1));
      return;
    }
    const auto type = std::ranges::find(kTypes, word, [](const auto& row) { return row.first; });
    if (type == kTypes.end()) throw std::logic_error("no such type in the table of kinds: " + std::string(word));
    field.type = type->second;
  }

  std::string_view text_;
};

class BodyReader {
 public:
  BodyReader(const EventText& event, Mentions& mentions) : event_(event), mentions_(mentions) {}

  // Keys and fields are both sorted, so they are walked through together.
  void read_object(const Value& object, const std::vector<Field>& fields) {
    auto field = fields.begin();
    event_.each(&object, [&](const Value& member) {
      const std::string_view key = event_.key(member);
      for (; field != fields.end() && field->key < key; ++field) missing(*field);
      if (field == fields.end() || field->key != key) {
        ++mentions_.unknown_keys;
        return;
      }
      read(member, *field, key);
      ++field;
    });
    for (; field != fields.end(); ++field) missing(*field);
  }

 private:
  void read(const Value& value, const Field& field, std::string_view key) {
    const bool is_text = value.type == Value::kString;
    const std::string_view text = event_.text(value);
    switch (field.type) {
      case Field::kAny:
        return;
      case Field::kText:
        return want(is_text, key, "a text");
      case Field::kInteger:
        return want(value.type == Value::kInteger, key, "an integer");
      case Field::kBoolean:
        return want(value.type == Value::kBoolean, key, "true or false");
      case Field::kHash:
        return want(is_text && is_hex(text, 64), key, "64 hex digits");
      case Field::kHex32:
        return want(is_text && is_hex(text, 32), key, "32 hex digits");
      case Field::kTime:
        return want(is_text && is_time(text), key, "UTC in microseconds, 27 characters");
      case Field::kActor:
        return want(is_text && is_actor(text), key, "a person, program part or key");
      case Field::kCommit:
        return read_commit(value, key);
      case Field::kSeq:
        want(value.type == Value::kInteger, key, "the number of an event");
        if (value.type == Value::kInteger)
          mentions_.seqs.push_back({event_.integer(value), field.kinds, key}), mentions_.supersedes |= key == "supersedes";
        return;
      case Field::kMade:
      case Field::kUsed:
      case Field::kOld:
        return read_ref(value, field.type, key);
      case Field::kObject:
        want(value.type == Value::kObject, key, "an object");
        if (value.type == Value::kObject) read_object(value, field.fields);
        return;
      case Field::kArray:
        want(value.type == Value::kArray, key, "an array");
        if (value.type == Value::kArray) event_.each(&value, [&](const Value& element) { read(element, field.element[0], key); });
        return;
    }
  }

  void read_ref(const Value& value, Field::Type type, std::string_view key) {
    const std::string_view hash = event_.string(&value, "hash");
    const std::string_view media = event_.string(&value, "media");
    const std::int64_t bytes = event_.integer(&value, "bytes");
    const bool is_ref = is_hex(hash, 64) && bytes >= 0 && !media.empty();
    want(is_ref, key, "an object {bytes, hash, media}");
    if (!is_ref) return;
    count_unknown(value, 3);
    mentions_.objects.push_back({hash_from(from_hex(hash)), static_cast<std::uint64_t>(bytes), type, media == kRefsMedia});
  }

  void read_commit(const Value& value, std::string_view key) {
    const std::string_view commit = event_.string(&value, "commit"), payload = event_.string(&value, "payload");
    const bool is_commit = is_hex(commit, 64) && is_hex(payload, 32);
    want(is_commit, key, "a commitment {commit, payload}");
    if (!is_commit) return;
    count_unknown(value, 2);
    mentions_.commits.push_back({from_hex(payload), hash_from(from_hex(commit))});
  }

  void count_unknown(const Value& object, std::size_t known) {
    std::size_t members = 0;
    event_.each(&object, [&](const Value&) { ++members; });
    mentions_.unknown_keys += members - known;
  }

  void want(bool holds, std::string_view key, const char* what) {
    if (!holds) mentions_.wrong.push_back("'" + std::string(key) + "' is not " + what);
  }

  void missing(const Field& field) {
    if (field.required) mentions_.wrong.push_back("no '" + field.key + "'");
  }

  const EventText& event_;
  Mentions& mentions_;
};

}  // namespace

unsigned role_named(std::string_view name) {
  const auto role = std::ranges::find(kRoles, name, [](const auto& row) { return row.first; });
  return role == kRoles.end() ? 0u : role->second;
}

std::string_view role_name(unsigned role) {
  const auto found = std::ranges::find(kRoles, role, [](const auto& row) { return row.second; });
  return found == kRoles.end() ? "no role" : found->first;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = [] {
    std::vector<Kind> read;
    for (const Row& row : kRows) read.push_back({row.name, row.roles, Notation("at:time " + std::string(row.body)).fields()});
    return read;
  }();
  return all;
}

std::uint8_t kind_named(std::string_view name) {
  const auto row = std::ranges::find(kRows, name, &Row::name);
  return row == kRows.end() ? kNoKind : static_cast<std::uint8_t>(row - kRows.begin());
}

KindSet kinds_named(std::string_view names) {
  KindSet set = 0;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find('|'));
    const std::uint8_t kind = kind_named(name);
    if (kind == kNoKind) throw std::logic_error("no such kind in the table of kinds: " + std::string(name));
    set |= KindSet{1} << kind;
    names.remove_prefix(std::min(name.size() + 1, names.size()));
  }
  return set;
}

std::string names_of(KindSet set) {
  std::string names;
  for (std::size_t kind = 0; kind < kRows.size(); ++kind) {
    if ((set >> kind & 1) != 0) names += (names.empty() ? "" : " or ") + std::string(kRows[kind].name);
  }
  return names;
}

bool is_actor(std::string_view text) {
  if (text.size() < 3 || text.size() > 66 || text[1] != ':') return false;
  const std::string_view name = text.substr(2);
  const auto all = [&](auto is) { return std::ranges::all_of(name, is); };
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text[0] == 'p') return name.size() == 16 && all(is_word);
  if (text[0] == 'k') return is_hex(name, 8);
  return text[0] == 's' && all([&](char c) { return is_word(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_time(std::string_view text) {
  if (text.size() != 27 || !are_digits(text, {{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}, {20, 26}})) return false;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[26] != 'Z')
    return false;
  const unsigned year = number(text, 0) * 100 + number(text, 2), month = number(text, 5), day = number(text, 8);
  return month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month) && number(text, 11) < 24 && number(text, 14) < 60 &&
         number(text, 17) < 60;
}

void Mentions::clear() {
  seqs.clear();
  objects.clear();
  commits.clear();
  wrong.clear();
  unknown_keys = 0;
  supersedes = false;
}

void read_body(const EventText& event, const Value& body, const Kind& kind, Mentions& mentions) {
  mentions.clear();
  BodyReader(event, mentions).read_object(body, kind.fields);
}

}  // namespace hone::verify
