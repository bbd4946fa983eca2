// A manifest that is accepted is written and read back as the same manifest.
#include "core/model/manifest.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using aifx::fuzz::Require;
  const auto manifest = aifx::model::ManifestFromJson({reinterpret_cast<const char*>(data), size});
  if (!manifest.ok()) {
    Require(!manifest.status().message().empty(), "a refused manifest says why");
    return 0;
  }
  const std::string written = aifx::model::ManifestToJson(*manifest);
  const auto again = aifx::model::ManifestFromJson(written);
  Require(again.ok(), "what was accepted and written is accepted again");
  Require(aifx::model::ManifestToJson(*again) == written, "it is the same manifest");
  return 0;
}
