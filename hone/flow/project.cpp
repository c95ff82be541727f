#include "hone/flow/project.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/suggest.h"
#include "hone/label_model/label_model.h"

namespace hone {
namespace {

constexpr std::uint64_t kMaxProjectFile = 1 << 20;

ConfigNode read_yaml(const std::filesystem::path& path, const std::string& shown) {
  return ConfigNode::parse_yaml(read_file(path, kMaxProjectFile), shown);
}

// Turns what a library call says about an option into an error at the place in hone.yaml.
template <typename Call>
void at(const ConfigNode& where, const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    throw error.code() == ErrorCode::kInvalidProject && where.line() == 0 ? error : where.error(error.what());
  }
}

// The same for a call whose complaints begin with the key they are about: "encoding: …".
template <typename Call>
void at_named_key(const ConfigNode& section, const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    const ConfigNode* value = section.find(message.substr(0, message.find(':')));
    throw(value ? *value : section).error(error.what());
  }
}

double share(const ConfigNode& node) {
  const double value = node.number();
  if (!(value >= 0.0 && value <= 1.0)) throw node.error("expected a share between 0 and 1, found '" + node.text() + "'");
  return value;
}

std::vector<std::filesystem::path> data_files(const ConfigNode& node, const std::filesystem::path& root) {
  const std::vector<std::string> patterns = node.texts();
  if (patterns.empty()) throw node.error("names no file");
  std::vector<std::filesystem::path> files;
  at(node, [&] { files = expand_globs(patterns, root); });
  return files;
}

Split split_named(const std::string& name, const ConfigNode& where) {
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    if (name == to_string(split)) return split;
  throw where.error("no split named '" + name + "'; there are: 'train', 'valid' and 'test'");
}

void read_split_files(const ConfigNode& node, const std::filesystem::path& root, SplitOptions& split) {
  split.by = SplitOptions::By::kFiles;
  const ConfigNode& files = node.at("files");
  files.allow_keys({"train", "valid", "test"});
  for (const auto& [name, value] : files.entries())
    split.files[static_cast<std::size_t>(split_named(name, value))] = data_files(value, root);
  if (const ConfigNode* valid = node.find("valid")) split.valid_share_of_train = share(*valid);
  if (split.files[0].empty()) throw files.error("split.files names no file for train");
}

void read_split_shares(const ConfigNode& node, SplitOptions& split) {
  for (double& part : split.share) part = 0.0;
  double sum = 0.0;
  for (const auto& [name, value] : node.entries()) sum += split.share[static_cast<std::size_t>(split_named(name, value))] = share(value);
  if (std::abs(sum - 1.0) > 1e-9) throw node.error("the shares of train, valid and test add up to " + std::to_string(sum) + ", not to 1");
}

SplitOptions read_split(const ConfigNode& node, const std::filesystem::path& root) {
  node.allow_keys({"train", "valid", "test", "field", "files"});
  SplitOptions split;
  if (node.find("files")) {
    node.allow_keys({"files", "valid"});
    read_split_files(node, root, split);
  } else if (const ConfigNode* field = node.find("field")) {
    node.allow_keys({"field"});
    split.by = SplitOptions::By::kField;
    split.field = field->text();
  } else {
    read_split_shares(node, split);
  }
  return split;
}

char single_character(const ConfigNode& node) {
  const std::string& text = node.text();
  if (text == "tab" || text == "\\t" || text == "\t") return '\t';
  if (text.size() != 1) throw node.error("expected one character (or tab), found '" + text + "'");
  return text[0];
}

ImportOptions read_data(const ConfigNode& node, const std::filesystem::path& root) {
  node.allow_keys({"files", "id", "text", "group", "split", "encoding", "delimiter", "decimal", "time_zone", "max_bad_rows"});
  ImportOptions data;
  if (const ConfigNode* split = node.find("split")) data.split = read_split(*split, root);
  const bool by_files = data.split.by == SplitOptions::By::kFiles;
  if (by_files && node.find("files")) throw node.at("files").error("give data.files or data.split.files, not both");
  if (!by_files) data.files = data_files(node.at("files"), root);
  data.text = node.at("text").texts();
  if (const ConfigNode* id = node.find("id")) data.id = id->text();
  if (const ConfigNode* group = node.find("group")) data.group = group->text();
  if (const ConfigNode* encoding = node.find("encoding")) data.read.encoding = encoding->text();
  if (const ConfigNode* delimiter = node.find("delimiter")) data.read.delimiter = single_character(*delimiter);
  if (const ConfigNode* decimal = node.find("decimal")) data.read.decimal = single_character(*decimal);
  if (const ConfigNode* zone = node.find("time_zone")) data.read.time_zone = zone->text();
  if (const ConfigNode* limit = node.find("max_bad_rows")) data.max_bad_rows = share(*limit);
  at_named_key(node, [&] { data.validate(); });
  return data;
}

std::vector<std::string> read_classes(const ConfigNode& node) {
  const std::vector<std::string> classes = node.texts();
  if (classes.size() < 2) throw node.error("a task needs at least two classes");
  if (classes.size() >= kNoClass) throw node.error("a task has at most 65,534 classes");
  std::set<std::string> seen;
  for (const ConfigNode& item : node.items()) {
    if (item.text().empty()) throw item.error("a class needs a name");
    if (!seen.insert(item.text()).second) throw item.error("the class '" + item.text() + "' stands here twice");
  }
  return classes;
}

void read_balance(const ConfigNode& node, Task& task) {
  double sum = 0.0;
  for (const auto& [name, value] : node.entries()) {
    at(value, [&, &name = name] { task.id_of(name); });
    const double part = share(value);
    if (part <= 0.0 || part >= 1.0) throw value.error("the share of a class lies between 0 and 1");
    task.class_balance[name] = part;
    sum += part;
  }
  const bool all_named = task.class_balance.size() == task.classes.size();
  if (sum > 1.0 + 1e-9 || (all_named && sum < 1.0 - 1e-9)) throw node.error("the shares in class_balance add up to " + std::to_string(sum));
  if (!all_named && sum >= 1.0) throw node.error("class_balance leaves nothing for the classes it does not name");
}

Task read_task(const ConfigNode& node) {
  node.allow_keys({"kind", "classes", "class_balance"});
  Task task;
  if (const ConfigNode* kind = node.find("kind")) task.kind = kind->text();
  if (task.kind != "classification") throw node.at("kind").error("no task kind '" + task.kind + "'; there is: 'classification'");
  task.classes = read_classes(node.at("classes"));
  if (const ConfigNode* balance = node.find("class_balance")) read_balance(*balance, task);
  return task;
}

GoldOptions read_gold(const ConfigNode& node) {
  node.allow_keys({"field", "use"});
  GoldOptions gold;
  gold.field = node.at("field").text();
  if (const ConfigNode* use = node.find("use")) {
    for (bool& split : gold.use) split = false;
    for (const std::string& name : use->texts()) gold.use[static_cast<std::size_t>(split_named(name, *use))] = true;
  }
  return gold;
}

// `name` alone, or {name: …, option: value, …}.
void read_component(const ConfigNode& node, std::string& name, nlohmann::json& options) {
  if (node.is_scalar()) {
    name = node.text();
    return;
  }
  name = node.at("name").text();
  options = node.to_json();
  options.erase("name");
}

void read_model(const ConfigNode& node, Project& project) {
  std::string name;
  nlohmann::json options = nlohmann::json::object();
  read_component(node, name, options);
  if (name != "text-linear" && name != "none") throw node.error("no model named '" + name + "'; there are: 'text-linear' and 'none'");
  if (name == "none" && !options.empty()) throw node.at(options.begin().key()).error("the model 'none' has no options");
  options["name"] = name;
  project.model = options;
}

std::uint64_t read_seed(const ConfigNode& node) {
  if (node.integer() < 0) throw node.error("the seed must be a whole number from 0, not " + node.text());
  return static_cast<std::uint64_t>(node.integer());
}

EvaluateOptions read_evaluate(const ConfigNode& node) {
  static const std::vector<std::string> kKnown{"accuracy", "macro-f1", "weighted-f1", "log-loss", "ece", "coverage"};
  node.allow_keys({"metrics"});
  EvaluateOptions evaluate;
  if (const ConfigNode* metrics = node.find("metrics")) evaluate.metrics = metrics->texts();
  for (const std::string& metric : evaluate.metrics)
    if (std::ranges::find(kKnown, metric) == kKnown.end())
      throw node.error("no metric named '" + metric + "'" + suggestion(metric, kKnown));
  return evaluate;
}

// Gold is what everything is measured against: neither text nor slices may read it, and sources only on train rows.
void keep_gold_apart(Project& project, const ConfigNode& yaml) {
  const std::string& field = project.gold.field;
  if (field.empty()) return;
  if (std::ranges::find(project.data.text, field) != project.data.text.end())
    throw yaml.at("data").at("text").error("the gold column '" + field + "' cannot be text: what is measured may not be read");
  for (Source& source : project.sources) keep_gold_to_train(project, source);
  for (const Slice& slice : project.slices)
    if (fields_read(slice.condition).contains(field))
      throw Error(ErrorCode::kInvalidProject, described(slice) + " reads the gold column '" + field +
                                                  "': what is measured may not choose its rows; give it another column");
}

IncludeReader include_reader(const std::filesystem::path& root) {
  return [root](const std::string& pattern, const ConfigNode& where) {
    std::vector<std::pair<std::string, ConfigNode>> files;
    for (const std::filesystem::path& path : files_inside(root, pattern, where)) {
      const std::string shown = path.lexically_relative(root).string();
      files.emplace_back(shown, read_yaml(path, shown));
    }
    return files;
  };
}

}  // namespace

bool reads_gold(const Project& project, const Source& source) {
  return !project.gold.field.empty() && fields_read(source).contains(project.gold.field);
}

void keep_gold_to_train(const Project& project, Source& source) {
  if (!reads_gold(project, source)) return;
  if (source.votes_everywhere()) {
    for (const Split split : {Split::kValid, Split::kTest}) source.splits[static_cast<std::size_t>(split)] = false;
    source.version = sha256_hex(source.version + " on train alone");
  }
  if (!source.splits[static_cast<std::size_t>(Split::kValid)] && !source.splits[static_cast<std::size_t>(Split::kTest)]) return;
  throw Error(ErrorCode::kInvalidProject, described(source) + " reads the gold column '" + project.gold.field +
                                              "', so it may vote on train rows alone: splits: [train]");
}

std::filesystem::path find_project(const std::filesystem::path& from) {
  std::filesystem::path folder = std::filesystem::absolute(from).lexically_normal();
  for (;; folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "hone.yaml")) return folder;
    if (!folder.has_relative_path()) break;
  }
  throw Error(ErrorCode::kNotFound,
              "no hone.yaml in '" + from.string() + "' or above; `hone init DIR --from FILE` makes one, --project DIR names another place");
}

std::vector<std::filesystem::path> files_inside(const std::filesystem::path& root, const std::string& glob, const ConfigNode& where) {
  const std::filesystem::path named(glob);
  const bool climbs = std::ranges::any_of(named, [](const std::filesystem::path& part) { return part == ".."; });
  if (named.is_absolute() || climbs) throw where.error("'" + glob + "' leads out of the project folder; includes stay inside it");
  std::vector<std::filesystem::path> files;
  at(where, [&] { files = expand_globs({glob}, root); });
  const std::filesystem::path home = std::filesystem::canonical(root);
  for (const std::filesystem::path& file : files) {
    const auto inside = std::filesystem::canonical(file).lexically_relative(home);
    if (inside.empty() || *inside.begin() == "..")
      throw where.error("'" + file.filename().string() + "' is a link that leads out of the project folder");
  }
  return files;
}

Project load_project(const std::filesystem::path& root) {
  if (!std::filesystem::exists(root / "hone.yaml"))
    throw Error(ErrorCode::kNotFound, "no hone.yaml in '" + root.string() + "'; `hone init DIR --from FILE` makes one");
  const ConfigNode yaml = read_yaml(root / "hone.yaml", "hone.yaml");
  if (yaml.is_null()) throw Error(ErrorCode::kInvalidProject, "hone.yaml is empty; `hone init DIR --from FILE` writes one to start from");
  yaml.allow_keys({"data", "task", "gold", "sources", "label_model", "model", "slices", "evaluate", "seed"});

  Project project;
  project.root = std::filesystem::absolute(root).lexically_normal();
  if (!project.root.has_filename()) project.root = project.root.parent_path();
  project.name = project.root.filename().string();
  project.data = read_data(yaml.at("data"), project.root);
  project.task = read_task(yaml.at("task"));
  if (const ConfigNode* gold = yaml.find("gold")) project.gold = read_gold(*gold);
  project.sources = parse_sources(yaml.at("sources"), project.task, include_reader(project.root));
  if (const ConfigNode* model = yaml.find("label_model")) {
    read_component(*model, project.label_model, project.label_model_options);
    at(*model, [&] { make_label_model(project.label_model, project.label_model_options); });
  }
  if (const ConfigNode* model = yaml.find("model")) read_model(*model, project);
  if (const ConfigNode* slices = yaml.find("slices"); slices && !slices->is_null()) project.slices = parse_slices(*slices);
  if (const ConfigNode* evaluate = yaml.find("evaluate")) project.evaluate = read_evaluate(*evaluate);
  if (const ConfigNode* seed = yaml.find("seed")) project.seed = read_seed(*seed);
  keep_gold_apart(project, yaml);
  return project;
}

const std::vector<ProjectKey>& project_keys() {
  static const std::vector<ProjectKey> keys{
      {"data.files", "a path, a glob, or a list of them",
       "the rows: .csv .tsv .jsonl .ndjson .parquet, text kinds also with .gz or .zst; may lie anywhere"},
      {"data.text", "a column, or a list of columns", "what labeling functions and models read unless they say otherwise"},
      {"data.id", "a column", "names each row once; without it an id is made from the text, and rows of equal text share a split"},
      {"data.group", "a column", "rows that belong together (one customer, one document) and share a split; the unit of the statistics"},
      {"data.split", "{train: 0.8, valid: 0.1, test: 0.1}, {field: COLUMN}, or {files: {train: a.csv, test: b.csv}, valid: 0.1}",
       "by a stable hash of group, id or text, so that new rows move no old one; by a column; or by files, with a share of train for "
       "valid"},
      {"data.encoding", "utf-8, windows-1252 or latin-1", "of text files; utf-8 when absent"},
      {"data.delimiter", "one character, or tab", "between the fields of .csv and .tsv; the comma, or the tab, when absent"},
      {"data.decimal", "'.' or ','", "the decimal sign where a condition reads a number from text"},
      {"data.time_zone", "UTC or +HH:MM", "of dates that name none, where a condition reads a date"},
      {"data.max_bad_rows", "a share, 0.01 when absent", "more malformed rows than this end the import, showing the first ten"},
      {"task.kind", "classification", "one class for each row"},
      {"task.classes", "a list of names", "two or more; their order decides ties"},
      {"task.class_balance", "{fraud: 0.02}", "what is known of the shares of classes; the rest is spread evenly"},
      {"gold.field", "a column", "holds known classes; empty where unknown"},
      {"gold.use", "a list of splits, [valid, test] when absent", "whose known classes are read; test gold is read by evaluation alone"},
      {"sources", "a list", "who votes: `lf`, `column` or `include` entries"},
      {"label_model", "a name, or {name: …, options}", "how votes become labels: majority, weighted-majority or dawid-skene"},
      {"model", "text-linear, none, or {name: …, options}", "what is trained on the labels"},
      {"slices", "a list of {slice: NAME, conditions}", "named parts of the rows that evaluation looks at one by one"},
      {"evaluate.metrics", "a list", "what the short result shows: accuracy, macro-f1, weighted-f1, log-loss, ece, coverage"},
      {"seed", "a whole number, 1 when absent", "of everything random"},
  };
  return keys;
}

}  // namespace hone
