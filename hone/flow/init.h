#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hone/data/sniff.h"

namespace hone {

/// What init_project() saw and wrote.
struct Initialised {
  std::filesystem::path file;          // The hone.yaml.
  SniffedFile seen;                    // Of the first data file: assumptions, columns, first rows.
  std::string text, id, label, group;  // Columns chosen; empty where none fits.
  std::vector<std::string> classes;    // Of the label column, most frequent first; or two to be renamed.
};

/// Looks at `from` and writes DIR/hone.yaml: every key with its doc line as a comment, columns chosen from what they look like,
/// and first labeling functions (where labels are known, words that tell the most frequent classes apart, found in every second of the
/// first rows), so that `hone run` works at once. Throws kInvalidArgument when hone.yaml is there already or the
/// file has no column of text, and what sniff() throws.
Initialised init_project(const std::filesystem::path& folder, const std::filesystem::path& from);

}  // namespace hone
