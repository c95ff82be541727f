#include "hone/flow/init.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/unicode.h"
#include "hone/data/table_reader.h"
#include "hone/data/text_column.h"
#include "hone/flow/project.h"

namespace hone {
namespace {

// Enough rows to meet nearly every class and every common word; the file itself is read whole by the import alone.
constexpr std::uint64_t kRowsRead = 200'000;
// A label column with more values than this is no label column.
constexpr std::size_t kMostClasses = 1000;
// With fewer groups a split by group is a matter of luck, and an interval over groups says nothing.
constexpr std::uint64_t kFewestGroups = 50;

struct Counts {
  std::map<std::string, std::uint64_t> labels;
  std::map<std::string, std::uint64_t> words;  // Of five letters or more: shorter ones say little in most languages.
};

void count_batch(const arrow::RecordBatch& batch, const std::string& text, const std::string& label, Counts& counts) {
  if (const auto column = batch.GetColumnByName(label)) {
    const TextColumn values(*column);
    for (std::int64_t row = 0; row < batch.num_rows(); ++row)
      if (const auto value = values.at(row); value && !value->empty() && counts.labels.size() <= kMostClasses)
        ++counts.labels[std::string(*value)];
  }
  if (const auto column = batch.GetColumnByName(text)) {
    const TextColumn values(*column);
    for (std::int64_t row = 0; row < std::min<std::int64_t>(batch.num_rows(), 1000); ++row)
      if (const auto value = values.at(row))
        for_each_word(fold_case(*value), [&](std::string_view word) {
          if (count_characters(word) >= 5) ++counts.words[std::string(word)];
        });
  }
}

Counts count(const std::filesystem::path& file, const Initialised& chosen) {
  Counts counts;
  const auto reader = open_table(file, chosen.seen.read);
  std::uint64_t rows = 0;
  for (TableBatch batch = reader->next(); batch.rows && rows < kRowsRead; batch = reader->next()) {
    count_batch(*batch.rows, chosen.text, chosen.label, counts);
    rows += static_cast<std::uint64_t>(batch.rows->num_rows());
  }
  return counts;
}

std::vector<std::string> by_count(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::string, std::uint64_t>::second);
  std::vector<std::string> names;
  for (const auto& [name, number] : sorted) names.push_back(name);
  return names;
}

// A YAML scalar that means this text whatever it holds: JSON strings are YAML strings.
std::string scalar(const std::string& text) {
  const bool plain =
      !text.empty() &&
      std::ranges::all_of(
          text,
          [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || (c >= '0' && c <= '9'); }) &&
      !(text[0] >= '0' && text[0] <= '9') && text[0] != '-' && text != "true" && text != "false" && text != "null";
  return plain ? text : nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string list(const std::vector<std::string>& items) {
  std::string text = "[";
  std::size_t line = 0;
  for (std::size_t item = 0; item < items.size(); ++item) {
    const std::string next = (item > 0 ? ", " : "") + scalar(items[item]);
    line += next.size();
    if (line > 110) {
      text += item > 0 ? ",\n    " + scalar(items[item]) : next;
      line = 4;
    } else {
      text += next;
    }
  }
  return text + "]";
}

std::string doc_of(std::string_view key) {
  for (const ProjectKey& known : project_keys())
    if (known.key == key) return std::string(known.what) + " (" + std::string(known.value) + ")";
  throw Error(ErrorCode::kInternal, "no doc line for the key '" + std::string(key) + "'");
}

// One key with its doc line above it; without a value the key is left as a comment.
std::string entry(std::string_view key, const std::string& value, const std::string& example = "") {
  const std::size_t dot = key.find('.');
  const std::string indent = dot == std::string_view::npos ? "" : "  ";
  const std::string name(dot == std::string_view::npos ? key : key.substr(dot + 1));
  return indent + "# " + doc_of(key) + "\n" + indent + (value.empty() ? "# " + name + ": " + example : name + ": " + value) + "\n";
}

std::string data_section(const Initialised& made, const std::string& files) {
  const ReadOptions& read = made.seen.read;
  const bool is_default_delimiter = read.delimiter == 0 || read.delimiter == ',';
  return "data:\n" + entry("data.files", scalar(files)) + entry("data.text", scalar(made.text)) +
         entry("data.id", made.id.empty() ? "" : scalar(made.id), "message_id") +
         entry("data.group", made.group.empty() ? "" : scalar(made.group), "customer_id") +
         entry("data.split", "{train: 0.8, valid: 0.1, test: 0.1}") + entry("data.encoding", read.encoding) +
         entry("data.delimiter", is_default_delimiter ? "" : (read.delimiter == '\t' ? "tab" : "'" + std::string(1, read.delimiter) + "'"),
               "','") +
         entry("data.decimal", "'" + std::string(1, read.decimal) + "'") + entry("data.time_zone", scalar(read.time_zone)) +
         entry("data.max_bad_rows", "0.01");
}

std::string task_section(const Initialised& made) {
  return "task:\n" + entry("task.kind", "classification") + entry("task.classes", list(made.classes)) +
         entry("task.class_balance", "", "{" + scalar(made.classes.back()) + ": 0.02}");
}

std::string gold_section(const Initialised& made) {
  if (made.label.empty()) return "# Known classes, once there are any:\n# gold: {field: label, use: [valid, test]}\n";
  return "gold:\n" + entry("gold.field", scalar(made.label)) + entry("gold.use", "[valid, test]");
}

std::string sources_section(const Initialised& made, const std::vector<std::string>& words) {
  std::string text =
      "# " + doc_of("sources") + "\n# A first one to start from: the most frequent longer word. Try a draft with `hone lf -`.\nsources:\n";
  const std::size_t shown = std::min<std::size_t>({2, made.classes.size(), words.size()});
  for (std::size_t word = 0; word < shown; ++word)
    text +=
        "  - {lf: word_" + std::to_string(word + 1) + ", vote: " + scalar(made.classes[word]) + ", any: [" + scalar(words[word]) + "]}\n";
  if (shown == 0)
    text += "  - {lf: any_text, vote: " + scalar(made.classes[0]) + ", where: {characters_of: " + scalar(made.text) + ", above: 0}}\n";
  return text + "  # - {lf: card_number, vote: CLASS, match: '\\b\\d{4}[ -]\\d{4}\\b'}\n  # - {include: lfs/*.yaml}\n";
}

std::string last_section() {
  return entry("label_model", "", "weighted-majority") + entry("model", "{name: text-linear}") + "# " + doc_of("slices") +
         "\n# slices:\n#   - {slice: long, where: {words_of: TEXT, above: 40}}\n" + "evaluate:\n" +
         entry("evaluate.metrics", "[accuracy, macro-f1, ece]") + entry("seed", "1");
}

// As the project will name it: relative when it lies beside or below, else absolute.
std::string shown_path(const std::filesystem::path& folder, const std::filesystem::path& file) {
  const std::filesystem::path relative =
      std::filesystem::absolute(file).lexically_normal().lexically_relative(std::filesystem::absolute(folder).lexically_normal());
  const bool climbs = relative.empty() || *relative.begin() == "..";
  return climbs ? std::filesystem::absolute(file).lexically_normal().string() : relative.string();
}

// A group column with few values would leave whole splits empty: it is named in the assumptions, not chosen.
void drop_small_group(SniffedFile& seen) {
  if (!seen.group) return;
  const auto column = std::ranges::find(seen.columns, seen.group->column, &SniffedColumn::name);
  if (column == seen.columns.end() || column->distinct >= kFewestGroups) return;
  seen.assumptions.push_back("group: not '" + column->name + "', whose " + std::to_string(column->distinct) +
                             " values are too few to deal into three splits");
  seen.group.reset();
}

std::string chosen(const std::optional<SniffedChoice>& choice) { return choice ? choice->column : std::string(); }

}  // namespace

Initialised init_project(const std::filesystem::path& folder, const std::filesystem::path& from) {
  Initialised made;
  made.file = folder / "hone.yaml";
  if (std::filesystem::exists(made.file))
    throw Error(ErrorCode::kInvalidArgument, "'" + made.file.string() + "' is there already; choose another folder or remove it first");
  made.seen = sniff(from);
  drop_small_group(made.seen);
  made.text = chosen(made.seen.text);
  made.id = chosen(made.seen.id);
  made.label = chosen(made.seen.label);
  made.group = chosen(made.seen.group);
  if (made.text.empty())
    throw Error(ErrorCode::kInvalidArgument, "'" + from.string() + "' has no column that looks like text; Hone labels rows by their text");
  const Counts counts = count(from, made);
  made.classes = by_count(counts.labels);
  if (made.classes.size() < 2 || made.classes.size() > kMostClasses) {
    made.label.clear();
    made.classes = {"first_class", "second_class"};
  }
  make_folder(folder);
  write_file_atomically(made.file,
                        "# What this project is made of; `hone run` brings it up to date. docs/project.md explains every key.\n" +
                            data_section(made, shown_path(folder, from)) + task_section(made) + gold_section(made) +
                            sources_section(made, by_count(counts.words)) + last_section());
  return made;
}

}  // namespace hone
