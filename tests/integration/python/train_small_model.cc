// Trains a small model on a random walk into the model store at argv[1]: what open_archive_test.py
// opens.
#include <cstdio>

#include "core/training/train.h"
#include "tests/support/candles.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_training_ports.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  aifx::training::TrainSpec spec{.pair = *aifx::market::CurrencyPair::Parse("EUR/USD")};
  spec.start = absl::UnixEpoch();
  spec.end = absl::FromUnixSeconds(1600000000);
  spec.sequence = 6;
  spec.horizon_bars = 4;
  spec.hidden1 = 8;
  spec.hidden2 = 4;
  spec.dense = 4;
  spec.max_epochs = 2;
  spec.threads = 1;
  aifx::testing::FakeCandleSource source(aifx::testing::RandomWalk({.seed = 5, .count = 800}));
  aifx::testing::FakeBackend backend;
  aifx::testing::FakeClock clock(spec.end);
  const aifx::model::ModelStore store(argv[1]);
  const auto report = aifx::training::TrainWeekly(spec, {source, store, backend, backend, clock},
                                                  {}, aifx::base::CallContext());
  std::printf("%s\n", report.status().ToString().c_str());
  return report.ok() ? 0 : 1;
}
