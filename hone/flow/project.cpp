#include "hone/flow/project.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/suggest.h"
#include "hone/flow/evaluate_options_internal.h"
#include "hone/job/text_linear_options.h"
#include "hone/label_model/label_model.h"

namespace hone {
namespace {

constexpr std::uint64_t kMaxProjectFile = 1 << 20;

ConfigNode read_yaml(const SafePath& file) { return ConfigNode::parse_yaml(file.read(kMaxProjectFile), file.name()); }

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

std::vector<std::filesystem::path> data_files(const ConfigNode& node, const std::filesystem::path& root) {
  const std::vector<std::string> patterns = node.texts();
  if (patterns.empty()) throw node.error("names no file; give a path, a pattern such as '*.csv', or a list of them");
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
  if (const ConfigNode* valid = node.find("valid")) split.valid_share_of_train = read_share(*valid);
  if (split.files[0].empty()) throw files.error("split.files names no file for train; add train: FILE");
}

void read_split_shares(const ConfigNode& node, SplitOptions& split) {
  for (double& part : split.share) part = 0.0;
  double sum = 0.0;
  for (const auto& [name, value] : node.entries())
    sum += split.share[static_cast<std::size_t>(split_named(name, value))] = read_share(value);
  if (std::abs(sum - 1.0) > 1e-9)
    throw node.error("the shares of train, valid and test add up to " + std::to_string(sum) + ", not to 1; raise or lower one of them");
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
  node.allow_keys({"files", "id", "text", "group", "split", "encoding", "delimiter", "decimal", "time_zone", "max_bad_rows",
                   "skip_empty_texts", "near_duplicates", "about"});
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
  if (const ConfigNode* limit = node.find("max_bad_rows")) data.max_bad_rows = read_share(*limit);
  if (const ConfigNode* skip = node.find("skip_empty_texts")) data.skip_empty_texts = skip->boolean();
  at_named_key(node, [&] { data.validate(); });
  return data;
}

DataAbout read_about(const ConfigNode& node) {
  node.allow_keys({"licence", "purpose", "legal_basis", "pii", "consent", "retain_until", "personal"});
  DataAbout about;
  const auto take = [&](const char* key, std::string& text) {
    const ConfigNode* value = node.find(key);
    if (!value) return;
    constexpr std::size_t kLongest = 500;  // Of each: an event of the ledger has 16 KiB.
    if (value->text().empty() || value->text().size() > kLongest) throw value->error("expected a text of at most 500 bytes");
    text = value->text();
  };
  take("licence", about.licence);
  take("purpose", about.purpose);
  take("legal_basis", about.legal_basis);
  take("pii", about.pii);
  take("consent", about.consent);
  take("retain_until", about.retain_until);
  if (const ConfigNode* personal = node.find("personal"))
    for (const std::string& column : personal->texts()) about.personal.insert(column);
  return about;
}

// What a signed note may be named: no spaces, no plus (signed-note), and short.
LedgerSettings read_ledger(const ConfigNode& node) {
  node.allow_keys({"origin", "segregation"});
  LedgerSettings ledger;
  if (const ConfigNode* origin = node.find("origin")) {
    ledger.origin = origin->text();
    const bool is_plain = std::ranges::all_of(ledger.origin, [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
    if (ledger.origin.empty() || ledger.origin.size() > 200 || !is_plain)
      throw origin->error("expected a name such as bank.example/complaints: letters, digits and signs, no space and no '+'");
  }
  if (const ConfigNode* segregation = node.find("segregation")) {
    if (segregation->text() != "solo" && segregation->text() != "enforced")
      throw segregation->error("expected solo or enforced, found '" + segregation->text() + "'");
    ledger.solo = segregation->text() == "solo";
  }
  return ledger;
}

bool is_drop(const ConfigNode& node, std::string_view other) {
  if (node.text() == "drop") return true;
  if (node.text() == other) return false;
  throw node.error("expected " + std::string(other) + " or drop, found '" + node.text() + "'");
}

NearDuplicateRules read_near_duplicates(const ConfigNode& node, const SplitOptions& split) {
  node.allow_keys({"similarity", "copies", "straddling"});
  NearDuplicateRules rules;
  if (const ConfigNode* similarity = node.find("similarity")) {
    rules.similarity = similarity->number();
    if (!(rules.similarity >= 0.5 && rules.similarity <= 1.0))
      throw similarity->error("expected a similarity between 0.5 and 1, found '" + similarity->text() + "'");
  }
  if (const ConfigNode* copies = node.find("copies"); copies && is_drop(*copies, "keep")) rules.copies = NearDuplicateRules::Copies::kDrop;
  if (const ConfigNode* straddling = node.find("straddling")) {
    if (split.by == SplitOptions::By::kHash)
      throw straddling->error("straddling is for splits that are given by field or files; by hash, duplicates always go to one split");
    if (is_drop(*straddling, "report")) rules.straddling = NearDuplicateRules::Straddling::kDrop;
  }
  return rules;
}

std::vector<std::string> read_classes(const ConfigNode& node) {
  const std::vector<std::string> classes = node.texts();
  if (classes.size() < 2) throw node.error("a task needs at least two classes; list them, as in [card, fraud]");
  if (classes.size() >= kNoClass) throw node.error("a task has at most 65,534 classes; join those that are seldom told apart");
  std::set<std::string> seen;
  for (const ConfigNode& item : node.items()) {
    if (item.text().empty()) throw item.error("a class needs a name; take the empty one out");
    if (!seen.insert(item.text()).second) throw item.error("the class '" + item.text() + "' stands here twice; take one out");
  }
  return classes;
}

void read_balance(const ConfigNode& node, Task& task) {
  for (const auto& [name, value] : node.entries()) {
    at(value, [&, &name = name] { task.id_of(name); });
    const double part = read_share(value);
    if (part <= 0.0 || part >= 1.0) throw value.error("the share of a class lies between 0 and 1, as in {fraud: 0.02}");
    task.class_balance[name] = part;
  }
  if (!task.is_multi_label()) at(node, [&] { task.declared_prior(); });  // There each share is of a class by itself.
}

// The tree itself, or the file that holds it.
Taxonomy read_taxonomy(const ConfigNode& node, const std::filesystem::path& root) {
  if (!node.is_scalar()) return Taxonomy::parse(node);
  const auto files = files_inside(root, node.text(), node);
  if (files.size() != 1)
    throw node.error("'" + node.text() + "' names " + std::to_string(files.size()) + " files; name the one with the taxonomy");
  return Taxonomy::parse(read_yaml(files.front()));
}

double read_certainty(const ConfigNode& node) {
  const double certainty = node.number();
  if (!(certainty > 0.5 && certainty <= 1.0))
    throw node.error("expected a share above 0.5, up to 1, found '" + node.text() + "': below it two nodes could be certain at once");
  return certainty;
}

Task read_task(const ConfigNode& node, const std::filesystem::path& root) {
  node.allow_keys({"kind", "classes", "taxonomy", "certainty", "class_balance"});
  Task task;
  if (const ConfigNode* kind = node.find("kind")) task.kind = kind->text();
  if (task.kind != "classification" && !task.is_multi_label())
    throw node.at("kind").error("no task kind '" + task.kind + "'; there are: 'classification' and 'multi-label'");
  if (const ConfigNode* taxonomy = node.find("taxonomy")) {
    if (task.is_multi_label())
      throw taxonomy->error(
          "a taxonomy is for classification: the classes of a multi-label task stand side by side; list them as task.classes");
    if (const ConfigNode* classes = node.find("classes")) throw classes->error("give task.classes or task.taxonomy, not both");
    task.taxonomy = read_taxonomy(*taxonomy, root);
    task.classes = task.taxonomy.classes();
  } else {
    task.classes = read_classes(node.at("classes"));
  }
  if (const ConfigNode* certainty = node.find("certainty")) {
    if (task.taxonomy.empty()) throw certainty->error("certainty is for a task with a taxonomy, whose labels back off to its inner nodes");
    task.certainty = read_certainty(*certainty);
  }
  if (const ConfigNode* balance = node.find("class_balance")) read_balance(*balance, task);
  return task;
}

std::map<std::string, std::string> read_gold_classes(const ConfigNode& node, const Task& task) {
  if (node.entries().empty()) throw node.error("gold.classes names no value; leave it out where the values are class names");
  std::map<std::string, std::string> classes;
  for (const auto& [value, name] : node.entries()) {
    at(name, [&, &name = name] { task.vote_for(name.text()); });
    classes[value] = name.text();
  }
  return classes;
}

GoldOptions read_gold(const ConfigNode& node, const Task& task) {
  node.allow_keys({"field", "classes", "separator", "none", "drawn", "use"});
  GoldOptions gold;
  gold.field = node.at("field").text();
  if (const ConfigNode* classes = node.find("classes")) gold.classes = read_gold_classes(*classes, task);
  for (const char* key : {"separator", "none"})
    if (const ConfigNode* value = node.find(key); value && !task.is_multi_label())
      throw value->error(std::string("gold.") + key + " is for a task of kind multi-label; take it out");
  if (const ConfigNode* separator = node.find("separator")) gold.separator = separator->text();
  if (const ConfigNode* none = node.find("none")) gold.none = none->text();
  if (const ConfigNode* drawn = node.find("drawn")) gold.drawn = drawn->text();
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
  if (name == "none" && !options.empty())
    throw node.at(options.begin().key()).error("the model 'none' has no options; take them out, or name text-linear");
  if (name == "text-linear") at(node, [&] { options.get<TextLinearOptions>(); });
  options["name"] = name;
  project.model = options;
}

std::uint64_t read_seed(const ConfigNode& node) {
  if (node.integer() < 0) throw node.error("the seed must be a whole number from 0, not " + node.text());
  return static_cast<std::uint64_t>(node.integer());
}

// Gold may teach, but what is measured does not vote.
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

// Whether a word of a command names a file inside the project: where it does not, it is an option, a program, or text.
std::optional<SafePath> file_named(const Project& project, const std::string& word) {
  try {
    SafePath file(project.root, (project.root / word).lexically_normal().lexically_relative(project.root).string());
    if (file.is_file()) return file;
  } catch (const Error&) {
  }
  return std::nullopt;
}

// The files inside the project that a program's votes hang on, as far as we know: those its command names, and those it names itself. By
// name.
std::map<std::string, SafePath> code_of(const Project& project, const Source& source) {
  std::map<std::string, SafePath> files;
  for (const std::string& word : source.process.command)
    if (const auto file = file_named(project, word)) files.emplace(file->name(), *file);
  for (const std::string& glob : source.process.files) {
    try {
      for (const SafePath& file : files_inside(project.root, glob, ConfigNode())) files.emplace(file.name(), file);
    } catch (const Error& error) {
      throw Error(ErrorCode::kInvalidProject, described(source) + ": files: " + error.what());
    }
  }
  return files;
}

void add_code_to_version(const Project& project, Source& source) {
  if (source.kind != Source::Kind::kProcess) return;
  Sha256 hash;
  hash.update_sized(source.version);
  for (const auto& [name, file] : code_of(project, source)) hash.update_sized(name).update_sized(sha256_hex(file.read()));
  source.version = hash.hex();
}

// Gold is what everything is measured against: neither text nor slices may read it, and sources only on train rows.
void keep_gold_apart(Project& project, const ConfigNode& yaml) {
  for (Source& source : project.sources) complete_source(project, source);
  const std::string& field = project.gold.field;
  if (field.empty()) return;
  if (std::ranges::find(project.data.text, field) != project.data.text.end())
    throw yaml.at("data").at("text").error("the gold column '" + field +
                                           "' cannot be text: what is measured may not be read; name another column");
  for (const Slice& slice : project.slices)
    if (fields_read(slice.condition).contains(field))
      throw Error(ErrorCode::kInvalidProject, described(slice) + " reads the gold column '" + field +
                                                  "': what is measured may not choose its rows; give it another column");
  for (const DerivedSlice& slice : project.derived_slices)
    if (slice.field == field)
      throw Error(ErrorCode::kInvalidProject, "slice '" + slice.name + "' in " + slice.file + ":" + std::to_string(slice.line) +
                                                  " reads the gold column '" + field +
                                                  "': the report has results by class; give it another column");
}

void read_slices(const ConfigNode& list, Project& project) {
  project.slices = parse_slices(list, kDerivedKeys);
  project.derived_slices = parse_derived_slices(list);
  std::map<std::string, std::string> places;
  for (const Slice& slice : project.slices) places.emplace(slice.name, slice.file + ":" + std::to_string(slice.line));
  for (const DerivedSlice& slice : project.derived_slices) {
    const std::string here = slice.file + ":" + std::to_string(slice.line);
    const auto [place, is_new] = places.emplace(slice.name, here);
    if (!is_new) throw Error(ErrorCode::kInvalidProject, here + ": the slice '" + slice.name + "' is already there, in " + place->second);
  }
}

IncludeReader include_reader(Project& project) {
  return [&project](const std::string& pattern, const ConfigNode& where) {
    std::vector<std::pair<std::string, ConfigNode>> files;
    for (const SafePath& file : files_inside(project.root, pattern, where)) {
      project.files.insert(file.name());
      files.emplace_back(file.name(), read_yaml(file));
    }
    return files;
  };
}

// As file_reader() reads them, and noted as the project's.
FileReader noting_reader(Project& project) {
  return [&project, read = file_reader(project.root)](const std::string& path, const ConfigNode& where) {
    std::string bytes = read(path, where);
    for (const SafePath& file : files_inside(project.root, path, where)) project.files.insert(file.name());
    return bytes;
  };
}

void note_other_files(Project& project, const ConfigNode& yaml) {
  project.files.insert("hone.yaml");
  const ConfigNode* taxonomy = yaml.at("task").find("taxonomy");
  if (taxonomy && taxonomy->is_scalar())
    for (const SafePath& file : files_inside(project.root, taxonomy->text(), *taxonomy)) project.files.insert(file.name());
  const auto note_code = [&](const Source& source) {
    if (source.kind == Source::Kind::kProcess)
      for (const auto& [name, file] : code_of(project, source)) project.files.insert(name);
  };
  for (const Source& source : project.sources) note_code(source);
  for (const Criterion& criterion : project.evaluate.criteria)
    if (criterion.source) note_code(*criterion.source);
}

}  // namespace

FileReader file_reader(const std::filesystem::path& root) {
  return [root](const std::string& path, const ConfigNode& where) {
    const std::vector<SafePath> files = files_inside(root, path, where);
    if (files.size() != 1) throw where.error("'" + path + "' names " + std::to_string(files.size()) + " files; name one");
    if (std::filesystem::file_size(files.front().path()) > kMaxDictionaryBytes)
      throw where.error("'" + path + "' is too large for a file of terms; at most " + std::to_string(kMaxDictionaryBytes >> 20) + " MiB");
    return files.front().read(kMaxDictionaryBytes);
  };
}

ClassId GoldOptions::answer_of(std::string_view value, const Task& task) const {
  const auto found = classes.find(std::string(value));
  if (!classes.empty() && found == classes.end()) return kNoClass;
  const ClassId answer = task.find_group(classes.empty() ? value : std::string_view(found->second));
  return answer == kNoClass ? kNoClass : task.plain_answer(answer);
}

bool Project::grades() const {
  return std::ranges::any_of(evaluate.criteria, [](const Criterion& criterion) { return criterion.source.has_value(); });
}

bool reads_gold(const Project& project, const Source& source) {
  return !project.gold.field.empty() && fields_read(source).contains(project.gold.field);
}

void complete_source(const Project& project, Source& source) {
  keep_gold_to_train(project, source);
  add_code_to_version(project, source);
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

std::vector<SafePath> files_inside(const std::filesystem::path& root, const std::string& glob, const ConfigNode& where) {
  const std::filesystem::path home = std::filesystem::absolute(root).lexically_normal();
  std::vector<SafePath> files;
  at(where, [&] {
    for (const std::filesystem::path& file : expand_globs({SafePath(home, glob).name()}, root)) {
      files.emplace_back(home, file.lexically_relative(home).string());
      if (!files.back().is_file()) throw Error(ErrorCode::kInvalidArgument, "'" + files.back().name() + "' is no file");
    }
  });
  return files;
}

Project load_project(const std::filesystem::path& root) {
  if (!std::filesystem::exists(root / "hone.yaml"))
    throw Error(ErrorCode::kNotFound, "no hone.yaml in '" + root.string() + "'; `hone init DIR --from FILE` makes one");
  const ConfigNode yaml = ConfigNode::parse_yaml(read_file(root / "hone.yaml", kMaxProjectFile), "hone.yaml");
  if (yaml.is_null()) throw Error(ErrorCode::kInvalidProject, "hone.yaml is empty; `hone init DIR --from FILE` writes one to start from");
  yaml.allow_keys({"data", "task", "gold", "sources", "label_model", "model", "slices", "evaluate", "ledger", "seed"});

  Project project;
  project.root = std::filesystem::absolute(root).lexically_normal();
  if (!project.root.has_filename()) project.root = project.root.parent_path();
  project.name = project.root.filename().string();
  project.data = read_data(yaml.at("data"), project.root);
  project.data.erased = ErasedRows::read(project.erased_file());
  if (const ConfigNode* about = yaml.at("data").find("about")) project.about = read_about(*about);
  if (const ConfigNode* near_duplicates = yaml.at("data").find("near_duplicates"))
    project.near_duplicates = read_near_duplicates(*near_duplicates, project.data.split);
  project.task = read_task(yaml.at("task"), project.root);
  if (const ConfigNode* gold = yaml.find("gold")) project.gold = read_gold(*gold, project.task);
  project.sources = parse_sources(yaml.at("sources"), project.task, include_reader(project), noting_reader(project));
  if (const ConfigNode* model = yaml.find("label_model")) {
    read_component(*model, project.label_model, project.label_model_options);
    at(*model, [&] { make_label_model(project.label_model, project.label_model_options); });
  }
  if (project.task.is_multi_label()) project.model = {{"name", "none"}};
  if (const ConfigNode* model = yaml.find("model")) read_model(*model, project);
  if (project.task.is_multi_label() && project.trains())
    throw yaml.at("model").error("no model learns several classes of a row yet; leave model out, and take the labels from `hone export`");
  if (const ConfigNode* slices = yaml.find("slices"); slices && !slices->is_null()) read_slices(*slices, project);
  if (project.task.is_multi_label()) project.evaluate.metrics = {"accuracy", "micro-f1", "macro-f1"};
  if (const ConfigNode* evaluate = yaml.find("evaluate")) read_evaluate(*evaluate, project, noting_reader(project));
  if (const ConfigNode* seed = yaml.find("seed")) project.seed = read_seed(*seed);
  if (const ConfigNode* ledger = yaml.find("ledger")) project.ledger = read_ledger(*ledger);
  keep_gold_apart(project, yaml);
  for (Criterion& criterion : project.evaluate.criteria)
    if (criterion.source) add_code_to_version(project, *criterion.source);
  note_other_files(project, yaml);
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
      {"data.near_duplicates", "{similarity: 0.9, copies: keep or drop, straddling: report or drop}; {} for these defaults",
       "rows of one text, or nearly, are found and reported, share a split that goes by hash, and are one item of the statistics"},
      {"data.skip_empty_texts", "true or false (default)", "whether rows without a text are left out, and counted"},
      {"task.kind", "classification, or multi-label", "one class for each row, or any number of them"},
      {"task.classes", "a list of names", "two or more; their order decides ties"},
      {"task.taxonomy", "a tree of names, a list of {class: NAME, parent: NAME}, or a file with one of these",
       "in place of classes: its leaves are the classes, in its order; a vote for an inner node is one for all of them"},
      {"task.certainty", "a share above 0.5, 0.7 when absent", "with a taxonomy, labels back off to the deepest node that has so much"},
      {"task.class_balance", "{fraud: 0.02}", "what is known of the shares of classes; the rest is spread evenly"},
      {"gold.field", "a column", "holds known classes; empty where unknown"},
      {"gold.classes", "{VALUE: CLASS}", "what the values of the column mean, where they are not the names of the classes"},
      {"gold.separator", "a text such as ';'", "multi-label: what stands between the classes of a row; JSON lists need none"},
      {"gold.none", "a value", "multi-label: says that a row holds none of the classes, where an empty cell is unknown"},
      {"gold.drawn", "a column",
       "each row's chance of being drawn for gold, as of a review queue that prefers hard rows: accuracy is weighted back"},
      {"gold.use", "a list of splits, [valid, test] when absent", "whose known classes are read; test gold is read by evaluation alone"},
      {"sources", "a list", "who votes: `lf`, `column`, `process`, `like`, `model`, `dictionary` or `include` entries"},
      {"label_model", "a name, or {name: …, options}",
       "how votes become labels: hone (when absent), majority, weighted-majority, dawid-skene, metal or triplet"},
      {"model", "text-linear, none, or {name: …, options}", "what is trained on the labels"},
      {"slices", "a list of {slice: NAME, conditions}, or with each: COLUMN, confidence: {below: 0.6} or disagree: [model, labels]",
       "named parts of the rows that evaluation looks at one by one: by a condition, one for each value of a column, or by what the "
       "systems say"},
      {"evaluate.baseline", "the name of a release or of an earlier run", "what gates compare with; the newest release when absent"},
      {"evaluate.gates",
       "a list of {metric: accuracy or macro-f1, slice: NAME, of: model or labels, not_worse_by: POINTS or at_least: SHARE}",
       "what must hold, or `hone run` ends with status 1: against the baseline, or by itself; without a slice of all rows"},
      {"evaluate.criteria",
       "a list of {criterion: NAME, evaluator: COLUMN or a source that votes yes or no, otherwise: yes or no, people: COLUMN, "
       "yes: [VALUES], people_drawn: evenly or otherwise}",
       "what a judge grades outputs by, beside people's grades: agreement and the corrected share by slice"},
      {"evaluate.metrics", "a list",
       "what the short result shows: accuracy, micro-f1 (multi-label), macro-f1, weighted-f1, log-loss, ece, coverage"},
      {"data.about", "{licence, purpose, legal_basis, pii, consent, retain_until: a text, personal: columns}",
       "what the ledger says of the data: where they may come from and be used for; personal columns are kept out of discovered slices"},
      {"ledger.origin", "a name such as bank.example/complaints", "what the ledger's checkpoints are signed for; fixed when it begins"},
      {"ledger.segregation", "solo (when absent) or enforced", "whether who made a release may approve it; fixed when the ledger begins"},
      {"seed", "a whole number, 1 when absent", "of everything random"},
  };
  return keys;
}

}  // namespace hone
