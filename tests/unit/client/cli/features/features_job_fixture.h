#ifndef AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_FEATURES_JOB_FIXTURE_H_
#define AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_FEATURES_JOB_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "client/cli/features/features_job.h"
#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/captured_console.h"
#include "tests/unit/client/cli/features/generated_history.h"

namespace aifx::cli {

inline const SeriesKey kKey{*market::CurrencyPair::Parse("EUR/USD"), market::Timeframe::k1Hour};

// Runs the job for EUR/USD 1h of a generated history, into a folder of its own.
class FeaturesJobTest : public ::testing::Test {
 protected:
  FeaturesJobTest() {
    options_.pairs = {"EUR/USD"};
    options_.out = folder_ / "out";
    options_.train_until = "0.6";
    options_.validation_until = "0.8";
  }

  SeriesResult Make(bool dry_run = false) {
    const auto plan = MakeFeaturesPlan(options_, now_);
    EXPECT_OK(plan);
    FeaturesProgress progress(captured_.console);
    return MakeSeriesFiles(*plan, kKey, dry_run,
                           {.source = history_,
                            .source_url = "http://b",
                            .clock = base::SystemClock(),
                            .progress = progress},
                           context_);
  }
  std::string Path(const std::string& name) const { return folder_ / ("out/eurusd-1h/" + name); }
  nlohmann::json Metadata() const {
    return nlohmann::json::parse(base::ReadFile(Path("metadata.json")).value());
  }
  // The lines of a part, without the header.
  std::vector<std::string> Lines(const std::string& part) const {
    std::vector<std::string> lines =
        absl::StrSplit(base::ReadFile(Path(part + ".csv")).value(), '\n', absl::SkipEmpty());
    lines.erase(lines.begin());
    return lines;
  }
  // All rows, whatever their part.
  std::vector<std::string> Rows() const {
    std::vector<std::string> rows;
    for (const absl::string_view part : kPartNames) {
      for (const std::string& line : Lines(std::string(part))) rows.push_back(line);
    }
    return rows;
  }
  bool NothingIsLeft() const {
    return !std::filesystem::exists(options_.out) || std::filesystem::is_empty(options_.out);
  }

  testing::TemporaryFolder folder_;
  CapturedConsole captured_;
  GeneratedHistory history_{3000};
  FeaturesOptions options_;
  absl::Time now_ = testing::Time("2026-01-01T00:00:00Z");
  base::CallContext context_;
};

}  // namespace aifx::cli

#endif  // AIFX_TESTS_UNIT_CLIENT_CLI_FEATURES_FEATURES_JOB_FIXTURE_H_
