#include "server/ops/logger.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/metrics.h"

namespace aifx::ops {
namespace {

constexpr const char* kLevelNames[] = {"debug", "info", "warning", "error"};

spdlog::level::level_enum SpdlogLevel(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::kDebug:
      return spdlog::level::debug;
    case base::LogLevel::kInfo:
      return spdlog::level::info;
    case base::LogLevel::kWarning:
      return spdlog::level::warn;
    case base::LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

std::string Escaped(absl::string_view text) { return absl::Utf8SafeCHexEscape(text); }

bool NeedsQuotes(absl::string_view text) {
  return text.empty() || text.find_first_of(" =\"'\\") != absl::string_view::npos;
}

std::string TextLine(absl::string_view time, base::LogLevel level, absl::string_view message,
                     const base::LogFields& fields) {
  std::string line = absl::StrFormat("%s %-7s %s", time,
                                     absl::AsciiStrToUpper(kLevelNames[static_cast<int>(level)]),
                                     Escaped(message));
  for (const auto& [name, value] : fields) {
    const char* quote = NeedsQuotes(value) ? "\"" : "";
    absl::StrAppend(&line, " ", name, "=", quote, Escaped(value), quote);
  }
  return line;
}

std::string JsonLine(absl::string_view time, base::LogLevel level, absl::string_view message,
                     const base::LogFields& fields) {
  nlohmann::ordered_json line;
  line["time"] = std::string(time);
  line["level"] = kLevelNames[static_cast<int>(level)];
  line["message"] = std::string(message);
  for (const auto& [name, value] : fields) line[name] = value;
  // Bytes that are not UTF-8, which a caller may send, are replaced instead of thrown at us.
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class SpdlogLogger final : public ServerLogger {
 public:
  SpdlogLogger(std::ostream& out, LogForm form, base::LogLevel minimum, base::Clock& clock)
      : form_(form),
        clock_(clock),
        logger_("aifx", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true)) {
    logger_.set_pattern("%v");
    SetMinimum(minimum);
  }

  void SetMinimum(base::LogLevel minimum) override { logger_.set_level(SpdlogLevel(minimum)); }

  int64_t Lines(base::LogLevel level) const override {
    return lines_[static_cast<size_t>(level)].Value();
  }

  void Log(base::LogLevel level, absl::string_view message,
           const base::LogFields& fields) override {
    const spdlog::level::level_enum spdlog_level = SpdlogLevel(level);
    if (!logger_.should_log(spdlog_level)) return;
    lines_[static_cast<size_t>(level)].Add();
    const std::string time =
        absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", clock_.Now(), absl::UTCTimeZone());
    const std::string line = form_ == LogForm::kJson ? JsonLine(time, level, message, fields)
                                                     : TextLine(time, level, message, fields);
    // As an argument: the line itself is not a format string.
    logger_.log(spdlog_level, "{}", line);
  }

 private:
  const LogForm form_;
  base::Clock& clock_;
  spdlog::logger logger_;
  std::array<base::Counter, 4> lines_;  // by level
};

}  // namespace

absl::string_view LogLevelName(base::LogLevel level) {
  return kLevelNames[static_cast<size_t>(level)];
}

std::unique_ptr<ServerLogger> MakeLogger(std::ostream& out, LogForm form, base::LogLevel minimum,
                                         base::Clock& clock) {
  return std::make_unique<SpdlogLogger>(out, form, minimum, clock);
}

}  // namespace aifx::ops
