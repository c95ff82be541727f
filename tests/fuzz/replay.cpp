// Feeds every file of a corpus to a fuzzer's entry point, where the compiler has no fuzzer of its own, and then, for as long as asked,
// changed ones: bits, bytes, ranges, and pieces of other files. Blind, where clang's fuzzer sees what code an input reaches; it costs
// no build of its own.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kMostBytes = std::size_t{1} << 16;

std::vector<std::filesystem::path> files_of(const std::filesystem::path& corpus) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes{std::istreambuf_iterator<char>(file), {}};
}

void try_input(const Bytes& bytes) { LLVMFuzzerTestOneInput(bytes.data(), bytes.size()); }

// Inputs made of others, the same ones from the same seed.
class Changer {
 public:
  explicit Changer(const std::vector<Bytes>& corpus) : corpus_(corpus) {}

  Bytes next() {
    Bytes bytes = any();
    for (std::size_t times = 1 + below(4); times > 0; --times) change(bytes);
    bytes.resize(std::min(bytes.size(), kMostBytes));
    return bytes;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const Bytes& any() { return corpus_[below(corpus_.size())]; }

  void change(Bytes& bytes) {
    const auto at = static_cast<std::ptrdiff_t>(below(bytes.size() + 1));
    const auto length = static_cast<std::ptrdiff_t>(below(std::min<std::size_t>(bytes.size() - static_cast<std::size_t>(at), 64) + 1));
    switch (below(5)) {
      case 0:
        if (!bytes.empty()) bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 1:
        bytes.insert(bytes.begin() + at, static_cast<std::uint8_t>(below(256)));
        break;
      case 2:
        bytes.erase(bytes.begin() + at, bytes.begin() + at + length);
        break;
      case 3: {
        const Bytes range(bytes.begin() + at, bytes.begin() + at + length);
        const auto to = static_cast<std::ptrdiff_t>(below(bytes.size() + 1));
        bytes.insert(bytes.begin() + to, range.begin(), range.end());
        break;
      }
      default: {
        const Bytes& other = any();
        const std::size_t from = below(other.size() + 1), size = below(std::min<std::size_t>(other.size() - from, 256) + 1);
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        bytes.insert(bytes.begin() + at, begin, begin + static_cast<std::ptrdiff_t>(size));
      }
    }
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937_64 random_{1};
};

// Each input lies in a file while it is tried: what is left there at a crash is what crashed.
void try_changed(const std::vector<Bytes>& corpus, double seconds, const char* last) {
  Changer changer(corpus);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::uint64_t tried = 0;
  for (; std::chrono::steady_clock::now() < end; ++tried) {
    const Bytes bytes = changer.next();
    std::ofstream(last, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    try_input(bytes);
  }
  std::filesystem::remove(last);
  std::fprintf(stderr, "%llu changed inputs\n", static_cast<unsigned long long>(tried));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) {
    std::fprintf(stderr, "usage: %s CORPUS [SECONDS FILE]\nFILE: where the input lies that is tried\n", argv[0]);
    return 2;
  }
  std::vector<Bytes> corpus;
  for (const auto& path : files_of(argv[1])) {
    std::fprintf(stderr, "%s\n", path.c_str());  // The last one named is the one that crashed.
    corpus.push_back(read(path));
    try_input(corpus.back());
  }
  if (corpus.empty()) return 1;  // A corpus that is not there would pass otherwise.
  if (argc == 4) try_changed(corpus, std::strtod(argv[2], nullptr), argv[3]);
  return 0;
}
