#include <fnmatch.h>

#include <algorithm>
#include <unordered_set>

#include "hone/core/error.h"
#include "hone/data/file_advice_internal.h"
#include "hone/data/import.h"

namespace hone {
namespace {

namespace fs = std::filesystem;

bool is_glob(const std::string& part) { return part.find_first_of("*?[") != std::string::npos; }

std::vector<fs::path> entries_matching(const fs::path& folder, const std::string& pattern) {
  std::vector<fs::path> matches;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable))
    if (::fnmatch(pattern.c_str(), entry.path().filename().c_str(), FNM_PERIOD) == 0) matches.push_back(entry.path());
  return matches;
}

// One part of the pattern after the other, each from all that matched so far. Stars in the folder's own name mean themselves.
std::vector<fs::path> matches_of(const fs::path& folder, const fs::path& pattern) {
  std::vector<fs::path> matches{pattern.is_absolute() ? pattern.root_path() : fs::absolute(folder)};
  for (const fs::path& part : pattern.relative_path()) {
    std::vector<fs::path> longer;
    for (const fs::path& match : matches) {
      if (!is_glob(part.string())) {
        if (fs::exists(match / part)) longer.push_back(match / part);
        continue;
      }
      const auto found = entries_matching(match, part.string());
      longer.insert(longer.end(), found.begin(), found.end());
    }
    matches = std::move(longer);
  }
  std::erase_if(matches, [](const fs::path& match) { return fs::is_directory(match); });
  for (fs::path& match : matches) match = match.lexically_normal();
  std::sort(matches.begin(), matches.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return matches;
}

std::vector<fs::path> expand(const std::string& pattern, const fs::path& folder) {
  if (pattern.empty()) throw Error(ErrorCode::kInvalidArgument, "a file's name is empty");
  const fs::path path = fs::absolute(folder / pattern).lexically_normal();
  if (fs::exists(path) || !is_glob(pattern)) {
    if (!fs::exists(path))
      throw Error(ErrorCode::kNotFound, "no file '" + pattern + "' in '" + folder.string() + "'" + advice_on_missing_file(path));
    return {path};
  }
  auto matches = matches_of(folder, pattern);
  if (matches.empty())
    throw Error(ErrorCode::kNotFound,
                "no file matches '" + pattern + "' in '" + folder.string() + "'; look at the name, in which * stands for any characters");
  return matches;
}

}  // namespace

std::vector<fs::path> expand_globs(const std::vector<std::string>& patterns, const fs::path& folder) {
  std::vector<fs::path> files;
  std::unordered_set<std::string> known;
  for (const std::string& pattern : patterns)
    for (fs::path& file : expand(pattern, folder))
      if (known.insert(file.native()).second) files.push_back(std::move(file));
  return files;
}

}  // namespace hone
