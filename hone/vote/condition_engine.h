#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/condition.h"

namespace hone {

/// What conditions take from the project.
struct EngineOptions {
  std::vector<std::string> text;  // The project's text fields, at least one; several are read as one text, joined by line feeds.
  char decimal = '.';             // Of numbers in text fields: '.' or ','.
  std::string time_zone = "UTC";  // Of dates without one: UTC or ±HH:MM.

  /// Bytes of one text beyond which conditions on it fail rather than being evaluated. In (0, 2^28].
  std::size_t max_text_bytes = 1 << 26;

  void validate() const;  // Throws kInvalidArgument, naming the field.
};

/// A condition that is neither true nor false on a row, because of a value that it cannot read.
struct ConditionFailure {
  std::uint32_t row = 0;
  std::uint32_t condition = 0;
  std::string what;  // "field 'amount': 'n/a' is not a number"
};

/// Bytes of a text.
struct TextSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const TextSpan&) const = default;
};

/// Many conditions compiled together: each text field is scanned once for the words and patterns of all of them, and a
/// condition is looked at again only on rows where one of its own was found, so that cost hardly grows with their number.
///
///     ConditionEngine engine(conditions, {.text = {"body"}});
///     std::vector<std::vector<std::uint32_t>> hits;
///     engine.evaluate(batch, hits);   // hits[c] are the rows on which conditions[c] holds
///
/// Immutable: any number of threads may evaluate at the same time; each takes about 1 MiB while it does.
class ConditionEngine {
 public:
  /// Copies what it needs. Throws kInvalidArgument for options out of range.
  ConditionEngine(std::span<const Condition* const> conditions, const EngineOptions& options);
  ~ConditionEngine();
  ConditionEngine(ConditionEngine&&) noexcept;
  ConditionEngine& operator=(ConditionEngine&&) noexcept;

  std::size_t size() const;

  /// The fields that the conditions read, in alphabetical order.
  std::vector<std::string> columns() const;

  /// Sets hits[c] to the rows of the batch on which condition c holds, ascending, and appends to `failures`, where it is
  /// given, by ascending row and condition. Columns may be text, numbers, booleans or times. Throws kNotFound when a column
  /// is missing.
  void evaluate(const arrow::RecordBatch& batch, std::vector<std::vector<std::uint32_t>>& hits,
                std::vector<ConditionFailure>* failures = nullptr) const;

  /// Where the words and patterns of a condition stand in one text of `field` (empty: the project's text), in order and
  /// without overlap, with the neighbours of a `context`; those under `none` and `not` are left out, since they are not why it holds. Of a
  /// part that asks for places (count, position, context, a capture) only those that make it true. For showing, not for loops. REQUIRES:
  /// valid UTF-8.
  std::vector<TextSpan> spans(std::size_t condition, std::string_view field, std::string_view text) const;

 private:
  struct Plan;
  struct Scratch;
  class Evaluation;
  std::unique_ptr<const Plan> plan_;
};

}  // namespace hone
