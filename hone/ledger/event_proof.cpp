#include "hone/ledger/event_proof.h"

#include "hone/core/file.h"
#include "hone/ledger/base64.h"

namespace hone {

std::string proof_of_event(LedgerReader& log, std::uint64_t seq) {
  std::string text = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(seq) + "\n";
  for (const Hash& hash : log.inclusion(seq, log.size()))
    text += to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()}) + "\n";
  return text + "\n" + log.note().to_string();
}

void write_proof(LedgerReader& log, std::uint64_t seq, const std::filesystem::path& folder) {
  make_folder(folder);
  const std::string name = std::to_string(seq);
  write_file_atomically(folder / (name + ".json"), log.entry(seq));
  write_file_atomically(folder / (name + ".tlog-proof"), proof_of_event(log, seq));
}

}  // namespace hone
