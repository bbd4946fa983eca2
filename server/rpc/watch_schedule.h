#ifndef AIFX_SERVER_RPC_WATCH_SCHEDULE_H_
#define AIFX_SERVER_RPC_WATCH_SCHEDULE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/records/candle_events.h"

namespace aifx::rpc {

// What one computation serves: a series, and the model that was asked for (empty: the series' own).
struct WatchKey {
  records::CandleSeriesId series;
  std::string model;
  auto operator<=>(const WatchKey&) const = default;
};

// Which watched predictions are to be computed, and when: once for each candle that closes, however
// often and early it is announced, and again where the source did not have the candle yet.
// Time comes in as an argument. Not thread-safe.
class WatchSchedule {
 public:
  // A prediction to be computed from the candle that opened at `open_time` on.
  struct Task {
    WatchKey key;
    absl::Time open_time;
    absl::Time observed_at;  // when the engine learned that this candle had closed
    int attempt = 0;         // 0: the first
    bool early = false;      // whether it was announced before it closed
  };

  // How often a candle that was announced is looked for: after 50 ms, doubling to 2 s, for 30 s.
  static constexpr absl::Duration kFirstRetry = absl::Milliseconds(50);
  static constexpr absl::Duration kLongestRetry = absl::Seconds(2);
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  // Watches are counted: a key is watched until it was removed as often as added. True where the
  // set of series changed.
  bool Add(const WatchKey& key);
  bool Remove(const WatchKey& key);

  bool Watches(const WatchKey& key) const { return keys_.contains(key); }
  size_t key_count() const { return keys_.size(); }
  size_t series_count() const { return series_.size(); }
  // The series of all keys, in order.
  std::vector<records::CandleSeriesId> Series() const;

  // A candle is new, or will be once it has closed. Older news than what is known changes nothing.
  void OnEvent(const records::CandleEvent& event, absl::Time now);

  // What is due, each task once. The caller answers each with Delivered or Retry.
  std::vector<Task> Take(absl::Time now);
  // When the next task is due; the infinite future where none waits.
  absl::Time NextDue() const;

  // Whether a prediction as of the close `as_of` is newer than what the key's watchers have; notes
  // it as what they have.
  bool Delivered(const WatchKey& key, absl::Time as_of);
  // Looks for the candle again later. False where patience is at its end, nobody watches any more,
  // or a newer candle is waited for.
  bool Retry(const Task& task, absl::Time now);

 private:
  struct Watched {
    int watchers = 0;
    absl::Time newest = absl::InfinitePast();  // open time announced: no older one is computed
    absl::Time delivered = absl::InfinitePast();
    std::optional<Task> waiting;  // due at `due`
    absl::Time due;
  };

  std::map<WatchKey, Watched> keys_;
  std::map<records::CandleSeriesId, int> series_;  // how many keys each has, 1 or more
};

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_WATCH_SCHEDULE_H_
