#ifndef AIFX_CLIENT_CLI_TRAINING_EVENTS_H_
#define AIFX_CLIENT_CLI_TRAINING_EVENTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/console.h"
#include "client/events/redis_publisher.h"

namespace CLI {
class App;
}

namespace aifx::cli {

// Adds --redis-url (environment REDIS_URL).
void AddRedisOption(CLI::App& command, std::string* url);

// Where a job tells the platform what it does. Redis never holds a job up and never fails it.
class TrainingEvents {
 public:
  // InvalidArgument for a URL that is none, without repeating it; an empty one tells nobody. Does
  // not wait for Redis. `console` outlives it.
  static absl::StatusOr<std::unique_ptr<TrainingEvents>> Open(const std::string& url,
                                                              const Console& console);

  // Null where nobody is told.
  training::EventSink* sink() { return publisher_.get(); }

  // Gives what is still to be published a moment. What was not, for people; empty where all was.
  std::string Finish();

 private:
  TrainingEvents() = default;

  std::unique_ptr<events::RedisPublisher> publisher_;
};

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_TRAINING_EVENTS_H_
