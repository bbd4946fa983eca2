#include <utility>

#include "client/table/formats.h"
#include "core/base/npy_writer.h"
#include "core/base/status_macros.h"

namespace aifx::table {
namespace {

using base::NpyType;
using base::NpyWriter;

class NpyTable final : public TableWriter {
 public:
  NpyTable(std::unique_ptr<NpyWriter> values, std::unique_ptr<NpyWriter> times)
      : values_(std::move(values)), times_(std::move(times)) {}

  absl::Status Append(absl::Time time, absl::Span<const double> values) override {
    AIFX_RETURN_IF_ERROR(values_->Append(values));
    const int64_t seconds = absl::ToUnixSeconds(time);
    return times_->Append(absl::MakeConstSpan(&seconds, 1));
  }

  absl::Status Close() override {
    AIFX_RETURN_IF_ERROR(values_->Close());
    return times_->Close();
  }

 private:
  const std::unique_ptr<NpyWriter> values_, times_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TableWriter>> CreateNpy(const std::string& values_path,
                                                       const std::string& times_path,
                                                       size_t columns) {
  AIFX_ASSIGN_OR_RETURN(auto values, NpyWriter::Create(values_path, NpyType::kFloat64,
                                                       {static_cast<int64_t>(columns)}));
  AIFX_ASSIGN_OR_RETURN(auto times, NpyWriter::Create(times_path, NpyType::kSeconds, {}));
  return std::make_unique<NpyTable>(std::move(values), std::move(times));
}

}  // namespace aifx::table
