#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hone/data/import.h"

namespace hone {

enum class ColumnKind { kText, kNumber, kDate, kCategory, kId };
std::string_view to_string(ColumnKind kind);

/// What a column looks like in the rows that were looked at.
struct SniffedColumn {
  std::string name;
  ColumnKind kind = ColumnKind::kText;
  std::uint64_t distinct = 0;         // Different values that are not empty.
  std::uint64_t empty = 0;            // Rows without a value.
  double mean_characters = 0;         // Of values that are not empty.
  double mean_words = 0;              // Of these, as blanks part them.
  std::vector<std::string> examples;  // At most three different values, each of at most 80 characters.
};

/// A column that could serve a purpose, and why.
struct SniffedChoice {
  std::string column;
  std::string reason;  // "its values are all different"
};

/// Columns that are known better than they can be guessed; an empty name: none.
struct SniffOptions {
  std::optional<std::string> id, text, label, group;
};

/// What `hone init` says about a file before it is imported.
struct SniffedFile {
  ReadOptions read;
  bool had_bom = false;
  bool has_header = true;  // False: the first line looks like data, as an assumption says.
  std::uint64_t rows = 0;  // Looked at.
  double bad_rows = 0;     // Share of the rows that cannot be used.
  std::vector<SniffedColumn> columns;
  std::vector<std::string> assumptions;  // "encoding: UTF-8 (all of the first 4 MiB is valid UTF-8)", "delimiter: ';' …", …
  std::optional<SniffedChoice> id, text, label, group;
  std::vector<std::vector<std::string>> first_rows;  // At most three, by column.
};

/// Looks at no more than the first 4 MiB (unpacked) of a text file and the first 20,000 rows. Throws as open_table(), kNotFound for a
/// column of `options` that is not there, and kInvalidArgument for a file without any row or of bytes that are no text; each says what to
/// do.
SniffedFile sniff(const std::filesystem::path& path, const SniffOptions& options = {});

}  // namespace hone
