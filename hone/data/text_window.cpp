#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>

#include <algorithm>
#include <cstring>

#include "hone/data/arrow_status_internal.h"
#include "hone/data/text_window_internal.h"

namespace hone {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

// Text packs by 3 to 20, logs of one repeated line by 100; deflate cannot pass 1,032. What passes both of these is no text.
constexpr std::uint64_t kBombRatio = 200;
constexpr std::uint64_t kBombBytes = 1 << 30;

// WHATWG Encoding Standard, index windows-1252: what 0x80 to 0x9F stand for. Five bytes without a character keep their number.
constexpr std::uint16_t kWindows1252[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                            0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                            0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::shared_ptr<arrow::util::Codec> codec_of(Packing packing) {
  const auto kind = packing == Packing::kGzip ? arrow::Compression::GZIP : arrow::Compression::ZSTD;
  return value_of(arrow::util::Codec::Create(kind), "no decompressor", ErrorCode::kInternal);
}

// Length of the run of ASCII at the front.
std::size_t ascii_run(std::string_view text) {
  std::size_t run = 0;
  for (std::uint64_t eight; run + 8 <= text.size(); run += 8) {
    std::memcpy(&eight, text.data() + run, 8);
    if (eight & 0x8080808080808080u) break;
  }
  while (run < text.size() && static_cast<unsigned char>(text[run]) < 0x80) ++run;
  return run;
}

// Every code point here is below U+FFFF and at least U+0080.
char* write_utf8(char* place, std::uint16_t code) {
  if (code < 0x800) {
    *place++ = static_cast<char>(0xC0 | code >> 6);
  } else {
    *place++ = static_cast<char>(0xE0 | code >> 12);
    *place++ = static_cast<char>(0x80 | (code >> 6 & 63));
  }
  *place++ = static_cast<char>(0x80 | (code & 63));
  return place;
}

}  // namespace

TextWindow::TextWindow(std::shared_ptr<arrow::io::InputStream> file, Packing packing, std::string_view encoding, std::string name,
                       std::size_t block)
    : file_(std::move(file)),
      stream_(file_),
      packed_(packing != Packing::kNone),
      single_byte_(encoding != "utf-8"),
      name_(std::move(name)),
      block_(std::max(block, kUtf8Mark.size())) {
  if (encoding == "windows-1252") high_controls_ = kWindows1252;
  if (single_byte_ && !high_controls_ && encoding != "latin-1")
    throw Error(ErrorCode::kInvalidArgument,
                "encoding '" + std::string(encoding) + "' is not known; there are: utf-8, windows-1252, latin-1");
  if (packed_) {
    codec_ = codec_of(packing);
    stream_ = value_of(arrow::io::CompressedInputStream::Make(codec_.get(), file_), name_);
  }
  bytes_.resize(kPadding);
}

TextWindow::~TextWindow() = default;

std::uint64_t TextWindow::bytes_read() const { return static_cast<std::uint64_t>(file_->Tell().ValueOr(0)); }

void TextWindow::refuse_bomb(std::size_t unpacked) const {
  if (packed_ && unpacked > kBombBytes && unpacked / kBombRatio > bytes_read())
    throw Error(ErrorCode::kCorruptData,
                "'" + name_ + "' unpacks to more than 200 times its size and more than 1 GiB; unpack it yourself if that is meant");
}

std::size_t TextWindow::read_into(char* place, std::size_t bytes) {
  std::size_t got = 0;
  while (got < bytes) {
    const auto read = value_of(stream_->Read(static_cast<std::int64_t>(bytes - got), place + got), "cannot read '" + name_ + "'");
    if (read == 0) break;
    got += static_cast<std::size_t>(read);
  }
  unpacked_ += got;
  refuse_bomb(unpacked_);
  return got;
}

void TextWindow::make_room(std::size_t bytes) {
  std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (bytes_.size() < end_ + bytes + kPadding) bytes_.resize(end_ + bytes + kPadding);
}

void TextWindow::append_decoded(std::string_view raw) {
  make_room(3 * raw.size());
  char* place = bytes_.data() + end_;
  while (!raw.empty()) {
    const std::size_t run = ascii_run(raw);
    std::memcpy(place, raw.data(), run);
    place += run;
    raw.remove_prefix(run);
    if (raw.empty()) break;
    const auto byte = static_cast<unsigned char>(raw.front());
    place = write_utf8(place, high_controls_ && byte < 0xA0 ? high_controls_[byte - 0x80] : byte);
    raw.remove_prefix(1);
  }
  end_ = static_cast<std::size_t>(place - bytes_.data());
}

// A byte-order mark says UTF-8, whatever was declared; one of UTF-16 says that nothing here can be read.
void TextWindow::check_begin() {
  at_begin_ = false;
  if (text().starts_with("\xFF\xFE") || text().starts_with("\xFE\xFF"))
    throw Error(ErrorCode::kCorruptData, "'" + name_ + "' is UTF-16; save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE");
  if (text().starts_with(kUtf8Mark)) drop(kUtf8Mark.size());
}

bool TextWindow::grow() {
  const std::size_t wanted = std::max(block_, end_ - begin_);
  std::size_t got = 0;
  if (single_byte_) {
    raw_.resize(wanted);
    got = read_into(raw_.data(), wanted);
    const std::string_view raw(raw_.data(), got);
    const bool says_utf8 = at_begin_ && raw.starts_with(kUtf8Mark);
    if (says_utf8)
      throw Error(ErrorCode::kCorruptData,
                  "'" + name_ + "' begins with the byte-order mark of UTF-8, yet another encoding is declared; set encoding: utf-8");
    append_decoded(raw);
    at_begin_ = false;
  } else {
    make_room(wanted);
    got = read_into(bytes_.data() + end_, wanted);
    end_ += got;
    if (at_begin_) check_begin();
  }
  return got > 0;
}

PackedName packing_of(std::string name) {
  if (name.ends_with(".gz")) return {name.substr(0, name.size() - 3), Packing::kGzip};
  if (name.ends_with(".zst")) return {name.substr(0, name.size() - 4), Packing::kZstd};
  return {std::move(name), Packing::kNone};
}

}  // namespace hone
