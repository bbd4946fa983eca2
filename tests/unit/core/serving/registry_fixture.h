#ifndef AIFX_TESTS_UNIT_CORE_SERVING_REGISTRY_FIXTURE_H_
#define AIFX_TESTS_UNIT_CORE_SERVING_REGISTRY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "core/base/mutex.h"
#include "core/serving/registry.h"
#include "tests/support/fake_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"

namespace aifx::serving {

constexpr int64_t kOld = 20180101000000, kNew = 20180201000000, kNewest = 20180301000000;
constexpr char kModel[] = "eurusd-1h";

// Where a test stops a thread: Pass() waits there until the test has seen it and opens the gate.
class Gate {
 public:
  void Pass() {
    reached_.set_value();
    open_.get_future().wait();
  }
  void AwaitArrival() { reached_.get_future().wait(); }
  void Open() { open_.set_value(); }

 private:
  std::promise<void> reached_, open_;
};

// Models of a test that are alive, and where they ended.
struct Census {
  std::atomic<int> alive{0};
  base::Mutex mutex;
  std::set<std::thread::id> ended_on ABSL_GUARDED_BY(mutex);
};

// Every logit is the version's month, so that an answer tells which version computed it.
class CountedModel final : public model::Model {
 public:
  CountedModel(model::Manifest manifest, Census& census, std::function<absl::Status()> on_run)
      : manifest_(std::move(manifest)), census_(census), on_run_(std::move(on_run)) {
    ++census_.alive;
  }
  ~CountedModel() override {
    --census_.alive;
    base::MutexLock lock(census_.mutex);
    census_.ended_on.insert(std::this_thread::get_id());
  }
  const model::Manifest& manifest() const override { return manifest_; }
  const std::string& kernel() const override { return kernel_; }
  absl::Status Run(const model::WindowBatch&, absl::Span<float> logits) const override {
    for (float& logit : logits) logit = MonthOf(manifest_.version);
    return on_run_ ? on_run_() : absl::OkStatus();
  }
  static float MonthOf(int64_t version) {
    return static_cast<float>(version / 100'000'000 % 100);
  }

 private:
  const model::Manifest manifest_;
  const std::string kernel_ = "counted";
  Census& census_;
  const std::function<absl::Status()> on_run_;
};

// A store with three versions of one model, none active, and a registry whose loader the test
// steers.
class RegistryFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const int64_t version : {kOld, kNew, kNewest}) {
      ASSERT_OK(store_.Add(testing::FakeManifest(kModel, version), {{"model.pt", "program"}}));
    }
  }

  absl::StatusOr<std::shared_ptr<const model::Model>> Load(int64_t version,
                                                           const std::function<void()>& checking) {
    if (on_load) on_load(version);
    if (broken.contains(version)) return absl::DataLossError("model.pt is damaged");
    checking();
    if (on_check) on_check(version);
    absl::StatusOr<model::Manifest> manifest = store_.ReadManifest(kModel, version);
    if (!manifest.ok()) return manifest.status();
    return std::make_shared<CountedModel>(*std::move(manifest), census_, on_run);
  }

  // What answers requests; 0 where nothing does.
  int64_t Served(int64_t version = 0) const {
    const auto served = Acquire(version);
    return served.ok() ? served->model->manifest().version : 0;
  }
  absl::StatusOr<ServedModel> Acquire(int64_t version = 0) const {
    return registry_.Acquire({.name = kModel, .version = version}, pair_,
                             market::Timeframe::k1Hour);
  }
  VersionView View(int64_t version) const {
    for (const VersionView& view : registry_.List()) {
      if (view.version == version) return view;
    }
    return {};
  }
  VersionState State(int64_t version) const { return View(version).state; }

  // Hooks; set before the thread that meets them starts.
  std::function<void(int64_t)> on_load, on_check;
  std::function<absl::Status()> on_run;
  std::set<int64_t> broken;

  const market::CurrencyPair pair_ = *market::CurrencyPair::Parse("EUR/USD");
  Census census_;
  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  ModelRegistry registry_{
      store_, base::NullLogger(),
      RegistryOptions{.loader = [this](const model::ModelStore&, const std::string&,
                                       int64_t version, const std::function<void()>& checking) {
                        return Load(version, checking);
                      },
                      .warm_batches = {1, 8},
                      .max_kept = 1}};
};

}  // namespace aifx::serving

#endif  // AIFX_TESTS_UNIT_CORE_SERVING_REGISTRY_FIXTURE_H_
