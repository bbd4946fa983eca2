#include "server/config/parse.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/files.h"
#include "core/base/status_macros.h"
#include "core/base/violation.h"
#include "server/config/security_settings.h"
#include "server/config/settings.h"
#include "server/config/values.h"

namespace aifx::config {
namespace {

using Violations = std::vector<base::FieldViolation>;

constexpr char kConfigFlag[] = "--config";
constexpr char kConfigEnv[] = "AIFX_CONFIG";
constexpr size_t kMaxSecretBytes = 4096;

// Flags as they stand on the command line, before anything is checked.
struct CommandLine {
  std::map<std::string, std::string> values;  // by flag
  std::string text_to_print;
};

std::string HelpOf(const Setting& setting) {
  std::string help = setting.help;
  if (!setting.default_text.empty())
    absl::StrAppend(&help, " (default ", setting.default_text, ")");
  if (!setting.env.empty()) absl::StrAppend(&help, " [", setting.env, "]");
  return help;
}

// CLI11 throws; nothing of it leaves this function.
CommandLine ReadCommandLine(const std::vector<std::string>& arguments,
                            const std::string& version_text, Violations& violations) {
  CLI::App app(
      "aifx-server: gRPC predictions of FX models (flags over environment over file over "
      "defaults)",
      "aifx-server");
  app.allow_extras();
  app.set_version_flag("--version", version_text);
  CommandLine line;
  std::map<std::string, std::string> texts;
  app.add_option(
      kConfigFlag, texts[kConfigFlag],
      absl::StrCat("TOML file with sections [server] [tls] [auth] [metrics] [models] [predict] "
                   "[backend] [outbox] [events] [limits] [log] [",
                   kConfigEnv, "]"));
  for (const Setting& setting : AllSettings()) {
    if (setting.flag.empty()) continue;
    if (setting.is_switch) {
      app.add_flag(setting.flag, texts[setting.flag], HelpOf(setting));
    } else {
      app.add_option(setting.flag, texts[setting.flag], HelpOf(setting));
    }
  }
  app.footer(
      "The key for the backend comes from ML_ENGINE_API_KEY or --api-key-file, the Redis that\n"
      "announces new candles from REDIS_URL; without it the backend is polled.\n"
      "Prints READY grpc=HOST:PORT metrics=HOST:PORT when it serves; SIGTERM drains, a second one "
      "forces, SIGHUP reads the configuration again (docs/operations.md).");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    for (const std::string& extra : app.remaining()) {
      violations.push_back({extra, "no such flag; --help lists them"});
    }
    for (const auto& [flag, text] : texts) {
      if (app.get_option(flag)->count() > 0) line.values[flag] = text;
    }
  } catch (const CLI::CallForHelp&) {
    line.text_to_print = app.help();
  } catch (const CLI::CallForVersion&) {
    line.text_to_print = absl::StrCat(version_text, "\n");
  } catch (const CLI::Error& error) {
    violations.push_back({"command line", error.what()});
  }
  return line;
}

// Values of the file by key.
std::map<std::string, std::string> ReadToml(const std::string& path, const ConfigSources& sources,
                                            Violations& violations) {
  std::map<std::string, std::string> values;
  const absl::StatusOr<std::string> content = sources.read_file(path);
  if (!content.ok()) {
    violations.push_back(
        {absl::StrCat(kConfigFlag, " / ", kConfigEnv), std::string(content.status().message())});
    return values;
  }
  std::vector<CLI::ConfigItem> items;
  try {
    std::istringstream stream(*content);
    items = CLI::ConfigTOML().from_config(stream);
  } catch (const std::exception& error) {
    violations.push_back({path, absl::StrCat("not readable as TOML: ", error.what())});
    return values;
  }
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // where a section begins and ends
    const std::string key = item.fullname();
    if (item.inputs.size() != 1) {
      violations.push_back({absl::StrCat(path, ": ", key), "needs one value, not a list"});
    } else if (!values.emplace(key, item.inputs[0]).second) {
      violations.push_back({absl::StrCat(path, ": ", key), "is set twice"});
    }
  }
  return values;
}

void RefuseUnknownKeys(const std::string& path, const std::map<std::string, std::string>& file,
                       Violations& violations) {
  for (const auto& [key, value] : file) {
    bool known = false;
    for (const Setting& setting : AllSettings()) known = known || setting.key == key;
    if (!known) violations.push_back({absl::StrCat(path, ": ", key), "no such key"});
  }
}

// The text of one setting from the first source that has it.
std::optional<std::string> Lookup(const Setting& setting, const CommandLine& line,
                                  const ConfigSources& sources,
                                  const std::map<std::string, std::string>& file) {
  if (const auto flag = line.values.find(setting.flag);
      !setting.flag.empty() && flag != line.values.end()) {
    return flag->second;
  }
  if (!setting.env.empty()) {
    // An empty variable is not set: that is how shells and compose files unset one.
    if (auto value = sources.environment(setting.env); value.has_value() && !value->empty()) {
      return value;
    }
  }
  if (const auto key = file.find(setting.key); !setting.key.empty() && key != file.end()) {
    return key->second;
  }
  return std::nullopt;
}

absl::Status ApplyKeyFile(const std::string& path, const ConfigSources& sources,
                          ServerConfig& config) {
  AIFX_ASSIGN_OR_RETURN(const std::string content, sources.read_file(path));
  if (content.size() > kMaxSecretBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too large for a key"));
  }
  const std::string key(absl::StripAsciiWhitespace(content));
  if (key.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " is empty"));
  for (const Setting& setting : AllSettings()) {
    if (setting.env == "ML_ENGINE_API_KEY") return setting.apply(key, config);
  }
  return absl::OkStatus();
}

// Rules between settings.
void CheckTogether(const ServerConfig& config, bool key_given_twice, Violations& violations) {
  CheckSecurity(config, violations);
  if (key_given_twice) {
    violations.push_back(
        {"ML_ENGINE_API_KEY, --api-key-file / ML_ENGINE_API_KEY_FILE / "
         "backend.api_key_file",
         "the key is given twice: set one of them"});
  }
  const std::string& key = config.backend.api_key;
  if (absl::StartsWith(key, "dev_") && absl::EndsWith(key, "_replace_in_production") &&
      !IsLoopbackHost(HostOfUrl(config.backend.url))) {
    violations.push_back(
        {"ML_ENGINE_API_KEY", absl::StrCat("is a development key, and the backend ",
                                           config.backend.url, " is not loopback")});
  }
  if (config.limits.receive_bytes > config.limits.batch_receive_bytes) {
    violations.push_back(
        {"--receive-bytes / AIFX_RECEIVE_BYTES / limits.receive_bytes",
         absl::StrCat(config.limits.receive_bytes, " is above batch_receive_bytes ",
                      config.limits.batch_receive_bytes)});
  }
}

}  // namespace

ConfigSources ConfigSources::OfProcess(int argc, const char* const* argv) {
  ConfigSources sources;
  sources.arguments.assign(argv + 1, argv + argc);
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  sources.read_file = [](const std::string& path) { return base::ReadFile(path, 1 << 20); };
  return sources;
}

absl::StatusOr<ParsedConfig> ParseServerConfig(const ConfigSources& sources,
                                               const std::string& version_text) {
  Violations violations;
  const CommandLine line = ReadCommandLine(sources.arguments, version_text, violations);
  ParsedConfig parsed;
  parsed.text_to_print = line.text_to_print;
  if (!parsed.text_to_print.empty()) return parsed;

  const Setting file_setting{.flag = kConfigFlag, .env = kConfigEnv};
  std::map<std::string, std::string> file;
  if (const auto path = Lookup(file_setting, line, sources, {}); path.has_value()) {
    file = ReadToml(*path, sources, violations);
    RefuseUnknownKeys(*path, file, violations);
  }
  bool key_given = false, key_file_given = false;
  for (const Setting& setting : AllSettings()) {
    const std::optional<std::string> text = Lookup(setting, line, sources, file);
    if (!text.has_value()) continue;
    const bool is_key_file = setting.apply == nullptr;
    if (is_key_file && text->empty()) continue;
    key_file_given = key_file_given || is_key_file;
    key_given = key_given || setting.env == "ML_ENGINE_API_KEY";
    const absl::Status status = is_key_file ? ApplyKeyFile(*text, sources, parsed.config)
                                            : setting.apply(*text, parsed.config);
    if (!status.ok()) violations.push_back({setting.Names(), std::string(status.message())});
    parsed.texts[setting.Names()] = *text;
  }
  CheckTogether(parsed.config, key_given && key_file_given, violations);
  if (!violations.empty()) return base::InvalidArgument(violations);
  return parsed;
}

std::string ConfigErrorText(const absl::Status& status) {
  std::string text = "aifx-server: the configuration has errors:\n";
  for (const base::FieldViolation& violation : base::ViolationsOf(status)) {
    absl::StrAppend(&text, "  ", violation.field, ": ", violation.description, "\n");
  }
  return text;
}

}  // namespace aifx::config
