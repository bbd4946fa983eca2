#include "client/cache/cached_candle_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

#include "client/cache/cached_read.h"
#include "client/cache/candle_file_format.h"
#include "core/base/files.h"
#include "core/base/mutex.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::cache {
namespace {

namespace fs = std::filesystem;

using ::aifx::testing::FakeClock;
using ::aifx::testing::FlatCandle;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using market::Candle;
using market::CurrencyPair;
using market::Timeframe;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kFirst = absl::FromCivil(absl::CivilHour(2018, 1, 1), absl::UTCTimeZone());

absl::Time Hour(int64_t hour) { return kFirst + absl::Hours(hour); }

// A backend's history that can be changed; remembers how many candles each call gave. Thread-safe.
class FakeHistory final : public market::CandleHistory {
 public:
  void Set(int64_t hour, double price) { Set(FlatCandle(Hour(hour), price)); }
  void Set(const Candle& candle) {
    base::MutexLock lock(mutex_);
    rows_[candle.open_time] = candle;
  }
  void Fill(int64_t from, int64_t to) {
    for (int64_t hour = from; hour < to; ++hour) Set(hour, 1 + 0.001 * static_cast<double>(hour));
  }
  void Remove(int64_t hour) {
    base::MutexLock lock(mutex_);
    rows_.erase(Hour(hour));
  }
  std::vector<Candle> Rows(absl::Time start, absl::Time end) {
    base::MutexLock lock(mutex_);
    std::vector<Candle> rows;
    for (auto row = rows_.lower_bound(start); row != rows_.end() && row->first < end; ++row) {
      rows.push_back(row->second);
    }
    return rows;
  }
  std::vector<size_t> TakeCalls() {
    base::MutexLock lock(mutex_);
    return std::exchange(calls_, {});
  }

  absl::StatusOr<std::vector<Candle>> Newest(const CurrencyPair&, Timeframe, size_t count,
                                             absl::Time, const base::CallContext&) override {
    std::vector<Candle> rows = Rows(absl::InfinitePast(), absl::InfiniteFuture());
    rows.erase(rows.begin(), rows.end() - static_cast<ptrdiff_t>(std::min(count, rows.size())));
    return rows;
  }
  absl::Status Stream(const CurrencyPair&, Timeframe, absl::Time start, absl::Time end,
                      const market::CandleSink& sink, const market::OnReadProgress& progress,
                      const base::CallContext&) override {
    const std::vector<Candle> rows = Rows(start, end);
    {
      base::MutexLock lock(mutex_);
      calls_.push_back(rows.size());
    }
    if (progress) progress({0, static_cast<int64_t>(rows.size())});
    for (size_t at = 0; at < rows.size(); at += 700) {  // in pieces
      if (at >= fail_after) return absl::UnavailableError("the backend fell");
      const auto piece = absl::MakeConstSpan(rows).subspan(at, 700);
      if (absl::Status status = sink(piece); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  size_t fail_after = SIZE_MAX;  // candles of one call

 private:
  base::Mutex mutex_;
  std::map<absl::Time, Candle> rows_ ABSL_GUARDED_BY(mutex_);
  std::vector<size_t> calls_ ABSL_GUARDED_BY(mutex_);
};

class RecordingLogger final : public base::Logger {
 public:
  void Log(base::LogLevel, absl::string_view message, const base::LogFields& fields) override {
    base::MutexLock lock(mutex_);
    text_ += std::string(message);
    for (const auto& [name, value] : fields) text_ += " " + name + "=" + value;
    text_ += "\n";
  }
  std::string Take() {
    base::MutexLock lock(mutex_);
    return std::exchange(text_, "");
  }

 private:
  base::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
};

class CachedCandleSourceTest : public ::testing::Test {
 protected:
  CachedCandleSource Source(uint64_t max_bytes = kDefaultMaxBytes) {
    return CachedCandleSource({folder_ / "cache", "http://backend:3000", max_bytes}, history_,
                              clock_, logger_);
  }
  absl::StatusOr<std::vector<Candle>> Read(absl::Time start, absl::Time end) {
    return Source().Range(pair_, Timeframe::k1Hour, start, end, {});
  }
  // Reads and compares with what the backend has by now; returns the sizes of the backend's
  // answers.
  std::vector<size_t> ReadAndCompare(absl::Time start, absl::Time end) {
    history_.TakeCalls();
    const auto read = Read(start, end);
    EXPECT_OK(read);
    const std::vector<Candle> expected = history_.Rows(start, end);
    if (!read.ok() || read->size() != expected.size()) {
      ADD_FAILURE() << "read " << (read.ok() ? read->size() : 0) << " of " << expected.size();
      return history_.TakeCalls();
    }
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ((*read)[i].open_time, expected[i].open_time);
      EXPECT_EQ((*read)[i].close, expected[i].close) << expected[i].open_time;
    }
    return history_.TakeCalls();
  }
  std::string File() {
    for (const auto& entry : fs::directory_iterator(folder_ / "cache")) {
      if (entry.path().extension() == ".candles") return entry.path().string();
    }
    return "";
  }

  TemporaryFolder folder_;
  FakeHistory history_;
  FakeClock clock_{Hour(100'000)};
  RecordingLogger logger_;
  const CurrencyPair pair_ = CurrencyPair::Parse("EUR/USD").value();
};

using Sizes = std::vector<size_t>;

TEST_F(CachedCandleSourceTest, TheSecondReadIsLocalButForTheNewestFew) {
  history_.Fill(0, 5000);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({5000}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread, 0}));
  EXPECT_EQ(ReadAndCompare(Hour(100), Hour(4000)), Sizes({kReread}));
  history_.Fill(5000, 5010);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread, 10}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread, 0}));
  EXPECT_THAT(logger_.Take(), IsEmpty());
}

TEST_F(CachedCandleSourceTest, OnlyHolesAreAskedFor) {
  history_.Fill(0, 3000);
  history_.Fill(3100, 6000);  // a gap that the backend has too
  ReadAndCompare(Hour(1000), Hour(2000));
  ReadAndCompare(Hour(4000), Hour(5000));
  // 0 to 999 and 5000 on at the ends, and what is between the two.
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread, kReread, 1000, 1900, 1000}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread}));
  EXPECT_EQ(ReadAndCompare(Hour(2900), Hour(3105)), Sizes({kReread}));
}

TEST_F(CachedCandleSourceTest, ReadsWithoutBounds) {
  history_.Fill(0, 3000);
  EXPECT_EQ(ReadAndCompare(absl::InfinitePast(), absl::InfiniteFuture()), Sizes({3000}));
  EXPECT_EQ(ReadAndCompare(absl::InfinitePast(), absl::InfiniteFuture()), Sizes({kReread, 0, 0}));
}

TEST_F(CachedCandleSourceTest, HistoryThatIsAddedInFrontAndBehindIsFound) {
  history_.Fill(1000, 2000);
  ReadAndCompare(Hour(0), Hour(3000));
  history_.Fill(500, 1000);
  history_.Fill(2000, 2500);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(3000)), Sizes({kReread, 500, 500}));
}

TEST_F(CachedCandleSourceTest, CandlesInProgressAreGivenButNotKept) {
  history_.Fill(0, 100);
  clock_.Advance(Hour(99) + absl::Minutes(59) - clock_.Now());
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({100}));
  history_.Set(99, 7.0);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread, 1}));
  clock_.Advance(absl::Minutes(1));  // closes exactly now
  history_.Set(99, 8.0);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread, 1}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread, 0}));
}

TEST_F(CachedCandleSourceTest, ACorrectionIsFollowedBackUntilItAgrees) {
  history_.Fill(0, 5000);
  ReadAndCompare(Hour(0), Hour(5000));
  history_.Set(4990, 9.0);
  // 50 disagree, the 200 before them agree; the 50 are read for good.
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({50, 200, 50}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({50}));
  for (const int hour : {4999, 4900, 4400}) history_.Set(hour, 10.0);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({50, 200, 800, 3200, 1050}));
  history_.Set(4999, 11.0);
  history_.Remove(4998);
  history_.Remove(4960);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({48, 200, 48}));
}

TEST_F(CachedCandleSourceTest, ACorrectionOfAnyFieldIsNoticed) {
  history_.Fill(0, 100);
  ReadAndCompare(Hour(0), Hour(100));
  Candle candle = FlatCandle(Hour(99), 1.5);
  candle.volume = 5;
  for (double* const field : {&candle.open, &candle.high, &candle.low, &candle.close,
                              &*candle.volume, &candle.spread_pips.emplace(1.2)}) {
    *field += 0.25;
    history_.Set(candle);
    EXPECT_EQ(ReadAndCompare(Hour(0), Hour(100)), Sizes({50, 50, 50}));
    EXPECT_EQ(ReadAndCompare(Hour(0), Hour(100)), Sizes({50}));
  }
  candle.spread_pips = std::nullopt;
  history_.Set(candle);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(100)), Sizes({50, 50, 50}));
}

TEST_F(CachedCandleSourceTest, WhenAllDisagreesAllIsReadAgain) {
  history_.Fill(0, 1000);
  ReadAndCompare(Hour(0), Hour(1000));
  for (int hour = 0; hour < 1000; ++hour) history_.Set(hour, 5.0);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(1000)), Sizes({50, 200, 750, 1000}));
  for (int hour = 0; hour < 1000; ++hour) history_.Remove(hour);
  ReadAndCompare(Hour(0), Hour(1000));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(1000)).back(), 0u);
}

TEST_F(CachedCandleSourceTest, DamageAnywhereIsRepairedAndNeverHandedOn) {
  history_.Fill(0, 3000);
  ReadAndCompare(Hour(0), Hour(3000));
  ASSERT_OK_AND_ASSIGN(const std::string good, base::ReadFile(File()));
  for (const size_t at : {size_t{0}, size_t{9}, size_t{20}, size_t{40}, size_t{70}, size_t{3000},
                          size_t{4090}, kHeaderBytes, kHeaderBytes + 60'000, good.size() - 60'000,
                          good.size() - 150, good.size() - 1}) {
    SCOPED_TRACE(at);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    std::ofstream(File(), std::ios::binary) << bad;
    ReadAndCompare(Hour(500), Hour(2500));
    ReadAndCompare(Hour(0), Hour(3000));
    EXPECT_THAT(logger_.Take(), HasSubstr("again"));
    EXPECT_EQ(ReadAndCompare(Hour(0), Hour(3000)), Sizes({kReread}));  // repaired
    EXPECT_THAT(logger_.Take(), IsEmpty());
  }
  for (const size_t size :
       {size_t{0}, size_t{100}, kHeaderBytes, good.size() / 2, good.size() - 1}) {
    SCOPED_TRACE(size);
    std::ofstream(File(), std::ios::binary) << good.substr(0, size);
    EXPECT_EQ(ReadAndCompare(Hour(0), Hour(3000)), Sizes({3000}));
    EXPECT_THAT(logger_.Take(), HasSubstr("built again"));
  }
}

TEST_F(CachedCandleSourceTest, OneDamagedBlockIsAllThatIsReadAgain) {
  history_.Fill(0, 5000);
  ReadAndCompare(Hour(0), Hour(5000));
  ASSERT_OK_AND_ASSIGN(std::string bytes, base::ReadFile(File()));
  const size_t block = kBlockRecords * kRecordBytes;
  bytes[kHeaderBytes + block + 100] ^= 1;
  std::ofstream(File(), std::ios::binary) << bytes;
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({kReread, kBlockRecords}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({kReread}));
}

// The new file must not claim what could not be copied into it.
TEST_F(CachedCandleSourceTest, ABlockThatIsDamagedBetweenReadAndCopyIsReadAgain) {
  history_.Fill(0, 5000);
  ReadAndCompare(Hour(0), Hour(5000));
  history_.Fill(5000, 5100);
  bool damaged = false;
  const auto sink = [&](absl::Span<const Candle>) {
    if (std::exchange(damaged, true)) return absl::OkStatus();
    std::fstream file(File(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(kHeaderBytes + 100);
    const int byte = file.get();
    file.seekp(kHeaderBytes + 100);
    file.put(static_cast<char>(byte ^ 1));
    return absl::OkStatus();
  };
  ASSERT_OK(Source().Stream(pair_, Timeframe::k1Hour, Hour(0), Hour(6000), sink, nullptr, {}));
  EXPECT_THAT(logger_.Take(), HasSubstr("damaged"));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread, kBlockRecords, 0}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(6000)), Sizes({kReread, 0}));
}

TEST_F(CachedCandleSourceTest, AReadThatBringsNothingNewWritesNothing) {
  const auto file_number = [&] {
    struct stat info;
    return ::stat(File().c_str(), &info) == 0 ? uint64_t{info.st_ino} : 0;
  };
  history_.Fill(0, 1000);
  ReadAndCompare(Hour(0), Hour(3000));
  const uint64_t first = file_number();
  ReadAndCompare(Hour(0), Hour(3000));
  clock_.Advance(Hour(2000) - clock_.Now());
  history_.Fill(2000, 2001);  // in progress
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(3000)), Sizes({kReread, 1}));
  EXPECT_EQ(file_number(), first);
  history_.Fill(2001, 2100);
  clock_.Advance(absl::Hours(1000));
  ReadAndCompare(Hour(2000), Hour(3000));
  const uint64_t second = file_number();
  EXPECT_NE(second, first);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(2100)), Sizes({kReread, kReread, 0}));
  EXPECT_NE(file_number(), second);  // now the gap is known to be empty
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(2100)), Sizes({kReread}));
}

// What the backend no longer has is forgotten for good, though nothing takes its place.
TEST_F(CachedCandleSourceTest, WhatVanishedIsForgottenInTheFile) {
  history_.Fill(0, 1000);
  ReadAndCompare(Hour(0), Hour(1000));
  for (int hour = 750; hour < 1000; ++hour) history_.Remove(hour);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(1000)), Sizes({0, 0, 750, 0}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(1000)), Sizes({kReread, 0}));
}

TEST_F(CachedCandleSourceTest, WhatCameBeforeAnErrorIsKept) {
  history_.Fill(0, 5000);
  history_.fail_after = 2800;
  EXPECT_THAT(Read(Hour(0), Hour(5000)), StatusIs(absl::StatusCode::kUnavailable, _));
  history_.fail_after = SIZE_MAX;
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({kReread, 2200}));
}

TEST_F(CachedCandleSourceTest, TheSinksErrorEndsTheReadAndLosesNothing) {
  history_.Fill(0, 5000);
  ReadAndCompare(Hour(1000), Hour(4000));
  int pieces = 0;
  const auto sink = [&](absl::Span<const Candle>) {
    return ++pieces < 4 ? absl::OkStatus() : absl::ResourceExhaustedError("full");
  };
  EXPECT_THAT(Source().Stream(pair_, Timeframe::k1Hour, Hour(0), Hour(5000), sink, nullptr, {}),
              StatusIs(absl::StatusCode::kResourceExhausted, "full"));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({kReread, 1000}));
}

TEST_F(CachedCandleSourceTest, ReportsProgressUpToTheWhole) {
  history_.Fill(0, 5000);
  ReadAndCompare(Hour(0), Hour(3000));
  std::vector<market::ReadProgress> progress;
  const auto sink = [](absl::Span<const Candle>) { return absl::OkStatus(); };
  ASSERT_OK(Source().Stream(pair_, Timeframe::k1Hour, Hour(0), Hour(5000), sink,
                            [&](const market::ReadProgress& now) { progress.push_back(now); }, {}));
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.front().candles, 0);
  EXPECT_GE(progress.front().expected, 3000);
  EXPECT_EQ(progress.back().candles, 5000);
  EXPECT_EQ(progress.back().expected, 5000);
}

TEST_F(CachedCandleSourceTest, AFolderThatCannotBeMadeCostsAWarning) {
  history_.Fill(0, 100);
  std::ofstream(folder_ / "cache") << "a file";
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(100)), Sizes({100}));
  EXPECT_THAT(logger_.Take(), HasSubstr("no candle cache"));
}

// The limit on the size of files stands for a disk that is full.
TEST_F(CachedCandleSourceTest, AFullDiskCostsAWarning) {
  history_.Fill(0, 5000);
  ReadAndCompare(Hour(0), Hour(1000));
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 100'000;
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(5000)), Sizes({kReread, 4000}));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_THAT(logger_.Take(), HasSubstr("cannot be written"));
  EXPECT_FALSE(fs::exists(File() + ".new"));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(1000)), Sizes({kReread}));  // the old file is whole
}

TEST_F(CachedCandleSourceTest, ASeriesLargerThanTheCacheIsNotKept) {
  history_.Fill(0, 5000);
  ASSERT_OK(Source(50'000).Range(pair_, Timeframe::k1Hour, Hour(0), Hour(5000), {}));
  EXPECT_EQ(File(), "");
  EXPECT_THAT(logger_.Take(), HasSubstr("larger than 50000 bytes"));
}

TEST_F(CachedCandleSourceTest, WhileAnotherWritesNothingIsStored) {
  history_.Fill(0, 100);
  ReadAndCompare(Hour(0), Hour(100));
  history_.Fill(100, 200);
  {
    auto lock = FileLock::Try(File() + ".lock");
    ASSERT_OK(lock);
    ASSERT_TRUE(lock->has_value());
    EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread, 100}));
    EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread, 100}));
  }
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread, 100}));
  EXPECT_EQ(ReadAndCompare(Hour(0), Hour(200)), Sizes({kReread}));
  EXPECT_THAT(logger_.Take(), IsEmpty());
}

TEST_F(CachedCandleSourceTest, ManyReadersBesideWritersSeeWholeSeries) {
  history_.Fill(0, 3000);
  std::vector<std::thread> threads;
  base::Mutex mutex;
  int wrong = 0;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 8; ++round) {
        const int64_t end = 500 * (1 + (thread + round) % 6);
        const auto read = Read(Hour(0), Hour(end));
        base::MutexLock lock(mutex);
        wrong += !read.ok() || static_cast<int64_t>(read->size()) != end;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_THAT(logger_.Take(), IsEmpty());
  ReadAndCompare(Hour(0), Hour(3000));
}

TEST_F(CachedCandleSourceTest, NewestIsAlwaysTheSources) {
  history_.Fill(0, 100);
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> newest,
                       Source().Newest(pair_, Timeframe::k1Hour, 3, Hour(100), {}));
  EXPECT_THAT(newest, SizeIs(3));
}

}  // namespace
}  // namespace aifx::cache
