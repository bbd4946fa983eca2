#include "client/table/table_writer.h"

#include <gtest/gtest.h>
#include <parquet/api/reader.h>

#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::table {
namespace {

using ::aifx::testing::IsOkAndHolds;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kFirst = 1'528'797'600;  // 2018-06-12T10:00:00Z
const std::vector<std::string> kColumns = {"a", "b"};

// Row i is (i / 3, -1e300 / (i + 1)), an hour after the row before.
void WriteRows(TableWriter& writer, int rows) {
  for (int i = 0; i < rows; ++i) {
    const double values[] = {i / 3.0, -1e300 / (i + 1)};
    ASSERT_OK(writer.Append(absl::FromUnixSeconds(kFirst + 3600 * i), values));
  }
}

void WriteTable(TableFormat format, const std::string& folder, int rows) {
  ASSERT_OK_AND_ASSIGN(const auto writer, CreateTable(format, folder, "t", kColumns));
  WriteRows(*writer, rows);
  ASSERT_OK(writer->Close());
}

TEST(TableWriterTest, CsvIsTextThatReadsBackExactly) {
  const TemporaryFolder folder;
  WriteTable(TableFormat::kCsv, folder.path(), 2);
  EXPECT_THAT(base::ReadFile(folder / "t.csv"),
              IsOkAndHolds(std::string("timestamp,a,b\n"
                                       "2018-06-12T10:00:00Z,0,-1e+300\n"
                                       "2018-06-12T11:00:00Z,0.3333333333333333,-5e+299\n")));
}

TEST(TableWriterTest, NpyIsValuesAndTimes) {
  const TemporaryFolder folder;
  WriteTable(TableFormat::kNpy, folder.path(), 5);
  ASSERT_OK_AND_ASSIGN(const std::string values, base::ReadFile(folder / "t.npy"));
  EXPECT_THAT(values, HasSubstr("'<f8', 'fortran_order': False, 'shape': (5, 2), }"));
  double last[2];
  std::memcpy(last, values.data() + values.size() - sizeof(last), sizeof(last));
  EXPECT_EQ(last[0], 4 / 3.0);
  EXPECT_EQ(last[1], -1e300 / 5);
  ASSERT_OK_AND_ASSIGN(const std::string times, base::ReadFile(folder / "t_timestamps.npy"));
  EXPECT_THAT(times, HasSubstr("'<M8[s]', 'fortran_order': False, 'shape': (5,), }"));
  int64_t time = 0;
  std::memcpy(&time, times.data() + times.size() - sizeof(time), sizeof(time));
  EXPECT_EQ(time, kFirst + 4 * 3600);
}

// A column of a row group, page by page.
template <typename T, typename Reader>
std::vector<T> ReadColumn(Reader& reader, size_t rows) {
  std::vector<T> values(rows);
  size_t done = 0;
  while (reader.HasNext()) {
    int64_t read = 0;
    reader.ReadBatch(static_cast<int64_t>(rows - done), nullptr, nullptr, values.data() + done,
                     &read);
    done += static_cast<size_t>(read);
  }
  values.resize(done);
  return values;
}

// Reads as Arrow does; more rows than one row group holds.
TEST(TableWriterTest, ParquetReadsBackAcrossRowGroups) {
  const TemporaryFolder folder;
  constexpr int kRows = 70'000;
  WriteTable(TableFormat::kParquet, folder.path(), kRows);
  const auto reader = parquet::ParquetFileReader::OpenFile(folder / "t.parquet");
  EXPECT_EQ(reader->metadata()->num_rows(), kRows);
  EXPECT_EQ(reader->metadata()->num_row_groups(), 3);
  EXPECT_EQ(reader->metadata()->schema()->Column(0)->name(), "timestamp");
  EXPECT_EQ(reader->metadata()->schema()->Column(2)->name(), "b");
  int row = 0;
  for (int g = 0; g < 3; ++g) {
    const auto group = reader->RowGroup(g);
    const auto rows = static_cast<size_t>(group->metadata()->num_rows());
    const auto times =
        ReadColumn<int64_t>(static_cast<parquet::Int64Reader&>(*group->Column(0)), rows);
    const auto values =
        ReadColumn<double>(static_cast<parquet::DoubleReader&>(*group->Column(2)), rows);
    ASSERT_EQ(times.size(), rows);
    ASSERT_EQ(values.size(), rows);
    for (size_t i = 0; i < rows; ++i, ++row) {
      ASSERT_EQ(times[i], (kFirst + int64_t{3600} * row) * 1000);
      ASSERT_EQ(values[i], -1e300 / (row + 1));
    }
  }
}

TEST(TableWriterTest, WithoutCloseNoFileIsLeft) {
  for (const TableFormat format : {TableFormat::kCsv, TableFormat::kNpy, TableFormat::kParquet}) {
    SCOPED_TRACE(TableFormatName(format));
    const TemporaryFolder folder;
    {
      ASSERT_OK_AND_ASSIGN(const auto writer, CreateTable(format, folder.path(), "t", kColumns));
      WriteRows(*writer, 40'000);
      EXPECT_FALSE(std::filesystem::is_empty(folder.path()));
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
}

TEST(TableWriterTest, NamesTheFileThatCannotBeWritten) {
  for (const TableFormat format : {TableFormat::kCsv, TableFormat::kNpy, TableFormat::kParquet}) {
    EXPECT_THAT(CreateTable(format, "/nonexistent", "t", kColumns),
                StatusIs(absl::StatusCode::kNotFound,
                         HasSubstr(absl::StrCat("/nonexistent/t.", TableFormatName(format)))));
  }
}

// What the disk says must come through Arrow, whose own words for it say nothing.
TEST(TableWriterTest, ParquetTellsWhyAWriteFailed) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/full", folder / "t.parquet");
  ASSERT_OK_AND_ASSIGN(const auto writer,
                       CreateTable(TableFormat::kParquet, folder.path(), "t", kColumns));
  WriteRows(*writer, 30'000);
  EXPECT_THAT(writer->Close(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("t.parquet")));
}

TEST(TableWriterTest, FormatsHaveNamesAndFiles) {
  EXPECT_THAT(ParseTableFormat("npy"), IsOkAndHolds(TableFormat::kNpy));
  EXPECT_THAT(ParseTableFormat("xlsx"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'xlsx' is not a format")));
  EXPECT_THAT(TableFiles(TableFormat::kCsv, "train"), ElementsAre("train.csv"));
  EXPECT_THAT(TableFiles(TableFormat::kNpy, "train"),
              ElementsAre("train.npy", "train_timestamps.npy"));
  EXPECT_THAT(TableFiles(TableFormat::kParquet, "train"), ElementsAre("train.parquet"));
}

}  // namespace
}  // namespace aifx::table
