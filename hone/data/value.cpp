#include "hone/data/value.h"

#include <charconv>
#include <chrono>
#include <cmath>

#include "hone/core/text_parts.h"

namespace hone {
namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kNarrowNoBreakSpace = "\xE2\x80\xAF";

bool is_capital(char c) { return 'A' <= c && c <= 'Z'; }

bool take(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

bool take_back(std::string_view& text, std::string_view back) {
  if (!text.ends_with(back)) return false;
  text.remove_suffix(back.size());
  return true;
}

std::string_view without_spaces(std::string_view text) {
  for (;;) {
    if (!text.empty() && std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
    } else if (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) {
      text.remove_suffix(1);
    } else if (!take(text, kNoBreakSpace) && !take_back(text, kNoBreakSpace) && !take(text, kNarrowNoBreakSpace) &&
               !take_back(text, kNarrowNoBreakSpace) && !take(text, "\xEF\xBB\xBF")) {
      return text;
    }
  }
}

constexpr std::string_view kCurrencies[] = {"€", "$", "£", "¥"};

bool is_code(std::string_view text) { return is_capital(text[0]) && is_capital(text[1]) && is_capital(text[2]); }

// Takes one currency off, before or behind.
std::string_view without_currency(std::string_view text) {
  for (const std::string_view sign : kCurrencies)
    if (take(text, sign) || take_back(text, sign)) return without_spaces(text);
  if (text.size() > 3 && is_code(text.substr(0, 3))) return without_spaces(text.substr(3));
  if (text.size() > 3 && is_code(text.substr(text.size() - 3))) return without_spaces(text.substr(0, text.size() - 3));
  return text;
}

// One sign, also the typographic minus U+2212: '-', '+', or 0 where there is none.
char take_sign(std::string_view& text) {
  if (take(text, "-") || take(text, "\xE2\x88\x92")) return '-';
  return take(text, "+") ? '+' : '\0';
}

std::string_view group_separator_at(std::string_view text, char decimal) {
  const std::string_view other = decimal == '.' ? "," : ".";
  for (const std::string_view separator : {other, std::string_view("'"), std::string_view(" "), kNoBreakSpace, kNarrowNoBreakSpace})
    if (text.starts_with(separator)) return separator;
  return {};
}

std::size_t digits_at(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  return digits;
}

// Moves the whole part without separators into `plain`: digits, or one to three digits and then groups of three by one separator.
bool take_whole(std::string_view& text, char decimal, std::string& plain) {
  const std::size_t first = digits_at(text);
  plain += text.substr(0, first);
  text.remove_prefix(first);
  const std::string_view separator = group_separator_at(text, decimal);
  if (separator.empty() || first == 0) return true;
  if (first > 3) return false;
  while (take(text, separator)) {
    if (digits_at(text) != 3) return false;
    plain += text.substr(0, 3);
    text.remove_prefix(3);
  }
  return true;
}

std::optional<double> plain_number(const std::string& plain) {
  double value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc{} || end != plain.data() + plain.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// --- Times.

struct Number {
  int value = 0;
  std::size_t digits = 0;
};

Number take_number(std::string_view& text, std::size_t most) {
  Number number;
  while (number.digits < most && !text.empty() && is_digit(text.front())) {
    number.value = 10 * number.value + (text.front() - '0');
    ++number.digits;
    text.remove_prefix(1);
  }
  return number;
}

std::optional<std::chrono::sys_days> calendar_day(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// yyyy-m-d, yyyy/m/d or d.m.yyyy.
std::optional<std::chrono::sys_days> take_day(std::string_view& text) {
  const Number first = take_number(text, 4);
  if (text.empty()) return std::nullopt;
  const char separator = text.front();
  const bool year_first = first.digits == 4 && (separator == '-' || separator == '/');
  if (!year_first && !(separator == '.' && (first.digits == 1 || first.digits == 2))) return std::nullopt;
  text.remove_prefix(1);
  const Number month = take_number(text, 2);
  if (month.digits == 0 || !take(text, {&separator, 1})) return std::nullopt;
  const Number last = take_number(text, year_first ? 2 : 4);
  if (year_first) return last.digits == 0 ? std::nullopt : calendar_day(first.value, month.value, last.value);
  return last.digits != 4 ? std::nullopt : calendar_day(last.value, month.value, first.value);
}

// Digits behind the point, as microseconds; finer ones are cut.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, ".") && !take(text, ",")) return 0;
  const std::size_t digits = digits_at(text);
  if (digits == 0 || digits > 9) return std::nullopt;
  std::int64_t micros = 0;
  for (std::size_t digit = 0; digit < 6; ++digit) micros = 10 * micros + (digit < digits ? text[digit] - '0' : 0);
  text.remove_prefix(digits);
  return micros;
}

// HH:MM, HH:MM:SS or with a fraction.
std::optional<std::int64_t> take_clock(std::string_view& text) {
  const Number hour = take_number(text, 2);
  if (hour.digits == 0 || hour.value > 23 || !take(text, ":")) return std::nullopt;
  const Number minute = take_number(text, 2);
  if (minute.digits != 2 || minute.value > 59) return std::nullopt;
  std::int64_t micros = (hour.value * 60 + minute.value) * std::int64_t{60'000'000};
  if (!take(text, ":")) return micros;
  const Number second = take_number(text, 2);
  const auto fraction = second.digits == 2 && second.value <= 59 ? take_fraction(text) : std::nullopt;
  if (!fraction) return std::nullopt;
  return micros + second.value * std::int64_t{1'000'000} + *fraction;
}

}  // namespace

std::optional<double> parse_number(std::string_view text, char decimal) {
  text = without_spaces(text);
  char sign = take_sign(text);
  text = without_currency(without_spaces(text));
  if (!sign) sign = take_sign(text);
  std::string plain(sign == '-' ? "-" : "");
  if (!take_whole(text, decimal, plain)) return std::nullopt;
  if (take(text, {&decimal, 1})) plain += '.';
  // What is left are digits behind the point and an exponent, in the form that from_chars checks.
  if (!text.empty() && !is_digit(text.front()) && text.front() != 'e' && text.front() != 'E') return std::nullopt;
  plain += text;
  return plain_number(plain);
}

std::optional<int> parse_time_zone(std::string_view zone) {
  if (zone == "UTC" || zone == "Z" || zone == "z") return 0;
  const bool west = zone.starts_with('-');
  if (!west && !zone.starts_with('+')) return std::nullopt;
  zone.remove_prefix(1);
  const Number hours = take_number(zone, 2);
  take(zone, ":");
  const Number minutes = take_number(zone, 2);
  const int total = 60 * hours.value + minutes.value;
  if (hours.digits != 2 || (minutes.digits != 2 && minutes.digits != 0) || !zone.empty() || minutes.value > 59 || total > 14 * 60)
    return std::nullopt;
  return west ? -total : total;
}

std::optional<std::int64_t> parse_time(std::string_view text, const std::string& time_zone) {
  text = without_spaces(text);
  const auto day = take_day(text);
  if (!day) return std::nullopt;
  std::int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(day->time_since_epoch()).count();
  if (take(text, "T") || take(text, " ")) {
    const auto clock = take_clock(text);
    if (!clock) return std::nullopt;
    micros += *clock;
    text = without_spaces(text);
  } else if (!text.empty()) {
    return std::nullopt;
  }
  const auto offset = parse_time_zone(text.empty() ? std::string_view(time_zone) : text);
  if (!offset) return std::nullopt;
  return micros - *offset * std::int64_t{60'000'000};
}

}  // namespace hone
