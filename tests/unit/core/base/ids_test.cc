#include "core/base/ids.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "core/base/mutex.h"

namespace aifx::base {
namespace {

TEST(IdsTest, UuidsAreRandomVersionFour) {
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = NewUuid();
    ASSERT_TRUE(IsUuid(uuid)) << uuid;
    EXPECT_EQ(uuid, absl::AsciiStrToLower(uuid));
    EXPECT_EQ(uuid[14], '4') << uuid;
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
  }
}

TEST(IdsTest, EveryOtherDigitVaries) {
  std::vector<std::set<char>> seen(36);
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = NewUuid();
    for (size_t at = 0; at < uuid.size(); ++at) seen[at].insert(uuid[at]);
  }
  for (size_t at = 0; at < seen.size(); ++at) {
    const bool fixed = at == 8 || at == 13 || at == 14 || at == 18 || at == 23;
    EXPECT_EQ(seen[at].size(), fixed ? 1u : at == 19 ? 4u : 16u) << "digit " << at;
  }
}

TEST(IdsTest, ThreadsGetDifferentUuids) {
  Mutex mutex;
  std::set<std::string> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        std::string uuid = NewUuid();
        MutexLock lock(mutex);
        all.insert(std::move(uuid));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(all.size(), 2000u);
}

struct UuidCase {
  const char* text;
  bool valid;
};

TEST(IdsTest, RecognizesUuids) {
  for (const UuidCase& t : {
           UuidCase{"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", true},
           UuidCase{"F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", true},
           UuidCase{"00000000-0000-0000-0000-000000000000", true},
           UuidCase{"", false},
           UuidCase{"f81d4fae7dec11d0a76500a0c91e6bf6", false},
           UuidCase{"f81d4fae-7dec-11d0-a765-00a0c91e6bf", false},
           UuidCase{"f81d4fae-7dec-11d0-a765-00a0c91e6bf66", false},
           UuidCase{"g81d4fae-7dec-11d0-a765-00a0c91e6bf6", false},
           UuidCase{"f81d4faef7dec-11d0-a765-00a0c91e6bf6", false},
           UuidCase{"{81d4fae-7dec-11d0-a765-00a0c91e6bf}", false},
       }) {
    EXPECT_EQ(IsUuid(t.text), t.valid) << t.text;
  }
}

}  // namespace
}  // namespace aifx::base
