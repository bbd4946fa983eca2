#include "server/config/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/base/violation.h"
#include "server/config/settings.h"
#include "tests/support/status_matchers.h"

namespace aifx::config {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

using Texts = std::map<std::string, std::string>;

absl::StatusOr<ParsedConfig> Parse(std::vector<std::string> arguments, Texts environment = {},
                                   Texts files = {}) {
  ConfigSources sources;
  sources.arguments = std::move(arguments);
  sources.environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  sources.read_file = [&](const std::string& path) -> absl::StatusOr<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return absl::NotFoundError("cannot open " + path);
    return found->second;
  };
  return ParseServerConfig(sources, "aifx-server 0.1.0");
}

// The descriptions and fields of every error, one a line.
std::string Errors(const absl::StatusOr<ParsedConfig>& parsed) {
  return parsed.ok() ? "" : ConfigErrorText(parsed.status());
}

TEST(ParseServerConfigTest, DefaultsAreThoseOfTheStruct) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({}));
  EXPECT_EQ(parsed.config.listen.Address(), "127.0.0.1:50051");
  EXPECT_EQ(parsed.config.backend.url, "http://localhost:3000");
  EXPECT_EQ(parsed.config.predict.stale_candles, StaleCandles::kHold);
  EXPECT_EQ(parsed.config.limits.receive_bytes, 4 << 20);
  EXPECT_TRUE(parsed.text_to_print.empty());
}

TEST(ParseServerConfigTest, TheKernelsPrecisionIsAChoice) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({"--lstm-precision", "int8"}));
  EXPECT_EQ(parsed.config.predict.lstm_precision, LstmPrecision::kInt8);
  EXPECT_THAT(Errors(Parse({"--lstm-precision", "int4"})), HasSubstr("manifest, f32, bf16, int8"));
}

// What --help says is what the struct holds: applying every default text changes nothing.
TEST(ParseServerConfigTest, DefaultTextsAgreeWithTheStruct) {
  const ServerConfig want;
  for (const Setting& setting : AllSettings()) {
    if (setting.default_text.empty()) continue;
    SCOPED_TRACE(setting.Names());
    ServerConfig config;
    ASSERT_OK(setting.apply(setting.default_text, config));
    EXPECT_EQ(config.listen.Address(), want.listen.Address());
    EXPECT_EQ(config.listen.insecure, want.listen.insecure);
    EXPECT_EQ(config.listen.remote_admin, want.listen.remote_admin);
    EXPECT_EQ(config.listen.drain_grace, want.listen.drain_grace);
    EXPECT_EQ(config.listen.drain_timeout, want.listen.drain_timeout);
    EXPECT_EQ(config.models.dir, want.models.dir);
    EXPECT_EQ(config.models.refresh_interval, want.models.refresh_interval);
    EXPECT_EQ(config.predict.stale_candles, want.predict.stale_candles);
    EXPECT_EQ(config.predict.stale_after_bars, want.predict.stale_after_bars);
    EXPECT_EQ(config.predict.executors, want.predict.executors);
    EXPECT_EQ(config.predict.queue_limit, want.predict.queue_limit);
    EXPECT_EQ(config.predict.batch_rows, want.predict.batch_rows);
    EXPECT_EQ(config.predict.cache_entries, want.predict.cache_entries);
    EXPECT_EQ(config.predict.lstm_precision, want.predict.lstm_precision);
    EXPECT_EQ(config.backend.url, want.backend.url);
    EXPECT_EQ(config.backend.threads, want.backend.threads);
    EXPECT_EQ(config.backend.queue_limit, want.backend.queue_limit);
    EXPECT_EQ(config.outbox.dir, want.outbox.dir);
    EXPECT_EQ(config.outbox.max_rows, want.outbox.max_rows);
    EXPECT_EQ(config.outbox.max_bytes, want.outbox.max_bytes);
    EXPECT_EQ(config.outbox.stop_grace, want.outbox.stop_grace);
    EXPECT_EQ(config.journal, want.journal);
    EXPECT_EQ(config.limits.max_deadline, want.limits.max_deadline);
    EXPECT_EQ(config.limits.receive_bytes, want.limits.receive_bytes);
    EXPECT_EQ(config.limits.batch_receive_bytes, want.limits.batch_receive_bytes);
    EXPECT_EQ(config.limits.metadata_bytes, want.limits.metadata_bytes);
    EXPECT_EQ(config.limits.streams_per_connection, want.limits.streams_per_connection);
    EXPECT_EQ(config.limits.handshake_timeout, want.limits.handshake_timeout);
    EXPECT_EQ(config.limits.connection_idle, want.limits.connection_idle);
    EXPECT_EQ(config.limits.connection_age, want.limits.connection_age);
    EXPECT_EQ(config.limits.connection_age_grace, want.limits.connection_age_grace);
    EXPECT_EQ(config.limits.keepalive_time, want.limits.keepalive_time);
    EXPECT_EQ(config.limits.keepalive_timeout, want.limits.keepalive_timeout);
    EXPECT_EQ(config.limits.min_ping_interval, want.limits.min_ping_interval);
    EXPECT_EQ(config.log.level, want.log.level);
    EXPECT_EQ(config.log.format, want.log.format);
  }
}

struct PrecedenceCase {
  const char* name;
  std::vector<std::string> arguments;
  Texts environment;
  Texts files;
  int want_limit;
};

TEST(ParseServerConfigTest, FlagsOverEnvironmentOverFileOverDefaults) {
  const Texts file = {{"f.toml", "[predict]\nqueue_limit = 3\n"}};
  const PrecedenceCase cases[] = {
      {"default", {}, {}, {}, 1024},
      {"file", {"--config", "f.toml"}, {}, file, 3},
      {"file by variable", {}, {{"AIFX_CONFIG", "f.toml"}}, file, 3},
      {"environment over file", {"--config=f.toml"}, {{"AIFX_QUEUE_LIMIT", "2"}}, file, 2},
      {"an empty variable is none", {"--config=f.toml"}, {{"AIFX_QUEUE_LIMIT", ""}}, file, 3},
      {"flag over all",
       {"--config=f.toml", "--queue-limit", "1"},
       {{"AIFX_QUEUE_LIMIT", "2"}},
       file,
       1},
  };
  for (const PrecedenceCase& test : cases) {
    SCOPED_TRACE(test.name);
    ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed,
                         Parse(test.arguments, test.environment, test.files));
    EXPECT_EQ(parsed.config.predict.queue_limit, test.want_limit);
  }
}

TEST(ParseServerConfigTest, EverySettingCanComeFromTheFile) {
  ASSERT_OK_AND_ASSIGN(
      const ParsedConfig parsed,
      Parse({"--config", "f.toml"}, {},
            {{"f.toml",
              "# comment\n[server]\nlisten = \"0.0.0.0:0\"\ninsecure_listen = true\n"
              "[predict]\nstale_candles = \"warn\"\n[limits]\nmax_deadline = \"5s\"\n"
              "[outbox]\ndir = \"/var/lib/aifx\"\nmax_rows = 10\nmax_bytes = 1048576\n"
              "[backend]\nurl = \"http://127.0.0.1:9/\"\n[log]\nformat = \"json\"\n"}}));
  EXPECT_EQ(parsed.config.listen.Address(), "0.0.0.0:0");
  EXPECT_TRUE(parsed.config.listen.insecure);
  EXPECT_EQ(parsed.config.predict.stale_candles, StaleCandles::kWarn);
  EXPECT_EQ(parsed.config.limits.max_deadline, absl::Seconds(5));
  EXPECT_EQ(parsed.config.outbox.dir, "/var/lib/aifx");
  EXPECT_EQ(parsed.config.outbox.max_rows, 10);
  EXPECT_EQ(parsed.config.outbox.max_bytes, 1 << 20);
  EXPECT_EQ(parsed.config.backend.url, "http://127.0.0.1:9");
  EXPECT_EQ(parsed.config.log.format, LogFormat::kJson);
}

TEST(ParseServerConfigTest, ListsEveryErrorAtOnce) {
  const auto parsed =
      Parse({"--listen", "nowhere", "--config", "f.toml", "--nonsense"},
            {{"AIFX_EXECUTORS", "many"}, {"BACKEND_API_URL", "http://u:secret@h"}},
            {{"f.toml", "[predict]\nstale_candles = \"perhaps\"\ntypo = 1\n[other]\nx = 2\n"}});
  ASSERT_THAT(parsed, StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_));
  const std::string errors = Errors(parsed);
  EXPECT_THAT(errors, HasSubstr("--listen / AIFX_LISTEN / server.listen: \"nowhere\""));
  EXPECT_THAT(errors, HasSubstr("--executors / AIFX_EXECUTORS / predict.executors: \"many\""));
  EXPECT_THAT(errors, HasSubstr("--backend-url / BACKEND_API_URL / backend.url: "));
  EXPECT_THAT(errors, HasSubstr("predict.stale_candles: \"perhaps\" is none of hold, warn"));
  EXPECT_THAT(errors, HasSubstr("f.toml: predict.typo: no such key"));
  EXPECT_THAT(errors, HasSubstr("f.toml: other.x: no such key"));
  EXPECT_THAT(errors, HasSubstr("--nonsense: no such flag"));
  EXPECT_THAT(errors, Not(HasSubstr("secret")));
  EXPECT_EQ(base::ViolationsOf(parsed.status()).size(), 7u);
}

TEST(ParseServerConfigTest, TheOutboxNeedsAFolderAndRoom) {
  EXPECT_THAT(Errors(Parse({"--outbox-dir", "", "--outbox-max-rows", "0"},
                           {{"AIFX_OUTBOX_MAX_BYTES", "1k"}})),
              AllOf(HasSubstr("--outbox-dir / AIFX_OUTBOX_DIR / outbox.dir: the folder's name"),
                    HasSubstr("outbox.max_rows: \"0\""), HasSubstr("outbox.max_bytes: \"1k\"")));
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({"--remote-admin"}));
  EXPECT_TRUE(parsed.config.listen.remote_admin);
}

TEST(ParseServerConfigTest, NonLoopbackNeedsToBeSaidOutLoud) {
  EXPECT_THAT(Errors(Parse({"--listen", "0.0.0.0:1"})), HasSubstr("--insecure-listen"));
  EXPECT_OK(Parse({"--listen", "0.0.0.0:1", "--insecure-listen"}));
  EXPECT_THAT(Errors(Parse({"--listen", "0.0.0.0:1", "--insecure-listen=false"})),
              HasSubstr("--insecure-listen"));
}

TEST(ParseServerConfigTest, KeyComesFromVariableOrFileAndIsNeverRepeated) {
  ASSERT_OK_AND_ASSIGN(ParsedConfig parsed, Parse({}, {{"ML_ENGINE_API_KEY", "k1"}}));
  EXPECT_EQ(parsed.config.backend.api_key, "k1");
  ASSERT_OK_AND_ASSIGN(parsed, Parse({"--api-key-file", "key"}, {}, {{"key", "k2\n"}}));
  EXPECT_EQ(parsed.config.backend.api_key, "k2");
  EXPECT_THAT(
      Errors(Parse({"--api-key-file", "key"}, {{"ML_ENGINE_API_KEY", "k1"}}, {{"key", "k2"}})),
      HasSubstr("given twice"));
  EXPECT_THAT(Errors(Parse({"--api-key-file", "none"})), HasSubstr("cannot open none"));
  EXPECT_THAT(Errors(Parse({"--api-key-file", "key"}, {}, {{"key", " \n"}})),
              HasSubstr("key is empty"));
  EXPECT_THAT(Errors(Parse({}, {{"ML_ENGINE_API_KEY", "hunter\r\n2"}})),
              AllOf(HasSubstr("ML_ENGINE_API_KEY"), Not(HasSubstr("hunter"))));
}

TEST(ParseServerConfigTest, DevelopmentKeysAreForLoopbackOnly) {
  const std::string key = "dev_ml_engine_key_replace_in_production";
  EXPECT_OK(Parse({}, {{"ML_ENGINE_API_KEY", key}}));
  const std::string errors =
      Errors(Parse({"--backend-url", "https://b.example"}, {{"ML_ENGINE_API_KEY", key}}));
  EXPECT_THAT(errors, AllOf(HasSubstr("development key"), Not(HasSubstr(key))));
}

TEST(ParseServerConfigTest, HelpNamesEveryFlagVariableAndDefault) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({"--help"}));
  for (const Setting& setting : AllSettings()) {
    EXPECT_THAT(parsed.text_to_print, HasSubstr(setting.flag));
    EXPECT_THAT(parsed.text_to_print, HasSubstr(setting.env));
    EXPECT_THAT(parsed.text_to_print, HasSubstr(setting.default_text));
  }
  ASSERT_OK_AND_ASSIGN(const ParsedConfig version, Parse({"--version"}));
  EXPECT_EQ(version.text_to_print, "aifx-server 0.1.0\n");
}

TEST(ParseServerConfigTest, BrokenFilesAreErrors) {
  EXPECT_THAT(Errors(Parse({"--config", "none"})), HasSubstr("cannot open none"));
  EXPECT_THAT(Errors(Parse({"--config", "f"}, {}, {{"f", "[predict]\nqueue_limit = [1, 2]\n"}})),
              HasSubstr("predict.queue_limit: needs one value"));
  EXPECT_THAT(Errors(Parse({"--config", "f"}, {},
                           {{"f", "[predict]\nqueue_limit = 1\n[predict]\nqueue_limit = 2\n"}})),
              HasSubstr("predict.queue_limit: "));
}

}  // namespace
}  // namespace aifx::config
