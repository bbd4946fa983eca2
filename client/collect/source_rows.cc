#include "client/collect/source_rows.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/collect/csv_rows.h"
#include "client/collect/json_rows.h"
#include "core/base/status_macros.h"

namespace aifx::collect {
namespace {

constexpr size_t kMaxProblems = 20;
constexpr size_t kMaxQuotedBytes = 80;

unsigned ByteAt(absl::string_view text, size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// How many bytes the UTF-8 character at `at` has; 0 where there is none (RFC 3629).
size_t CharacterBytes(absl::string_view text, size_t at) {
  const unsigned first = ByteAt(text, at);
  if (first < 0x80) return 1;
  const size_t bytes = first < 0xc2   ? 0
                       : first < 0xe0 ? 2
                       : first < 0xf0 ? 3
                       : first < 0xf5 ? 4
                                      : 0;
  // The second byte also rules out long forms, surrogates and what is beyond U+10FFFF.
  const unsigned second = ByteAt(text, at + 1);
  const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (size_t i = 2; i < bytes; ++i) {
    if ((ByteAt(text, at + i) & 0xc0) != 0x80) return 0;
  }
  return bytes;
}

absl::Status CheckUtf8(absl::string_view text, absl::string_view name) {
  int line = 1, column = 1;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = CharacterBytes(text, at);
    if (bytes == 0) {
      return absl::InvalidArgumentError(absl::StrCat(name, ":", line, ":", column, ": byte 0x",
                                                     absl::Hex(ByteAt(text, at)),
                                                     " is not UTF-8; convert the source"));
    }
    column = text[at] == '\n' ? 1 : column + 1;
    line += text[at] == '\n' ? 1 : 0;
    at += bytes;
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view SourceRow::Text(std::initializer_list<absl::string_view> names) const {
  for (const absl::string_view name : names) {
    const auto found = fields.find(std::string(name));
    if (found != fields.end()) return absl::StripAsciiWhitespace(found->second);
  }
  return "";
}

base::FieldViolation SourceRow::Wrong(absl::string_view field, absl::string_view text,
                                      absl::string_view what) const {
  return {std::string(field),
          absl::StrCat(place, ": ", field, " '", text.substr(0, kMaxQuotedBytes),
                       text.size() > kMaxQuotedBytes ? "..." : "", "' ", what)};
}

absl::StatusOr<std::vector<SourceRow>> ParseRows(absl::string_view text, absl::string_view name) {
  AIFX_RETURN_IF_ERROR(CheckUtf8(text, name));
  const absl::string_view start = absl::StripLeadingAsciiWhitespace(text);
  const bool is_json = !start.empty() && (start[0] == '[' || start[0] == '{');
  return is_json ? ParseJsonRows(text, name) : ParseCsvRows(text, name);
}

absl::StatusOr<SourceTime> ParseSourceTime(absl::string_view text) {
  SourceTime parsed;
  std::string error;
  for (const char* format :
       {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d%ET%H:%M%Ez", "%Y-%m-%d%ET%H:%M:%E*S",
        "%Y-%m-%d%ET%H:%M", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    if (!absl::ParseTime(format, text, absl::UTCTimeZone(), &parsed.time, &error)) continue;
    // absl also reads infinite-past and infinite-future.
    if (parsed.time == absl::InfinitePast() || parsed.time == absl::InfiniteFuture()) break;
    parsed.has_hour = absl::string_view(format) != "%Y-%m-%d";
    return parsed;
  }
  return absl::InvalidArgumentError("is not a time such as 2025-04-02T12:30:00Z or 2025-04-02");
}

void Problems::Add(base::FieldViolation violation) {
  if (kept_.size() < kMaxProblems) {
    kept_.push_back(std::move(violation));
  } else {
    ++left_out_;
  }
}

absl::Status Problems::ToStatus() const {
  if (kept_.empty()) return absl::OkStatus();
  std::vector<base::FieldViolation> all = kept_;
  if (left_out_ > 0) all.push_back({"...", absl::StrCat("and ", left_out_, " more")});
  return base::InvalidArgument(all);
}

}  // namespace aifx::collect
