#include "core/pipeline/window_hash.h"

#include <bit>
#include <optional>
#include <string>

namespace aifx::pipeline {
namespace {

// Folds the 128-bit product of both: every bit of one spreads over the result by the other.
uint64_t Fold(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): makes many keys of one seed.
uint64_t NextKey(uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

uint64_t Bits(double value) { return std::bit_cast<uint64_t>(value); }

// A NaN of its own for a value that is absent; candles that were checked hold none.
uint64_t Bits(const std::optional<double>& value) {
  return value.has_value() ? Bits(*value) : ~uint64_t{0};
}

class Hasher {
 public:
  explicit Hasher(uint64_t seed) {
    for (uint64_t& key : keys_) key = NextKey(seed);
    hash_ = {NextKey(seed), NextKey(seed)};
  }

  void Add(uint64_t a, uint64_t b) {
    hash_.low = Fold(hash_.low ^ a ^ keys_[0], b ^ keys_[1]) + a;
    hash_.high = Fold(hash_.high ^ b ^ keys_[2], a ^ keys_[3]) + b;
  }

  void Add(absl::Span<const market::Candle> candles) {
    Add(candles.size(), keys_[0]);
    for (const market::Candle& candle : candles) {
      Add(static_cast<uint64_t>(absl::ToUnixNanos(candle.open_time)), Bits(candle.open));
      Add(Bits(candle.high), Bits(candle.low));
      Add(Bits(candle.close), Bits(candle.volume));
      Add(Bits(candle.spread_pips), keys_[0]);
    }
  }
  void Add(const market::CurrencyPair& pair) {
    const std::string name = pair.ToString();
    for (const char letter : name) Add(static_cast<uint64_t>(letter), keys_[0]);
  }

  WindowHash hash() const { return hash_; }

 private:
  uint64_t keys_[4];
  WindowHash hash_;
};

}  // namespace

WindowHash HashWindow(absl::Span<const market::Candle> candles, uint64_t seed) {
  Hasher hasher(seed);
  hasher.Add(candles);
  return hasher.hash();
}

WindowHash HashWindow(const market::CurrencyPair& pair, absl::Span<const market::Candle> candles,
                      absl::Span<const features::OwnedContextSeries> context, uint64_t seed) {
  Hasher hasher(seed);
  hasher.Add(pair);
  hasher.Add(candles);
  for (const features::OwnedContextSeries& series : context) {
    hasher.Add(series.pair);
    hasher.Add(series.candles);
  }
  return hasher.hash();
}

}  // namespace aifx::pipeline
