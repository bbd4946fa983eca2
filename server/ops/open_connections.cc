#include "server/ops/open_connections.h"

#include <sys/stat.h>

namespace aifx::ops {
namespace {

// 0, which is no socket's, where `fd` is not open.
ino_t InodeOf(int fd) {
  struct stat found = {};
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

}  // namespace

void OpenConnections::Add(int fd) { inodes_[fd] = InodeOf(fd); }

void OpenConnections::Sweep() {
  absl::erase_if(inodes_, [](const auto& entry) { return InodeOf(entry.first) != entry.second; });
}

}  // namespace aifx::ops
