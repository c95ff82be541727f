#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hone/data/sniff.h"

namespace hone {

/// A first labeling function.
struct Starter {
  std::string name, class_name;
  std::vector<std::string> words;
  std::uint64_t rows = 0;   // Of the train rows looked at that hold one.
  std::uint64_t right = 0;  // Of these, rows of the class; 0 where no labels are known.
  bool tells = true;        // False: the class is not even likely where the word stands.
};

/// What init_project() saw and wrote.
struct Initialised {
  std::filesystem::path file;          // The hone.yaml.
  SniffedFile seen;                    // Of the data file: assumptions, columns, first rows.
  std::string text, id, label, group;  // Columns chosen; empty where none fits.
  std::vector<std::string> classes;    // Of the label column, most frequent first; or two to be renamed.
  std::vector<Starter> starters;       // Written as sources.
  std::vector<Starter> drafts;         // Written as comments, to be tried.
  bool trains = true;                  // False: `model: none`, as an assumption says.
};

/// Looks at `from` and writes DIR/hone.yaml, so that `hone run` works at once: every key with its doc line as a comment, columns chosen
/// from what they look like unless `options` names them, and first labeling functions. Where labels are known these are words that tell
/// the most frequent classes apart, found in rows of the train split alone, so that valid and test judge them fairly; else two frequent
/// words. Throws kInvalidArgument when hone.yaml is there already or the file has no column of text, and what sniff() throws.
Initialised init_project(const std::filesystem::path& folder, const std::filesystem::path& from, const SniffOptions& options = {});

}  // namespace hone
