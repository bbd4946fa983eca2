#ifndef AIFX_CORE_MODEL_LSTM_CODE_H_
#define AIFX_CORE_MODEL_LSTM_CODE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/model/lstm_packed.h"

namespace aifx::model {

// What one pass over a few windows keeps; grows to what the thread's largest network needs.
struct LstmWorkspace {
  std::vector<float> scaled, row_scales, projected, gates, cells1, cells2, dense;
  // As words (lstm_packed.h); the last step's outputs are float32 in every precision.
  std::vector<uint32_t> inputs, words1, words2, outputs1, outputs2;
};

// The arithmetic of one precision for the processor that runs this.
struct LstmCode {
  // As LstmKernel::Run.
  void (*run)(const PackedLstm& net, const float* windows, size_t batch, size_t sequence,
              float* logits, LstmWorkspace& work) = nullptr;
  size_t lanes = 0;             // floats in a vector
  std::string instruction_set;  // such as "avx3", "avx512bf16", "vnni", "amx"
};

// Which of the processor's instructions for dot products of narrow numbers may be used where it has
// them. Without, products are widened, which is slower and gives results that are as good; those of
// int8 are the same.
enum class DotProducts {
  kNone,
  kVectors,  // AVX512_BF16, AVX512_VNNI
  kTiles,    // AMX, else as kVectors
};

LstmCode Float32Code();
LstmCode Bfloat16Code(DotProducts dot_products);
LstmCode Int8Code(DotProducts dot_products);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_LSTM_CODE_H_
