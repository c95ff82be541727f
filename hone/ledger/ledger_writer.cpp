#include "hone/ledger/ledger_writer.h"

#include <deque>

#include "hone/core/error.h"
#include "hone/ledger/seen_file.h"
#include "hone/ledger/writer_thread_internal.h"

namespace hone {
namespace {

using ledger_internal::CommittedLog;
using ledger_internal::GroupBuilder;
using ledger_internal::LedgerPaths;
using ledger_internal::Request;

constexpr std::size_t kMostInBulk = 32768;
constexpr std::size_t kMostBulkBytes = 8 << 20;
constexpr std::size_t kBulksAhead = 2;

// One that fulfils a promise of all its receipts.
std::future<std::vector<LedgerReceipt>> promise_all(Request& request) {
  const auto promise = std::make_shared<std::promise<std::vector<LedgerReceipt>>>();
  request.done = [promise](std::vector<LedgerReceipt> receipts) { promise->set_value(std::move(receipts)); };
  request.failed = [promise](std::exception_ptr error) { promise->set_exception(error); };
  return promise->get_future();
}

nlohmann::json opening_body(const LogOpening& opening, const VerifierKey& key) {
  nlohmann::json body = {
      {"format", "hone-ledger/1"},
      {"origin", key.name},
      {"project", opening.project},
      {"vkey", key.text()},
      {"software", {{"name", opening.software.name}, {"version", opening.software.version}, {"build", opening.software.build}}},
      {"time_source", {{"state", opening.time_source}}},
      {"segregation", opening.solo ? "solo" : "enforced"}};
  if (!opening.continues.is_null()) body["continues"] = opening.continues;
  return body;
}

DraftEvent draft(NewEvent event) {
  for (const std::string_view own : {"log.open", "key.rotate", "admin.clock", "admin.recovery"})
    if (event.kind == own) throw Error(ErrorCode::kInvalidArgument, event.kind + " is written by the ledger itself");
  return DraftEvent(std::move(event));
}

DraftEvent bulk_draft(std::uint64_t number, NewEvent event) {
  try {
    return draft(std::move(event));
  } catch (const Error& error) {
    throw ledger_internal::in_bulk(number, error);
  }
}

}  // namespace

void LedgerWriter::create(const std::filesystem::path& folder, const SigningKey& key, const LogOpening& opening,
                          const LedgerOptions& options) {
  const Disk disk(options.fault);
  const LedgerPaths paths{folder};
  for (const auto& part : {paths.segments(), paths.hashes(), paths.lookup(), folder / "anchors"}) disk.make_folder(part);
  LedgerLock lock(disk, paths.lock(), options.lock_patience);
  const LedgerLock::Held held(lock);
  CommittedLog log(disk, folder);
  log.open(key.verifier());
  if (log.size() > 0) throw Error(ErrorCode::kInvalidArgument, "there is a ledger in '" + folder.string() + "' already");
  disk.sync_folder(folder);
  const auto clock = ledger_internal::clock_of(options);
  EventTimes times;
  GroupBuilder group(log, times, *clock);
  group.add_own("log.open", opening_body(opening, key.verifier()));
  ledger_internal::add_recoveries(group, log.take_set_aside());
  log.append(group.group(), {&key});
  log.write_caches();
  disk.replace(paths.checkpoint(), log.note().to_string(), Disk::Durable::kYes);
  SeenFile(disk, options.seen_folder, key.verifier().name).remember(log.checkpoint());
}

LedgerWriter::LedgerWriter(std::filesystem::path folder, SigningKey key, const LedgerOptions& options) {
  if (!std::filesystem::exists(LedgerPaths{folder}.commits()))
    throw Error(ErrorCode::kNotFound, "there is no ledger in '" + folder.string() + "'");
  thread_ = std::make_unique<ledger_internal::WriterThread>(std::move(folder), std::move(key), options);
}

LedgerWriter::~LedgerWriter() = default;

std::future<LedgerReceipt> LedgerWriter::append(NewEvent event) {
  Request request;
  request.events.push_back(draft(std::move(event)));
  const auto promise = std::make_shared<std::promise<LedgerReceipt>>();
  request.done = [promise](std::vector<LedgerReceipt> receipts) { promise->set_value(receipts.front()); };
  request.failed = [promise](std::exception_ptr error) { promise->set_exception(error); };
  std::future<LedgerReceipt> future = promise->get_future();
  thread_->give(std::move(request));
  return future;
}

std::vector<std::uint64_t> LedgerWriter::append_all(const std::function<std::optional<NewEvent>()>& next) {
  const auto bulk = std::make_shared<ledger_internal::Bulk>();
  std::uint64_t given = 0;
  std::vector<std::uint64_t> places;
  std::deque<std::future<std::vector<LedgerReceipt>>> ahead;
  const auto wait_for_oldest = [&] {
    for (const LedgerReceipt& receipt : ahead.front().get()) places.push_back(receipt.seq);
    ahead.pop_front();
  };
  for (bool more = true; more;) {
    Request request;
    request.bulk = bulk;
    request.bulk_first = given;
    std::size_t bytes = 0;
    while (request.events.size() < kMostInBulk && bytes < kMostBulkBytes) {
      auto event = next();
      if (!event) {
        more = false;
        break;
      }
      request.events.push_back(bulk_draft(given++, std::move(*event)));
      bytes += request.events.back().bytes();
    }
    if (request.events.empty()) break;
    ahead.push_back(promise_all(request));
    thread_->give(std::move(request));
    if (ahead.size() > kBulksAhead) wait_for_oldest();
  }
  while (!ahead.empty()) wait_for_oldest();
  return places;
}

LedgerReceipt LedgerWriter::rotate_key(SigningKey next, const std::string& reason, std::uint64_t trusted_size) {
  Request request;
  request.rotation = ledger_internal::Rotation{std::move(next), reason, trusted_size};
  auto future = promise_all(request);
  thread_->give(std::move(request));
  return future.get().front();
}

void LedgerWriter::publish() {
  Request request;
  request.publish = true;
  auto future = promise_all(request);
  thread_->give(std::move(request));
  future.get();
}

}  // namespace hone
