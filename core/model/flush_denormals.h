#ifndef AIFX_CORE_MODEL_FLUSH_DENORMALS_H_
#define AIFX_CORE_MODEL_FLUSH_DENORMALS_H_

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace aifx::model {

// While it lives, the calling thread takes and gives zero for floats too small to be normal (below
// 1.2e-38), which costs some processors a hundred cycles each otherwise. On processors other than
// x86-64 and AArch64 it does nothing.
class ScopedFlushDenormals {
 public:
  ScopedFlushDenormals() : before_(Read()) { Write(before_ | kFlush); }
  ~ScopedFlushDenormals() { Write(before_); }

  ScopedFlushDenormals(const ScopedFlushDenormals&) = delete;
  ScopedFlushDenormals& operator=(const ScopedFlushDenormals&) = delete;

 private:
#if defined(__x86_64__)
  static constexpr uint64_t kFlush = 0x8040;  // FTZ and DAZ of MXCSR
  static uint64_t Read() { return _mm_getcsr(); }
  static void Write(uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }
#elif defined(__aarch64__)
  static constexpr uint64_t kFlush = uint64_t{1} << 24;  // FZ of FPCR
  static uint64_t Read() {
    uint64_t value = 0;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void Write(uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  static constexpr uint64_t kFlush = 0;
  static uint64_t Read() { return 0; }
  static void Write(uint64_t) {}
#endif

  const uint64_t before_;
};

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_FLUSH_DENORMALS_H_
