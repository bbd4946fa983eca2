#include "client/cache/candle_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "client/cache/candle_file_writer.h"
#include "core/base/files.h"
#include "tests/support/candles.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::cache {
namespace {

using ::aifx::testing::FlatCandle;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using market::Candle;
using ::testing::_;
using ::testing::HasSubstr;

constexpr char kKey[] = "http://backend:3000\nEUR/USD\n1h";
constexpr uint64_t kLarge = uint64_t{1} << 40;

class CandleFileTest : public ::testing::Test {
 protected:
  absl::Status Write(const std::vector<Candle>& candles, uint64_t max_bytes = kLarge) {
    auto writer = CandleFileWriter::Create(path_, kKey, max_bytes);
    if (!writer.ok()) return writer.status();
    if (absl::Status status = (*writer)->Append(candles); !status.ok()) return status;
    return (*writer)->Commit(KnownOf(candles));
  }
  static TimeRanges KnownOf(const std::vector<Candle>& candles) {
    TimeRanges known;
    known.Add({candles.front().open_time, candles.back().open_time + kTimeStep});
    return known;
  }
  // Everything in the file; the first error where there is one.
  absl::StatusOr<std::vector<Candle>> ReadAll(const std::string& path) {
    auto file = CandleFile::Open(path, kKey);
    if (!file.ok()) return file.status();
    std::vector<Candle> all;
    for (size_t block = 0; block < (*file)->blocks(); ++block) {
      auto candles = (*file)->Read(block);
      if (!candles.ok()) return candles.status();
      all.insert(all.end(), candles->begin(), candles->end());
    }
    return all;
  }
  static void Put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  static std::vector<Candle> Walk(size_t count) {
    testing::RandomWalkOptions options;
    options.count = count;
    std::vector<Candle> candles = testing::RandomWalk(options);
    candles[0].volume = std::nullopt;
    candles[1].spread_pips = std::nullopt;
    return candles;
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "series.candles";
};

TEST_F(CandleFileTest, GivesBackWhatWasWritten) {
  for (const size_t count : {2u, 1023u, 1024u, 1025u, 5000u}) {
    SCOPED_TRACE(count);
    const std::vector<Candle> candles = Walk(count);
    ASSERT_OK(Write(candles));
    ASSERT_OK_AND_ASSIGN(const auto file, CandleFile::Open(path_, kKey));
    EXPECT_EQ(file->known(), KnownOf(candles));
    EXPECT_EQ(file->blocks(), (count + 1023) / 1024);
    EXPECT_EQ(file->BlockAt(absl::InfinitePast()), 0u);
    EXPECT_EQ(file->BlockAt(candles.back().open_time), file->blocks() - 1);
    ASSERT_OK_AND_ASSIGN(const std::vector<Candle> read, ReadAll(path_));
    ASSERT_EQ(read.size(), count);
    for (size_t i = 0; i < count; ++i) {
      ASSERT_EQ(read[i].open_time, candles[i].open_time);
      ASSERT_EQ(read[i].open, candles[i].open);
      ASSERT_EQ(read[i].close, candles[i].close);
      ASSERT_EQ(read[i].volume, candles[i].volume);
      ASSERT_EQ(read[i].spread_pips, candles[i].spread_pips);
    }
  }
}

// The layout of docs/candle-cache.md, byte by byte where it matters.
TEST_F(CandleFileTest, IsLaidOutAsDocumented) {
  ASSERT_OK(Write({FlatCandle(absl::FromUnixMicros(0x0102030405060708), 1.0)}));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, base::ReadFile(path_));
  EXPECT_EQ(bytes.size(), 4096u + 56 + 16 + 40);
  EXPECT_EQ(bytes.substr(0, 12), std::string("AIFXCNDL\1\0\0\0", 12));
  EXPECT_EQ(bytes[16], 1);  // records
  EXPECT_EQ(bytes[24], 1);  // ranges
  EXPECT_EQ(bytes.substr(64, sizeof kKey - 1), kKey);
  EXPECT_EQ(bytes.substr(4096, 8), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(bytes.substr(4104, 8), std::string("\0\0\0\0\0\0\xf0\x3f", 8));
}

TEST_F(CandleFileTest, EveryFlippedBitIsNoticed) {
  ASSERT_OK(Write(Walk(1100)));
  ASSERT_OK_AND_ASSIGN(const std::string good, base::ReadFile(path_));
  const std::string bad_path = folder_ / "bad.candles";
  // Every byte of the first record, the counts, sums and the index, and every 97th of the rest.
  for (size_t at = 0; at < good.size(); at += at < 200 || at > good.size() - 200 ? 1 : 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    Put(bad_path, bad);
    ASSERT_THAT(ReadAll(bad_path), StatusIs(absl::StatusCode::kDataLoss, _)) << at;
  }
}

TEST_F(CandleFileTest, EveryOtherLengthIsNoticed) {
  ASSERT_OK(Write(Walk(1100)));
  ASSERT_OK_AND_ASSIGN(const std::string good, base::ReadFile(path_));
  const std::string bad_path = folder_ / "bad.candles";
  for (size_t size = 0; size < good.size(); size += 1 + good.size() / 300) {
    Put(bad_path, good.substr(0, size));
    ASSERT_THAT(ReadAll(bad_path), StatusIs(absl::StatusCode::kDataLoss, _)) << size;
  }
  Put(bad_path, good + "x");
  EXPECT_THAT(ReadAll(bad_path), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("length")));
}

TEST_F(CandleFileTest, BlocksThatChangedPlacesAreNoticed) {
  std::vector<Candle> candles = Walk(2048);
  ASSERT_OK(Write(candles));
  ASSERT_OK_AND_ASSIGN(const std::string good, base::ReadFile(path_));
  const size_t block = kBlockRecords * kRecordBytes;
  Put(path_, good.substr(0, kHeaderBytes) + good.substr(kHeaderBytes + block, block) +
                 good.substr(kHeaderBytes, block) + good.substr(kHeaderBytes + 2 * block));
  EXPECT_THAT(ReadAll(path_), StatusIs(absl::StatusCode::kDataLoss, _));
}

TEST_F(CandleFileTest, IsOfItsSeriesAlone) {
  ASSERT_OK(Write(Walk(10)));
  EXPECT_THAT(CandleFile::Open(path_, "http://other\nEUR/USD\n1h"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another series")));
  EXPECT_THAT(CandleFile::Open(folder_ / "none", kKey), StatusIs(absl::StatusCode::kNotFound, _));
}

// A writer that died at any moment before the rename leaves the old file and a part of the new one.
TEST_F(CandleFileTest, WhatAWriterLeftBehindChangesNothing) {
  const std::vector<Candle> candles = Walk(1100);
  ASSERT_OK(Write(candles));
  ASSERT_OK_AND_ASSIGN(const std::string good, base::ReadFile(path_));
  for (const size_t size : {size_t{0}, size_t{5000}, good.size()}) {
    Put(path_ + ".new", good.substr(0, size));
    ASSERT_OK_AND_ASSIGN(const std::vector<Candle> read, ReadAll(path_));
    EXPECT_EQ(read.size(), candles.size());
    ASSERT_OK(Write(Walk(1200)));  // the next writer takes its place
    ASSERT_OK(Write(candles));
    EXPECT_THAT(base::ReadFile(path_ + ".new"), StatusIs(absl::StatusCode::kNotFound, _));
  }
}

TEST_F(CandleFileTest, WithoutCommitNothingChanges) {
  ASSERT_OK(Write(Walk(10)));
  {
    ASSERT_OK_AND_ASSIGN(const auto writer, CandleFileWriter::Create(path_, kKey, kLarge));
    ASSERT_OK(writer->Append(Walk(5000)));
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<Candle> read, ReadAll(path_));
  EXPECT_EQ(read.size(), 10u);
  EXPECT_THAT(base::ReadFile(path_ + ".new"), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(CandleFileTest, RefusesWhatItCannotHold) {
  const absl::Time time = testing::Time("2018-06-12T10:00:00Z");
  EXPECT_THAT(Write({FlatCandle(time), FlatCandle(time)}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2018-06-12")));
  EXPECT_THAT(Write({FlatCandle(time + absl::Nanoseconds(1))}),
              StatusIs(absl::StatusCode::kInvalidArgument, _));
  EXPECT_THAT(Write(Walk(2000), 10'000), StatusIs(absl::StatusCode::kResourceExhausted, _));
  EXPECT_THAT(CandleFileWriter::Create(path_, std::string(3001, 'k'), kLarge),
              StatusIs(absl::StatusCode::kInvalidArgument, _));
}

TEST_F(CandleFileTest, AnOpenFileStaysWholeWhenAnotherTakesItsPlace) {
  ASSERT_OK(Write(Walk(1500)));
  ASSERT_OK_AND_ASSIGN(const auto file, CandleFile::Open(path_, kKey));
  ASSERT_OK(Write(Walk(10)));
  ASSERT_EQ(file->blocks(), 2u);
  EXPECT_OK(file->Read(0));
  EXPECT_OK(file->Read(1));
}

}  // namespace
}  // namespace aifx::cache
