#include "core/model/lstm_kernel.h"

namespace aifx::model {
namespace {

LstmCode CodeFor(Precision precision, DotProducts dot_products) {
  switch (precision) {
    case Precision::kFloat32:
      return Float32Code();
    case Precision::kBfloat16:
      return Bfloat16Code(dot_products);
    case Precision::kInt8:
      return Int8Code(dot_products);
  }
  return Float32Code();
}

}  // namespace

LstmKernel::LstmKernel(const LstmWeights& weights, Precision precision, DotProducts dot_products)
    : code_(CodeFor(precision, dot_products)), packed_(Pack(weights, code_.lanes, precision)) {}

void LstmKernel::Run(const float* windows, size_t batch, size_t sequence, float* logits) const {
  thread_local LstmWorkspace work;
  code_.run(packed_, windows, batch, sequence, logits, work);
}

}  // namespace aifx::model
