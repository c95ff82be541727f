// Any bytes as an event. What is taken as canonical is written again from its values, by rules that know nothing of the reader's, and must
// be the same bytes; whatever it is, the envelope and the body of every kind can be looked at.
#include <cstdio>
#include <string>

#include "verify/canonical.h"
#include "verify/fuzz_testing.h"
#include "verify/kinds.h"
#include "verify/scan.h"

namespace {

using namespace hone::verify;

// The text of a string, undone and written again (RFC 8785).
std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    const char name = text[++at];
    if (name == 'u') {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 4)), nullptr, 16));
      at += 4;
    } else {
      bytes += name == 'b' ? '\b' : name == 't' ? '\t' : name == 'n' ? '\n' : name == 'f' ? '\f' : name == 'r' ? '\r' : name;
    }
  }
  return bytes;
}

std::string escaped(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    char number[8];
    std::snprintf(number, sizeof number, "\\u%04x", code);
    switch (c) {
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      case '\b':
        text += "\\b";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\f':
        text += "\\f";
        break;
      case '\r':
        text += "\\r";
        break;
      default:
        code < 0x20 ? text += number : text += c;
    }
  }
  return text + "\"";
}

std::string written(const EventText& event, const Value& value) {
  if (value.type == Value::kString) return escaped(unescaped(event.text(value)));
  if (value.type == Value::kInteger) return std::to_string(event.integer(value));
  if (value.type == Value::kBoolean) return event.text(value) == "true" ? "true" : "false";
  const bool is_object = value.type == Value::kObject;
  std::string text(1, is_object ? '{' : '[');
  event.each(&value, [&](const Value& member) {
    if (text.size() > 1) text += ",";
    if (is_object) text += "\"" + std::string(event.key(member)) + "\":";
    text += written(event, member);
  });
  return text + (is_object ? "}" : "]");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hone::verify::text_of(data, size);
  EventText event;
  if (event.read(text) != nullptr) {
    require(event.offset() <= text.size());
    return 0;
  }
  require(text.size() <= kMostEntryBytes && written(event, *event.root()) == text);
  const Envelope envelope = read_envelope(event);
  check_envelope(event, envelope, 7, "hone.test/ledger");
  Mentions mentions;
  for (const Kind& kind : kinds()) {
    if (envelope.body != nullptr) read_body(event, *envelope.body, kind, mentions);
  }
  return 0;
}
