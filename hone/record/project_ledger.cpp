#include "hone/record/project_ledger.h"

#include "hone/core/build_info.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/ledger/key_file.h"

namespace hone {
namespace {

constexpr std::string_view kNothingYet = "nothing is recorded yet; `hone run` begins the ledger";

Error not_recorded_yet() { return Error(ErrorCode::kNotFound, std::string(kNothingYet)); }

LedgerOptions options_of(const std::filesystem::path& state) {
  LedgerOptions options;
  options.seen_folder = state / "seen";
  return options;
}

}  // namespace

std::string token_of(std::string_view kind, std::initializer_list<std::string_view> parts) {
  Sha256 hash;
  hash.update_sized("hone/act-token/v1").update_sized(kind);
  for (const std::string_view part : parts) hash.update_sized(part);
  return hash.hex().substr(0, 32);
}

ProjectLedger::ProjectLedger(const Project& project, std::filesystem::path state)
    : project_(project), state_(std::move(state)), folder_(project.state() / "ledger") {}

ProjectLedger::~ProjectLedger() = default;

const std::filesystem::path& ProjectLedger::state() {
  if (state_.empty()) state_ = state_folder();
  return state_;
}

// A folder whose making was interrupted, as by a full disk, holds no ledger yet: it is made again.
bool ProjectLedger::is_there() {
  if (reader_) return true;
  if (!std::filesystem::exists(folder_ / "commits")) return false;
  try {
    reader_ = std::make_unique<LedgerReader>(folder_);
  } catch (const Error& error) {
    return error.code() != ErrorCode::kNotFound;  // What is damaged is there, and is complained of where it is read.
  }
  return true;
}

LedgerReader& ProjectLedger::reader() {
  if (reader_) {
    reader_->refresh();
    return *reader_;
  }
  if (!is_there()) throw not_recorded_yet();
  if (!reader_) reader_ = std::make_unique<LedgerReader>(folder_);  // Says what is wrong with it.
  return *reader_;
}

EventIndex& ProjectLedger::index() {
  LedgerReader& log = reader();
  if (!index_) index_ = std::make_unique<EventIndex>(project_.state() / "index.db", log);
  index_->refresh();
  return *index_;
}

// The ID is drawn once and stands in the log's opening: a copy of the project is the same project.
void ProjectLedger::create(const std::string& id, const std::string& origin, nlohmann::json continues) {
  SigningKey key = SigningKey::generate(origin);
  write_key_file(key_file_of(state(), id), key);
  LogOpening opening;
  opening.project = id;
  opening.software = {"hone", std::string(kHoneVersion), build_id()};
  opening.time_source = clock_source();
  opening.solo = project_.ledger.solo;
  opening.continues = std::move(continues);
  LedgerWriter::create(folder_, key, opening, options_of(state()));
}

void ProjectLedger::check_opening() {
  const std::string &wanted = project_.ledger.origin, is = origin();
  if (!wanted.empty() && wanted != is && !is.starts_with(wanted + "/"))
    throw Error(ErrorCode::kInvalidProject,
                "hone.yaml names the ledger '" + wanted + "', and that of this project is '" + is +
                    "': a log keeps its name; take ledger.origin out, or begin a new log with `hone ledger reopen`");
}

std::filesystem::path ProjectLedger::key_file() { return key_file_of(state(), id()); }
std::filesystem::path ProjectLedger::next_key_file() { return key_file().string() + ".next"; }
void ProjectLedger::take_next_key() { std::filesystem::rename(next_key_file(), key_file()); }

// A rotation that was cut off behind its event leaves the new key waiting beside the old one.
std::unique_ptr<LedgerWriter> ProjectLedger::opened() {
  const auto open = [&](const std::filesystem::path& key) {
    return std::make_unique<LedgerWriter>(folder_, read_key_file(key), options_of(state()));
  };
  if (std::filesystem::exists(next_key_file())) {
    try {
      auto writer = open(next_key_file());
      take_next_key();
      return writer;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidArgument) throw;  // It is not the log's key: the event was never written.
    }
  }
  return open(key_file());
}

LedgerWriter& ProjectLedger::writer() {
  if (!writer_) {
    if (!is_there()) {
      const std::string id = random_token();
      create(id, project_.ledger.origin.empty() ? "hone.invalid/" + id : project_.ledger.origin, nullptr);
    }
    check_opening();
    writer_ = opened();
    introduce();
  }
  return *writer_;
}

void ProjectLedger::reopen(const std::string& origin, const Checkpoint& before) {
  const std::string project = id();
  const std::filesystem::path aside =
      project_.state() / "ledgers" / (std::to_string(before.size) + "-" + sha256_hex(before.origin).substr(0, 12));
  const std::filesystem::path key = key_file();
  index_.reset();
  reader_.reset();
  writer_.reset();
  payloads_.reset();
  make_folder(aside.parent_path());
  std::filesystem::rename(folder_, aside);
  // Without its keys nothing opens the payloads: they stay with the log that speaks of them.
  if (std::filesystem::exists(project_.state() / "payload.db") && !std::filesystem::exists(payload_key_file_of(state(), project)))
    std::filesystem::rename(project_.state() / "payload.db", aside / "payload.db");
  if (std::filesystem::exists(key)) std::filesystem::rename(key, key.string() + "." + sha256_hex(before.origin).substr(0, 12));
  std::filesystem::remove(project_.state() / "recorded.json");
  const std::string root = to_hex({reinterpret_cast<const char*>(before.root.data()), before.root.size()});
  create(project, origin, {{"origin", before.origin}, {"size", before.size}, {"root", root}});
}

const Actor& ProjectLedger::actor() {
  if (!actor_) actor_ = acting(state());
  return *actor_;
}

PayloadStore& ProjectLedger::payloads() {
  if (!payloads_) payloads_ = std::make_unique<PayloadStore>(project_.state() / "payload.db", payload_key_file_of(state(), id()));
  return *payloads_;
}

bool ProjectLedger::is_solo() { return reader().event(0).body.at("segregation") == "solo"; }
std::string ProjectLedger::id() { return reader().event(0).body.at("project").get<std::string>(); }
std::string ProjectLedger::origin() { return reader().event(0).body.at("origin").get<std::string>(); }

// Who is alone, or was given no role, acts in the one that the act asks for.
std::string ProjectLedger::role_for(std::string_view kind) {
  const bool keeps = kind.starts_with("admin.") || kind.starts_with("erase.") || kind.starts_with("key.");
  return actor().role == "developer" && keeps ? "admin" : actor().role;
}

NewEvent ProjectLedger::event(const std::string& kind, nlohmann::json body, std::initializer_list<std::string_view> parts) {
  NewEvent made{.kind = kind, .actor = actor().id, .role = role_for(kind), .body = std::move(body)};
  if (parts.size() > 0) made.token = token_of(made.kind, parts);
  return made;
}

// Who `p:…` is stands in the payloads, so that it can be erased. A program (s:…) is its own name.
void ProjectLedger::introduce() {
  if (!actor().id.starts_with("p:")) return;
  NewEvent person = event("admin.person", nlohmann::json::object(), {actor().id});
  if (reader().find_token(person.token)) return;
  const Commitment profile = payloads().put(actor().id, nlohmann::json{{"account", account_name()}}.dump());
  person.body = {{"person", actor().id}, {"profile", profile.to_json()}};
  writer_->append(std::move(person)).get();
}

std::optional<Event> ProjectLedger::latest(std::string_view kind, std::string_view name) {
  const auto seq = index().latest(kind, name);
  return seq ? std::optional(reader().event(*seq)) : std::nullopt;
}

}  // namespace hone
