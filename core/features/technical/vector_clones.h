#ifndef AIFX_CORE_FEATURES_TECHNICAL_VECTOR_CLONES_H_
#define AIFX_CORE_FEATURES_TECHNICAL_VECTOR_CLONES_H_

// Before a function with a hot loop: GCC compiles it a second time for processors with AVX2, and
// the program takes that one where it runs on such a processor. Both give the same bits: the loops
// have no sums across rows, and fused multiply-adds are off (CMakeLists.txt). Not under the
// sanitizers, whose run-time is not up yet when the choice is made.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define AIFX_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define AIFX_VECTOR_CLONES
#endif

// For templates that such a function calls: inlined, they are part of each of its versions.
#define AIFX_INLINE_KERNEL inline __attribute__((always_inline))

#endif  // AIFX_CORE_FEATURES_TECHNICAL_VECTOR_CLONES_H_
