#include "hone/record/object_search_internal.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/data/dataset.h"
#include "hone/data/text_column.h"
#include "hone/ledger/refs_object.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// Any {bytes, hash, media} at any depth.
template <typename Take>
void for_each_ref(const Json& value, const Take& take) {
  if (value.is_object() && value.size() == 3 && value.contains("bytes") && value.contains("hash") && value.contains("media"))
    return take(value.get<ObjectRef>());
  if (value.is_structured())
    for (const Json& inner : value) for_each_ref(inner, take);
}

bool is_parquet(const std::string& bytes) { return bytes.starts_with("PAR1"); }

// Reads the column of ids a row group at a time. A file without one names no row.
bool has_id(const std::filesystem::path& path, const std::string& id) {
  const auto fail = [&](const arrow::Status& status) {
    return Error(ErrorCode::kCorruptData, "'" + path.string() + "': " + status.message());
  };
  auto file = arrow::io::ReadableFile::Open(path.string());
  if (!file.ok()) throw fail(file.status());
  auto opened = parquet::arrow::OpenFile(*file, arrow::default_memory_pool());
  if (!opened.ok()) throw fail(opened.status());
  const auto reader = std::move(opened).ValueUnsafe();
  std::shared_ptr<arrow::Schema> schema;
  if (const auto status = reader->GetSchema(&schema); !status.ok()) throw fail(status);
  int column = schema->GetFieldIndex(std::string(kIdColumn));
  if (column < 0) column = schema->GetFieldIndex("id");  // Of exported labels, which releases hold.
  if (column < 0) return false;
  for (int group = 0; group < reader->num_row_groups(); ++group) {
    const auto table = reader->ReadRowGroup(group, {column});
    if (!table.ok()) throw fail(table.status());
    for (const auto& chunk : (*table)->column(0)->chunks()) {
      const TextColumn ids(*chunk);
      for (std::int64_t row = 0; row < chunk->length(); ++row)
        if (ids.at(row) == id) return true;
    }
  }
  return false;
}

// As it is, or inside a JSON text.
bool shows(const std::string& bytes, const std::string& mark) {
  if (bytes.find(mark) != std::string::npos) return true;
  const std::string quoted = Json(mark).dump(-1, ' ', false, Json::error_handler_t::replace);
  return bytes.find(quoted.substr(1, quoted.size() - 2)) != std::string::npos;
}

// An id such as "7" stands in every number; in JSON it stands alone between quotes.
bool shows_id(const std::string& bytes, const std::string& id) {
  return bytes.find(Json(id).dump(-1, ' ', false, Json::error_handler_t::replace)) != std::string::npos;
}

}  // namespace

std::map<std::string, ObjectRef> refs_in_ledger(ProjectLedger& ledger) {
  std::map<std::string, ObjectRef> refs;
  LedgerReader& log = ledger.reader();
  const std::filesystem::path objects = ledger.folder().parent_path() / "objects";
  log.for_each(0, log.size(), [&](std::uint64_t, std::string_view entry) {
    for_each_ref(parse_event(entry).body, [&](const ObjectRef& ref) {
      if (!refs.emplace(ref.hash, ref).second || ref.media != kRefsMedia) return;
      const std::filesystem::path list = objects / ref.hash.substr(0, 2) / ref.hash.substr(2);
      if (!std::filesystem::exists(list)) return;
      for (const ListedRef& listed : parse_refs(read_file(list)))
        refs.emplace(listed.hash, ObjectRef{listed.hash, listed.bytes, listed.media});
    });
  });
  return refs;
}

bool holds_row(const std::filesystem::path& file, const std::string& id, const std::set<std::string>& marks) {
  const std::string bytes = read_file(file);
  if (is_parquet(bytes)) return has_id(file, id);
  if (shows_id(bytes, id)) return true;
  for (const std::string& mark : marks)
    if (mark != id && shows(bytes, mark)) return true;
  return false;
}

}  // namespace hone
