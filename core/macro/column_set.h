#ifndef AIFX_CORE_MACRO_COLUMN_SET_H_
#define AIFX_CORE_MACRO_COLUMN_SET_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/features/feature_set.h"

namespace aifx::macro {

// A column and the text that its set's hash covers.
struct ColumnDefinition {
  absl::string_view name;
  absl::string_view formula;
};

// A named, versioned, ordered list of macro columns. A released one never changes: what a column
// means travels as the hash in data sets and manifests. Immutable and thread-safe.
class ColumnSet {
 public:
  ColumnSet(absl::string_view name, absl::Span<const ColumnDefinition> definitions);

  const std::string& name() const { return name_; }  // such as "event-v1"
  const std::vector<features::Column>& columns() const { return columns_; }
  // SHA-256 of canonical_text(): the name and a line a column with its formula.
  const std::string& hash() const { return hash_; }
  const std::string& canonical_text() const { return canonical_text_; }

 private:
  std::string name_;
  std::vector<features::Column> columns_;
  std::string canonical_text_;
  std::string hash_;
};

// "fundamental-v1" and "event-v1" (docs/macro.md); they live for the whole process.
const ColumnSet& FundamentalColumns();
const ColumnSet& EventColumns();

}  // namespace aifx::macro

#endif  // AIFX_CORE_MACRO_COLUMN_SET_H_
