#include "hone/core/name_table.h"

#include <functional>

namespace hone {

std::size_t NameTable::slot_of(std::string_view name, std::size_t hash) const {
  const auto check = static_cast<std::uint32_t>(hash >> 32);
  std::size_t place = hash & (slots_.size() - 1);
  while (slots_[place].number != kNoName && !(slots_[place].check == check && this->name(slots_[place].number) == name))
    place = (place + 1) & (slots_.size() - 1);
  return place;
}

std::uint32_t NameTable::of(std::string_view name) {
  const std::size_t hash = std::hash<std::string_view>{}(name);
  Slot& slot = slots_[slot_of(name, hash)];
  if (slot.number != kNoName) return slot.number;
  const auto number = static_cast<std::uint32_t>(size());
  slot = {number, static_cast<std::uint32_t>(hash >> 32)};
  bytes_ += name;
  begins_.push_back(bytes_.size());
  if (2 * size() > slots_.size()) grow();
  return number;
}

std::uint32_t NameTable::find(std::string_view name) const { return slots_[slot_of(name, std::hash<std::string_view>{}(name))].number; }

std::vector<std::string> NameTable::names() const {
  std::vector<std::string> names;
  names.reserve(size());
  for (std::uint32_t number = 0; number < size(); ++number) names.emplace_back(name(number));
  return names;
}

std::vector<std::uint32_t> NameTable::numbers_in(const NameTable& other) const {
  std::vector<std::uint32_t> numbers(size());
  for (std::uint32_t number = 0; number < numbers.size(); ++number) numbers[number] = other.find(name(number));
  return numbers;
}

void NameTable::grow() {
  slots_.assign(2 * slots_.size(), {});
  for (std::uint32_t number = 0; number < size(); ++number) {
    const std::size_t hash = std::hash<std::string_view>{}(name(number));
    slots_[slot_of(name(number), hash)] = {number, static_cast<std::uint32_t>(hash >> 32)};
  }
}

}  // namespace hone
