#include "hone/flow/init.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/core/unicode.h"
#include "hone/flow/project.h"
#include "hone/flow/survey_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {
namespace {

// A label column with more values than this is no label column.
constexpr std::size_t kMostClasses = 1000;
// With fewer groups a split by group is a matter of luck, and an interval over groups says nothing.
constexpr std::uint64_t kFewestGroups = 50;
// So many classes get a first labeling function, and drafts of so many more words.
constexpr std::size_t kMostStarters = 20;
constexpr std::size_t kDraftWords = 3;
// Of the rows that cannot be used; beyond, the file is not what it was taken for.
constexpr double kMostBadRows = 0.5;
constexpr double kDefaultBadRows = 0.01;
// Of a class, so that some five of them lie in valid.
constexpr std::uint64_t kFewestLabels = 50;

std::vector<std::string> by_count(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::string, std::uint64_t>::second);
  std::vector<std::string> names;
  for (const auto& [name, number] : sorted) names.push_back(name);
  return names;
}

bool is_taken(const std::vector<Starter>& starters, const std::string& word) {
  return std::ranges::any_of(starters, [&](const Starter& starter) { return starter.words.front() == word; });
}

std::string numbered(std::string_view name, std::size_t place) { return std::string(name) + "_" + std::to_string(place + 1); }

// For each class the best word that no class before it took; of its further words a draft.
void choose_starters(const Survey& survey, Initialised& made) {
  const std::size_t asked = std::min(made.classes.size(), kMostStarters);
  for (std::size_t place = 0; place < asked; ++place) {
    const std::string& class_name = made.classes[place];
    Starter draft;
    draft.class_name = class_name;
    bool has_one = false;
    for (const MarkingWord& mark : marking_words(survey, class_name, 2 * kMostStarters)) {
      if (is_taken(made.starters, mark.word)) continue;
      if (!std::exchange(has_one, true)) {
        made.starters.push_back({numbered("word", made.starters.size()), class_name, {mark.word}, mark.rows, mark.right, mark.tells});
      } else if (draft.words.size() < kDraftWords) {
        draft.words.push_back(mark.word);
      }
    }
    draft.name = numbered("more_words", made.drafts.size());
    if (!draft.words.empty()) made.drafts.push_back(std::move(draft));
  }
}

void choose_frequent(const Survey& survey, Initialised& made) {
  for (const MarkingWord& mark : frequent_words(survey))
    made.starters.push_back({numbered("word", made.starters.size()), made.classes[made.starters.size()], {mark.word}, mark.rows, 0});
}

// A model needs labels of two classes in train rows. What the label model makes of a word depends on gold of valid rows: where a class has
// too little of it, nothing is promised.
void choose_model(const Survey& survey, Initialised& made) {
  std::vector<std::string> words;
  for (const Starter& starter : made.starters) {
    const auto labels = survey.labels.find(starter.class_name);
    const bool is_judged = made.label.empty() || (starter.tells && labels != survey.labels.end() && labels->second >= kFewestLabels);
    if (is_judged) words.push_back(starter.words.front());
  }
  made.trains = classes_reached(survey, words) >= 2;
  if (!made.trains)
    made.seen.assumptions.push_back(
        "model: none for now, since these first labeling functions may label too few train rows to learn from; write more, then model: "
        "text-linear");
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

// Half as many again as were seen, in whole hundredths.
double allowed_bad_rows(const SniffedFile& seen) {
  return seen.bad_rows <= kDefaultBadRows ? kDefaultBadRows : std::min(1.0, std::ceil(150 * seen.bad_rows) / 100);
}

std::string shown_share(double share) { return nlohmann::json(share).dump(); }

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
         entry("data.max_bad_rows", shown_share(allowed_bad_rows(made.seen))) + entry("data.skip_empty_texts", "false");
}

std::string task_section(const Initialised& made) {
  return "task:\n" + entry("task.kind", "classification") + entry("task.classes", list(made.classes)) +
         entry("task.class_balance", "", "{" + scalar(made.classes.back()) + ": 0.02}");
}

std::string gold_section(const Initialised& made) {
  if (made.label.empty()) return "# Known classes, once there are any:\n# gold: {field: label, use: [valid, test]}\n";
  return "gold:\n" + entry("gold.field", scalar(made.label)) +
         entry("gold.classes", "", "{old_name: " + scalar(made.classes.front()) + "}") + entry("gold.use", "[valid, test]");
}

std::string lf_entry(const Starter& starter) {
  return "{lf: " + starter.name + ", vote: " + scalar(starter.class_name) + ", any: " + list(starter.words) + "}";
}

std::string counts_comment(const Starter& starter, bool labeled) {
  if (!labeled) return "  # in " + with_commas(starter.rows) + " train rows";
  return "  # in " + with_commas(starter.rows) + " train rows, " + with_commas(starter.right) + " of this class";
}

std::string starter_lines(const Initialised& made) {
  std::string text;
  for (const Starter& starter : made.starters) text += "  - " + lf_entry(starter) + counts_comment(starter, !made.label.empty()) + "\n";
  if (made.starters.empty())
    text += "  - {lf: any_text, vote: " + scalar(made.classes[0]) + ", where: {characters_of: " + scalar(made.text) + ", above: 0}}\n";
  return text;
}

std::string draft_lines(const Initialised& made) {
  std::string text;
  if (!made.drafts.empty()) text += "  # Drafts from more words of the train rows; try one with `hone lf -`, then take its sign away:\n";
  for (const Starter& draft : made.drafts) text += "  # - " + lf_entry(draft) + "\n";
  text +=
      "  # Other kinds:\n  # - {lf: card_number, vote: CLASS, match: '\\b\\d{4}[ -]\\d{4}\\b'}\n  # - {lf: large, vote: CLASS, where: "
      "{field: AMOUNT, above: 1000}}\n"
      "  # - {column: OLD_MODEL}\n  # - {include: lfs/*.yaml}\n";
  if (!made.label.empty())
    text += "  # To learn from the labels of the train rows, too:\n  # - {column: " + scalar(made.label) + ", splits: [train]}\n";
  return text;
}

std::string sources_section(const Initialised& made) {
  const std::string chosen = made.label.empty() ? "frequent words; which class each speaks for is yours to say"
                                                : "for each of the most frequent classes a word that marks it in the train rows";
  return "# " + doc_of("sources") + "\n# First ones to start from: " + chosen + ".\nsources:\n" + starter_lines(made) + draft_lines(made);
}

std::string last_section(const Initialised& made) {
  return entry("label_model", "", std::string(default_label_model())) + entry("model", made.trains ? "{name: text-linear}" : "none") +
         "# " + doc_of("slices") + "\n# slices:\n#   - {slice: long, where: {words_of: TEXT, above: 40}}\n" + "evaluate:\n" +
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

std::string columns_said(const SniffedFile& seen) {
  std::vector<std::string> names;
  for (const SniffedColumn& column : seen.columns) names.push_back(column.name);
  return quoted_list(names);
}

void require_text(const Initialised& made, const std::filesystem::path& from) {
  if (made.text.empty())
    throw Error(ErrorCode::kInvalidArgument,
                "'" + from.string() +
                    "' has no column that looks like text, by which Hone labels rows; name one with --text COLUMN (there are: " +
                    columns_said(made.seen) + "), or, if this is a table of votes: hone aggregate " + from.string());
  if (made.text == made.label)
    throw Error(ErrorCode::kInvalidArgument,
                "the column '" + made.text + "' cannot be text and label; name another with --text or --label");
}

// More rows than the default allows are let pass where they are the smaller part, and that is said.
void allow_bad_rows(SniffedFile& seen, const std::filesystem::path& from) {
  if (seen.bad_rows <= kDefaultBadRows) return;
  if (seen.bad_rows > kMostBadRows)
    throw Error(ErrorCode::kInvalidArgument, "most rows of '" + from.string() + "' cannot be used: " + seen.assumptions.back().substr(6) +
                                                 "; is the first line a header, and is each quote closed?");
  seen.assumptions.push_back("max_bad_rows: " + shown_share(allowed_bad_rows(seen)) +
                             ", so that the run goes on without these rows; mend them where they count");
}

void say_more(const Survey& survey, Initialised& made) {
  std::vector<std::string>& said = made.seen.assumptions;
  const auto of_rows = [&](std::uint64_t count) { return with_commas(count) + " of " + with_commas(survey.rows) + " rows"; };
  if (survey.empty_texts > 0)
    said.push_back("text: " + of_rows(survey.empty_texts) +
                   " have none; they get no label from words (skip_empty_texts: true leaves them out)");
  if (!made.label.empty()) {
    std::uint64_t labeled = 0;
    for (const auto& [name, count] : survey.labels) labeled += count;
    if (labeled < survey.rows) said.push_back("label: " + of_rows(survey.rows - labeled) + " have none");
  }
  std::map<std::string, std::string> folded;
  for (const std::string& name : made.classes) {
    const auto [place, is_new] = folded.emplace(fold_case(name), name);
    if (!is_new) said.push_back("classes: '" + place->second + "' and '" + name + "' differ in case alone; make them one if they are");
  }
}

void choose_classes(const Survey& survey, Initialised& made) {
  made.classes = by_count(survey.labels);
  if (made.classes.size() >= 2 && made.classes.size() <= kMostClasses) return;
  if (!made.label.empty() && !made.classes.empty())
    made.seen.assumptions.push_back(
        "label: not '" + made.label + "', whose " +
        (made.classes.size() > kMostClasses ? "more than 1000 values are too many" : "single value is too few") + " for classes");
  made.label.clear();
  made.classes = {"first_class", "second_class"};
  made.seen.assumptions.push_back("classes: 'first_class' and 'second_class', for you to rename, since no column holds labels");
}

// The import would end at the second row of an id.
void check_ids(const Survey& survey, Initialised& made) {
  if (made.id.empty() || !survey.ids_repeat) return;
  made.seen.assumptions.push_back("id: not '" + made.id +
                                  "', of which a value comes again or is missing further down; ids are made from the text");
  made.id.clear();
}

}  // namespace

Initialised init_project(const std::filesystem::path& folder, const std::filesystem::path& from, const SniffOptions& options) {
  Initialised made;
  made.file = folder / "hone.yaml";
  if (std::filesystem::exists(made.file))
    throw Error(ErrorCode::kInvalidArgument, "'" + made.file.string() + "' is there already; choose another folder or remove it first");
  made.seen = sniff(from, options);
  if (!options.group) drop_small_group(made.seen);
  made.text = chosen(made.seen.text);
  made.id = chosen(made.seen.id);
  made.label = chosen(made.seen.label);
  made.group = chosen(made.seen.group);
  require_text(made, from);
  allow_bad_rows(made.seen, from);
  Survey survey = survey_rows(from, made.seen.read, {made.text, made.id, made.label, made.group});
  if (survey.ids_repeat) {  // Rows are then dealt by another key.
    check_ids(survey, made);
    survey = survey_rows(from, made.seen.read, {made.text, made.id, made.label, made.group});
  }
  choose_classes(survey, made);
  made.label.empty() ? choose_frequent(survey, made) : choose_starters(survey, made);
  choose_model(survey, made);
  say_more(survey, made);
  make_folder(folder);
  write_file_atomically(made.file,
                        "# What this project is made of; `hone run` brings it up to date. `hone help project` explains every key.\n" +
                            data_section(made, shown_path(folder, from)) + task_section(made) + gold_section(made) + sources_section(made) +
                            last_section(made));
  return made;
}

}  // namespace hone
