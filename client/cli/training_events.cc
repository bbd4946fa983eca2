#include "client/cli/training_events.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/http/retry.h"
#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

// Longer than one attempt to connect takes.
constexpr absl::Duration kFlushTime = absl::Seconds(3);

}  // namespace

void AddRedisOption(CLI::App& command, std::string* url) {
  command
      .add_option("--redis-url", *url,
                  "Tell the platform on ml:training_started, ml:training_completed and "
                  "ml:model_deployed; default: nobody is told")
      ->envname("REDIS_URL")
      ->type_name("redis://[USER:PASSWORD@]HOST:PORT[/DB]");
}

absl::StatusOr<std::unique_ptr<TrainingEvents>> TrainingEvents::Open(const std::string& url,
                                                                     const Console& console) {
  std::unique_ptr<TrainingEvents> opened(new TrainingEvents());
  if (url.empty()) return opened;
  AIFX_ASSIGN_OR_RETURN(events::RedisTarget target, events::ParseRedisUrl(url));
  opened->publisher_ = std::make_unique<events::RedisPublisher>(
      events::RedisPublisher::Options{.target = std::move(target)},
      events::RedisDeps{
          .clock = console.clock, .logger = base::NullLogger(), .uniform = http::SystemUniform()});
  return opened;
}

std::string TrainingEvents::Finish() {
  if (publisher_ == nullptr || publisher_->Flush(kFlushTime)) return "";
  const auto stats = publisher_->stats();
  return absl::StrCat(stats.waiting + stats.dropped,
                      " events were not published: ", publisher_->last_error().message());
}

}  // namespace aifx::cli
