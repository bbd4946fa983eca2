#ifndef AIFX_CORE_MODEL_LSTM_KERNEL_H_
#define AIFX_CORE_MODEL_LSTM_KERNEL_H_

#include <cstddef>
#include <string>

#include "core/model/lstm_packed.h"
#include "core/model/lstm_weights.h"

namespace aifx::model {

// The direct LSTM kernel: one network's arithmetic in float32, written out for the widest vectors
// that this processor has (chosen at run time). Every sum of a row is taken in the same order
// whatever the batch is, so that a row's result has the same bits alone and in any batch, for one
// instruction set. Immutable and thread-safe; Run computes on the calling thread and allocates
// only when the thread first meets a network of this size.
//
// How it works: the input projections of several steps are one matrix product; the recurrence then
// multiplies the newest outputs with weights that are packed so that the four gates of a vector of
// units are computed together in registers and every weight is read once a step, in order
// (lstm_packed.h). Up to six windows go through a step together and share those reads.
class LstmKernel {
 public:
  // REQUIRES: the sizes in `weights` agree with each other (LstmWeightsOf sees to that).
  explicit LstmKernel(const LstmWeights& weights);

  // Logits [batch, classes] of windows [batch, sequence, features], not scaled, all row-major.
  // Those of a window with a value that is not finite once it is scaled (a finite one may overflow)
  // are NaN.
  void Run(const float* windows, size_t batch, size_t sequence, float* logits) const;

  // The instruction set that Run uses, such as "AVX3" (Highway's names; AVX3 is AVX-512).
  const std::string& instruction_set() const { return instruction_set_; }

 private:
  PackedLstm packed_;
  std::string instruction_set_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_KERNEL_H_
