#ifndef AIFX_CORE_MODEL_LSTM_KERNEL_H_
#define AIFX_CORE_MODEL_LSTM_KERNEL_H_

#include <cstddef>
#include <string>

#include "core/model/lstm_code.h"
#include "core/model/lstm_packed.h"
#include "core/model/lstm_weights.h"

namespace aifx::model {

// The direct LSTM kernel: one network's arithmetic in float32, bfloat16 or int8, written out for
// the widest vectors that this processor has (chosen at run time). Every sum of a row is taken in
// the same order whatever the batch is, so that a row's result has the same bits alone and in any
// batch, for one precision and instruction set. Immutable and thread-safe; Run computes on the
// calling thread and allocates only when the thread first meets a network of this size.
//
// How it works: the input projections of several steps are one matrix product; the recurrence then
// multiplies the newest outputs with weights that are packed so that the four gates of a vector of
// units are computed together in registers and every weight is read once a step, in order
// (lstm_packed.h). Up to six windows, by tiles up to sixteen, go through a step together and share
// those reads.
//
// In the narrow precisions weights and layer inputs are narrow; sums, cells and activations are
// not. Int8 gives every row of scaled features a scale of its own, from its largest value; outputs
// of a layer lie in -1..1 and share one.
class LstmKernel {
 public:
  // REQUIRES: the sizes in `weights` agree with each other (LstmWeightsOf sees to that).
  explicit LstmKernel(const LstmWeights& weights, Precision precision = Precision::kFloat32,
                      DotProducts dot_products = DotProducts::kTiles);

  // Logits [batch, classes] of windows [batch, sequence, features], not scaled, all row-major.
  // Those of a window with a value that is not finite once it is scaled (a finite one may overflow)
  // are NaN.
  void Run(const float* windows, size_t batch, size_t sequence, float* logits) const;

  // What Run uses: an instruction set by Highway's name in lower case ("avx3" is AVX-512), or
  // "avx512bf16", "vnni" or "amx" for its dot products.
  const std::string& instruction_set() const { return code_.instruction_set; }

 private:
  LstmCode code_;
  PackedLstm packed_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_KERNEL_H_
