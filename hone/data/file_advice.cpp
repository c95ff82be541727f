#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

#include "hone/core/error.h"
#include "hone/core/suggest.h"
#include "hone/data/file_advice_internal.h"

namespace hone {
namespace {

constexpr std::size_t kLooked = 64 << 10;
// Names of a folder that are compared with one that is not there.
constexpr std::size_t kMostNames = 1000;
// Text holds a stray NUL at times; a hundredth of its bytes are none.
constexpr std::size_t kTextBytesPerNul = 100;

std::string first_bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(kLooked, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return bytes;
}

// A name as a shell takes it.
std::string shell_word(const std::string& name) {
  const bool plain =
      !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == std::string::npos;
  if (plain) return name;
  std::string word = "'";
  for (const char c : name) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

// What the bytes of well-known formats begin with, and what is done about them.
struct Magic {
  std::string_view begin;
  std::string_view what;
  std::string_view advice;
};
constexpr std::array kMagics{
    Magic{std::string_view("PK\x03\x04", 4), "a zip file or a workbook (.xlsx, .ods)",
          "unpack it, or save the sheet as CSV (UTF-8) in your spreadsheet"},
    Magic{std::string_view("\xD0\xCF\x11\xE0", 4), "an old workbook or document (.xls, .doc)",
          "save the sheet as CSV (UTF-8) in your spreadsheet"},
    Magic{"%PDF-", "a PDF", "export its table as CSV first"},
    Magic{std::string_view("\x1F\x8B", 2), "packed by gzip", "let its name end in .csv.gz, .tsv.gz or .jsonl.gz"},
    Magic{std::string_view("\x28\xB5\x2F\xFD", 4), "packed by zstd", "let its name end in .csv.zst, .tsv.zst or .jsonl.zst"},
    Magic{"BZh", "packed by bzip2", "unpack it: bunzip2 -k FILE"},
    Magic{std::string_view("\xFD"
                           "7zXZ",
                           5),
          "packed by xz", "unpack it: unxz -k FILE"},
    Magic{"PAR1", "a Parquet file", "let its name end in .parquet"},
    Magic{"ARROW1", "an Arrow file",
          "write it as Parquet: pyarrow.parquet.write_table(pyarrow.ipc.open_file(FILE).read_all(), 'rows.parquet')"},
    Magic{"SQLite format 3", "an SQLite database", "export the table: sqlite3 -header -csv FILE 'select * from TABLE' > rows.csv"},
};

const Magic* magic_of(std::string_view bytes) {
  const auto* found = std::ranges::find_if(kMagics, [&](const Magic& magic) { return bytes.starts_with(magic.begin); });
  return found == kMagics.end() ? nullptr : found;
}

// The key of a JSON object's first value that is a list of objects, or nothing.
std::string key_of_rows(std::string_view json) {
  for (std::size_t quote = json.find('"'); quote != std::string_view::npos; quote = json.find('"', quote + 1)) {
    const std::size_t end = json.find('"', quote + 1);
    if (end == std::string_view::npos) return {};
    const std::string_view key = json.substr(quote + 1, end - quote - 1);
    std::string_view after = json.substr(end + 1);
    for (const char wanted : {':', '[', '{'}) {
      const std::size_t next = after.find_first_not_of(" \t\r\n");
      if (next == std::string_view::npos || after[next] != wanted) {
        after = {};
        break;
      }
      after.remove_prefix(next + 1);
    }
    const bool is_plain = !key.empty() && std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    if (after.data() != nullptr && is_plain) return std::string(key);
    quote = end;
  }
  return {};
}

// JSON Lines under another name: the first line is a whole object, and another line follows.
bool is_json_lines(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos || !bytes.starts_with('{')) return false;
  const std::string_view first = bytes.substr(0, bytes.find_last_not_of(" \t\r\n", end) + 1);
  return first.ends_with('}') && bytes.substr(end + 1).starts_with('{');
}

std::string advice_on_json(const std::filesystem::path& file, std::string_view bytes) {
  const std::string name = file.filename().string(), stem = file.stem().string();
  if (is_json_lines(bytes)) return "; it is JSON Lines: let its name end in .jsonl";
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  const std::string rows = begin != std::string_view::npos && bytes[begin] == '[' ? "[]" : key_of_rows(bytes) + "[]";
  if (rows == "[]" && (begin == std::string_view::npos || bytes[begin] != '['))
    return "; write an object a line into a .jsonl file, one for each row";
  return "; it holds all rows in one value: jq -c '." + rows + "' " + shell_word(name) + " > " + shell_word(stem + ".jsonl") +
         " writes a row a line";
}

bool is_text(std::string_view bytes) {
  return static_cast<std::size_t>(std::ranges::count(bytes, '\0')) * kTextBytesPerNul <= bytes.size();
}

}  // namespace

std::string advice_on_missing_file(const std::filesystem::path& file) {
  std::error_code unreadable;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder, unreadable)) return "; there is no folder '" + folder.string() + "'";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable))
    if (names.size() < kMostNames) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  const std::string near = nearest_name(file.filename().string(), names);
  if (!near.empty()) return "; did you mean '" + (file.has_parent_path() ? folder / near : std::filesystem::path(near)).string() + "'?";
  return "; look at the path, which starts at '" + std::filesystem::absolute(folder, unreadable).lexically_normal().string() + "'";
}

std::string advice_on_format(const std::filesystem::path& file) {
  const std::string bytes = first_bytes_of(file);
  if (const Magic* magic = magic_of(bytes)) return "; it is " + std::string(magic->what) + ": " + std::string(magic->advice);
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && (bytes[begin] == '{' || bytes[begin] == '[')) return advice_on_json(file, bytes);
  if (!is_text(bytes)) return "; it is no text";
  return "; if it holds a table, let its name end in .csv (or .tsv), with a first line that names the columns";
}

void refuse_binary(const std::filesystem::path& file, std::string_view bytes) {
  const std::string name = "'" + file.string() + "'";
  if (const Magic* magic = magic_of(bytes))
    throw Error(ErrorCode::kInvalidArgument,
                name + " is " + std::string(magic->what) + ", whatever its ending; " + std::string(magic->advice));
  if (is_text(bytes)) return;
  // Text in UTF-16 has a NUL beside each letter of Latin.
  std::size_t even = 0, odd = 0;
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) (byte % 2 == 0 ? even : odd) += bytes[byte] == '\0';
  const std::size_t quarter = bytes.size() / 4;
  if (std::max(even, odd) > quarter && std::min(even, odd) <= quarter / 10)
    throw Error(ErrorCode::kInvalidArgument, name + " is UTF-16 without a byte-order mark; save it as UTF-8: iconv -f UTF-16" +
                                                 (even > odd ? "BE" : "LE") + " -t UTF-8 " + shell_word(file.filename().string()) +
                                                 " > utf8-" + shell_word(file.filename().string()));
  throw Error(ErrorCode::kInvalidArgument, name + " is no text: it is full of NUL bytes; give a table as .csv, .tsv, .jsonl or .parquet");
}

}  // namespace hone
