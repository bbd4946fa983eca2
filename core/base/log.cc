#include "core/base/log.h"

namespace aifx::base {
namespace {

class DroppingLogger final : public Logger {
 public:
  void Log(LogLevel, absl::string_view, const LogFields&) override {}
};

}  // namespace

Logger& NullLogger() {
  static DroppingLogger* const logger = new DroppingLogger;
  return *logger;
}

}  // namespace aifx::base
