#ifndef AIFX_CLIENT_OUTBOX_ANSWERS_H_
#define AIFX_CLIENT_OUTBOX_ANSWERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "client/outbox/entry.h"
#include "core/base/call_context.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"

namespace aifx::outbox {

// Where callers wait for the backend's answer to a submission. Thread-safe.
class Answers {
 public:
  // `clock` outlives this object.
  explicit Answers(base::Clock& clock) : clock_(clock) {}

  // A caller's place; taken before its submission is committed, so that no answer is missed.
  class Place {
   public:
    Place(Answers& answers, records::SubmissionKind kind, const std::string& request_id);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Blocks until the answer to `revision` of the submission or a newer one is published; once.
    // DEADLINE_EXCEEDED, or CANCELLED where the context is cancelled or the outbox closes: the
    // submission is durable and goes on.
    absl::StatusOr<records::SubmissionReceipt> Wait(int64_t revision,
                                                    const base::CallContext& context);

   private:
    friend class Answers;
    Answers& answers_;
    const std::pair<int, std::string> key_;
    // The newest answer so far. Both are guarded by answers_.mutex_.
    std::optional<records::SubmissionReceipt> receipt_;
    int64_t revision_ = 0;
    base::ConditionVariable changed_;
  };

  // Tells those who wait for it. REQUIRES: IsAnswered(entry), and it is committed.
  void Publish(const Entry& entry);
  // Ends every wait, now and later.
  void Close();

 private:
  static std::pair<int, std::string> KeyOf(records::SubmissionKind kind,
                                           const std::string& request_id);

  base::Clock& clock_;
  base::Mutex mutex_;
  std::multimap<std::pair<int, std::string>, Place*> places_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aifx::outbox

#endif  // AIFX_CLIENT_OUTBOX_ANSWERS_H_
