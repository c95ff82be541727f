#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hone/ledger/checkpoint.h"
#include "hone/ledger/event.h"

namespace hone {

/// Reads a ledger's folder without a lock, while others may write: what it sees is the newest signed checkpoint at the time, below which
/// nothing ever changes. Opening reads a few kilobytes, whatever the length of the log. Writes nothing. One thread at a time.
///
///     LedgerReader ledger(project / ".hone/ledger");
///     ledger.for_each(0, ledger.size(), [](std::uint64_t seq, std::string_view entry) { … parse_event(entry) … });
class LedgerReader {
 public:
  /// With a key, the log must be that key's, or that of one it was rotated to; without, the checkpoint is believed that the log's own
  /// first event vouches for. Throws kNotFound when there is no ledger, kCorruptData (LEDGER_CORRUPT) when the signature is not good.
  explicit LedgerReader(std::filesystem::path folder, const std::optional<VerifierKey>& key = std::nullopt);
  ~LedgerReader();
  LedgerReader(LedgerReader&&) noexcept;

  /// Sees what was appended since. Whether there was something. Throws LEDGER_ROLLED_BACK when the log has shrunk.
  bool refresh();

  std::uint64_t size() const { return checkpoint().size; }
  const Checkpoint& checkpoint() const;
  const SignedNote& note() const;

  /// REQUIRES of all: seq < size(), begin <= end <= size(). Throws kInvalidArgument otherwise.
  std::string entry(std::uint64_t seq);
  Event event(std::uint64_t seq);
  void for_each(std::uint64_t begin, std::uint64_t end, const std::function<void(std::uint64_t seq, std::string_view entry)>& visit);

  /// The root of the first `size` events.
  Hash root(std::uint64_t size);

  /// That event `seq` is in the log of `size` events, and that the log of `old_size` events is the beginning of that of `size`. Checked
  /// before they are given.
  std::vector<Hash> inclusion(std::uint64_t seq, std::uint64_t size);
  std::vector<Hash> consistency(std::uint64_t old_size, std::uint64_t size);

  /// The event of this token. The first call reads the newest 65,536 events or fewer.
  std::optional<std::uint64_t> find_token(const std::string& token);

  /// The keys that signed the log one after the other, as text: log.open's and those of key.rotate events.
  std::vector<std::string> keys();

  /// A file of the published tree by its path ("tile/0/x001/234", "tile/entries/003.p/232", "checkpoint"); nothing when there is none.
  std::optional<std::string> published_file(std::string_view path);

  /// Writes the whole tree and its checkpoint into a folder, adding to what an earlier call wrote.
  void publish(const std::filesystem::path& folder);

  /// The first signed checkpoint that covers event `seq`: the one with which the event was acknowledged, whatever came later. Reads the
  /// journal from its beginning. Throws kCorruptData where it is not to be found.
  SignedNote note_covering(std::uint64_t seq);

  /// As publish(), of the log as it was at that checkpoint of it: the same files however much was appended since. Throws kCorruptData
  /// (LEDGER_CORRUPT) when the entries do not give its root.
  void publish(const std::filesystem::path& folder, const SignedNote& then);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hone
