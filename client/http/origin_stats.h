#ifndef AIFX_CLIENT_HTTP_ORIGIN_STATS_H_
#define AIFX_CLIENT_HTTP_ORIGIN_STATS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "client/http/circuit_breaker.h"

namespace aifx::http {

// What became of the calls of one server since the start. `calls` = replies + no_reply.
struct OriginStats {
  int64_t calls = 0;           // given to the transport, repeats included
  int64_t repeats = 0;         // of those, sent again after a failure
  int64_t repeats_denied = 0;  // by the retry budget
  double repeats_left = 0.0;   // that the retry budget would grant now
  int64_t replies = 0;         // complete, whatever their status
  int64_t failed_replies = 0;  // of those, counted as failures by the circuit breaker
  int64_t no_reply = 0;
  // Of those without a reply, requests with a body that may have arrived: never repeated by the
  // transport, so that they make no duplicate.
  int64_t ambiguous = 0;
  int64_t paced = 0;  // calls that waited for the rate limit
  absl::Duration paced_time;
  int64_t refused_by_rate_limit = 0;
  int64_t refused_by_breaker = 0;
  int64_t breaker_opened = 0;  // times
  BreakerState breaker = BreakerState::kClosed;
};

}  // namespace aifx::http

#endif  // AIFX_CLIENT_HTTP_ORIGIN_STATS_H_
