#include "hone/core/build_info.h"

#include <elf.h>
#include <link.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <thread>

#include "hone/core/hash.h"

namespace hone {
namespace {

constexpr std::size_t align_of_note(std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; }

// A segment of notes: each a header, a name and a value, padded to four bytes (elf(5)).
std::string build_id_in(const char* notes, std::size_t bytes) {
  while (bytes >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes, sizeof header);
    const std::size_t value = sizeof header + align_of_note(header.n_namesz), end = value + align_of_note(header.n_descsz);
    if (end > bytes) return {};
    if (header.n_type == NT_GNU_BUILD_ID && std::string_view(notes + sizeof header, header.n_namesz) == std::string_view("GNU\0", 4))
      return to_hex({notes + value, header.n_descsz});
    notes += end;
    bytes -= end;
  }
  return {};
}

// Called for the program itself first; a value other than 0 ends the walk over its libraries.
int look_at_program(dl_phdr_info* info, std::size_t, void* found) {
  for (int segment = 0; segment < info->dlpi_phnum; ++segment) {
    const ElfW(Phdr)& header = info->dlpi_phdr[segment];
    if (header.p_type != PT_NOTE) continue;
    std::string& id = *static_cast<std::string*>(found);
    // Where the program was loaded is known as a number alone.
    id = build_id_in(reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr), header.p_memsz);  // NOLINT
    if (!id.empty()) break;
  }
  return 1;
}

std::string value_in(const char* file, std::string_view key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(key))
      if (const std::size_t colon = line.find(':'); colon != std::string::npos && colon + 2 <= line.size()) return line.substr(colon + 2);
  return "unknown";
}

}  // namespace

const std::string_view kHoneVersion = HONE_VERSION;
const std::string_view kHoneCommit = HONE_COMMIT;

std::string build_id() {
  std::string id;
  dl_iterate_phdr(look_at_program, &id);
  return id.empty() ? "unknown" : id;
}

std::string clock_source() {
  timex clock{};
  return adjtimex(&clock) != -1 && (clock.status & STA_UNSYNC) == 0 ? "ntp" : "unsynchronized";
}

nlohmann::json environment_json() {
  utsname system{};
  uname(&system);
  const auto pages = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)), page = static_cast<std::int64_t>(sysconf(_SC_PAGESIZE));
  return {{"system", system.sysname},
          {"kernel", system.release},
          {"machine", system.machine},
          {"cpu", value_in("/proc/cpuinfo", "model name")},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_mib", pages * page / (1 << 20)}};
}

}  // namespace hone
