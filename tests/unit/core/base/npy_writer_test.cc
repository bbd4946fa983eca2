#include "core/base/npy_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::base {
namespace {

using ::aifx::testing::StatusIs;
using ::aifx::testing::TemporaryFolder;
using ::testing::HasSubstr;

constexpr char kGolden[] = "tests/golden/npy/";  // written by NumPy: make_npy.py beside them

std::string Golden(const std::string& name) {
  const absl::StatusOr<std::string> bytes = ReadFile(kGolden + name);
  return bytes.ok() ? *bytes : bytes.status().ToString();
}

template <typename T>
std::vector<T> Ramp(size_t count) {
  std::vector<T> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i) / 2;
  return values;
}

// `elements` given `piece` at a time, as NumPy wrote them.
template <typename T>
void ExpectGolden(const std::string& name, NpyType type, std::vector<int64_t> row_shape,
                  const std::vector<T>& elements, size_t piece) {
  SCOPED_TRACE(name);
  const TemporaryFolder folder;
  // However many rows were expected.
  for (const int64_t expected_rows : {0, 5, 1200}) {
    ASSERT_OK_AND_ASSIGN(const auto writer,
                         NpyWriter::Create(folder / name, type, row_shape, expected_rows));
    const auto all = absl::MakeConstSpan(elements);
    for (size_t i = 0; i < all.size(); i += piece) ASSERT_OK(writer->Append(all.subspan(i, piece)));
    if (expected_rows > 0) {
      ASSERT_OK(writer->StartSync());
    }
    ASSERT_OK(writer->Close());
    ASSERT_OK_AND_ASSIGN(const std::string written, ReadFile(folder / name));
    EXPECT_TRUE(written == Golden(name)) << "header: " << written.substr(0, 128);
    EXPECT_EQ(writer->bytes(), static_cast<int64_t>(written.size()));
    std::vector<int64_t> shape = {writer->rows()};
    shape.insert(shape.end(), row_shape.begin(), row_shape.end());
    EXPECT_TRUE(written.starts_with(NpyHeader(type, shape)));
  }
}

TEST(NpyWriterTest, WritesTheBytesThatNumpyWrites) {
  ExpectGolden("float32_7x3x2.npy", NpyType::kFloat32, {3, 2}, Ramp<float>(42), 6);
  ExpectGolden("float64_1200x3.npy", NpyType::kFloat64, {3}, Ramp<double>(3600), 7);
  ExpectGolden("float64_1200x3.npy", NpyType::kFloat64, {3}, Ramp<double>(3600), 3600);
  ExpectGolden("float64_0x38.npy", NpyType::kFloat64, {38}, std::vector<double>(), 1);
  ExpectGolden<int64_t>("int64_5.npy", NpyType::kInt64, {}, {0, -1, int64_t{1} << 62, 3, 4}, 2);
  ExpectGolden<int64_t>("seconds_2.npy", NpyType::kSeconds, {}, {1514844000, 1514847600}, 1);
}

TEST(NpyWriterTest, CountsWholeRows) {
  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto writer,
                       NpyWriter::Create(folder / "a.npy", NpyType::kFloat64, {2, 2}));
  EXPECT_EQ(writer->rows(), 0);
  ASSERT_OK(writer->Append(absl::MakeConstSpan(Ramp<double>(7))));
  EXPECT_EQ(writer->rows(), 1);
  ASSERT_OK(writer->Append(absl::MakeConstSpan(Ramp<double>(1))));
  EXPECT_EQ(writer->rows(), 2);
}

TEST(NpyWriterTest, LeavesNoFileWithoutClose) {
  const TemporaryFolder folder;
  {
    ASSERT_OK_AND_ASSIGN(const auto writer,
                         NpyWriter::Create(folder / "a.npy", NpyType::kFloat64, {2}));
    ASSERT_OK(writer->Append(absl::MakeConstSpan(Ramp<double>(3))));
    EXPECT_THAT(writer->Close(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          HasSubstr("the last row has 1 of 2 elements")));
    EXPECT_TRUE(std::filesystem::exists(folder / "a.npy"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "a.npy"));
}

TEST(NpyWriterTest, RefusesWhatItCannotWrite) {
  const TemporaryFolder folder;
  EXPECT_THAT(NpyWriter::Create(folder / "a.npy", NpyType::kFloat32, {3, 0}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("size of 0, must be >= 1")));
  EXPECT_THAT(NpyWriter::Create(folder / "none/a.npy", NpyType::kFloat32, {3}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none/a.npy")));
  ASSERT_OK_AND_ASSIGN(const auto writer,
                       NpyWriter::Create(folder / "a.npy", NpyType::kFloat32, {3}));
  EXPECT_THAT(writer->Append(absl::MakeConstSpan(Ramp<double>(3))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("array's <f4")));
  EXPECT_THAT(writer->Append(absl::Span<const int64_t>({1, 2, 3})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("array's <f4")));
  EXPECT_EQ(writer->rows(), 0);
}

}  // namespace
}  // namespace aifx::base
