#include "client/cli/console_logger.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace aifx::cli {

void ConsoleLogger::Log(base::LogLevel level, absl::string_view message,
                        const base::LogFields& fields) {
  if (level < base::LogLevel::kWarning) return;
  std::string details;
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&details, details.empty() ? " (" : ", ", name, ": ", value);
  }
  if (!details.empty()) details += ")";
  base::MutexLock lock(mutex_);
  console_.err << "aifx: " << (level == base::LogLevel::kWarning ? "warning: " : "") << message
               << details << "\n";
}

}  // namespace aifx::cli
