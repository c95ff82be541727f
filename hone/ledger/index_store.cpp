#include <algorithm>
#include <chrono>

#include "hone/ledger/index_store_internal.h"

namespace hone::ledger_internal {
namespace {

constexpr std::chrono::seconds kPatience{10};  // While another process adds a batch of events, which takes a fraction of one.

constexpr const char* kTables = R"(
  CREATE TABLE words(id INTEGER PRIMARY KEY, use INTEGER NOT NULL, text TEXT NOT NULL);
  CREATE UNIQUE INDEX words_text ON words(use, text);
  CREATE TABLE events(seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, actor INTEGER NOT NULL, role INTEGER NOT NULL, time INTEGER NOT NULL);
  CREATE TABLE steps(seq INTEGER PRIMARY KEY);
  CREATE TABLE objects(hash BLOB NOT NULL, seq INTEGER NOT NULL, use INTEGER NOT NULL);
  CREATE TABLE examples(key BLOB NOT NULL, seq INTEGER NOT NULL);
  CREATE TABLE things(kind INTEGER NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL);
  CREATE TABLE links(from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL, member INTEGER NOT NULL);
  CREATE TABLE state(schema INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL);
)";

// Each holds all that its questions ask for, in the order of events, so that the first of a million are found as fast as the first of ten.
constexpr const char* kSecondaryIndexes = R"(
  CREATE INDEX events_kind ON events(kind);
  CREATE INDEX events_actor ON events(actor, kind);
  CREATE INDEX objects_hash ON objects(hash, seq, use);
  CREATE INDEX examples_key ON examples(key, seq);
  CREATE INDEX things_name ON things(kind, name, seq);
  CREATE INDEX links_to ON links(to_seq, from_seq, member);
)";

// Nothing of a load can be undone, and nothing need be: it is finished or thrown away.
constexpr const char* kForLoad = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;";
constexpr const char* kForUse = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;";

std::string_view bytes_of_key(const LookupIndex::Key& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

}  // namespace

struct IndexStore::Inserts {
  SqlStatement word, event, step, object, example, thing, link;

  explicit Inserts(const SqlDatabase& database)
      : word(database, "INSERT INTO words VALUES(?1, ?2, ?3)"),
        event(database, "INSERT INTO events VALUES(?1, ?2, ?3, ?4, ?5)"),
        step(database, "INSERT INTO steps VALUES(?1)"),
        object(database, "INSERT INTO objects VALUES(?1, ?2, ?3)"),
        example(database, "INSERT INTO examples VALUES(?1, ?2)"),
        thing(database, "INSERT INTO things VALUES(?1, ?2, ?3)"),
        link(database, "INSERT INTO links VALUES(?1, ?2, ?3)") {}
};

IndexStore::IndexStore(SqlDatabase database) : database_(std::move(database)) {}
IndexStore::IndexStore(IndexStore&&) noexcept = default;
IndexStore::~IndexStore() = default;

IndexStore IndexStore::open(const std::filesystem::path& file) {
  IndexStore store(SqlDatabase(file, SqlDatabase::Open::kExisting, kPatience));
  store.database_.execute(kForUse);
  store.state();
  return store;
}

IndexStore IndexStore::create(const std::filesystem::path& file) {
  IndexStore store(SqlDatabase(file, SqlDatabase::Open::kNew, kPatience));
  store.begin_load("PRAGMA journal_mode = WAL");
  return store;
}

IndexStore IndexStore::in_memory() {
  IndexStore store{SqlDatabase()};
  store.begin_load("PRAGMA journal_mode = MEMORY");
  return store;
}

void IndexStore::begin_load(const std::string& after_load) {
  after_load_ = after_load;
  database_.execute(kForLoad);
  database_.execute("BEGIN");
  database_.execute(kTables);
  inserts_ = std::make_unique<Inserts>(database_);
}

void IndexStore::finish(const State& state) {
  database_.execute(kSecondaryIndexes);
  set_state(state);
  database_.execute("COMMIT");
  database_.execute(after_load_);
}

IndexStore::State IndexStore::state() {
  SqlStatement& found = statement("SELECT schema, size, root FROM state").bind();
  if (!found.step() || found.number(0) != kSchema || found.blob(2).size() != sizeof(Hash))
    throw SqlFailure(SqlFailure::Cause::kDamaged, "the index is of another version");
  State state{.size = static_cast<std::uint64_t>(found.number(1)), .root = {}};
  std::ranges::copy(found.blob(2), state.root.begin());
  found.begin();
  return state;
}

void IndexStore::set_state(const State& state) {
  statement("DELETE FROM state").run();
  statement("INSERT INTO state VALUES(?1, ?2, ?3)").run(kSchema, state.size, SqlStatement::Blob{bytes_of(state.root)});
}

IndexStore::Change::Change(IndexStore& store) : store_(store), transaction_(store.database_) { store_.read_on(); }

IndexStore::Change::~Change() {
  if (committed_) return;
  for (auto& ids : store_.ids_) ids.clear();  // Some of them may be undone.
  store_.last_word_ = 0;
}

void IndexStore::Change::commit(const State& state) {
  store_.set_state(state);
  transaction_.commit();
  committed_ = true;
}

// Takes over what other connections added.
void IndexStore::read_on() {
  if (!inserts_) inserts_ = std::make_unique<Inserts>(database_);
  SqlStatement& words = statement("SELECT id, use, text FROM words WHERE id > ?1 ORDER BY id");
  for (words.bind(last_word_); words.step();) {
    ids_.at(static_cast<std::size_t>(words.number(1))).emplace(words.text(2), words.number(0));
    last_word_ = words.number(0);
  }
  SqlStatement& last = statement("SELECT time FROM events ORDER BY seq DESC LIMIT 1").bind();
  last_time_ = last.step() ? last.number(0) : INT64_MIN;
  last.begin();
}

std::int64_t IndexStore::word_id(WordUse use, const std::string& text) {
  auto& ids = ids_[static_cast<std::size_t>(use)];
  if (const auto found = ids.find(text); found != ids.end()) return found->second;
  inserts_->word.run(++last_word_, static_cast<int>(use), std::string_view(text));
  return ids.emplace(text, last_word_).first->second;
}

void IndexStore::add(const IndexEntry& entry) {
  const std::int64_t kind = word_id(WordUse::kKind, entry.kind);
  inserts_->event.run(entry.seq, kind, word_id(WordUse::kActor, entry.actor), word_id(WordUse::kRole, entry.role), entry.time);
  if (entry.time < last_time_) inserts_->step.run(entry.seq);
  last_time_ = entry.time;
  for (const IndexEntry::Object& object : entry.objects)
    inserts_->object.run(SqlStatement::Blob{bytes_of(object.hash)}, entry.seq, static_cast<int>(object.use));
  for (const LookupIndex::Key& key : entry.examples) inserts_->example.run(SqlStatement::Blob{bytes_of_key(key)}, entry.seq);
  if (!entry.name.empty()) inserts_->thing.run(kind, std::string_view(entry.name), entry.seq);
  for (const IndexEntry::Link& link : entry.links)
    inserts_->link.run(entry.seq, link.to, word_id(WordUse::kMember, std::string(link.member)));
}

std::optional<std::int64_t> IndexStore::word(WordUse use, std::string_view text) {
  SqlStatement& found = statement("SELECT id FROM words WHERE use = ?1 AND text = ?2").bind(static_cast<int>(use), text);
  const std::optional<std::int64_t> id = found.step() ? std::optional(found.number(0)) : std::nullopt;
  found.begin();
  return id;
}

std::vector<std::pair<std::int64_t, std::string>> IndexStore::words(WordUse use) {
  std::vector<std::pair<std::int64_t, std::string>> all;
  SqlStatement& found = statement("SELECT id, text FROM words WHERE use = ?1 ORDER BY text");
  for (found.bind(static_cast<int>(use)); found.step();) all.emplace_back(found.number(0), found.text(1));
  found.begin();
  return all;
}

SqlStatement& IndexStore::statement(const std::string& sql) {
  const auto found = statements_.find(sql);
  return found != statements_.end() ? found->second : statements_.emplace(sql, SqlStatement(database_, sql)).first->second;
}

}  // namespace hone::ledger_internal
