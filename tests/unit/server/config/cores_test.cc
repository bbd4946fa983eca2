#include "server/config/cores.h"

#include <gtest/gtest.h>

#include <map>

namespace aifx::config {
namespace {

struct QuotaCase {
  const char* name;
  std::map<std::string, std::string> files;
  int want;  // 64 stands for "no quota"
};

TEST(CoresOfQuotaTest, ReadsBothVersionsOfControlGroups) {
  const QuotaCase cases[] = {
      {"no files", {}, 64},
      {"no quota", {{"/sys/fs/cgroup/cpu.max", "max 100000\n"}}, 64},
      {"one and a half cores", {{"/sys/fs/cgroup/cpu.max", "150000 100000\n"}}, 2},
      {"a tenth of a core", {{"/sys/fs/cgroup/cpu.max", "10000 100000\n"}}, 1},
      {"own group",
       {{"/proc/self/cgroup", "0::/pod/a\n"}, {"/sys/fs/cgroup/pod/a/cpu.max", "300000 100000\n"}},
       3},
      {"a tighter group above",
       {{"/proc/self/cgroup", "0::/pod/a\n"},
        {"/sys/fs/cgroup/pod/a/cpu.max", "max 100000\n"},
        {"/sys/fs/cgroup/pod/cpu.max", "200000 100000\n"}},
       2},
      {"version 1",
       {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       4},
      {"version 1 without quota",
       {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       64},
      {"damaged", {{"/sys/fs/cgroup/cpu.max", "lots\n"}}, 64},
  };
  for (const QuotaCase& test : cases) {
    SCOPED_TRACE(test.name);
    const FileReader reader = [&](const std::string& path) -> absl::StatusOr<std::string> {
      const auto file = test.files.find(path);
      if (file == test.files.end()) return absl::NotFoundError(path);
      return file->second;
    };
    EXPECT_EQ(CoresOfQuota(reader, 64), test.want);
  }
}

TEST(AvailableCoresTest, IsAtLeastOne) { EXPECT_GE(AvailableCores(), 1); }

}  // namespace
}  // namespace aifx::config
