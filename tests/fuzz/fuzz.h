#ifndef AIFX_TESTS_FUZZ_FUZZ_H_
#define AIFX_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// What every fuzz target of this folder defines: it takes any bytes, and ends the process where the
// code under test breaks a promise. libFuzzer calls it with what it makes up, corpus.cc with the
// files of tests/fuzz/corpus.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace aifx::fuzz {

// Ends the process with a message where a promise does not hold.
inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace aifx::fuzz

#endif  // AIFX_TESTS_FUZZ_FUZZ_H_
