#ifndef AIFX_TESTS_SUPPORT_FAKE_TRAINING_PORTS_H_
#define AIFX_TESTS_SUPPORT_FAKE_TRAINING_PORTS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/market/candle_source.h"
#include "core/training/event_sink.h"
#include "core/training/ports.h"

namespace aifx::testing {

// Serves given candles, the same for every pair. Not thread-safe.
class FakeCandleSource final : public market::CandleSource {
 public:
  explicit FakeCandleSource(std::vector<market::Candle> candles) : candles_(std::move(candles)) {}

  absl::StatusOr<std::vector<market::Candle>> Newest(const market::CurrencyPair&, market::Timeframe,
                                                     size_t, absl::Time,
                                                     const base::CallContext&) override {
    return absl::UnimplementedError("training reads ranges");
  }
  absl::StatusOr<std::vector<market::Candle>> Range(const market::CurrencyPair& pair,
                                                    market::Timeframe, absl::Time start,
                                                    absl::Time end,
                                                    const base::CallContext&) override {
    if (!status.ok()) return status;
    std::vector<market::Candle> found;
    if (pair == missing) return found;
    for (const market::Candle& candle : candles_) {
      if (candle.open_time >= start && candle.open_time < end) found.push_back(candle);
    }
    return found;
  }

  absl::Status status;  // what Range fails with
  std::optional<market::CurrencyPair> missing;

 private:
  std::vector<market::Candle> candles_;
};

// Remembers what training told the backend, or fails as told. Not thread-safe.
class FakeBackend final : public training::ModelRegistrar, public training::TrainingLog {
 public:
  absl::StatusOr<std::string> Register(const training::ModelRegistration& registration,
                                       const base::CallContext&) override {
    if (!register_status.ok()) return register_status;
    registrations.push_back(registration);
    return std::string("7");
  }
  absl::Status SetStatus(const std::string& backend_id, const std::string& status, bool is_active,
                         const base::CallContext&) override {
    statuses.push_back(backend_id + " " + status + (is_active ? " active" : ""));
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> FindVersion(const std::string&, const std::string&,
                                          const base::CallContext&) override {
    return std::string("9");
  }
  absl::Status Log(const std::string& backend_id, const training::TrainingSession& session,
                   const base::CallContext&) override {
    logged_ids.push_back(backend_id);
    sessions.push_back(session);
    return absl::OkStatus();
  }

  absl::Status register_status;
  std::vector<training::ModelRegistration> registrations;
  std::vector<std::string> statuses;
  std::vector<std::string> logged_ids;
  std::vector<training::TrainingSession> sessions;
};

// Remembers what it was told, one line an event. Not thread-safe.
class RecordingEvents final : public training::EventSink {
 public:
  void Publish(const training::TrainingStarted& event) override {
    lines.push_back("started " + event.model_name + " " + event.training_type);
  }
  void Publish(const training::TrainingCompleted& event) override {
    lines.push_back("completed " + event.model_name + " " +
                    (event.error.empty() ? event.backend_id : event.error));
    completed = event;
  }
  void Publish(const training::ModelDeployed& event) override {
    lines.push_back("deployed " + event.model_name + " " + event.backend_id);
  }

  std::vector<std::string> lines;
  std::optional<training::TrainingCompleted> completed;  // the newest
};

}  // namespace aifx::testing

#endif  // AIFX_TESTS_SUPPORT_FAKE_TRAINING_PORTS_H_
