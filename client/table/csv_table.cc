#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/table/formats.h"
#include "core/base/file_writer.h"
#include "core/base/status_macros.h"

namespace aifx::table {
namespace {

class CsvTable final : public TableWriter {
 public:
  explicit CsvTable(std::unique_ptr<base::FileWriter> file) : file_(std::move(file)) {}

  absl::Status Append(absl::Time time, absl::Span<const double> values) override {
    line_ = absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
    for (const double value : values) {
      line_ += ',';
      char digits[32];
      const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), value);
      line_.append(digits, end.ptr);
    }
    line_ += '\n';
    return file_->Append(line_);
  }

  absl::Status Close() override { return file_->Close(); }

 private:
  const std::unique_ptr<base::FileWriter> file_;
  std::string line_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TableWriter>> CreateCsv(const std::string& path,
                                                       const std::vector<std::string>& columns) {
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<base::FileWriter> file, base::FileWriter::Create(path));
  AIFX_RETURN_IF_ERROR(file->Append(absl::StrCat("timestamp,", absl::StrJoin(columns, ","), "\n")));
  return std::make_unique<CsvTable>(std::move(file));
}

}  // namespace aifx::table
