// The products of LstmKernel by the tiles of AMX (Intel 64 and IA-32 Architectures Software
// Developer's Manual, volume 1, chapter 18), compiled once for every instruction set: hence no
// include guard of the usual kind.
#if defined(AIFX_CORE_MODEL_LSTM_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AIFX_CORE_MODEL_LSTM_TILES_INL_H_
#undef AIFX_CORE_MODEL_LSTM_TILES_INL_H_
#else
#define AIFX_CORE_MODEL_LSTM_TILES_INL_H_
#endif

#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/model/lstm_gates-inl.h"
#include "core/model/lstm_packed.h"

HWY_BEFORE_NAMESPACE();
namespace aifx::model {
namespace HWY_NAMESPACE {

// Rows of inputs, as words.
struct InputRows {
  const uint32_t* words;
  size_t stride;
  const float* scales = nullptr;  // one a row, where the precision scales rows
};

// Rows of outputs, and what each output starts with: a row for each, or one for all (stride 0).
struct OutputRows {
  const float* start;
  size_t start_stride;
  float* out;
  size_t stride;
};

// A tile holds up to 16 rows of 16 words.
constexpr size_t kTileRows = 16;
constexpr size_t kTileWords = 16;

#if HWY_TARGET == HWY_AVX3 && HWY_ARCH_X86_64

// The eight tiles of a thread: 0 to 3 hold the sums of a group's four gates, 4 inputs and 5
// weights, 6 and 7 the same of the words past the last 16. Strides are in words.
struct AmxTiles {
  // The operand of ldtilecfg.
  struct alignas(64) Shapes {
    uint8_t palette = 1;
    uint8_t start_row = 0;
    std::array<uint8_t, 14> reserved{};
    std::array<uint16_t, 16> row_bytes{};
    std::array<uint8_t, 16> rows{};

    void Set(size_t tile, size_t tile_rows, size_t words) {
      rows[tile] = static_cast<uint8_t>(tile_rows);
      row_bytes[tile] = static_cast<uint16_t>(words * sizeof(uint32_t));
    }
  };

  // For `rows` rows of `words` words each.
  static void Shape(size_t rows, size_t words) {
    Shapes shapes;
    for (size_t tile = 0; tile <= 4; ++tile) shapes.Set(tile, rows, kTileWords);
    shapes.Set(5, kTileWords, kTileWords);
    if (const size_t rest = words % kTileWords; rest > 0) {
      shapes.Set(6, rows, rest);
      shapes.Set(7, rest, kTileWords);
    }
    asm volatile("ldtilecfg %0" ::"m"(shapes));
  }
  // Until then the kernel saves them whenever it switches threads.
  static void Release() { asm volatile("tilerelease"); }

  template <int kTile>
  static HWY_INLINE void Load(const void* from, size_t stride) {
    asm volatile("tileloadd (%0,%1,4), %%tmm%c2" ::"r"(from), "r"(stride), "i"(kTile) : "memory");
  }
  template <int kTile>
  static HWY_INLINE void Store(void* to, size_t stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,4)" ::"r"(to), "r"(stride), "i"(kTile) : "memory");
  }
};

// Pairs of bfloat16 (AMX-BF16).
struct TiledBfloat16 : WidenedBfloat16 {
  static constexpr bool kTiled = true;
  using Tiles = AmxTiles;

  template <int kSum>
  static HWY_INLINE void LoadFirst(const PackedMatrix&, size_t, const OutputRows& rows) {
    Tiles::Load<kSum>(rows.start + kSum * kTileWords, rows.start_stride);
  }
  template <int kSum, int kInputs, int kWeights>
  static HWY_INLINE void DotTiles() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kInputs), "i"(kWeights));
  }
};

// Four products of 8 bits (AMX-INT8); the same bits as WidenedInt8.
struct TiledInt8 : WidenedInt8 {
  static constexpr bool kTiled = true;
  using Tiles = AmxTiles;

  template <int kSum>
  static HWY_INLINE void LoadFirst(const PackedMatrix& matrix, size_t column, const OutputRows&) {
    Tiles::Load<kSum>(matrix.offset.data() + column + kSum * kTileWords, 0);
  }
  template <int kSum, int kInputs, int kWeights>
  static HWY_INLINE void DotTiles() {
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kInputs), "i"(kWeights));
  }
};

#endif

// Calls `what` with 0 to 3, as constants.
template <class What>
HWY_INLINE void ForEachGate(const What& what) {
  what(std::integral_constant<int, 0>());
  what(std::integral_constant<int, 1>());
  what(std::integral_constant<int, 2>());
  what(std::integral_constant<int, 3>());
}

template <class Arithmetic, int kInputs, int kWeights>
HWY_INLINE void AddProducts(const uint32_t* inputs, size_t stride, const uint32_t* weights) {
  using Tiles = typename Arithmetic::Tiles;
  Tiles::template Load<kInputs>(inputs, stride);
  ForEachGate([&](auto gate) HWY_ATTR {
    Tiles::template Load<kWeights>(weights + gate() * kTileWords, kGates * kTileWords);
    Arithmetic::template DotTiles<gate(), kInputs, kWeights>();
  });
}

// As MultiplyTile for `count` rows and one group of four vectors, each of which is a tile.
// REQUIRES: Tiles::Shape(count, matrix.words)
template <class Arithmetic>
HWY_INLINE void MultiplyTiled(const PackedMatrix& matrix, size_t group, const InputRows& in,
                              const OutputRows& rows, size_t count) {
  using Tiles = typename Arithmetic::Tiles;
  constexpr size_t kColumns = kGates * kTileWords;
  const size_t first = group * kColumns;
  ForEachGate([&](auto gate)
                  HWY_ATTR { Arithmetic::template LoadFirst<gate()>(matrix, first, rows); });
  const uint32_t* const weights = matrix.values.data() + group * matrix.words * kColumns;
  size_t k = 0;
  for (; k + kTileWords <= matrix.words; k += kTileWords) {
    AddProducts<Arithmetic, 4, 5>(in.words + k, in.stride, weights + k * kColumns);
  }
  if (k < matrix.words) {
    AddProducts<Arithmetic, 6, 7>(in.words + k, in.stride, weights + k * kColumns);
  }
  ForEachGate([&](auto gate) HWY_ATTR {
    Tiles::template Store<gate()>(rows.out + gate() * kTileWords, rows.stride);
  });
  if constexpr (std::is_same_v<typename Arithmetic::Sum, Ints>) {
    for (size_t r = 0; r < count; ++r) {
      const float* const scale = in.scales == nullptr ? nullptr : in.scales + r;
      const float* const start = rows.start + r * rows.start_stride;
      float* const out = rows.out + r * rows.stride;
      for (size_t c = 0; c < kColumns; c += kLanes) {
        const Ints sum = hn::BitCast(IntTag(), hn::LoadU(FloatTag(), out + c));
        hn::StoreU(Arithmetic::Last(matrix, first + c, start + c, scale, sum), FloatTag(), out + c);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace aifx::model
HWY_AFTER_NAMESPACE();

#endif
