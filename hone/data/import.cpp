#include "hone/data/import.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/cast.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "hone/core/background.h"
#include "hone/core/count.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/hash_set_internal.h"
#include "hone/data/part_writer_internal.h"
#include "hone/data/readers_internal.h"
#include "hone/data/row_split.h"
#include "hone/data/table_reader.h"

namespace hone {
namespace {

constexpr std::size_t kShownBadRows = 10;
// Of SHA-256, in the ids that are made.
constexpr std::size_t kTextHashDigits = 32;

struct InputFile {
  std::filesystem::path path;
  std::optional<Split> split;  // Where files make the splits.
  FileStamp stamp;
  std::shared_ptr<arrow::Schema> types;

  std::string name() const { return path.filename().string(); }
};

std::vector<InputFile> input_files(const ImportOptions& options) {
  std::vector<InputFile> files;
  const auto add = [&](const std::filesystem::path& path, std::optional<Split> split) {
    files.push_back({.path = path, .split = split, .stamp = {}, .types = {}});
  };
  if (options.split.by == SplitOptions::By::kFiles) {
    for (std::size_t split = 0; split < kSplits; ++split)
      for (const auto& path : options.split.files[split]) add(path, static_cast<Split>(split));
  } else {
    for (const auto& path : options.files) add(path, std::nullopt);
  }
  return files;
}

std::vector<std::string> names_of(const std::vector<InputFile>& files) {
  std::vector<std::string> names;
  for (const InputFile& file : files) names.push_back(file.name());
  return names;
}

// --- What columns the dataset has.

std::shared_ptr<arrow::DataType> common_type(const std::shared_ptr<arrow::DataType>& a, const std::shared_ptr<arrow::DataType>& b) {
  const auto is_number = [](const arrow::DataType& type) { return type.id() == arrow::Type::INT64 || type.id() == arrow::Type::DOUBLE; };
  if (a->id() == arrow::Type::NA) return b;
  if (b->id() == arrow::Type::NA || a->Equals(*b)) return a;
  return is_number(*a) && is_number(*b) ? arrow::float64() : arrow::utf8();
}

void refuse_system_columns(const InputFile& file) {
  for (const std::string& name : file.types->field_names())
    if (name.starts_with("hone_"))
      throw Error(ErrorCode::kInvalidArgument, "column '" + name + "' of '" + file.name() +
                                                   "' has a name that begins with hone_, which is kept for columns of ours; rename it");
}

// All columns of all files, in order of first appearance.
std::shared_ptr<arrow::Schema> united(const std::vector<InputFile>& files) {
  arrow::FieldVector fields;
  std::unordered_map<std::string, std::size_t> places;
  for (const InputFile& file : files) {
    for (const auto& field : file.types->fields()) {
      const auto [place, is_new] = places.emplace(field->name(), fields.size());
      if (is_new)
        fields.push_back(field);
      else
        fields[place->second] = field->WithType(common_type(fields[place->second]->type(), field->type()));
    }
  }
  for (auto& field : fields) field = arrow::field(field->name(), field->type()->id() == arrow::Type::NA ? arrow::utf8() : field->type());
  return arrow::schema(std::move(fields));
}

std::shared_ptr<arrow::Schema> with_system_columns(const arrow::Schema& own, bool grouped) {
  arrow::FieldVector fields{arrow::field(std::string(kIdColumn), arrow::utf8()), arrow::field(std::string(kSplitColumn), arrow::uint8()),
                            arrow::field(std::string(kFileColumn), arrow::uint32()),
                            arrow::field(std::string(kLineColumn), arrow::uint64())};
  if (grouped) fields.push_back(arrow::field(std::string(kGroupColumn), arrow::utf8()));
  fields.insert(fields.end(), own.fields().begin(), own.fields().end());
  return arrow::schema(std::move(fields));
}

// --- Values of a batch as text.

std::shared_ptr<arrow::Array> cast(const std::shared_ptr<arrow::Array>& array, const std::shared_ptr<arrow::DataType>& type,
                                   const std::string& what) {
  return array->type()->Equals(*type) ? array : value_of(arrow::compute::Cast(*array, type), what);
}

class FieldTexts {
 public:
  FieldTexts(const std::shared_ptr<arrow::Array>& array, const std::string& name)
      : texts_(std::static_pointer_cast<arrow::StringArray>(cast(array, arrow::utf8(), "column '" + name + "' has no text"))) {}

  /// Empty where there is no value.
  std::string_view at(std::int64_t row) const { return texts_->IsNull(row) ? std::string_view() : texts_->GetView(row); }

 private:
  std::shared_ptr<arrow::StringArray> texts_;
};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

bool has_no_text(const std::vector<FieldTexts>& texts, std::int64_t row) {
  return std::ranges::all_of(texts, [&](const FieldTexts& text) { return is_blank(text.at(row)); });
}

std::optional<Split> split_named(std::string_view text) {
  std::string name;
  for (const char c : text)
    if (c != ' ') name += 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (name == "train") return Split::kTrain;
  if (name == "valid" || name == "validation" || name == "val" || name == "dev") return Split::kValid;
  if (name == "test") return Split::kTest;
  return std::nullopt;
}

// First 8 bytes of SHA-256 over "hone/split/v1", a zero byte and the key.
std::uint64_t split_hash(std::string_view key, std::string& buffer) {
  buffer.assign("hone/split/v1");
  buffer += '\0';
  buffer += key;
  return sha256_prefix(buffer);
}

double unit_interval(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }

Split split_at(double point, double train, double valid) {
  if (point < train) return Split::kTrain;
  return point < train + valid ? Split::kValid : Split::kTest;
}

std::string percent(double share) {
  std::string text = std::to_string(100 * share);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + " %";
}

// The columns that import adds, built row by row for the rows that stay.
struct SystemColumns {
  arrow::StringBuilder id;
  arrow::UInt8Builder split;
  arrow::UInt32Builder file;
  arrow::UInt64Builder line;
  arrow::StringBuilder group;
};

struct RowFacts {
  std::string id;
  std::string_view group;
  std::string_view dealt_by;  // What the split is a hash of.
  Split split = Split::kTrain;
  std::string trouble;  // Not empty: a bad row.
};

class Import {
 public:
  Import(ObjectStore& objects, const ImportOptions& options, const Progress& progress, int threads)
      : objects_(objects), options_(options), progress_(progress), files_(input_files(options)), writing_(thread_count(threads) > 1) {}

  ObjectRef run() {
    look_at_files();
    own_ = united(files_);
    check_columns();
    note_missing_columns();
    schema_ = with_system_columns(*own_, grouped());
    writer_.emplace(objects_, schema_);
    nulls_.resize(static_cast<std::size_t>(own_->num_fields()));
    for (std::size_t file = 0; file < files_.size(); ++file) import_file(file);
    check_rows();
    finish_manifest();
    return objects_.put_json(manifest_);
  }

 private:
  bool grouped() const { return !options_.group.empty(); }

  // --- Before reading.

  void look_at_files() {
    for (InputFile& file : files_) {
      file.types = column_types(file.path, options_.read);
      file.stamp = stamp_of(file.path);
      total_bytes_ += file.stamp.bytes;
      refuse_system_columns(file);
      if (file.types->num_fields() == 0) manifest_.notes.push_back("'" + file.name() + "' is empty");
    }
  }

  void require_column(const std::string& name, std::string_view key) const {
    if (own_->GetFieldIndex(name) >= 0) return;
    throw Error(ErrorCode::kNotFound, std::string(key) + ": no column '" + name + "' in " + quoted_list(names_of(files_), 3) +
                                          suggestion(name, own_->field_names()));
  }

  // No file has a row that names a column: malformed rows, where there are some, say why.
  [[noreturn]] void fail_without_rows() {
    for (const InputFile& file : files_) {
      const auto reader = open_table(file.path, options_.read);
      while (reader->next().rows) continue;
      bad_rows_.clear();
      add_bad_rows(*reader);
    }
    check_rows();
    throw Error(ErrorCode::kInternal, "rows that name no column");
  }

  void check_columns() {
    if (own_->num_fields() == 0) fail_without_rows();
    for (const std::string& text : options_.text) require_column(text, "text");
    if (!options_.id.empty()) require_column(options_.id, "id");
    if (grouped()) require_column(options_.group, "group");
    if (options_.split.by == SplitOptions::By::kField) require_column(options_.split.field, "split");
  }

  void note_missing_columns() {
    for (const InputFile& file : files_)
      for (const std::string& column : own_->field_names())
        if (file.types->num_fields() > 0 && file.types->GetFieldIndex(column) < 0)
          manifest_.notes.push_back("column '" + column + "' is missing in '" + file.name() + "'");
  }

  // --- One file.

  std::shared_ptr<arrow::Schema> types_for(const InputFile& file) const {
    arrow::FieldVector fields;
    for (const std::string& name : file.types->field_names()) fields.push_back(own_->GetFieldByName(name));
    return arrow::schema(std::move(fields));
  }

  void import_file(std::size_t number) {
    const InputFile& file = files_[number];
    const std::uint64_t rows_before = manifest_.rows;
    file_ = number;
    bad_rows_.clear();
    const auto reader = open_table(file.path, options_.read, types_for(file));
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) {
      import_batch(batch);
      report(*reader);
    }
    const SourceFile source{
        .name = file.name(), .sha256 = sha256_hex_of_file(file.path), .bytes = file.stamp.bytes, .rows = manifest_.rows - rows_before};
    if (stamp_of(file.path) != file.stamp)
      throw Error(ErrorCode::kCorruptData, "'" + file.path.string() + "' changed while it was read; run again when it is complete");
    manifest_.files.push_back(source);
    done_bytes_ += file.stamp.bytes;
    add_bad_rows(*reader);
    add_notes(*reader);
  }

  void report(const TableReader& reader) const {
    if (progress_)
      progress_({.stage = "import", .done = done_bytes_ + reader.bytes_read(), .total = total_bytes_, .unit = "bytes", .note = {}});
  }

  void add_bad_rows(const TableReader& reader) {
    manifest_.bad_rows += reader.bad_row_count();
    bad_rows_.insert(bad_rows_.end(), reader.bad_rows().begin(), reader.bad_rows().end());
    std::stable_sort(bad_rows_.begin(), bad_rows_.end(), [](const BadRow& a, const BadRow& b) { return a.line < b.line; });
    for (const BadRow& bad : bad_rows_)
      if (manifest_.first_bad_rows.size() < kShownBadRows) manifest_.first_bad_rows.push_back(bad);
  }

  void add_notes(const TableReader& reader) {
    for (const std::string& note : reader.notes()) manifest_.notes.push_back(note);
    if (const auto fields = reader.repaired_fields(); fields > 0)
      manifest_.notes.push_back(counted(fields, "field", "fields") + " of '" + files_[file_].name() +
                                "' held invalid UTF-8, replaced by U+FFFD; is the encoding another one?");
  }

  // --- One batch.

  std::shared_ptr<arrow::Array> own_column(const arrow::RecordBatch& batch, const arrow::Field& field) const {
    const auto array = batch.GetColumnByName(field.name());
    if (!array) return value_of(arrow::MakeArrayOfNull(field.type(), batch.num_rows()), "out of memory", ErrorCode::kIo);
    return cast(array, field.type(),
                "column '" + field.name() + "' of '" + files_[file_].name() + "' cannot become " + field.type()->ToString());
  }

  FieldTexts text_column(const arrow::ArrayVector& columns, const std::string& name) const {
    return {columns[static_cast<std::size_t>(own_->GetFieldIndex(name))], name};
  }

  void import_batch(const TableBatch& batch) {
    arrow::ArrayVector columns;
    for (const auto& field : own_->fields()) columns.push_back(own_column(*batch.rows, *field));
    SystemColumns system;
    const std::vector<std::int64_t> kept = add_rows(columns, batch.lines, system);
    if (kept.empty()) return;
    arrow::ArrayVector added = finished(system);
    write_runs(kept, columns, added);
  }

  // Fills the system columns; returns the rows that stay.
  std::vector<std::int64_t> add_rows(const arrow::ArrayVector& columns, const std::vector<std::uint64_t>& lines, SystemColumns& system) {
    std::vector<FieldTexts> texts;
    for (const std::string& name : options_.text) texts.push_back(text_column(columns, name));
    std::optional<FieldTexts> ids, groups, splits;
    if (!options_.id.empty()) ids.emplace(text_column(columns, options_.id));
    if (grouped()) groups.emplace(text_column(columns, options_.group));
    if (options_.split.by == SplitOptions::By::kField) splits.emplace(text_column(columns, options_.split.field));
    std::vector<std::int64_t> kept;
    for (std::int64_t row = 0; row < static_cast<std::int64_t>(lines.size()); ++row) {
      const std::uint64_t line = lines[static_cast<std::size_t>(row)];
      if (options_.skip_empty_texts && has_no_text(texts, row)) {
        ++manifest_.skipped_rows;
        continue;
      }
      RowFacts facts;
      if (ids) facts.id = ids->at(row);
      if (ids && is_blank(facts.id)) facts.trouble = "has no id in column '" + options_.id + "'";
      std::optional<Split> named = files_[file_].split;
      if (splits && !(named = split_named(splits->at(row))))
        facts.trouble = "the split '" + std::string(splits->at(row).substr(0, 40)) + "' is none of train, valid and test";
      if (!facts.trouble.empty()) {
        add_bad_row(line, std::move(facts.trouble));
        continue;
      }
      if (!ids) facts.id = id_of_texts(texts, row);
      if (options_.erased.holds(facts.id)) {
        ++manifest_.erased_rows;
        continue;
      }
      const bool has_group = groups && !groups->at(row).empty();
      facts.group = has_group ? groups->at(row) : std::string_view(facts.id);
      facts.dealt_by = has_group || ids ? facts.group : std::string_view(facts.id).substr(0, kTextHashDigits);
      place(facts, named, line, ids.has_value());
      count(facts, texts, row);
      append(facts, line, system);
      kept.push_back(row);
    }
    return kept;
  }

  void add_bad_row(std::uint64_t line, std::string reason) {
    ++manifest_.bad_rows;
    if (bad_rows_.size() < kShownBadRows) bad_rows_.push_back({.file = files_[file_].name(), .line = line, .reason = std::move(reason)});
  }

  // --- One row.

  std::string id_of_texts(const std::vector<FieldTexts>& texts, std::int64_t row) {
    Sha256 hash;
    for (const FieldTexts& text : texts) hash.update_sized(text.at(row));
    const Sha256::Digest digest = hash.digest();
    const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), kTextHashDigits / 2);
    std::uint64_t key = 0;
    for (int byte = 0; byte < 8; ++byte) key = key << 8 | digest[static_cast<std::size_t>(byte)];
    // Only texts that come again need a count.
    const std::uint64_t occurrence = texts_.insert(key) ? 1 : ++repeats_.try_emplace(key, 1).first->second;
    return to_hex(bytes) + "-" + std::to_string(occurrence);
  }

  // Decides the split, and whether id and group were seen before.
  void place(RowFacts& facts, std::optional<Split> named, std::uint64_t line, bool given_id) {
    const std::uint64_t dealt = split_hash(facts.dealt_by, buffer_);
    const std::uint64_t id_hash = grouped() && given_id ? split_hash(facts.id, buffer_) : dealt;
    if (given_id && !ids_.insert(id_hash)) refuse_second(facts.id, line);
    facts.split = split_of(named, unit_interval(dealt));
    if (!grouped()) return;
    const std::uint64_t hash = facts.dealt_by == facts.group ? dealt : split_hash(facts.group, buffer_);
    groups_.insert(hash);
    // SplitMix64's constant keeps the three sets of keys apart (Steele, Lea, Flood: Fast Splittable PRNGs. OOPSLA 2014).
    groups_by_split_.insert(hash ^ (static_cast<std::uint64_t>(facts.split) * 0x9E3779B97F4A7C15u));
  }

  Split split_of(std::optional<Split> named, double point) const {
    const SplitOptions& split = options_.split;
    if (!named) return split_at(point, split.share[0], split.share[1]);
    return *named == Split::kTrain && split.by == SplitOptions::By::kFiles && point < split.valid_share_of_train ? Split::kValid : *named;
  }

  // Two rows have one hash. Ids are looked at again from the begin of all files: it is the last thing this import does,
  // save where two ids share 64 bits of SHA-256.
  void refuse_second(const std::string& id, std::uint64_t line) const {
    for (std::size_t file = 0; file <= file_; ++file) {
      const auto first = line_of(id, files_[file], file == file_ ? line : UINT64_MAX);
      if (!first) continue;
      throw Error(ErrorCode::kCorruptData, "the id '" + id + "' of column '" + options_.id + "' stands twice: " + files_[file].name() +
                                               ":" + std::to_string(*first) + " and " + files_[file_].name() + ":" + std::to_string(line) +
                                               "; ids must be unique (leave 'id' out to have them made)");
    }
  }

  std::optional<std::uint64_t> line_of(const std::string& id, const InputFile& file, std::uint64_t before) const {
    const auto reader = open_table(file.path, options_.read, types_for(file));
    for (TableBatch batch = reader->next(); batch.rows; batch = reader->next()) {
      const auto array = batch.rows->GetColumnByName(options_.id);
      if (!array) continue;
      const FieldTexts ids(array, options_.id);
      for (std::size_t row = 0; row < batch.lines.size() && batch.lines[row] < before; ++row)
        if (ids.at(static_cast<std::int64_t>(row)) == id) return batch.lines[row];
    }
    return std::nullopt;
  }

  void count(const RowFacts& facts, const std::vector<FieldTexts>& texts, std::int64_t row) {
    ++manifest_.rows;
    ++manifest_.split_rows[static_cast<std::size_t>(facts.split)];
    manifest_.empty_texts += has_no_text(texts, row);
  }

  void append(const RowFacts& facts, std::uint64_t line, SystemColumns& system) const {
    const auto appended = [&] {
      ARROW_RETURN_NOT_OK(system.id.Append(facts.id));
      ARROW_RETURN_NOT_OK(system.split.Append(static_cast<std::uint8_t>(facts.split)));
      ARROW_RETURN_NOT_OK(system.file.Append(static_cast<std::uint32_t>(file_)));
      ARROW_RETURN_NOT_OK(system.line.Append(line));
      return grouped() ? system.group.Append(facts.group) : arrow::Status::OK();
    };
    check(appended(), "out of memory", ErrorCode::kIo);
  }

  arrow::ArrayVector finished(SystemColumns& system) const {
    arrow::ArrayVector arrays;
    const auto finish = [&](arrow::ArrayBuilder& builder) {
      arrays.push_back(value_of(builder.Finish(), "out of memory", ErrorCode::kIo));
    };
    finish(system.id);
    finish(system.split);
    finish(system.file);
    finish(system.line);
    if (grouped()) finish(system.group);
    return arrays;
  }

  // --- Writing.

  // Bad rows are rare, so what lies between them is written as it is.
  void write_runs(const std::vector<std::int64_t>& kept, const arrow::ArrayVector& columns, const arrow::ArrayVector& added) {
    for (std::size_t begin = 0, end = 0; begin < kept.size(); begin = end) {
      while (end < kept.size() && kept[end] - kept[begin] == static_cast<std::int64_t>(end - begin)) ++end;
      const auto rows = static_cast<std::int64_t>(end - begin);
      arrow::ArrayVector run;
      for (const auto& array : added) run.push_back(array->Slice(static_cast<std::int64_t>(begin), rows));
      for (std::size_t column = 0; column < columns.size(); ++column) {
        run.push_back(columns[column]->Slice(kept[begin], rows));
        nulls_[column] += static_cast<std::uint64_t>(run.back()->null_count());
      }
      writing_.run([this, batch = arrow::RecordBatch::Make(schema_, rows, std::move(run))] { writer_->write(*batch); });
    }
  }

  // --- After reading.

  void check_rows() const {
    const std::uint64_t all = manifest_.rows + manifest_.bad_rows + manifest_.skipped_rows;
    if (all > 0 && all == manifest_.skipped_rows)
      throw Error(ErrorCode::kInvalidArgument, "none of " + counted(all, "row", "rows") + " has a text in " + quoted_list(options_.text) +
                                                   ", and skip_empty_texts leaves such rows out; is it the right column?");
    if (all == 0) throw Error(ErrorCode::kInvalidArgument, "no rows in " + quoted_list(names_of(files_), 3));
    const double share = static_cast<double>(manifest_.bad_rows) / static_cast<double>(all);
    if (manifest_.rows > 0 && share <= options_.max_bad_rows) return;
    std::string message = std::to_string(manifest_.bad_rows) + " of " + counted(all, "row", "rows") + " cannot be used (" + percent(share) +
                          "; max_bad_rows allows " + percent(options_.max_bad_rows) + "):";
    for (const BadRow& bad : manifest_.first_bad_rows) message += "\n  " + bad.file + ":" + std::to_string(bad.line) + ": " + bad.reason;
    if (manifest_.bad_rows > manifest_.first_bad_rows.size())
      message += "\n  and " + std::to_string(manifest_.bad_rows - manifest_.first_bad_rows.size()) + " more";
    throw Error(ErrorCode::kCorruptData, message);
  }

  void finish_manifest() {
    writing_.finish();
    manifest_.parts = writer_->finish();
    for (std::size_t column = 0; column < nulls_.size(); ++column) {
      const auto& field = *own_->field(static_cast<int>(column));
      manifest_.columns.push_back({.name = field.name(), .type = field.type()->ToString(), .nulls = nulls_[column]});
    }
    manifest_.groups = groups_.size();
    if (manifest_.bad_rows > 0) manifest_.notes.push_back(counted(manifest_.bad_rows, "row", "rows") + " could not be used");
    if (manifest_.skipped_rows > 0)
      manifest_.notes.push_back(counted(manifest_.skipped_rows, "row", "rows") + " without a text " +
                                (manifest_.skipped_rows == 1 ? "was" : "were") + " left out");
    if (manifest_.empty_texts > 0) manifest_.notes.push_back(counted(manifest_.empty_texts, "row has", "rows have") + " no text");
    if (!repeats_.empty()) manifest_.notes.push_back(counted(repeats_.size(), "text stands", "texts stand") + " in more than one row");
    if (groups_by_split_.size() > groups_.size())
      manifest_.notes.push_back("some groups lie in more than one split, which makes test results look better than they are");
  }

  ObjectStore& objects_;
  const ImportOptions& options_;
  const Progress& progress_;
  std::vector<InputFile> files_;
  std::shared_ptr<arrow::Schema> own_;     // The files' own columns.
  std::shared_ptr<arrow::Schema> schema_;  // With the system's in front.
  std::optional<PartWriter> writer_;
  DatasetManifest manifest_;
  std::vector<std::uint64_t> nulls_;
  std::size_t file_ = 0;
  std::vector<BadRow> bad_rows_;  // Of this file.
  std::uint64_t total_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;
  HashSet ids_;
  HashSet texts_;
  std::unordered_map<std::uint64_t, std::uint64_t> repeats_;  // By hash of the texts; the rows that have them. Never walked.
  HashSet groups_;
  HashSet groups_by_split_;
  std::string buffer_;
  InBackground writing_;  // Of batches by writer_; ends before it.
};

}  // namespace

Split split_of_key(std::string_view key, const SplitOptions& options) {
  std::string buffer;
  return split_at(unit_interval(split_hash(key, buffer)), options.share[0], options.share[1]);
}

std::string key_of_texts(std::span<const std::string_view> texts) {
  Sha256 hash;
  for (const std::string_view text : texts) hash.update_sized(text);
  const Sha256::Digest digest = hash.digest();
  return to_hex({reinterpret_cast<const char*>(digest.data()), kTextHashDigits / 2});
}

ObjectRef import_dataset(ObjectStore& objects, const ImportOptions& options, const Progress& progress, int threads) {
  options.validate();
  return Import(objects, options, progress, threads).run();
}

}  // namespace hone
