#include "server/ops/library_pages.h"

#include <gtest/gtest.h>

#include "server/ops/process_metrics.h"
#include "tests/support/status_matchers.h"

namespace aifx::ops {
namespace {

TEST(LibraryPagesTest, AreGivenBackAndComeAgain) {
  ASSERT_OK_AND_ASSIGN(const ProcessStats before, ReadProcessStats());
  const size_t released = ReleaseLibraryPages(1 << 20);
  ASSERT_OK_AND_ASSIGN(const ProcessStats after, ReadProcessStats());
  EXPECT_GE(released, size_t{1} << 20) << "gRPC alone is larger";
  EXPECT_LT(after.resident_bytes, before.resident_bytes);
}

TEST(LibraryPagesTest, SmallPartsStay) { EXPECT_EQ(ReleaseLibraryPages(size_t{1} << 40), 0u); }

}  // namespace
}  // namespace aifx::ops
