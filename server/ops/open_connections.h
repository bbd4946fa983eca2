#ifndef AIFX_SERVER_OPS_OPEN_CONNECTIONS_H_
#define AIFX_SERVER_OPS_OPEN_CONNECTIONS_H_

#include <sys/types.h>

#include <cstddef>

#include "absl/container/flat_hash_map.h"

namespace aifx::ops {

// Which of the sockets that were handed to somebody else are still open. Their new owner says
// nothing when it closes one, but a socket's inode number is its own: a descriptor that is closed,
// or names another inode by now, is gone. Not thread-safe.
class OpenConnections {
 public:
  // REQUIRES: `fd` is an open socket, not handed on yet.
  void Add(int fd);

  // Sockets added and not yet found closed.
  size_t Count() const { return inodes_.size(); }

  // Forgets those that were closed; a system call for each.
  void Sweep();

 private:
  absl::flat_hash_map<int, ino_t> inodes_;  // by descriptor
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_OPEN_CONNECTIONS_H_
