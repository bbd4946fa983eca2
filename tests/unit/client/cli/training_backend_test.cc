#include "client/cli/training_backend.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/client/cli/captured_console.h"

namespace aifx::cli {
namespace {

// Whether the candles of these options come through the cache.
bool HasCache(const BackendOptions& options, Console& console) {
  const auto backend = TrainingBackend::Open(options, console);
  EXPECT_OK(backend);
  return backend.ok() &&
         &(*backend)->candles() != static_cast<market::CandleHistory*>(&(*backend)->client());
}

TEST(TrainingBackendTest, CandlesComeThroughTheCacheUnlessToldOtherwise) {
  CapturedConsole captured;
  EXPECT_FALSE(HasCache({}, captured.console));  // no folder: neither HOME nor XDG_CACHE_HOME
  EXPECT_TRUE(HasCache({.cache_dir = "/cache"}, captured.console));
  EXPECT_FALSE(HasCache({.cache_dir = "/cache", .no_cache = true}, captured.console));
  captured.console.environment = [](const std::string& name) {
    return name == "HOME" ? std::string("/home/me") : std::string();
  };
  EXPECT_TRUE(HasCache({}, captured.console));
  EXPECT_EQ(captured.err.str(), "");
}

}  // namespace
}  // namespace aifx::cli
