#ifndef AIFX_CLIENT_COLLECT_SOURCE_ROWS_H_
#define AIFX_CLIENT_COLLECT_SOURCE_ROWS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/violation.h"

namespace aifx::collect {

// One row of a source, whatever its format: field names in lower case and their texts.
struct SourceRow {
  std::string place;  // "calendar.csv:17", or "calendar.json[16]" for the 17th element
  std::map<std::string, std::string> fields;

  // The first of the fields that is there, without white space around it; empty where none is.
  absl::string_view Text(std::initializer_list<absl::string_view> names) const;
  // What is wrong with a field: `place: field 'text' what`.
  base::FieldViolation Wrong(absl::string_view field, absl::string_view text,
                             absl::string_view what) const;
};

// The rows of a text: JSON where it starts with [ or {, else CSV. `name` is how messages call it.
//
// CSV is RFC 4180 with a header line; empty lines and lines that start with # are skipped. JSON is
// an array of objects, or an object with one array among its members; numbers and truth values
// become their text, null an empty one. InvalidArgument naming the place for anything else: a byte
// that is not UTF-8 (by line and column, in characters), a row with more or fewer cells than
// columns, a quote that is not closed, a nested value, a field that is there twice.
absl::StatusOr<std::vector<SourceRow>> ParseRows(absl::string_view text, absl::string_view name);

// A moment as sources write it.
struct SourceTime {
  absl::Time time;
  bool has_hour = true;  // false: a date alone, and `time` its start in UTC
};

// ISO 8601 with or without an offset (then UTC), or a date alone. InvalidArgument otherwise.
absl::StatusOr<SourceTime> ParseSourceTime(absl::string_view text);

// What is wrong with a source, row by row; keeps the first ones and counts the rest.
class Problems {
 public:
  void Add(base::FieldViolation violation);
  // InvalidArgument with what was added; OK where nothing was.
  absl::Status ToStatus() const;

 private:
  std::vector<base::FieldViolation> kept_;
  size_t left_out_ = 0;
};

}  // namespace aifx::collect

#endif  // AIFX_CLIENT_COLLECT_SOURCE_ROWS_H_
