#include <hs/hs.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "hone/core/error.h"
#include "hone/vote/literal_database_internal.h"

namespace hone {

struct LiteralDatabase::Automaton {
  hs_database_t* database = nullptr;
  ~Automaton() { hs_free_database(database); }
};

struct LiteralDatabase::Scratch::Room {
  hs_scratch_t* scratch = nullptr;
  ~Room() { hs_free_scratch(scratch); }
};

namespace {

struct Collector {
  std::vector<LiteralHit>& hits;
  bool is_ascending = true;
  bool is_out_of_memory = false;
};

// Called from C, where nothing may be thrown through.
int collect(unsigned literal, unsigned long long, unsigned long long end, unsigned, void* context) noexcept {
  auto& collector = *static_cast<Collector*>(context);
  try {
    if (!collector.hits.empty() && end < collector.hits.back().end) collector.is_ascending = false;
    collector.hits.push_back({literal, end});
    return 0;
  } catch (const std::bad_alloc&) {
    collector.is_out_of_memory = true;
    return 1;
  }
}

hs_database_t* compile(const std::vector<std::string>& literals) {
  std::vector<const char*> bytes;
  std::vector<std::size_t> sizes;
  for (const std::string& literal : literals) {
    assert(!literal.empty() && literal.find('\0') == std::string::npos);
    bytes.push_back(literal.data());
    sizes.push_back(literal.size());
  }
  const std::vector<unsigned> flags(literals.size(), 0);
  std::vector<unsigned> ids(literals.size());
  std::iota(ids.begin(), ids.end(), 0u);
  hs_database_t* database = nullptr;
  hs_compile_error_t* trouble = nullptr;
  if (hs_compile_lit_multi(bytes.data(), flags.data(), ids.data(), sizes.data(), static_cast<unsigned>(literals.size()), HS_MODE_BLOCK,
                           nullptr, &database, &trouble) == HS_SUCCESS)
    return database;
  const std::unique_ptr<hs_compile_error_t, decltype(&hs_free_compile_error)> owner(trouble, &hs_free_compile_error);
  throw Error(ErrorCode::kInvalidArgument,
              "cannot compile the words of the conditions: " + std::string(owner ? owner->message : "no reason given"));
}

}  // namespace

LiteralDatabase::Scratch::Scratch(const LiteralDatabase& database) : room_(std::make_unique<Room>()) {
  if (database.automaton_ && hs_alloc_scratch(database.automaton_->database, &room_->scratch) != HS_SUCCESS) throw std::bad_alloc();
}

LiteralDatabase::Scratch::~Scratch() = default;

LiteralDatabase::LiteralDatabase(std::vector<std::string> literals) : literals_(std::move(literals)) {
  if (literals_.empty()) return;
  if (hs_valid_platform() != HS_SUCCESS)
    throw Error(ErrorCode::kInvalidArgument, "this processor lacks the instructions (SSE 4.2 or NEON) that conditions on text need");
  automaton_ = std::make_unique<Automaton>();
  automaton_->database = compile(literals_);
}

LiteralDatabase::~LiteralDatabase() = default;

void LiteralDatabase::scan(std::string_view text, Scratch& scratch, std::vector<LiteralHit>& hits) const {
  hits.clear();
  if (!automaton_ || text.empty()) return;
  assert(text.size() <= std::numeric_limits<unsigned>::max());
  Collector collector{hits};
  const hs_error_t outcome =
      hs_scan(automaton_->database, text.data(), static_cast<unsigned>(text.size()), 0, scratch.room_->scratch, &collect, &collector);
  if (collector.is_out_of_memory) throw std::bad_alloc();
  if (outcome != HS_SUCCESS) throw Error(ErrorCode::kInternal, "scanning a text failed: Vectorscan error " + std::to_string(outcome));
  // Vectorscan promises no order between patterns.
  if (!collector.is_ascending) std::ranges::stable_sort(hits, {}, &LiteralHit::end);
}

}  // namespace hone
