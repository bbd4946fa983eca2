// The one file that knows Arrow, whose exceptions stop here.
#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/status.h>
#include <parquet/api/schema.h>
#include <parquet/api/writer.h>

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/table/formats.h"
#include "core/base/file_writer.h"
#include "core/base/status_macros.h"

namespace aifx::table {
namespace {

constexpr size_t kGroupRows = 32'768;  // 10 MB of 38 columns
constexpr int kCompressionLevel = 3;

// Our file as Arrow's output. What went wrong stays in status().
class FileSink final : public arrow::io::OutputStream {
 public:
  explicit FileSink(std::unique_ptr<base::FileWriter> file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, int64_t size) override {
    status_.Update(file_->Append(
        absl::string_view(static_cast<const char*>(data), static_cast<size_t>(size))));
    return status_.ok() ? arrow::Status::OK() : arrow::Status::IOError("cannot write");
  }
  arrow::Status Flush() override { return arrow::Status::OK(); }
  // Parquet closes its sink also when it gives up: Finish tells that the file is whole.
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return static_cast<int64_t>(file_->size()); }
  bool closed() const override { return closed_; }

  absl::Status Finish() { return file_->Close(); }
  const absl::Status& status() const { return status_; }

 private:
  const std::unique_ptr<base::FileWriter> file_;
  absl::Status status_;
  bool closed_ = false;
};

std::shared_ptr<parquet::schema::GroupNode> MakeSchema(const std::vector<std::string>& columns) {
  using parquet::Repetition;
  using parquet::schema::PrimitiveNode;
  parquet::schema::NodeVector fields;
  fields.push_back(PrimitiveNode::Make(
      "timestamp", Repetition::REQUIRED,
      parquet::LogicalType::Timestamp(true, parquet::LogicalType::TimeUnit::MILLIS),
      parquet::Type::INT64));
  for (const std::string& column : columns) {
    fields.push_back(PrimitiveNode::Make(column, Repetition::REQUIRED, parquet::Type::DOUBLE));
  }
  return std::static_pointer_cast<parquet::schema::GroupNode>(
      parquet::schema::GroupNode::Make("schema", Repetition::REQUIRED, fields));
}

class ParquetTable final : public TableWriter {
 public:
  ParquetTable(std::string path, std::shared_ptr<FileSink> sink, size_t columns)
      : path_(std::move(path)), sink_(std::move(sink)), columns_(columns) {
    times_.reserve(kGroupRows);
    for (std::vector<double>& column : columns_) column.reserve(kGroupRows);
  }

  absl::Status Open(const std::vector<std::string>& columns) {
    return Guarded([&] {
      const auto properties = parquet::WriterProperties::Builder()
                                  .compression(parquet::Compression::ZSTD)
                                  ->compression_level(kCompressionLevel)
                                  ->disable_dictionary()  // hardly a double comes twice
                                  ->created_by("aifx")
                                  ->build();
      writer_ = parquet::ParquetFileWriter::Open(sink_, MakeSchema(columns), properties);
    });
  }

  absl::Status Append(absl::Time time, absl::Span<const double> values) override {
    times_.push_back(absl::ToUnixMillis(time));
    for (size_t c = 0; c < columns_.size(); ++c) columns_[c].push_back(values[c]);
    return times_.size() < kGroupRows ? absl::OkStatus() : WriteGroup();
  }

  absl::Status Close() override {
    if (!times_.empty()) AIFX_RETURN_IF_ERROR(WriteGroup());
    AIFX_RETURN_IF_ERROR(Guarded([&] { writer_->Close(); }));
    return sink_->Finish();
  }

 private:
  template <typename Function>
  absl::Status Guarded(Function&& function) {
    try {
      function();
      return sink_->status();
    } catch (const std::exception& error) {
      if (!sink_->status().ok()) return sink_->status();
      return absl::InternalError(absl::StrCat("cannot write ", path_, ": ", error.what()));
    }
  }

  absl::Status WriteGroup() {
    return Guarded([&] {
      const auto rows = static_cast<int64_t>(times_.size());
      parquet::RowGroupWriter* group = writer_->AppendRowGroup();
      static_cast<parquet::Int64Writer*>(group->NextColumn())
          ->WriteBatch(rows, nullptr, nullptr, times_.data());
      for (std::vector<double>& column : columns_) {
        static_cast<parquet::DoubleWriter*>(group->NextColumn())
            ->WriteBatch(rows, nullptr, nullptr, column.data());
        column.clear();
      }
      group->Close();
      times_.clear();
    });
  }

  const std::string path_;
  const std::shared_ptr<FileSink> sink_;
  std::unique_ptr<parquet::ParquetFileWriter> writer_;
  std::vector<int64_t> times_;
  std::vector<std::vector<double>> columns_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TableWriter>> CreateParquet(
    const std::string& path, const std::vector<std::string>& columns) {
  AIFX_ASSIGN_OR_RETURN(std::unique_ptr<base::FileWriter> file, base::FileWriter::Create(path));
  auto table = std::make_unique<ParquetTable>(path, std::make_shared<FileSink>(std::move(file)),
                                              columns.size());
  AIFX_RETURN_IF_ERROR(table->Open(columns));
  return table;
}

}  // namespace aifx::table
