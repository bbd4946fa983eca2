#include "client/cache/cache_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::cache {
namespace {

namespace fs = std::filesystem;

using ::aifx::testing::TemporaryFolder;
using market::CurrencyPair;
using market::Timeframe;

TEST(CacheFolderTest, DefaultFollowsTheXdgSpecification) {
  std::map<std::string, std::string> variables;
  const auto environment = [&](const std::string& name) { return variables[name]; };
  EXPECT_EQ(DefaultCacheFolder(environment), "");
  variables["HOME"] = "/home/me";
  EXPECT_EQ(DefaultCacheFolder(environment), "/home/me/.cache/aifx/candles");
  variables["XDG_CACHE_HOME"] = "relative";  // to be ignored
  EXPECT_EQ(DefaultCacheFolder(environment), "/home/me/.cache/aifx/candles");
  variables["XDG_CACHE_HOME"] = "/cache";
  EXPECT_EQ(DefaultCacheFolder(environment), "/cache/aifx/candles");
}

TEST(CacheFolderTest, EachBackendPairAndTimeframeHasItsFile) {
  const CurrencyPair eur = CurrencyPair::Parse("EUR/USD").value();
  const CurrencyPair jpy = CurrencyPair::Parse("USD/JPY").value();
  const auto name = [](const std::string& url, const CurrencyPair& pair, Timeframe timeframe) {
    return SeriesFileName(SeriesKey(url, pair, timeframe), pair, timeframe);
  };
  const std::string one = name("http://a:1", eur, Timeframe::k1Hour);
  EXPECT_THAT(one, ::testing::MatchesRegex("EURUSD_1h_[0-9a-f]{16}\\.candles"));
  EXPECT_NE(one, name("http://a:2", eur, Timeframe::k1Hour));
  EXPECT_NE(one, name("http://a:1", jpy, Timeframe::k1Hour));
  EXPECT_NE(one, name("http://a:1", eur, Timeframe::k4Hours));
}

TEST(CacheFolderTest, MakesTheFolderForItsOwnerAlone) {
  TemporaryFolder folder;
  for (const char* name : {"a/b/candles", "c/candles/", "d/candles//"}) {
    SCOPED_TRACE(name);
    const std::string path = folder / name;
    ASSERT_OK(MakeFolder(path));
    ASSERT_OK(MakeFolder(path));
    struct stat info;
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700u);
  }
  std::ofstream(folder / "file") << "x";
  EXPECT_FALSE(MakeFolder(folder / "file/candles").ok());
}

TEST(CacheFolderTest, OneHoldsTheLock) {
  TemporaryFolder folder;
  auto first = FileLock::Try(folder / "x.lock");
  ASSERT_OK(first);
  ASSERT_TRUE(first->has_value());
  auto second = FileLock::Try(folder / "x.lock");
  ASSERT_OK(second);
  EXPECT_FALSE(second->has_value());
  first->reset();
  second = FileLock::Try(folder / "x.lock");
  ASSERT_OK(second);
  EXPECT_TRUE(second->has_value());
}

TEST(CacheFolderTest, EvictsWhatWasUsedLongestAgoUntilTheRestFits) {
  TemporaryFolder folder;
  const auto now = fs::file_time_type::clock::now();
  for (const int age : {1, 2, 3, 4}) {
    const std::string path = folder / (std::to_string(age) + ".candles");
    std::ofstream(path) << std::string(100, 'x');
    fs::last_write_time(path, now - std::chrono::hours(age));
  }
  std::ofstream(folder / "other.txt") << std::string(1000, 'x');
  EXPECT_EQ(Evict(folder.path(), 400, ""), 0);
  MarkUsed(folder / "3.candles");
  EXPECT_EQ(Evict(folder.path(), 250, folder / "4.candles"), 2);
  EXPECT_TRUE(fs::exists(folder / "4.candles"));  // kept
  EXPECT_TRUE(fs::exists(folder / "3.candles"));  // used just now
  EXPECT_TRUE(fs::exists(folder / "other.txt"));
  EXPECT_EQ(Evict(folder / "missing", 0, ""), 0);
}

}  // namespace
}  // namespace aifx::cache
