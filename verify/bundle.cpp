#include "verify/bundle.h"

#include <algorithm>
#include <set>

#include "verify/bytes.h"
#include "verify/file.h"
#include "verify/note.h"

namespace hone::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostManifestBytes = 64u << 20;
constexpr std::size_t kMostNameBytes = 4'096;

bool is_part(std::string_view part) {
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F || c == '\\'; };
  return !part.empty() && part != "." && part != ".." && part.size() <= 255 && std::ranges::none_of(part, is_odd);
}

bool is_beneath(std::string_view name) {
  if (name.size() > kMostNameBytes) return false;
  while (true) {
    const std::size_t end = name.find('/');
    if (!is_part(name.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
}

void check_file(const fs::path& folder, const ManifestLine& line, Verdicts& verdicts) {
  const auto file = File::open(folder / line.file);
  if (!file)
    verdicts.wrong.add({Step::kKeys, -1, line.file, -1, "the manifest names it, and it is not there"});
  else if (hex(text_of(hash_of(*file))) != line.hash)
    verdicts.wrong.add({Step::kKeys, -1, line.file, -1, "its SHA-256 is not the one in the manifest"});
}

}  // namespace

std::vector<ManifestLine> parse_manifest(std::string_view text) {
  std::vector<ManifestLine> lines;
  std::set<std::string_view> names;
  while (!text.empty()) {
    const std::string where = "line " + std::to_string(lines.size() + 1) + ": ";
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) throw Malformed(where + "it has no end");
    const std::string_view line = text.substr(0, end);
    if (line.size() < 67 || !is_hex(line.substr(0, 64), 64) || line[64] != ' ' || (line[65] != ' ' && line[65] != '*')) {
      throw Malformed(where + "not 64 hex digits, two spaces and a name");
    }
    const std::string_view name = line.substr(66);
    if (!is_beneath(name)) throw Malformed(where + "a name that leads out of the bundle, or holds what names should not");
    if (!names.insert(name).second) throw Malformed(where + "a name for the second time");
    lines.push_back({std::string(line.substr(0, 64)), std::string(name)});
    text.remove_prefix(end + 1);
  }
  return lines;
}

void check_bundle(const fs::path& folder, Verdicts& verdicts, std::vector<std::string>& notes) {
  std::vector<ManifestLine> lines;
  try {
    lines = parse_manifest(read_file(folder / kManifest, kMostManifestBytes).value_or(std::string()));
  } catch (const Malformed& malformed) {
    verdicts.wrong.add({Step::kKeys, -1, kManifest, -1, malformed.what()});
    return;
  }
  std::set<std::string> named{kManifest};
  for (const ManifestLine& line : lines) {
    named.insert(line.file);
    check_file(folder, line, verdicts);
  }
  std::error_code failed;
  for (auto entry = fs::recursive_directory_iterator(folder, failed); !failed && entry != fs::recursive_directory_iterator();
       entry.increment(failed)) {
    const std::string name = entry->path().lexically_relative(folder).string();
    if (!fs::is_directory(entry->symlink_status(failed)) && !named.contains(name)) {
      verdicts.wrong.add({Step::kKeys, -1, name, -1, "the manifest does not name it"});
    }
  }
  try {
    if (const auto policy = read_file(folder / "policy", kMostNoteBytes)) {
      Policy::parse(*policy);
      notes.push_back("the bundle's own policy was read, not believed: give it with --policy when it reached you by another road, too");
    }
  } catch (const Malformed& malformed) {
    verdicts.wrong.add({Step::kKeys, -1, "policy", -1, malformed.what()});
  }
  notes.push_back("bundle: " + std::to_string(lines.size()) + " files are named by its manifest");
}

std::vector<SingleProof> single_proofs(const fs::path& folder) {
  std::vector<SingleProof> found;
  std::error_code failed;
  for (auto entry = fs::directory_iterator(folder, failed); !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    const fs::path& proof = entry->path();
    if (proof.extension() != ".tlog-proof") continue;
    const fs::path bare = fs::path(proof).replace_extension(""), json = fs::path(proof).replace_extension(".json");
    std::error_code none;
    found.push_back({proof, fs::exists(bare, none) ? bare : json});
  }
  std::ranges::sort(found, {}, &SingleProof::proof);
  return found;
}

}  // namespace hone::verify
