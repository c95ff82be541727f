#include "hone/flow/init.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

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

// Words are looked for in so many rows, every second of the file: enough to find common ones, and half of what they then vote on is new.
constexpr std::uint64_t kRowsOfWords = 20'000;
// Shorter words say little in most languages.
constexpr std::size_t kFewestLetters = 4;
// So many classes get a first labeling function.
constexpr std::size_t kMostStarters = 4;

using Count = std::map<std::string, std::uint64_t>;

// What init looks at in a row.
struct Looked {
  std::string_view text, label;  // Empty where there is none.
};

template <typename Visit>
void for_each_row(const std::filesystem::path& file, const Initialised& chosen, std::uint64_t rows, const Visit& visit) {
  const auto reader = open_table(file, chosen.seen.read);
  for (TableBatch batch = reader->next(); batch.rows && rows > 0; batch = reader->next()) {
    std::optional<TextColumn> texts, labels;
    if (const auto column = batch.rows->GetColumnByName(chosen.text)) texts.emplace(*column);
    if (const auto column = batch.rows->GetColumnByName(chosen.label)) labels.emplace(*column);
    for (std::int64_t row = 0; row < batch.rows->num_rows() && rows > 0; ++row, --rows)
      visit(Looked{texts ? texts->at(row).value_or("") : "", labels ? labels->at(row).value_or("") : ""});
  }
}

Count count_labels(const std::filesystem::path& file, const Initialised& chosen) {
  Count labels;
  for_each_row(file, chosen, kRowsRead, [&](const Looked& row) {
    if (!row.label.empty() && labels.size() <= kMostClasses) ++labels[std::string(row.label)];
  });
  return labels;
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  for_each_word(fold_case(text), [&](std::string_view word) {
    if (count_characters(word) >= kFewestLetters) words.emplace(word);
  });
  return words;
}

// In how many rows each word stands.
struct WordCounts {
  std::uint64_t rows = 0;
  Count all;
  std::map<std::string, std::uint64_t> rows_of_class;
  std::map<std::string, Count> in_class;
};

WordCounts count_words(const std::filesystem::path& file, const Initialised& chosen, const std::vector<std::string>& classes) {
  WordCounts counts;
  std::uint64_t row_number = 0;
  for_each_row(file, chosen, kRowsOfWords, [&](const Looked& row) {
    if (row_number++ % 2 == 1 || (!chosen.label.empty() && row.label.empty())) return;
    const std::string label(row.label);
    const bool is_asked = std::ranges::find(classes, label) != classes.end();
    ++counts.rows;
    if (is_asked) ++counts.rows_of_class[label];
    for (const std::string& word : words_of(row.text)) {
      ++counts.all[word];
      if (is_asked) ++counts.in_class[label][word];
    }
  });
  return counts;
}

struct Starter {
  std::string class_name, word;
};

// How much more frequent the class is among the rows with a word: its share there over its share anywhere, as if ten more rows had
// the word and the class as often as all rows do, so that a word of two or three rows proves little.
double lift(const WordCounts& counts, const std::string& class_name, const std::string& word) {
  constexpr double kImaginedRows = 10;
  const double share = static_cast<double>(counts.rows_of_class.at(class_name)) / static_cast<double>(counts.rows);
  const double with_both = static_cast<double>(counts.in_class.at(class_name).at(word)),
               with_word = static_cast<double>(counts.all.at(word));
  return (with_both + kImaginedRows * share) / (with_word + kImaginedRows) / share;
}

// The best word of each class that no class before it took.
std::vector<Starter> starters_by_lift(const WordCounts& counts, const std::vector<std::string>& classes) {
  std::vector<Starter> starters;
  for (const std::string& class_name : classes) {
    if (!counts.in_class.contains(class_name)) continue;
    const std::string* best = nullptr;
    double most = 1.0;  // Less tells against the class.
    for (const auto& [word, rows] : counts.in_class.at(class_name)) {
      if (std::ranges::find(starters, word, &Starter::word) != starters.end()) continue;
      if (const double found = lift(counts, class_name, word); found > most) best = &word, most = found;
    }
    if (best) starters.push_back({class_name, *best});
  }
  return starters;
}

std::vector<std::string> by_count(const Count& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::string, std::uint64_t>::second);
  std::vector<std::string> names;
  for (const auto& [name, number] : sorted) names.push_back(name);
  return names;
}

// Without labels nobody knows what a word speaks for: the two most frequent ones show how a labeling function looks.
std::vector<Starter> starters_of(const std::filesystem::path& file, const Initialised& made) {
  const std::size_t classes = std::min(made.classes.size(), made.label.empty() ? 2 : kMostStarters);
  const std::vector<std::string> asked(made.classes.begin(), made.classes.begin() + static_cast<std::ptrdiff_t>(classes));
  const WordCounts counts = count_words(file, made, asked);
  if (!made.label.empty()) return starters_by_lift(counts, asked);
  const std::vector<std::string> words = by_count(counts.all);
  std::vector<Starter> starters;
  for (std::size_t word = 0; word < std::min(classes, words.size()); ++word) starters.push_back({asked[word], words[word]});
  return starters;
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

std::string sources_section(const Initialised& made, const std::vector<Starter>& starters) {
  const std::string chosen = made.label.empty() ? "two frequent words; which class each speaks for is yours to say"
                                                : "for the most frequent classes, the word that tells each best from the others";
  std::string text = "# " + doc_of("sources") + "\n# First ones to start from: " + chosen + ". Try a draft with `hone lf -`.\nsources:\n";
  for (std::size_t place = 0; place < starters.size(); ++place)
    text += "  - {lf: word_" + std::to_string(place + 1) + ", vote: " + scalar(starters[place].class_name) + ", any: [" +
            scalar(starters[place].word) + "]}\n";
  if (starters.empty())
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
  made.classes = by_count(count_labels(from, made));
  if (made.classes.size() < 2 || made.classes.size() > kMostClasses) {
    made.label.clear();
    made.classes = {"first_class", "second_class"};
  }
  make_folder(folder);
  write_file_atomically(made.file,
                        "# What this project is made of; `hone run` brings it up to date. docs/project.md explains every key.\n" +
                            data_section(made, shown_path(folder, from)) + task_section(made) + gold_section(made) +
                            sources_section(made, starters_of(from, made)) + last_section());
  return made;
}

}  // namespace hone
