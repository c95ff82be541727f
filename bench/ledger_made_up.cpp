// Writes a ledger of many votes as fast as a disk takes it, to measure hone-verify on: ledger_made_up FOLDER EVENTS [BYTES]. Every event
// has BYTES bytes (300 when not said), every 4,096 of them lie under a signed record of `commits`, and all of hash/ is there. Prints the
// key. The key's seed is 000102..1f, so nothing that this program writes proves anything.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "verify/bytes.h"
#include "verify/layout.h"
#include "verify/note.h"
#include "verify/tree.h"

namespace {

using namespace hone::verify;
namespace fs = std::filesystem;

constexpr std::uint64_t kGroup = 4'096;
constexpr const char* kOrigin = "hone.test/ledger";

std::string seed() {
  std::string bytes;
  for (char byte = 0; byte < 32; ++byte) bytes += byte;
  return bytes;
}

std::string vkey() {
  const std::string key = public_key(seed());
  return std::string(kOrigin) + "+" + hex(key_id(kOrigin, kLogKey, key)) + "+" + base64('\1' + key);
}

std::string padded(std::uint64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(width - digits.size(), '0') + digits;
}

// An hour of micro-seconds for each of 24 hours of each day of January: enough for 10^12 events, in ascending order.
std::string time_of(std::uint64_t seq) {
  const std::uint64_t second = seq / 1000;
  return "2026-01-" + padded(second / 86'400 % 31 + 1, 2) + "T" + padded(second / 3600 % 24, 2) + ":" + padded(second / 60 % 60, 2) + ":" +
         padded(second % 60, 2) + "." + padded(seq % 1000, 6) + "Z";
}

std::string event(std::uint64_t seq, std::size_t bytes) {
  const std::string end = ",\"role\":\"" + std::string(seq < 2 ? "system" : "annotator") + "\",\"seq\":" + std::to_string(seq) +
                          ",\"time\":\"" + time_of(seq) + "\",\"token\":\"" + hex(text_of(sha256(std::to_string(seq))).substr(0, 16)) +
                          "\",\"v\":1}";
  if (seq == 0) {
    return "{\"actor\":\"s:hone\",\"body\":{\"format\":\"hone-ledger/1\",\"origin\":\"" + std::string(kOrigin) + "\",\"vkey\":\"" + vkey() +
           "\"},\"kind\":\"log.open\"" + end;
  }
  if (seq == 1) {
    return "{\"actor\":\"s:hone\",\"body\":{\"dataset\":{\"bytes\":1,\"hash\":\"" + std::string(64, '0') +
           "\",\"media\":\"text/csv\"}},\"kind\":\"data.import\"" + end;
  }
  const std::string begin = "{\"actor\":\"p:" + padded(seq % 50, 16) + "\",\"body\":{\"dataset\":1,\"example\":\"" +
                            hex(text_of(sha256(std::to_string(seq))).substr(16)) + "\",\"ms\":{\"active\":2140},\"task\":\"";
  const std::string after = "\"},\"kind\":\"vote.person\"";
  const std::size_t others = begin.size() + after.size() + end.size();
  return begin + std::string(bytes > others ? bytes - others : 1, 't') + after + end;
}

class LevelFiles {
 public:
  explicit LevelFiles(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }

  void append(std::size_t level, const Hash& hash) {
    if (level == stacks_.size()) {
      stacks_.emplace_back();
      files_.emplace_back(folder_ / std::to_string(level), std::ios::binary);
    }
    files_[level] << text_of(hash);
    stacks_[level].append(hash);
    if (stacks_[level].count() % kBundle != 0) return;
    const Hash above = *stacks_[level].root();
    stacks_[level] = {};
    append(level + 1, above);
  }

 private:
  fs::path folder_;
  std::vector<std::ofstream> files_;
  std::vector<TreeStack> stacks_;
};

void write_index(const fs::path& path, const std::vector<std::uint64_t>& offsets) {
  std::ofstream file(path, std::ios::binary);
  for (const std::uint64_t offset : offsets) {
    for (int shift = 56; shift >= 0; shift -= 8) file.put(static_cast<char>(offset >> shift & 0xFF));
  }
}

void write(const fs::path& folder, std::uint64_t events, std::size_t bytes) {
  fs::create_directories(folder / "segments");
  std::ofstream commits(folder / "commits", std::ios::binary), segment;
  LevelFiles levels(folder / "hash");
  TreeStack tree;
  std::vector<std::uint64_t> offsets;
  std::uint64_t offset = 0;
  fs::path name;
  for (std::uint64_t seq = 0; seq < events; ++seq) {
    if (seq % kSegment == 0) {
      name = folder / "segments" / padded(seq / kSegment, 6);
      segment = std::ofstream(name, std::ios::binary);
      offset = 0;
      offsets.clear();
    }
    if (seq % kBundle == 0) offsets.push_back(offset);
    const std::string text = event(seq, bytes);
    segment.put(static_cast<char>(text.size() >> 8)).put(static_cast<char>(text.size() & 0xFF)) << text;
    offset += 2 + text.size();
    const Hash leaf = leaf_hash(text);
    tree.append(leaf);
    levels.append(0, leaf);
    if ((seq + 1) % kSegment == 0) {
      offsets.push_back(offset);
      write_index(name.string() + ".idx", offsets);
    }
    if ((seq + 1) % kGroup != 0 && seq + 1 != events) continue;
    const std::string signed_text = std::string(kOrigin) + "\n" + std::to_string(seq + 1) + "\n" + base64(text_of(*tree.root())) + "\n";
    commits << signed_text << "\n\xE2\x80\x94 " << kOrigin << " "
            << base64(key_id(kOrigin, kLogKey, public_key(seed())) + sign(seed(), signed_text)) << "\n\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: ledger_made_up FOLDER EVENTS [BYTES]\n", stderr), 2;
  write(argv[1], std::strtoull(argv[2], nullptr, 10), argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 300);
  std::puts(vkey().c_str());
}
