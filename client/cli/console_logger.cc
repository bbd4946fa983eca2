#include "client/cli/console_logger.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"

namespace aifx::cli {
namespace {

constexpr char kClearLine[] = "\r\x1b[2K";  // a progress line may stand there

std::string Text(absl::string_view event, absl::string_view message, const base::LogFields& fields,
                 bool colour) {
  std::string text = absl::StrCat(event, ": ", message);
  for (const auto& [name, value] : fields) {
    if (!value.empty()) absl::StrAppend(&text, "  ", name, "=", value);
  }
  return absl::StrCat(kClearLine, Paint(text, Tone::kCaution, colour), "\n");
}

std::string Json(absl::string_view event, absl::string_view message, const base::LogFields& fields,
                 absl::Time now) {
  nlohmann::json line = {
      {"time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", now, absl::UTCTimeZone())},
      {"event", std::string(event)},
      {"message", std::string(message)}};
  for (const auto& [name, value] : fields) line.emplace(name, value);
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

void ConsoleLogger::Log(base::LogLevel level, absl::string_view message,
                        const base::LogFields& fields) {
  if (level < base::LogLevel::kWarning) return;
  const absl::string_view event = level == base::LogLevel::kError ? "error" : "warning";
  const std::string line = console_.err_is_terminal
                               ? Text(event, message, fields, console_.colour_err)
                               : Json(event, message, fields, console_.clock.Now());
  base::MutexLock lock(mutex_);
  console_.err << line << std::flush;
}

}  // namespace aifx::cli
