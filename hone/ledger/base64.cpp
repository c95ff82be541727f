#include "hone/ledger/base64.h"

#include <array>
#include <cstdint>

namespace hone {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t byte = 0; byte < 3; ++byte) bits = bits << 8 | (byte < three.size() ? static_cast<unsigned char>(three[byte]) : 0u);
    for (std::size_t digit = 0; digit < 4; ++digit) text += digit <= three.size() ? kDigits[bits >> (18 - 6 * digit) & 63] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;  // How many bits of `bits` are no byte yet.
  const std::size_t digits = text.find('=') == std::string_view::npos ? text.size() : text.find('=');
  for (const char character : text.substr(0, digits)) {
    const std::size_t digit = kDigits.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFF);
  }
  // Padding and bits left over are wrong unless they are those that writing the bytes gives.
  return to_base64(bytes) == text ? std::optional(bytes) : std::nullopt;
}

}  // namespace hone
