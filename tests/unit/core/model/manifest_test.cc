#include "core/model/manifest.h"

#include <functional>
#include <limits>
#include <string>

#include "core/model/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_model.h"

namespace aifx::model {
namespace {

using ::aifx::testing::IsOk;
using ::aifx::testing::MakeTinyModel;
using ::aifx::testing::StatusIs;
using ::nlohmann::json;
using ::testing::HasSubstr;

json GoodJson() {
  Manifest manifest = MakeTinyModel().manifest;
  manifest.files = {{"model.pt", std::string(64, '0')}, {"golden.json", std::string(64, 'f')}};
  return json::parse(ManifestToJson(manifest));
}

TEST(ManifestTest, SurvivesTheWayToJsonAndBack) {
  Manifest manifest = MakeTinyModel().manifest;
  manifest.parent = 20170612100000;
  manifest.seed = std::numeric_limits<uint64_t>::max();
  manifest.scaler.mean[0] = 0.1;
  manifest.scaler.deviation[0] = 1e-300;
  manifest.trained_until += absl::Nanoseconds(1);
  manifest.metrics = {{"gate", {{"log_loss", 1.0986122886681098}}}};
  manifest.files = {{"model.pt", std::string(64, 'a')}};
  ASSERT_OK_AND_ASSIGN(const Manifest back, ManifestFromJson(ManifestToJson(manifest)));
  EXPECT_EQ(ManifestToJson(back), ManifestToJson(manifest));
  EXPECT_EQ(back.parent, manifest.parent);
  EXPECT_EQ(back.seed, manifest.seed);
  EXPECT_EQ(back.scaler.mean, manifest.scaler.mean);
  EXPECT_EQ(back.scaler.deviation, manifest.scaler.deviation);
  EXPECT_EQ(back.trained_until, manifest.trained_until);
  EXPECT_EQ(back.metrics, manifest.metrics);
  EXPECT_EQ(back.files, manifest.files);
}

TEST(ManifestTest, RefusesEveryMissingKeyAndEveryOtherType) {
  const json good = GoodJson();
  for (const auto& [key, value] : good.items()) {
    json without = good;
    without.erase(key);
    EXPECT_THAT(
        ManifestFromJson(without.dump()),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"" + key + "\" is missing")));
    json other = good;
    other[key] = value.is_array() ? json("text") : json::array({json::object()});
    EXPECT_THAT(ManifestFromJson(other.dump()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(key)));
  }
}

TEST(ManifestTest, RefusesWhatIsNotOneJsonObject) {
  const std::string good = GoodJson().dump();
  const std::string twice = "{\"name\": \"a\"," + good.substr(1);
  for (const std::string& text : {std::string(), std::string("[]"), std::string("null"),
                                  std::string("{}"), good + "x", good.substr(0, good.size() / 2),
                                  twice, std::string("\xff\xfe"), std::string(100000, '[')}) {
    EXPECT_THAT(ManifestFromJson(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("manifest")));
  }
  EXPECT_THAT(ManifestFromJson(twice),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"name\" stands twice")));
}

struct BadValue {
  const char* path;  // a JSON pointer
  json value;
  const char* message;
};

void PrintTo(const BadValue& bad, std::ostream* out) { *out << bad.path << " = " << bad.value; }

class BadManifestTest : public ::testing::TestWithParam<BadValue> {};

TEST_P(BadManifestTest, NamesKeyAndValue) {
  json manifest = GoodJson();
  ASSERT_THAT(ManifestFromJson(manifest.dump()), IsOk());
  manifest[json::json_pointer(GetParam().path)] = GetParam().value;
  EXPECT_THAT(ManifestFromJson(manifest.dump()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadManifestTest,
    ::testing::Values(
        BadValue{"/format", 2, "format 2 is not 1"},
        BadValue{"/surprise", 1, "key \"surprise\" is unknown"},
        BadValue{"/scaler/surprise", 1, "scaler: key \"surprise\" is unknown"},
        BadValue{"/name", "../etc", "name ../etc"}, BadValue{"/name", "", "name"},
        BadValue{"/name", "EURUSD", "name EURUSD"}, BadValue{"/name", ".hidden", "name .hidden"},
        BadValue{"/name", std::string(65, 'a'), "name aaa"}, BadValue{"/version", 0, "version 0"},
        BadValue{"/version", -1, "version -1"},
        BadValue{"/version", 20180230000000, "version 20180230000000"},
        BadValue{"/version", 1e30, "version"}, BadValue{"/version", 20180612100060, "version"},
        BadValue{"/version", uint64_t{1} << 63, "version 9223372036854775808"},
        BadValue{"/parent", 7, "parent 7"}, BadValue{"/parent", "x", "parent"},
        BadValue{"/runtime", "onnx", "runtime onnx"}, BadValue{"/algorithm", "", "algorithm"},
        BadValue{"/pair", "EURUSD", "pair EURUSD"}, BadValue{"/pair", "nonsense", "pair nonsense"},
        BadValue{"/timeframe", "2h", "timeframe 2h"},
        BadValue{"/trained_from", "2018-06-12T10:00:00Z", "trained_from 2018"},
        BadValue{"/trained_from", "yesterday", "trained_from \"yesterday\""},
        BadValue{"/trained_until", "infinite-future", "trained_until"},
        BadValue{"/feature_set", "", "feature_set"},
        BadValue{"/feature_set_hash", "ABC", "feature_set_hash ABC"},
        BadValue{"/sequence", 0, "sequence 0 is not in 1..4096"},
        BadValue{"/sequence", 4097, "sequence 4097"}, BadValue{"/sequence", 1.5, "sequence 1.5"},
        BadValue{"/features", 0, "features 0"}, BadValue{"/features", 1, "scaler.mean has"},
        BadValue{"/scaler/mean/0", "x", "mean"}, BadValue{"/scaler/mean/0", nullptr, "mean"},
        BadValue{"/scaler/deviation/0", 0, "scaler.deviation 0"},
        BadValue{"/scaler/deviation/0", -1, "scaler.deviation -1"},
        BadValue{"/scaler/deviation", json::array({1}), "scaler.deviation has 1 values"},
        BadValue{"/label", "profit", "label profit"},
        BadValue{"/label", "direction", "classes sell,hold,buy"},
        BadValue{"/classes", json::array({"buy", "hold", "sell"}), "classes buy,hold,sell"},
        BadValue{"/horizon_bars", 0, "horizon_bars 0"},
        BadValue{"/horizon_bars", 4294967297, "horizon_bars"},
        BadValue{"/calibration/slope", 0, "calibration.slope 0"},
        BadValue{"/calibration/slope", nullptr, "slope null"},
        BadValue{"/calibration/intercept", json::array({0, 0}), "calibration.intercept has 2"},
        BadValue{"/calibration/calibrated_at", "", "calibrated_at"},
        BadValue{"/decision/min_edge", 1.01, "decision.min_edge 1.01"},
        BadValue{"/decision/min_edge", -0.1, "decision.min_edge -0.1"},
        BadValue{"/decision/stop_atr", 0, "decision.stop_atr 0"},
        BadValue{"/decision/take_atr", 101, "decision.take_atr 101"},
        BadValue{"/deterministic", 1, "deterministic 1"}, BadValue{"/tolerance", 0, "tolerance 0"},
        BadValue{"/tolerance", 1, "tolerance 1"}, BadValue{"/importance/0", -1, "importance -1"},
        BadValue{"/importance/0", 0.5, "importance 0.5"},
        BadValue{"/importance", json::array({1}), "importance has 1"},
        BadValue{"/seed", -1, "seed -1"}, BadValue{"/metrics", 3, "metrics 3"},
        BadValue{"/files/model.pt", "x", "files.model.pt x"},
        BadValue{"/files/..", std::string(64, '0'), "files .."},
        BadValue{"/files/manifest.json", std::string(64, '0'), "files manifest.json"},
        BadValue{"/files/a~1b", std::string(64, '0'), "files a/b"}));

TEST(VersionTest, IsTheMomentInUtc) {
  const absl::Time time =
      absl::FromCivil(absl::CivilSecond(2018, 6, 12, 10, 0, 59), absl::UTCTimeZone());
  EXPECT_EQ(VersionFromTime(time + absl::Milliseconds(999)), 20180612100059);
  EXPECT_TRUE(IsVersion(20180612100059));
  EXPECT_TRUE(IsVersion(20200229235959));
  EXPECT_FALSE(IsVersion(20190229235959));
  EXPECT_FALSE(IsVersion(2018061210005));
  EXPECT_FALSE(IsVersion(20181301000000));
}

}  // namespace
}  // namespace aifx::model
