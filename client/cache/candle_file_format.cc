#include "client/cache/candle_file_format.h"

#include <bit>
#include <cmath>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/sha256.h"

namespace aifx::cache {
namespace {

using market::Candle;

constexpr absl::string_view kMagic = "AIFXCNDL";
constexpr uint32_t kVersion = 1;
constexpr size_t kKeyOffset = 64;
constexpr size_t kSumBytes = 32;
constexpr size_t kSummedBytes = kHeaderBytes - kSumBytes;
// More records than any file has, so that sizes computed from a count cannot overflow.
constexpr uint64_t kMostRecords = uint64_t{1} << 40;

template <typename T>
void Append(std::string& bytes, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
}
void AppendTime(std::string& bytes, absl::Time time) {
  Append(bytes, static_cast<uint64_t>(absl::ToUnixMicros(time)));
}
void AppendDouble(std::string& bytes, double value) {
  Append(bytes, std::bit_cast<uint64_t>(value));
}

template <typename T>
T Load(absl::string_view bytes, size_t at) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}
absl::Time LoadTime(absl::string_view bytes, size_t at) {
  return absl::FromUnixMicros(static_cast<int64_t>(Load<uint64_t>(bytes, at)));
}
double LoadDouble(absl::string_view bytes, size_t at) {
  return std::bit_cast<double>(Load<uint64_t>(bytes, at));
}

double OrNan(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}
std::optional<double> UnlessNan(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the candle cache's ", what));
}

}  // namespace

std::string Sha256(absl::string_view data) { return absl::HexStringToBytes(base::Sha256Hex(data)); }

std::string EncodeHeader(const FileHeader& header) {
  std::string bytes(kMagic);
  Append(bytes, kVersion);
  Append(bytes, static_cast<uint32_t>(header.key.size()));
  Append(bytes, header.records);
  Append(bytes, header.ranges);
  bytes += header.index_sum;
  bytes += header.key;
  bytes.resize(kSummedBytes, '\0');
  return bytes + Sha256(bytes);
}

absl::StatusOr<FileHeader> DecodeHeader(absl::string_view bytes) {
  if (bytes.size() != kHeaderBytes) return Damaged("header is cut off");
  if (bytes.substr(0, kMagic.size()) != kMagic) return Damaged("file is of another kind");
  if (Sha256(bytes.substr(0, kSummedBytes)) != bytes.substr(kSummedBytes)) {
    return Damaged("header has a wrong checksum");
  }
  const uint32_t version = Load<uint32_t>(bytes, 8);
  if (version != kVersion) return Damaged(absl::StrCat("version is ", version, ", not 1"));
  const uint32_t key_bytes = Load<uint32_t>(bytes, 12);
  FileHeader header;
  header.records = Load<uint64_t>(bytes, 16);
  header.ranges = Load<uint64_t>(bytes, 24);
  if (key_bytes > kMaxKeyBytes || header.records > kMostRecords || header.ranges > kMostRecords) {
    return Damaged("counts make no sense");
  }
  header.index_sum = std::string(bytes.substr(32, kSumBytes));
  header.key = std::string(bytes.substr(kKeyOffset, key_bytes));
  return header;
}

std::string EncodeIndex(const FileIndex& index) {
  std::string bytes;
  for (const TimeRange& range : index.ranges.ranges()) {
    AppendTime(bytes, range.start);
    AppendTime(bytes, range.end);
  }
  for (const BlockEntry& block : index.blocks) {
    AppendTime(bytes, block.first);
    bytes += block.sum;
  }
  return bytes;
}

absl::StatusOr<FileIndex> DecodeIndex(absl::string_view bytes, const FileHeader& header) {
  if (bytes.size() != header.index_bytes()) return Damaged("index is cut off");
  if (Sha256(bytes) != header.index_sum) return Damaged("index has a wrong checksum");
  FileIndex index;
  for (uint64_t i = 0; i < header.ranges; ++i, bytes.remove_prefix(kRangeBytes)) {
    index.ranges.Add({LoadTime(bytes, 0), LoadTime(bytes, 8)});
  }
  index.blocks.reserve(header.blocks());
  for (uint64_t i = 0; i < header.blocks(); ++i, bytes.remove_prefix(kBlockEntryBytes)) {
    index.blocks.push_back({LoadTime(bytes, 0), std::string(bytes.substr(8, kSumBytes))});
  }
  return index;
}

bool IsStorable(const Candle& candle) {
  const auto is_nan = [](const std::optional<double>& value) {
    return std::isnan(value.value_or(0));
  };
  return absl::FromUnixMicros(absl::ToUnixMicros(candle.open_time)) == candle.open_time &&
         !is_nan(candle.volume) && !is_nan(candle.spread_pips);
}

std::string EncodeRecords(absl::Span<const Candle> candles) {
  std::string bytes;
  bytes.reserve(candles.size() * kRecordBytes);
  for (const Candle& candle : candles) {
    AppendTime(bytes, candle.open_time);
    for (const double value : {candle.open, candle.high, candle.low, candle.close,
                               OrNan(candle.volume), OrNan(candle.spread_pips)}) {
      AppendDouble(bytes, value);
    }
  }
  return bytes;
}

std::vector<Candle> DecodeRecords(absl::string_view bytes) {
  std::vector<Candle> candles;
  candles.reserve(bytes.size() / kRecordBytes);
  for (; bytes.size() >= kRecordBytes; bytes.remove_prefix(kRecordBytes)) {
    candles.push_back({.open_time = LoadTime(bytes, 0),
                       .open = LoadDouble(bytes, 8),
                       .high = LoadDouble(bytes, 16),
                       .low = LoadDouble(bytes, 24),
                       .close = LoadDouble(bytes, 32),
                       .volume = UnlessNan(LoadDouble(bytes, 40)),
                       .spread_pips = UnlessNan(LoadDouble(bytes, 48))});
  }
  return candles;
}

std::string BlockSum(uint64_t number, absl::string_view records) {
  std::string bytes;
  bytes.reserve(8 + records.size());
  Append(bytes, number);
  return Sha256(absl::StrCat(bytes, records));
}

}  // namespace aifx::cache
