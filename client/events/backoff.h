#ifndef AIFX_CLIENT_EVENTS_BACKOFF_H_
#define AIFX_CLIENT_EVENTS_BACKOFF_H_

#include "absl/time/time.h"

namespace aifx::events {

// How long to wait after the `failures`-th failure in a row (from 1) before connecting again: half
// to all of first * 2^(failures - 1), at most `most`. `uniform` in [0, 1) spreads clients that lost
// the same server; half is kept so that no client hammers.
absl::Duration ReconnectDelay(int failures, double uniform,
                              absl::Duration first = absl::Milliseconds(100),
                              absl::Duration most = absl::Seconds(30));

}  // namespace aifx::events

#endif  // AIFX_CLIENT_EVENTS_BACKOFF_H_
