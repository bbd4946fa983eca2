#include "core/dataset/dataset_files.h"

#include <cstring>
#include <set>

#include "core/base/files.h"
#include "core/base/sha256.h"
#include "core/dataset/dataset_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/core/dataset/dataset_fixture.h"

namespace aifx::dataset {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// The elements of a .npy file, whose header ends with the first new line.
template <typename T>
std::vector<T> Elements(const std::string& path) {
  const std::string text = base::ReadFile(path).value();
  const size_t begin = text.find('\n') + 1;
  std::vector<T> elements((text.size() - begin) / sizeof(T));
  std::memcpy(elements.data(), text.data() + begin, elements.size() * sizeof(T));
  return elements;
}

TEST(DatasetFilesTest, ArraysHoldThePartsRowsInOrder) {
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(SmallSpec(), {.candles = candles}));
  const testing::TemporaryFolder folder;
  int64_t reported = -1, total = -1;
  ASSERT_OK_AND_ASSIGN(const auto files,
                       WriteArrays(data, folder.path(), [&](int64_t written, int64_t of) {
                         EXPECT_GE(written, reported);
                         reported = written;
                         total = of;
                         return absl::OkStatus();
                       }));
  EXPECT_EQ(reported, total);
  int64_t bytes = 0;
  std::set<std::string> names;
  for (const DatasetFile& file : files) {
    SCOPED_TRACE(file.name);
    names.insert(file.name);
    const std::string text = base::ReadFile(folder / file.name).value();
    EXPECT_EQ(file.bytes, static_cast<int64_t>(text.size()));
    EXPECT_EQ(file.sha256, base::Sha256Hex(text));
    if (!file.shape.empty()) bytes += file.bytes - static_cast<int64_t>(text.find('\n') + 1);
  }
  EXPECT_EQ(bytes, ArrayBytes(data));
  EXPECT_EQ(names.size(), 3 * 7 + 1);
  for (const Part part : kParts) {
    const std::string path = folder / std::string(PartName(part));
    std::vector<float> windows, scratch;
    std::vector<int64_t> direction, barrier, barrier_end, horizon_end, timestamps;
    std::vector<double> change;
    for (const size_t r : data.split().of(part).rows) {
      const Row& row = data.rows()[r];
      const auto window = data.Window(row, scratch);
      windows.insert(windows.end(), window.begin(), window.end());
      direction.push_back(row.target.direction);
      change.push_back(row.target.change);
      barrier.push_back(static_cast<int64_t>(row.target.touch.barrier));
      barrier_end.push_back(absl::ToUnixSeconds(row.barrier_end));
      horizon_end.push_back(absl::ToUnixSeconds(row.horizon_end));
      timestamps.push_back(absl::ToUnixSeconds(row.as_of));
    }
    EXPECT_EQ(Elements<float>(path + "/technical.npy"), windows);
    EXPECT_EQ(Elements<int64_t>(path + "/direction.npy"), direction);
    EXPECT_EQ(Elements<double>(path + "/return.npy"), change);
    EXPECT_EQ(Elements<int64_t>(path + "/barrier.npy"), barrier);
    EXPECT_EQ(Elements<int64_t>(path + "/barrier_end.npy"), barrier_end);
    EXPECT_EQ(Elements<int64_t>(path + "/horizon_end.npy"), horizon_end);
    EXPECT_EQ(Elements<int64_t>(path + "/timestamps.npy"), timestamps);
  }
}

TEST(DatasetFilesTest, OnlyTheTargetsAskedForAreWritten) {
  const auto candles = SmallCandles();
  DatasetSpec spec = SmallSpec();
  spec.targets.barrier = spec.targets.change = false;
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  const testing::TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto files, WriteArrays(data, folder.path(), nullptr));
  std::vector<std::string> names;
  int64_t bytes = 0;
  for (const DatasetFile& file : files) {
    if (file.name.starts_with("test/")) names.push_back(file.name);
    const std::string text = base::ReadFile(folder / file.name).value();
    if (!file.shape.empty()) bytes += file.bytes - static_cast<int64_t>(text.find('\n') + 1);
  }
  EXPECT_THAT(names, UnorderedElementsAre("test/technical.npy", "test/direction.npy",
                                          "test/timestamps.npy", "test/horizon_end.npy"));
  EXPECT_EQ(bytes, ArrayBytes(data));
}

TEST(DatasetFilesTest, TheLaterCloseIsWrittenWhereItIsAskedFor) {
  const auto candles = SmallCandles();
  DatasetSpec spec = SmallSpec();
  spec.targets = {.direction = false, .change = false, .barrier = false, .close = true};
  spec.targets.horizon_bars = 6;
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  EXPECT_EQ(data.split().of(Part::kTrain).purged, 6);
  const testing::TemporaryFolder folder;
  ASSERT_OK(WriteArrays(data, folder.path(), nullptr));
  std::vector<double> want;
  for (const size_t r : data.split().of(Part::kTest).rows) {
    want.push_back(candles[data.rows()[r].candle + 6].close);
  }
  EXPECT_EQ(Elements<double>(folder / "test/close.npy"), want);
}

TEST(DatasetFilesTest, ItsCallerCanEndIt) {
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(SmallSpec(), {.candles = candles}));
  const testing::TemporaryFolder folder;
  const auto stop = [](int64_t, int64_t) { return absl::CancelledError("stop"); };
  EXPECT_TRUE(absl::IsCancelled(WriteArrays(data, folder.path(), stop).status()));
}

TEST(DatasetFilesTest, AFailureNamesTheFile) {
  const auto candles = SmallCandles();
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(SmallSpec(), {.candles = candles}));
  const testing::TemporaryFolder folder;
  EXPECT_THAT(WriteArrays(data, folder / "none", nullptr).status().message(),
              HasSubstr("none/train"));
}

TEST(DatasetJsonTest, TellsWhatTheDatasetIs) {
  const auto candles = SmallCandles();
  const DatasetSpec spec = SmallSpec();
  ASSERT_OK_AND_ASSIGN(const auto events, macro::EventFeatures::Create(spec.pair, SmallEvents()));
  ASSERT_OK_AND_ASSIGN(const Dataset data,
                       Dataset::Build(spec, {.candles = candles, .events = &events}));
  const nlohmann::json metadata = MetadataJson(data, candles, {.missing = 3},
                                               {.candles = "a.csv",
                                                .context = "GBP/USD=c.csv",
                                                .events = "b.csv",
                                                .engine = "aifx 1",
                                                .made_at = testing::Time("2026-01-01T00:00:00Z")});
  EXPECT_EQ(metadata["pair"], "EUR/USD");
  EXPECT_EQ(metadata["technical"]["hash"], spec.set->hash());
  EXPECT_EQ(metadata["technical"]["columns"].size(), spec.set->columns().size());
  EXPECT_EQ(metadata["event"]["set"], "event-v1");
  EXPECT_EQ(metadata["fundamental"], nullptr);
  EXPECT_EQ(metadata["source"]["fundamentals"], nullptr);
  EXPECT_EQ(metadata["source"]["context"], "GBP/USD=c.csv");
  EXPECT_EQ(metadata["gaps"]["missing_candles"], 3);
  EXPECT_EQ(metadata["left_out"]["without_target"], 6);
  EXPECT_EQ(metadata["splits"]["train"]["purged"], 6);
  EXPECT_EQ(metadata["splits"]["validation"]["from"], "2018-07-01T22:00:00Z");
  const nlohmann::json scalers = ScalersJson(data);
  EXPECT_EQ(scalers["technical"]["kind"], "standard");
  EXPECT_EQ(metadata["technical"]["scaler"], "standard");
  EXPECT_EQ(scalers["event"]["columns"].size(), scalers["event"]["mean"].size());
  EXPECT_FALSE(scalers.contains("fundamental"));
}

TEST(DatasetJsonTest, SaysThatWindowsAreScaledOneByOne) {
  const auto candles = SmallCandles();
  DatasetSpec spec = SmallSpec();
  spec.set = *features::FindFeatureSet("raw-ohlcv");
  ASSERT_OK_AND_ASSIGN(const Dataset data, Dataset::Build(spec, {.candles = candles}));
  EXPECT_EQ(MetadataJson(data, candles, {}, {})["technical"]["scaler"], "window z-score");
  const nlohmann::json scaler = ScalersJson(data)["technical"];
  EXPECT_EQ(scaler["kind"], "window z-score");
  EXPECT_EQ(scaler["columns"].size(), 5);
  EXPECT_FALSE(scaler.contains("mean")) << "nothing was learned";
}

}  // namespace
}  // namespace aifx::dataset
