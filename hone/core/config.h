#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hone/core/error.h"

namespace hone {

/// A settings file as a tree that knows where each part stands, so that every complaint names file, line
/// and column (in bytes). Read from YAML within limits that keep hostile files harmless: 1 MiB, depth 32, no anchors,
/// aliases, tags or merge keys, no key twice, no control characters.
///
///     ConfigNode root = ConfigNode::parse_yaml(text, "hone.yaml");
///     root.allow_keys({"data", "task"});               // throws "hone.yaml:7:1: unknown key 'dta'; did you mean 'data'?"
///     std::string field = root.at("data").at("id").text();
class ConfigNode {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };
  using Entry = std::pair<std::string, ConfigNode>;

  /// A null without a place.
  ConfigNode() = default;

  /// Throws kInvalidProject with file, line and column where the text is not YAML or breaks a limit.
  static ConfigNode parse_yaml(std::string_view text, const std::string& file);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_scalar() const { return kind_ == Kind::kScalar; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_map() const { return kind_ == Kind::kMap; }

  const std::string& file() const { return file_; }
  int line() const { return line_; }  // From 1; 0 for a node without a place.
  int column() const { return column_; }

  // What a node holds. Each throws kInvalidProject, saying what stands there and what was expected.
  const std::string& text() const;  // The scalar as it is written: 00123 stays "00123".
  double number() const;            // Finite.
  std::int64_t integer() const;
  bool boolean() const;  // true or false.
  const std::vector<ConfigNode>& items() const;
  const std::vector<Entry>& entries() const;  // In the order of the file.
  std::vector<std::string> texts() const;     // One scalar, or a list of scalars.

  /// The value of a key of a map, or nullptr.
  const ConfigNode* find(std::string_view key) const;
  /// The same; throws, naming the missing key.
  const ConfigNode& at(std::string_view key) const;

  /// Throws unless this is a map whose keys are all among `keys`; names the nearest known one.
  void allow_keys(std::initializer_list<std::string_view> keys) const;

  /// An error that begins with "file:line:column: ".
  Error error(const std::string& message) const;

  /// The same content without places, keys sorted, for options: plain (unquoted) scalars that are numbers or booleans
  /// become such. What begins with an idle 0 (00123) or holds more digits than 64 bits stays text.
  nlohmann::json to_json() const;

  /// The same with every scalar as it is written: what versions are hashed from wherever text() is read, since there
  /// `1.0` and `1.00` are two terms.
  nlohmann::json to_json_as_written() const;

  /// One scalar node, for values that do not come from a file.
  static ConfigNode scalar(std::string text);

 private:
  friend class YamlReader;

  nlohmann::json to_json(nlohmann::json (ConfigNode::*leaf)() const) const;
  nlohmann::json typed_scalar() const;
  nlohmann::json written_scalar() const;

  Kind kind_ = Kind::kNull;
  bool quoted_ = false;
  std::string text_;
  std::vector<ConfigNode> items_;
  std::vector<Entry> entries_;
  std::string file_;
  int line_ = 0;
  int column_ = 0;
  int key_line_ = 0;  // Where the key stands whose value this is.
  int key_column_ = 0;
};

}  // namespace hone
