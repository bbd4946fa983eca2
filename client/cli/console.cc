#include "client/cli/console.h"

#include "absl/strings/str_cat.h"

namespace aifx::cli {
namespace {

absl::string_view AnsiCode(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kStrong:
      return "1";
    case Tone::kQuiet:
      return "2";
    case Tone::kGood:
      return "32";
    case Tone::kBad:
      return "31";
    case Tone::kCaution:
      return "33";
  }
  return "";
}

}  // namespace

std::string Paint(absl::string_view text, Tone tone, bool colour) {
  const absl::string_view code = AnsiCode(tone);
  if (!colour || code.empty() || text.empty()) return std::string(text);
  return absl::StrCat("\x1b[", code, "m", text, "\x1b[0m");
}

}  // namespace aifx::cli
