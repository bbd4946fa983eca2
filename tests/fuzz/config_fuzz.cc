// Whatever a configuration file holds, it is refused with what is wrong, or it gives a
// configuration.
#include "core/base/violation.h"
#include "server/config/parse.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using aifx::fuzz::Require;
  aifx::config::ConfigSources sources;
  sources.arguments = {"--config", "in.toml"};
  sources.environment = [](const std::string&) { return std::nullopt; };
  sources.read_file = [&](const std::string& path) -> absl::StatusOr<std::string> {
    if (path != "in.toml") return absl::NotFoundError("no such file");
    return std::string(reinterpret_cast<const char*>(data), size);
  };
  const auto parsed = aifx::config::ParseServerConfig(sources, "version");
  if (!parsed.ok()) {
    Require(!aifx::base::ViolationsOf(parsed.status()).empty(), "a refusal names what is wrong");
  }
  return 0;
}
