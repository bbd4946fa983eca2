#ifndef AIFX_TESTS_SUPPORT_LOOPBACK_SOCKET_H_
#define AIFX_TESTS_SUPPORT_LOOPBACK_SOCKET_H_

#include "absl/strings/string_view.h"

namespace aifx::testing {

// TCP sockets on 127.0.0.1 for servers of tests. What must not fail aborts the test.

// Bound to that port; 0 picks a free one. Not listening yet.
int BoundSocket(int port);
int PortOf(int fd);

// A connection; -1 where it is refused. `flags` are socket(2)'s, such as SOCK_NONBLOCK: then it
// may still be under way.
int ConnectLoopback(int port, int flags = 0);

// Sends all of it, or stops where the other side has gone.
void SendAll(int fd, absl::string_view bytes);

// Closing `fd` will send a reset instead of a clean end.
void CloseWithReset(int fd);

// Blocks until `fd` can be read (its end included); false where the eventfd `stop` is set first.
bool WaitReadable(int fd, int stop);

// Sets an eventfd.
void Signal(int event_fd);

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_LOOPBACK_SOCKET_H_
