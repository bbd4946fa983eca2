#ifndef AIFX_SERVER_RPC_FIELDS_H_
#define AIFX_SERVER_RPC_FIELDS_H_

#include <optional>
#include <string>

#include "core/market/currency_pair.h"
#include "server/rpc/enums.h"

// Checks of single fields, shared by the converters. Each adds a violation that names field and
// value where something is wrong.
namespace aifx::rpc {

// Nothing for an empty text, which is a violation where the field is `required`.
std::optional<market::CurrencyPair> PairFromProto(const std::string& text, const std::string& field,
                                                  bool required, Violations& violations);

// An empty text is no violation.
void CheckUuid(const std::string& text, const std::string& field, Violations& violations);

// A finite number in [low, high].
void CheckRange(double value, double low, double high, const std::string& field,
                Violations& violations);

// The size of a page: `fallback` for 0, a violation outside 1..max.
int64_t PageSize(int64_t size, int64_t fallback, int64_t max, Violations& violations);

}  // namespace aifx::rpc

#endif  // AIFX_SERVER_RPC_FIELDS_H_
