#include "client/cli/features/features_job.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/base/files.h"
#include "core/base/sha256.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/client/cli/features/features_job_fixture.h"

namespace aifx::cli {
namespace {

namespace fs = std::filesystem;
using ::aifx::testing::StatusIs;
using ::aifx::testing::Time;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(FeaturesJobTest, PartsHoldEveryRowOnceInTimeOrder) {
  const SeriesResult result = Make();
  ASSERT_OK(result.status);
  EXPECT_EQ(result.folder, options_.out + "/eurusd-1h");
  const std::vector<std::string> rows = Rows();
  ASSERT_EQ(rows.size(), 3000u - 49);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end())) << "they begin with their time";
  EXPECT_EQ(Lines("train").size(), 1771u);
  EXPECT_EQ(Lines("validation").size(), 590u);
  EXPECT_EQ(Lines("test").size(), 590u);
}

TEST_F(FeaturesJobTest, TimesSplitByTheCandlesClose) {
  options_.train_until = "2018-08-01";
  options_.validation_until = "2018-09-03T05:30";
  ASSERT_OK(Make().status);
  EXPECT_EQ(Lines("train").back().substr(0, 20), "2018-07-31T23:00:00Z");
  EXPECT_EQ(Lines("validation").front().substr(0, 20), "2018-08-01T00:00:00Z");
  EXPECT_EQ(Lines("validation").back().substr(0, 20), "2018-09-03T04:00:00Z");
  EXPECT_EQ(Lines("test").front().substr(0, 20), "2018-09-03T05:00:00Z");
  EXPECT_EQ(Metadata()["split"]["train_until"],
            (json{{"given", "2018-08-01"}, {"known_by", "2018-08-01T00:00:00Z"}}));
}

TEST_F(FeaturesJobTest, MetadataDescribesTheFiles) {
  ASSERT_OK(Make().status);
  const json metadata = Metadata();
  EXPECT_EQ(metadata["pair"], "EUR/USD");
  EXPECT_EQ(metadata["timeframe"], "1h");
  EXPECT_EQ(metadata["feature_set"]["name"], "stationary-v1");
  EXPECT_EQ(metadata["feature_set"]["hash"], features::DefaultFeatureSet().hash());
  EXPECT_EQ(metadata["feature_set"]["memory"], 50);
  EXPECT_EQ(metadata["columns"].size(), 24u);
  EXPECT_EQ(metadata["rows"], 2951);
  EXPECT_EQ(metadata["candles"]["used"], 3000);
  EXPECT_EQ(metadata["dropped"]["warm_up"], 49);
  EXPECT_EQ(metadata["source"]["backend"], "http://b");
  EXPECT_EQ(metadata["quality"]["gap_count"], 0);
  int64_t rows = 0;
  for (const absl::string_view name : kPartNames) {
    const json& part = metadata["parts"][std::string(name)];
    const std::vector<std::string> lines = Lines(std::string(name));
    EXPECT_EQ(part["rows"], lines.size());
    EXPECT_EQ(part["first"], lines.front().substr(0, 20));
    EXPECT_EQ(part["last"], lines.back().substr(0, 20));
    const json& file = part["files"][0];
    EXPECT_EQ(file["name"], std::string(name) + ".csv");
    EXPECT_EQ(file["sha256"], base::Sha256HexOfFile(Path(file["name"])).value());
    EXPECT_EQ(file["bytes"], fs::file_size(Path(file["name"])));
    rows += part["rows"].get<int64_t>();
  }
  EXPECT_EQ(rows, metadata["rows"]);
}

// Rows from --from on are those of the whole series, to the last digit where the set forgets.
TEST_F(FeaturesJobTest, RowsDoNotDependOnWhereTheSeriesStarts) {
  for (const char* set : {"stationary-v1", "raw-ohlcv", "stationary-v2"}) {
    SCOPED_TRACE(set);
    options_.set = set;
    options_.from = "";
    ASSERT_OK(Make().status);
    const std::vector<std::string> all = Rows();
    options_.from = "2018-10-01";
    ASSERT_OK(Make().status);
    const std::vector<std::string> some = Rows();
    EXPECT_EQ(some.front().substr(0, 20), "2018-10-01T00:00:00Z");
    EXPECT_EQ(some,
              std::vector<std::string>(all.end() - static_cast<ptrdiff_t>(some.size()), all.end()));
    EXPECT_EQ(Metadata()["candles"]["before_from"],
              features::FindFeatureSet(set).value()->memory() - 1);
    EXPECT_EQ(Metadata()["full_memory_from"], "2018-10-01T00:00:00Z");
  }
}

TEST_F(FeaturesJobTest, ARecursiveSetReadsItsMemoryAndSaysWhereItIsShort) {
  options_.set = "v3.2";
  options_.from = "2018-11-15";  // more than 2,099 candles behind the series' start
  ASSERT_OK(Make().status);
  EXPECT_EQ(Metadata()["candles"]["before_from"], 2099);
  EXPECT_EQ(Metadata()["full_memory_from"], "2018-11-15T00:00:00Z");
  EXPECT_EQ(captured_.err.str().find("recursive"), std::string::npos);
  options_.from = "2018-07-01";
  ASSERT_OK(Make().status);
  // 83 hours until the first Friday 17:00 in New York, 16 weeks of 120, and 96 of the next.
  EXPECT_EQ(Metadata()["full_memory_from"], "2018-10-11T21:00:00Z");
  EXPECT_THAT(captured_.err.str(), HasSubstr("rows with fewer than 2099 candles before them"));
}

TEST_F(FeaturesJobTest, ACandleInProgressIsNeverUsed) {
  ASSERT_OK(Make().status);
  const std::string last = Rows().back();
  const absl::Time open = Time(last.substr(0, 20));
  now_ = open + absl::Hours(1) - absl::Seconds(1);
  ASSERT_OK(Make().status);
  EXPECT_EQ(Metadata()["candles"]["in_progress"], 1);
  EXPECT_EQ(Rows().size(), 2950u);
  now_ = open + absl::Hours(1);
  ASSERT_OK(Make().status);
  EXPECT_EQ(Metadata()["candles"]["in_progress"], 0);
  EXPECT_EQ(Rows().back(), last);
}

TEST_F(FeaturesJobTest, UndefinedRowsAreLeftOutAndCountedByColumn) {
  history_.change = [](size_t index, market::Candle& candle) {
    if (index == 1000) candle.volume.reset();
  };
  options_.set = "v3.2";
  ASSERT_OK(Make().status);
  const json dropped = Metadata()["dropped"];
  EXPECT_EQ(dropped["undefined"], 20);  // its own row and those whose mean of 20 holds it
  EXPECT_EQ(dropped["undefined_by_column"],
            (json{{"volume", 1}, {"volume_sma_20", 20}, {"volume_ratio", 20}}));
  EXPECT_EQ(Rows().size(), 3000u - 199 - 20);
  EXPECT_THAT(captured_.err.str(), HasSubstr("left out 20 rows"));
}

TEST_F(FeaturesJobTest, ASetWhoseVolumeIsNeverThereFails) {
  history_.change = [](size_t, market::Candle& candle) { candle.volume.reset(); };
  options_.set = "v3.2";
  EXPECT_THAT(Make().status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("volume is undefined (no volume)")));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(FeaturesJobTest, TooLittleDataHasTheNumbers) {
  options_.to = "2018-06-14";
  const SeriesResult result = Make();
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kOutOfRange,
                                      AllOf(HasSubstr("stationary-v1 needs 50 closed candles"),
                                            HasSubstr("EUR/USD 1h has 38"))));
  EXPECT_EQ(FeaturesExitCode({result}), kTooLittleData);
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(FeaturesJobTest, ASplitOutsideTheDataIsAnErrorThatLeavesNothing) {
  options_.train_until = "2018-07-31";
  options_.validation_until = "2024-12-31";
  EXPECT_THAT(Make().status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("--validation-until 2024-12-31 is outside the data")));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(FeaturesJobTest, BadDataIsRefusedUnlessItIsAllowed) {
  history_.change = [](size_t index, market::Candle& candle) {
    if (index == 500) candle.low = -1;
  };
  EXPECT_THAT(Make().status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                      AllOf(HasSubstr("1 candles with impossible prices"),
                                            HasSubstr("aifx data check"))));
  EXPECT_TRUE(NothingIsLeft());
  options_.allow_bad_data = true;
  ASSERT_OK(Make().status);
  EXPECT_EQ(Metadata()["candles"]["unusable"], 1);
  EXPECT_EQ(Metadata()["quality"]["refusals"].size(), 1u);
  EXPECT_EQ(Rows().size(), 2950u);
}

TEST_F(FeaturesJobTest, ADryRunWritesNothing) {
  const SeriesResult result = Make(true);
  ASSERT_OK(result.status);
  EXPECT_EQ(result.survey->rows_of_part, (std::array<int64_t, kParts>{1771, 590, 590}));
  EXPECT_EQ(history_.reads, 1);
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(FeaturesJobTest, ReplacesItsOwnFolderAndNoOther) {
  ASSERT_OK(Make().status);
  options_.format = "parquet";
  ASSERT_OK(Make().status);
  EXPECT_FALSE(fs::exists(Path("train.csv")));
  EXPECT_TRUE(fs::exists(Path("train.parquet")));
  fs::remove(Path("metadata.json"));
  EXPECT_THAT(Make().status,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not made by this job")));
  EXPECT_TRUE(fs::exists(Path("train.parquet")));
}

TEST_F(FeaturesJobTest, AnInterruptedRunLeavesTheOldFilesAndNothingElse) {
  ASSERT_OK(Make().status);
  const std::string before = base::ReadFile(Path("train.csv")).value();
  options_.set = "raw-ohlcv";
  int piece = 0;
  history_.before_piece = [&] {
    // In the second piece of the second pass: files are open.
    if (++piece == 6) context_.Cancel();
  };
  EXPECT_THAT(Make().status, StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
  EXPECT_EQ(base::ReadFile(Path("train.csv")).value(), before);
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(options_.out)) ++entries;
  EXPECT_EQ(entries, 1u);
}

TEST_F(FeaturesJobTest, WhatAnInterruptionLeavesUndoneHasFailed) {
  options_.pairs = {"EUR/USD", "GBP/USD", "USD/JPY"};
  ASSERT_OK_AND_ASSIGN(const FeaturesPlan plan, MakeFeaturesPlan(options_, now_));
  // Behind the last piece of the second series: a dry run has nothing more to read of it.
  history_.after_last_piece = [&] {
    if (history_.reads == 2) context_.Cancel();
  };
  FeaturesProgress progress(captured_.console);
  const FeaturesJobDeps deps{
      .source = history_, .source_url = "", .clock = base::SystemClock(), .progress = progress};
  const auto results = MakeAllSeriesFiles(plan, true, deps, captured_.console, context_);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_OK(results[0].status);
  EXPECT_THAT(results[1].status, StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
  EXPECT_THAT(results[2].status, StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")))
      << "not begun";
  EXPECT_EQ(FeaturesExitCode(results), kFailed);
  EXPECT_THAT(captured_.err.str(), HasSubstr("features USD/JPY 1h: CANCELLED: interrupted"));
}

TEST_F(FeaturesJobTest, ASeriesThatChangesBetweenThePassesIsNotWritten) {
  history_.before_piece = [&] {
    if (history_.reads != 2) return;
    history_.change = [](size_t index, market::Candle& candle) {
      if (index == 1500) candle.high = 0;
    };
  };
  EXPECT_THAT(Make().status, StatusIs(absl::StatusCode::kAborted,
                                      HasSubstr("(3000 before, 2999 now): run the job again")));
  EXPECT_TRUE(NothingIsLeft());
}

TEST(FeaturesExitCodeTest, AnyFailureCountsAndTooLittleOnlyWhereItIsAll) {
  const auto with = [](absl::Status status) { return SeriesResult{.key = kKey, .status = status}; };
  const SeriesResult done = with(absl::OkStatus()), failed = with(absl::InternalError("x")),
                     little = with(absl::OutOfRangeError("x"));
  EXPECT_EQ(FeaturesExitCode({done, little}), kDone);
  EXPECT_EQ(FeaturesExitCode({little, little}), kTooLittleData);
  EXPECT_EQ(FeaturesExitCode({done, little, failed}), kFailed);
}

}  // namespace
}  // namespace aifx::cli
