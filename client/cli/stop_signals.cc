#include "client/cli/stop_signals.h"

#include <signal.h>

#include <atomic>

namespace aifx::cli {
namespace {

// A handler may do no more than set a flag, and reaches nothing but what is static.
std::atomic<std::atomic<bool>*> cancelled_flag{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free);
static_assert(std::atomic<std::atomic<bool>*>::is_always_lock_free);

constexpr int kSignals[] = {SIGINT, SIGTERM};
struct sigaction previous_actions[2];

void SetFlag(int) {
  std::atomic<bool>* flag = cancelled_flag.load();
  if (flag != nullptr) flag->store(true);
}

}  // namespace

CancelOnSignal::CancelOnSignal(const base::CallContext& context) : context_(context) {
  cancelled_flag.store(context_.cancelled.get());
  struct sigaction action = {};
  action.sa_handler = SetFlag;
  // SA_RESETHAND: the second signal finds the default, which ends the process.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 2; ++i) sigaction(kSignals[i], &action, &previous_actions[i]);
}

CancelOnSignal::~CancelOnSignal() {
  for (int i = 0; i < 2; ++i) sigaction(kSignals[i], &previous_actions[i], nullptr);
  cancelled_flag.store(nullptr);
}

}  // namespace aifx::cli
