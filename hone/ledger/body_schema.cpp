#include "hone/ledger/body_schema.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <functional>

#include "hone/core/error.h"
#include "hone/core/json.h"

namespace hone {

struct BodySchema::Type {
  struct Member {
    std::string name;
    bool optional = false;
    std::unique_ptr<Type> type;
  };
  enum class Form { kWord, kList, kObject, kOneOf };

  Form form = Form::kWord;
  std::string word;                  // kWord: its name.
  std::unique_ptr<Type> element;     // kList.
  std::vector<Member> members;       // kObject.
  std::vector<std::string> choices;  // kOneOf.
};

namespace {

using Type = BodySchema::Type;
using Json = nlohmann::json;

bool is_whole(const Json& value) { return value.is_number_integer(); }

bool is_between(const Json& value, long long least, long long most) {
  if (!is_whole(value)) return false;
  if (value.is_number_unsigned() && value.get<unsigned long long>() > static_cast<unsigned long long>(most)) return false;
  return value.get<long long>() >= least && value.get<long long>() <= most;
}

constexpr long long kMaxCount = (1LL << 53) - 1;

bool is_text(const Json& value, const std::function<bool(std::string_view)>& fits) {
  return value.is_string() && fits(value.get_ref<const std::string&>());
}

bool has_only(const Json& value, std::initializer_list<std::pair<const char*, std::function<bool(const Json&)>>> members) {
  if (!value.is_object() || value.size() != members.size()) return false;
  return std::ranges::all_of(members, [&](const auto& member) {
    const auto found = value.find(member.first);
    return found != value.end() && member.second(*found);
  });
}

bool is_count(const Json& value) { return is_between(value, 0, kMaxCount); }
bool is_hash(const Json& value) {
  return is_text(value, [](std::string_view text) { return is_lower_hex(text, 64); });
}
bool is_key(const Json& value) {
  return is_text(value, [](std::string_view text) { return is_lower_hex(text, 32); });
}
bool is_filled(const Json& value) {
  return is_text(value, [](std::string_view text) { return !text.empty(); });
}

bool is_ref(const Json& value) { return has_only(value, {{"bytes", is_count}, {"hash", is_hash}, {"media", is_filled}}); }
bool is_commit(const Json& value) { return has_only(value, {{"commit", is_hash}, {"payload", is_key}}); }
bool is_counts(const Json& value) { return value.is_object() && std::ranges::all_of(value, is_count); }

struct Word {
  std::string_view name;
  std::string_view description;
  bool (*fits)(const Json&);
};

constexpr std::array kWords = {
    Word{"text", "a text that is not empty", is_filled},
    Word{"word", "a text", [](const Json& value) { return value.is_string(); }},
    Word{"count", "a whole number, 0 or more", is_count},
    Word{"int", "a whole number", is_whole},
    Word{"ppm", "a share in millionths, 0 to 1000000", [](const Json& value) { return is_between(value, 0, 1'000'000); }},
    Word{"ppb", "a share in billionths, 0 to 1000000000", [](const Json& value) { return is_between(value, 0, 1'000'000'000); }},
    Word{"bool", "true or false", [](const Json& value) { return value.is_boolean(); }},
    Word{"hash", "64 digits of lower-case hex", is_hash},
    Word{"key", "32 digits of lower-case hex", is_key},
    Word{"time", "a time like 2026-01-05T09:30:00.000123Z", [](const Json& value) { return is_text(value, is_utc_time); }},
    Word{"actor", "an actor: p:…, s:… or k:…", [](const Json& value) { return is_text(value, is_actor); }},
    Word{"role", "a role: annotator, reviewer, developer, admin, auditor or system",
         [](const Json& value) { return is_text(value, is_role); }},
    Word{"event", "the number of an earlier event", is_count},
    Word{"ref", "an object's {bytes, hash, media}", is_ref},
    Word{"commit", "a commitment's {commit, payload}", is_commit},
    Word{"counts", "an object of counts", is_counts},
    Word{"any", "anything", [](const Json&) { return true; }},
};

const Word* find_word(std::string_view name) {
  const auto* const found = std::ranges::find(kWords, name, &Word::name);
  return found == kWords.end() ? nullptr : found;
}

// Reads a schema's text.
class SchemaReader {
 public:
  explicit SchemaReader(std::string_view text) : text_(text) {}

  std::unique_ptr<Type> read() {
    auto type = members('\0');
    if (!text_.empty()) fail();
    return type;
  }

 private:
  [[noreturn]] void fail() const { throw Error(ErrorCode::kInternal, "no schema: …" + std::string(text_)); }

  bool take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char expected) {
    if (!take(expected)) fail();
  }
  std::string name() {
    const std::size_t end = std::min(text_.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-"), text_.size());
    if (end == 0) fail();
    const std::string found(text_.substr(0, end));
    text_.remove_prefix(end);
    return found;
  }

  std::unique_ptr<Type> members(char end) {
    auto type = std::make_unique<Type>();
    type->form = Type::Form::kObject;
    while (!text_.empty() && text_.front() != end) {
      Type::Member member{.name = name(), .optional = take('?'), .type = nullptr};
      expect(':');
      member.type = any_type();
      type->members.push_back(std::move(member));
      while (take(' ')) continue;
    }
    return type;
  }

  std::unique_ptr<Type> any_type() {
    if (take('{')) {
      auto type = members('}');
      expect('}');
      return type;
    }
    auto type = std::make_unique<Type>();
    if (take('[')) {
      type->form = Type::Form::kList;
      type->element = any_type();
      expect(']');
    } else if (take('(')) {
      type->form = Type::Form::kOneOf;
      do type->choices.push_back(name());
      while (take('|'));
      expect(')');
    } else {
      type->word = name();
      if (!find_word(type->word)) fail();
    }
    return type;
  }

  std::string_view text_;
};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::kInvalidArgument, where + " " + what);
}

void check_type(const Type& type, const Json& value, const std::string& where);

void check_object(const Type& type, const Json& value, const std::string& where) {
  if (!value.is_object()) refuse(where, "is not an object");
  std::size_t known = 0;
  for (const Type::Member& member : type.members) {
    const auto found = value.find(member.name);
    if (found == value.end() && !member.optional) refuse(where, "has no '" + member.name + "'");
    if (found == value.end()) continue;
    ++known;
    check_type(*member.type, *found, where + "." + member.name);
  }
  if (known == value.size()) return;
  for (const auto& [key, member] : value.items())
    if (std::ranges::find(type.members, key, &Type::Member::name) == type.members.end()) refuse(where, "has an unknown key '" + key + "'");
}

void check_list(const Type& type, const Json& value, const std::string& where) {
  if (!value.is_array()) refuse(where, "is not a list");
  for (const Json& element : value) check_type(*type.element, element, where + "[]");
}

void check_choice(const Type& type, const Json& value, const std::string& where) {
  const auto is = [&](const std::string& choice) { return value.is_string() && value.get_ref<const std::string&>() == choice; };
  if (std::ranges::any_of(type.choices, is)) return;
  std::string all;
  for (const std::string& choice : type.choices) all += (all.empty() ? "" : ", ") + choice;
  refuse(where, "is none of " + all);
}

void check_type(const Type& type, const Json& value, const std::string& where) {
  switch (type.form) {
    case Type::Form::kObject:
      return check_object(type, value, where);
    case Type::Form::kList:
      return check_list(type, value, where);
    case Type::Form::kOneOf:
      return check_choice(type, value, where);
    case Type::Form::kWord:
      const Word& word = *find_word(type.word);
      if (!word.fits(value)) refuse(where, "is not " + std::string(word.description));
  }
}

void collect_events(const Type& type, std::string_view name, const Json& value, std::vector<BodySchema::NamedEvent>& events) {
  if (type.form == Type::Form::kWord && type.word == "event") events.push_back({name, value.get<std::uint64_t>()});
  if (type.form == Type::Form::kList)
    for (const Json& element : value) collect_events(*type.element, name, element, events);
  if (type.form == Type::Form::kObject)
    for (const Type::Member& member : type.members)
      if (const auto found = value.find(member.name); found != value.end()) collect_events(*member.type, member.name, *found, events);
}

}  // namespace

BodySchema::BodySchema(std::string_view text) : type_(SchemaReader(text).read()) {}
BodySchema::~BodySchema() = default;
BodySchema::BodySchema(BodySchema&&) noexcept = default;

void BodySchema::check(const nlohmann::json& body, const std::string& where) const { check_type(*type_, body, where); }

std::vector<BodySchema::NamedEvent> BodySchema::events_named(const nlohmann::json& body) const {
  std::vector<NamedEvent> events;
  collect_events(*type_, "", body, events);
  return events;
}

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         std::ranges::all_of(text, [](char digit) { return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'); });
}

bool is_utc_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000000Z";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != kForm.size()) return false;
  for (std::size_t at = 0; at < kForm.size(); ++at)
    if (kForm[at] == '0' ? !is_digit(text[at]) : text[at] != kForm[at]) return false;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t digit = 0; digit < digits; ++digit) value = 10 * value + (text[at + digit] - '0');
    return value;
  };
  using namespace std::chrono;
  const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))), day(static_cast<unsigned>(number(8, 2))));
  return date.ok() && number(11, 2) < 24 && number(14, 2) < 60 && number(17, 2) < 60;
}

bool is_actor(std::string_view text) {
  constexpr std::size_t kPersonDigits = 16, kKeyDigits = 8, kMaxName = 64;
  if (text.size() < 3 || text[1] != ':') return false;
  const std::string_view rest = text.substr(2);
  switch (text[0]) {
    case 'p':
      return rest.size() == kPersonDigits && rest.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
    case 'k':
      return is_lower_hex(rest, kKeyDigits);
    case 's':
      return rest.size() <= kMaxName && rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") == std::string_view::npos;
    default:
      return false;
  }
}

bool is_role(std::string_view text) {
  constexpr std::array<std::string_view, 6> kRoles = {"annotator", "reviewer", "developer", "admin", "auditor", "system"};
  return std::ranges::find(kRoles, text) != kRoles.end();
}

const std::string& text_of(const nlohmann::json& body, const char* member) { return body.at(member).get_ref<const std::string&>(); }

}  // namespace hone
