#include "hone/core/config.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>

#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 32;

std::string place(const std::string& file, int line, int column) {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": ";
}

std::optional<double> as_number(const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Digits behind a 0 that means nothing: a number would lose them.
bool has_idle_zero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

bool is_whole(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789", text.starts_with('-')) == std::string_view::npos;
}

// YAML allows no control characters but tab and line breaks; the parser would take U+0004 for the end of the file and a
// leading NUL for UTF-16.
void refuse_control_characters(std::string_view text, const std::string& file) {
  int line = 1, column = 1;
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
      throw Error(ErrorCode::kInvalidProject,
                  place(file, line, column) + "a control character (byte " + std::to_string(byte) + ") cannot stand here; take it out");
    ++column;
    if (byte == '\n') ++line, column = 1;
  }
}

std::string place_of(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? file + ": " : place(file, mark.line + 1, mark.column + 1);
}

std::string_view kind_name(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::kNull:
      return "nothing";
    case ConfigNode::Kind::kScalar:
      return "a single value";
    case ConfigNode::Kind::kList:
      return "a list";
    case ConfigNode::Kind::kMap:
      return "keys with values";
  }
  return "something else";
}

}  // namespace

// Builds the tree from parser events: the limits hold before anything is built, and anchors, aliases and
// tags, which carry the bombs, are refused where they stand.
class YamlReader : public YAML::EventHandler {
 public:
  explicit YamlReader(std::string file) : file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { fail(mark, "anchors are not allowed"); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { fail(mark, "aliases are not allowed"); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, node(mark, ConfigNode::Kind::kNull, "?", anchor)); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    if (value.find('\0') != std::string::npos) fail(mark, "a NUL character cannot stand in a value");
    // The parser makes single bytes of these two escapes, which is no UTF-8.
    if (!is_valid_utf8(value)) fail(mark, "the escapes \\N and \\_ are not allowed: write \\u0085 and \\u00a0");
    ConfigNode scalar = node(mark, ConfigNode::Kind::kScalar, tag, anchor);
    scalar.quoted_ = tag == "!";
    scalar.text_ = value;
    if (!scalar.quoted_ && (value == "null" || value == "~" || value.empty())) scalar.kind_ = ConfigNode::Kind::kNull;
    add(mark, std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, node(mark, ConfigNode::Kind::kList, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, node(mark, ConfigNode::Kind::kMap, tag, anchor));
  }
  void OnMapEnd() override { close(); }

  ConfigNode take() { return std::move(root_); }

 private:
  struct Key {
    std::string text;
    YAML::Mark mark;
  };
  struct Open {
    ConfigNode node;
    std::optional<Key> key;
    std::set<std::string> keys;  // So far.
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    throw Error(ErrorCode::kInvalidProject, place_of(file_, mark) + message);
  }
  ConfigNode node(const YAML::Mark& mark, ConfigNode::Kind kind, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != 0) fail(mark, "anchors are not allowed");
    if (tag.size() > 1) fail(mark, "tags are not allowed: '" + tag + "'");
    ConfigNode made;
    made.kind_ = kind;
    made.file_ = file_;
    made.line_ = mark.line + 1;
    made.column_ = mark.column + 1;
    return made;
  }
  void open(const YAML::Mark& mark, ConfigNode started) {
    if (open_.size() >= kMaxDepth) fail(mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    if (!open_.empty() && open_.back().node.is_map() && !open_.back().key) fail(mark, "a key must be a single value; quote it");
    open_.push_back({std::move(started), std::nullopt, {}});
  }
  void close() {
    ConfigNode done = std::move(open_.back().node);
    open_.pop_back();
    attach(std::move(done));
  }
  void add(const YAML::Mark& mark, ConfigNode leaf) {
    if (!open_.empty() && open_.back().node.is_map() && !open_.back().key) {
      if (!leaf.is_scalar()) fail(mark, "a key must not be empty");
      if (leaf.text_ == "<<" && !leaf.quoted_) fail(mark, "merge keys are not allowed");
      if (!open_.back().keys.insert(leaf.text_).second) fail(mark, "the key '" + leaf.text_ + "' stands here twice");
      open_.back().key = Key{std::move(leaf.text_), mark};
      return;
    }
    attach(std::move(leaf));
  }
  void attach(ConfigNode done) {
    if (open_.empty()) {
      root_ = std::move(done);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_map()) {
      done.key_line_ = parent.key->mark.line + 1;
      done.key_column_ = parent.key->mark.column + 1;
      parent.node.entries_.emplace_back(std::move(parent.key->text), std::move(done));
      parent.key.reset();
    } else {
      parent.node.items_.push_back(std::move(done));
    }
  }

  std::string file_;
  std::vector<Open> open_;
  ConfigNode root_;
};

ConfigNode ConfigNode::parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kMaxBytes)
    throw Error(ErrorCode::kInvalidProject, file + ": larger than 1 MiB; put lists of terms into files of their own");
  if (!is_valid_utf8(text)) throw Error(ErrorCode::kInvalidProject, file + ": not valid UTF-8; save the file as UTF-8");
  refuse_control_characters(text, file);
  YamlReader reader(file);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(reader);
    YamlReader rest(file);
    if (parser.HandleNextDocument(rest))
      throw Error(ErrorCode::kInvalidProject, file + ": holds more than one YAML document, or something after its end; keep one alone");
  } catch (const YAML::Exception& error) {
    throw Error(ErrorCode::kInvalidProject, place_of(file, error.mark) + "not valid YAML: " + error.msg +
                                                "; is a bracket or a quote open, or a text with ':' or '#' without quotes?");
  }
  return reader.take();
}

const std::string& ConfigNode::text() const {
  if (!is_scalar()) throw error("expected a single value, found " + std::string(kind_name(kind_)));
  return text_;
}

double ConfigNode::number() const {
  if (const auto value = as_number(text())) return *value;
  throw error("expected a number, found '" + text_ + "'");
}

std::int64_t ConfigNode::integer() const {
  const double value = number();
  if (value != std::floor(value) || std::abs(value) > 9e15) throw error("expected a whole number, found '" + text_ + "'");
  return static_cast<std::int64_t>(value);
}

bool ConfigNode::boolean() const {
  if (text() == "true") return true;
  if (text() == "false") return false;
  throw error("expected true or false, found '" + text_ + "'");
}

const std::vector<ConfigNode>& ConfigNode::items() const {
  if (!is_list()) throw error("expected a list, found " + std::string(kind_name(kind_)));
  return items_;
}

const std::vector<ConfigNode::Entry>& ConfigNode::entries() const {
  if (!is_map()) throw error("expected keys with values, found " + std::string(kind_name(kind_)));
  return entries_;
}

std::vector<std::string> ConfigNode::texts() const {
  if (is_scalar()) return {text_};
  if (!is_list()) throw error("expected a value or a list of values, found " + std::string(kind_name(kind_)));
  std::vector<std::string> values;
  for (const ConfigNode& item : items_) values.push_back(item.text());
  return values;
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const Entry& entry : entries_)
    if (entry.first == key) return &entry.second;
  return nullptr;
}

const ConfigNode& ConfigNode::at(std::string_view key) const {
  entries();
  if (const ConfigNode* value = find(key)) return *value;
  throw error("the key '" + std::string(key) + "' is missing here");
}

void ConfigNode::allow_keys(std::initializer_list<std::string_view> keys) const {
  const std::vector<std::string> known(keys.begin(), keys.end());
  for (const auto& [key, value] : entries()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    throw Error(ErrorCode::kInvalidProject,
                place(file_, value.key_line_, value.key_column_) + "unknown key '" + key + "'" + suggestion(key, known));
  }
}

Error ConfigNode::error(const std::string& message) const {
  return Error(ErrorCode::kInvalidProject, line_ > 0 ? place(file_, line_, column_) + message : message);
}

nlohmann::json ConfigNode::to_json() const { return to_json(&ConfigNode::typed_scalar); }

nlohmann::json ConfigNode::to_json_as_written() const { return to_json(&ConfigNode::written_scalar); }

nlohmann::json ConfigNode::to_json(nlohmann::json (ConfigNode::*leaf)() const) const {
  nlohmann::json json;
  if (is_scalar()) return (this->*leaf)();
  if (is_list()) json = nlohmann::json::array();
  if (is_map()) json = nlohmann::json::object();
  for (const ConfigNode& item : items_) json.push_back(item.to_json(leaf));
  for (const auto& [key, value] : entries_) json[key] = value.to_json(leaf);
  return json;
}

nlohmann::json ConfigNode::typed_scalar() const {
  if (quoted_ || has_idle_zero(text_)) return text_;
  if (text_ == "true" || text_ == "false") return text_ == "true";
  if (is_whole(text_)) {
    std::int64_t whole = 0;
    const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), whole);
    return error == std::errc() && stop == text_.data() + text_.size() ? nlohmann::json(whole) : nlohmann::json(text_);
  }
  if (const auto value = as_number(text_)) return *value;
  return text_;
}

nlohmann::json ConfigNode::written_scalar() const { return text_; }

ConfigNode ConfigNode::scalar(std::string text) {
  ConfigNode node;
  node.kind_ = Kind::kScalar;
  node.quoted_ = true;
  node.text_ = std::move(text);
  return node;
}

}  // namespace hone
