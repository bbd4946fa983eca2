#ifndef AIFX_CORE_SERVING_SINGLE_FLIGHT_H_
#define AIFX_CORE_SERVING_SINGLE_FLIGHT_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/mutex.h"

namespace aifx::serving {

// Someone who wants what a flight computes.
template <typename Value>
class FlightMember {
 public:
  virtual ~FlightMember() = default;
  // OK while somebody waits for this member's answer; else what to answer.
  virtual absl::Status CheckAlive() const = 0;
  // Starts the computation, which ends with Finish or Abandon (perhaps before this returns). Not OK
  // where it cannot be started for a reason of this member's own: then this is called of the next.
  virtual absl::Status Lead() = 0;
  // Takes the result, or the reason why there is none. Called once.
  virtual void Done(const absl::StatusOr<Value>& result) = 0;
};

// Computes a value once for everybody who asks for it meanwhile: the first member leads, the others
// follow. A leader that has to give up fails only itself. No member is called with the lock held.
// Thread-safe.
template <typename Key, typename Value>
class SingleFlight {
 public:
  using Member = std::shared_ptr<FlightMember<Value>>;

  // Adds a member to the flight of `key`; where there is none, it leads.
  void Join(const Key& key, Member member) {
    {
      base::MutexLock lock(mutex_);
      auto& members = flights_[key];
      members.push_back(member);
      if (members.size() > 1) {
        ++joined_;
        return;
      }
    }
    const absl::Status leads = member->Lead();
    if (!leads.ok()) Abandon(key, leads);
  }

  // Ends the flight: every member gets `result`, the leader first. What is computed for others must
  // be stored before, so that nobody computes it again.
  void Finish(const Key& key, const absl::StatusOr<Value>& result) {
    std::deque<Member> members;
    {
      base::MutexLock lock(mutex_);
      const auto flight = flights_.find(key);
      if (flight == flights_.end()) return;
      members = std::move(flight->second);
      flights_.erase(flight);
    }
    for (const Member& member : members) {
      const absl::Status alive = member->CheckAlive();
      if (alive.ok()) {
        member->Done(result);
      } else {
        member->Done(alive);
      }
    }
  }

  // The leader gives up for a reason of its own, which it gets: its caller went away, its deadline
  // passed, its place in the queue was refused. The next member that can, leads. Not to be called
  // by Lead, which returns its reason instead: however many followers are refused, the stack stays
  // flat.
  void Abandon(const Key& key, const absl::Status& reason) {
    absl::Status status = reason;
    while (true) {
      Member first, next;
      {
        base::MutexLock lock(mutex_);
        const auto flight = flights_.find(key);
        if (flight == flights_.end()) return;
        first = std::move(flight->second.front());
        flight->second.pop_front();
        if (flight->second.empty()) {
          flights_.erase(flight);
        } else {
          next = flight->second.front();
        }
      }
      first->Done(status);
      if (next == nullptr) return;
      status = next->CheckAlive();
      if (status.ok()) status = next->Lead();
      if (status.ok()) return;
    }
  }

  // How many members followed instead of computing.
  int64_t joined() const {
    base::MutexLock lock(mutex_);
    return joined_;
  }

 private:
  mutable base::Mutex mutex_;
  absl::flat_hash_map<Key, std::deque<Member>> flights_ ABSL_GUARDED_BY(mutex_);
  int64_t joined_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace aifx::serving

#endif  // AIFX_CORE_SERVING_SINGLE_FLIGHT_H_
