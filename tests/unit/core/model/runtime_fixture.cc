#include "tests/unit/core/model/runtime_fixture.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/torchscript_archive.h"
#include "tests/support/temporary_folder.h"

namespace aifx::model {
namespace {

constexpr char kScript[] = "tests/unit/core/model/compile_package.py";

absl::StatusOr<std::string> Compile(const std::string& archive) {
  const char* const python = std::getenv("AIFX_TORCH_PYTHON");
  if (python == nullptr) {
    return absl::UnavailableError(
        "AIFX_TORCH_PYTHON names no Python with PyTorch, which alone compiles packages");
  }
  const testing::TemporaryFolder folder;
  const std::string script = folder / "model.pt";
  const std::string package = folder / "model.pt2";
  std::ofstream(script, std::ios::binary) << archive;
  const std::string command = absl::StrCat("'", python, "' ", kScript, " '", script, "' '", package,
                                           "' ", kRuntimeSequence, " 2>&1");
  if (std::system(command.c_str()) != 0) {
    return absl::InternalError(absl::StrCat("failed: ", command));
  }
  std::ifstream file(package, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

absl::StatusOr<std::string> RuntimeArchive(const std::string& runtime) {
  static const auto* const archive =
      new absl::StatusOr<std::string>(WriteTorchScript(TensorsOf(RuntimeWeights()), kLstmProgram));
  if (runtime != kAotInductorRuntime || !archive->ok()) return *archive;
  static const auto* const package = new absl::StatusOr<std::string>(Compile(**archive));
  return *package;
}

}  // namespace aifx::model
