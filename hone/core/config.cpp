#include "hone/core/config.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

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
  struct Open {
    ConfigNode node;
    std::optional<std::string> key;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    throw Error(ErrorCode::kInvalidProject, place(file_, mark.line + 1, mark.column + 1) + message);
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
    if (!open_.empty() && open_.back().node.is_map() && !open_.back().key) fail(mark, "a key must be a single value");
    open_.push_back({std::move(started), std::nullopt});
  }
  void close() {
    ConfigNode done = std::move(open_.back().node);
    open_.pop_back();
    attach(std::move(done));
  }
  void add(const YAML::Mark& mark, ConfigNode leaf) {
    if (!open_.empty() && open_.back().node.is_map() && !open_.back().key) {
      if (!leaf.is_scalar()) fail(mark, "a key must not be empty");
      if (open_.back().node.find(leaf.text_)) fail(mark, "the key '" + leaf.text_ + "' stands here twice");
      if (leaf.text_ == "<<" && !leaf.quoted_) fail(mark, "merge keys are not allowed");
      open_.back().key = std::move(leaf.text_);
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
      parent.node.entries_.emplace_back(std::move(*parent.key), std::move(done));
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
  YamlReader reader(file);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(reader);
    YamlReader rest(file);
    if (parser.HandleNextDocument(rest)) throw Error(ErrorCode::kInvalidProject, file + ": holds more than one YAML document");
  } catch (const YAML::Exception& error) {
    throw Error(ErrorCode::kInvalidProject, place(file, error.mark.line + 1, error.mark.column + 1) + "not valid YAML: " + error.msg);
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
                place(file_, value.line() > 0 ? value.line() : line_, column_) + "unknown key '" + key + "'" + suggestion(key, known));
  }
}

Error ConfigNode::error(const std::string& message) const {
  return Error(ErrorCode::kInvalidProject, line_ > 0 ? place(file_, line_, column_) + message : message);
}

nlohmann::json ConfigNode::to_json() const {
  switch (kind_) {
    case Kind::kNull:
      return nullptr;
    case Kind::kScalar: {
      if (quoted_) return text_;
      if (text_ == "true" || text_ == "false") return text_ == "true";
      const bool plain_number = text_ == "0" || !text_.starts_with('0') || text_.starts_with("0.");
      if (const auto value = as_number(text_); value && plain_number) return *value;
      return text_;
    }
    case Kind::kList: {
      nlohmann::json list = nlohmann::json::array();
      for (const ConfigNode& item : items_) list.push_back(item.to_json());
      return list;
    }
    case Kind::kMap: {
      nlohmann::json map = nlohmann::json::object();
      for (const auto& [key, value] : entries_) map[key] = value.to_json();
      return map;
    }
  }
  return nullptr;
}

ConfigNode ConfigNode::scalar(std::string text) {
  ConfigNode node;
  node.kind_ = Kind::kScalar;
  node.quoted_ = true;
  node.text_ = std::move(text);
  return node;
}

}  // namespace hone
