#ifndef AIFX_CORE_TRAINING_LSTM_NETWORK_H_
#define AIFX_CORE_TRAINING_LSTM_NETWORK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/clock.h"
#include "core/features/scaler.h"
#include "core/training/dataset.h"
#include "core/training/train.h"

namespace aifx::training {

struct LstmOptions {
  int64_t classes = 3;
  int64_t hidden1 = 128, hidden2 = 64, dense = 32;
  double dropout1 = 0.3, dropout2 = 0.3, dropout3 = 0.2;
  double learning_rate = 1e-3, min_learning_rate = 1e-5;
  int max_epochs = 50, patience = 10, lr_patience = 5;
  int64_t batch = 32;
  uint64_t seed = 1;
};

struct FitSummary {
  int epochs = 0;        // that were run
  int best_epoch = 0;    // whose weights were kept
  double best_loss = 0;  // on the stop slice
};

// scaler -> LSTM -> dropout -> LSTM -> last step -> dropout -> dense, ReLU -> dropout -> classes,
// trained with Adam (Kingma and Ba 2015) on the cross-entropy. Thread-compatible. The data set must
// outlive the network.
//
// The same options, data, thread count and machine give the same weights, bit for bit.
class LstmNetwork {
 public:
  LstmNetwork(const Dataset& data, const features::Scaler& scaler, const LstmOptions& options);
  ~LstmNetwork();

  // Runs epochs over `fit` in shuffled batches until the loss on `stop` has not improved for
  // `patience` of them; halves the learning rate after `lr_patience`; ends with the weights of the
  // best epoch. CANCELLED when `is_cancelled` says so (asked before every batch); INTERNAL where
  // the loss is not finite or LibTorch fails. `clock` only measures the epochs.
  absl::StatusOr<FitSummary> Fit(absl::Span<const Sample> fit, absl::Span<const Sample> stop,
                                 base::Clock& clock, const EpochCallback& on_epoch,
                                 const std::function<bool()>& is_cancelled);

  // The trained network as a TorchScript archive, scaler inside.
  absl::StatusOr<std::string> Archive() const;

  // Each column's share of mean |gradient * (x - mean)| over the windows, for the difference of
  // the last and the first class' logits (up - down, buy - sell); it sums to 1.
  absl::StatusOr<std::vector<double>> Importance(absl::Span<const Sample> samples) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aifx::training

#endif  // AIFX_CORE_TRAINING_LSTM_NETWORK_H_
