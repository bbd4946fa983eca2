#include "client/cli/stop_signals.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace aifx::cli {
namespace {

TEST(CancelOnSignalTest, TheFirstSignalCancels) {
  for (const int number : {SIGINT, SIGTERM}) {
    const base::CallContext context;
    const CancelOnSignal cancel_on_signal(context);
    EXPECT_FALSE(context.IsCancelled());
    ASSERT_EQ(::raise(number), 0);
    EXPECT_TRUE(context.IsCancelled());
  }
}

TEST(CancelOnSignalTest, TheSecondEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // libraries have threads of their own by now
  const base::CallContext context;
  const CancelOnSignal cancel_on_signal(context);
  EXPECT_EXIT(
      {
        ::raise(SIGTERM);
        ::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

TEST(CancelOnSignalTest, AfterwardsTheSignalsDoWhatTheyDidBefore) {
  { const CancelOnSignal cancel_on_signal{base::CallContext()}; }
  struct sigaction action;
  ASSERT_EQ(::sigaction(SIGTERM, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace aifx::cli
