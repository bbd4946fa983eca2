#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/model/model.h"
#include "core/model/torchscript_archive.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace aifx::model {
namespace {

using ::aifx::testing::IsOk;
using ::aifx::testing::MakeTinyModel;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TinyModel;
using ::testing::HasSubstr;

using Files = std::map<std::string, std::string>;

class LoadModelTest : public ::testing::Test {
 protected:
  // Stores the version with right checksums and loads it.
  absl::StatusOr<std::shared_ptr<const Model>> Load(const TinyModel& tiny, const Files& files) {
    const absl::Status added = store_.Add(tiny.manifest, files);
    if (!added.ok()) return added;
    return LoadModel(store_, tiny.manifest.name, tiny.manifest.version);
  }
  absl::StatusOr<std::shared_ptr<const Model>> Load(const TinyModel& tiny) {
    const absl::StatusOr<Files> files = tiny.Files();
    if (!files.ok()) return files.status();
    return Load(tiny, *files);
  }

  testing::TemporaryFolder folder_;
  ModelStore store_{folder_.path()};
};

TEST_F(LoadModelTest, ComputesLogitsOfEveryWindow) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  EXPECT_EQ(model->kernel(), "torchscript-f32");
  EXPECT_EQ(model->manifest().version, tiny.manifest.version);
  const size_t window = tiny.golden.input.size();
  std::vector<float> values(5 * window, 7.0f);
  for (size_t b = 0; b < 5; ++b) {
    values[(b + 1) * window - static_cast<size_t>(tiny.manifest.features)] = static_cast<float>(b);
  }
  std::vector<float> logits(15);
  ASSERT_OK(model->Run({values, 5}, absl::MakeSpan(logits)));
  for (size_t b = 0; b < 5; ++b) {
    for (size_t c = 0; c < 3; ++c) {
      EXPECT_FLOAT_EQ(logits[b * 3 + c], tiny.weight[c] * static_cast<float>(b) + tiny.bias[c]);
    }
  }
}

TEST_F(LoadModelTest, RunNamesWhatIsWrongWithItsInput) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  const size_t window = tiny.golden.input.size();
  std::vector<float> values(2 * window, 0.0f);
  std::vector<float> logits(6);
  const auto invalid = [](const std::string& text) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
  };
  EXPECT_THAT(model->Run({values, 1}, absl::MakeSpan(logits)), invalid("not batch 1"));
  EXPECT_THAT(model->Run({values, 2}, absl::MakeSpan(logits).first(5)), invalid("logits"));
  EXPECT_THAT(model->Run({{}, 0}, absl::MakeSpan(logits).first(0)), invalid("not batch 0"));
  EXPECT_THAT(
      model->Run({values, std::numeric_limits<size_t>::max() / window + 3}, absl::MakeSpan(logits)),
      invalid("not batch"));
  values[window + 2 * static_cast<size_t>(tiny.manifest.features) + 1] =
      std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(model->Run({values, 2}, absl::MakeSpan(logits)),
              invalid("windows[1] row 2 column 1 ("));
}

TEST_F(LoadModelTest, RunRefusesToGiveWhatIsNotFinite) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  std::vector<float> values(tiny.golden.input.size(), std::numeric_limits<float>::max());
  std::vector<float> logits(3);
  TinyModel steep = MakeTinyModel(20180612100001);
  steep.weight[2] = 4.0f;
  steep.golden.logits[2] = 2.125f;
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> overflowing, Load(steep));
  EXPECT_THAT(model->Run({values, 1}, absl::MakeSpan(logits)), IsOk());
  EXPECT_THAT(overflowing->Run({values, 1}, absl::MakeSpan(logits)),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("class buy is inf")));
}

TEST_F(LoadModelTest, SeveralThreadsShareOneModel) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<const Model> model, Load(tiny));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<float> values(tiny.golden.input.size(), static_cast<float>(t));
      std::vector<float> logits(3);
      for (int i = 0; i < 200; ++i) {
        EXPECT_OK(model->Run({values, 1}, absl::MakeSpan(logits)));
        EXPECT_FLOAT_EQ(logits[2], static_cast<float>(t) + tiny.bias[2]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(LoadModelTest, NamesAnAbsentVersion) {
  EXPECT_THAT(
      LoadModel(store_, "eurusd-1h", 20180612100000),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("model eurusd-1h version 20180612100000")));
}

TEST_F(LoadModelTest, AChangedFileIsDataLoss) {
  const TinyModel tiny = MakeTinyModel();
  ASSERT_THAT(Load(tiny), IsOk());
  const std::string path = folder_ / "eurusd-1h/20180612100000/model.pt";
  std::string archive = (*tiny.Files())["model.pt"];
  for (size_t size = 0; size < archive.size(); size += 1024) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << archive.substr(0, size);
    EXPECT_THAT(LoadModel(store_, "eurusd-1h", 20180612100000),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("model.pt has SHA-256")));
  }
  archive[archive.size() / 2] = static_cast<char>(archive[archive.size() / 2] ^ 1);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << archive;
  EXPECT_THAT(LoadModel(store_, "eurusd-1h", 20180612100000),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("model.pt has SHA-256")));
}

// Damage that happened before the checksum was taken.
TEST_F(LoadModelTest, TruncatedArchiveIsRefusedAtEveryKibibyte) {
  TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const Files files, tiny.Files());
  const std::string& archive = files.at("model.pt");
  ASSERT_GT(archive.size(), 2048u);
  std::vector<size_t> sizes = {0, 1, archive.size() - 1};
  for (size_t size = 1024; size < archive.size(); size += 1024) sizes.push_back(size);
  for (size_t size : sizes) {
    ++tiny.manifest.version;
    Files damaged = files;
    damaged["model.pt"] = archive.substr(0, size);
    EXPECT_THAT(Load(tiny, damaged),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("TorchScript archive")))
        << size << " of " << archive.size() << " bytes";
  }
}

TEST_F(LoadModelTest, FlippedBitsNeverChangeAnAnswer) {
  TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const Files files, tiny.Files());
  const std::string& archive = files.at("model.pt");
  int refused = 0;
  int tried = 0;
  for (size_t bit = 3; bit < archive.size() * 8; bit += 331) {
    tiny.manifest.version = 20180612000000 + tried / 60 * 100 + tried % 60;
    ++tried;
    Files damaged = files;
    damaged["model.pt"][bit / 8] = static_cast<char>(archive[bit / 8] ^ (1 << bit % 8));
    const auto model = Load(tiny, damaged);
    if (!model.ok()) {
      ++refused;
      EXPECT_EQ(model.status().code(), absl::StatusCode::kFailedPrecondition);
      continue;
    }
    // The bit had no meaning, such as padding: the model is the same one.
    std::vector<float> logits(3);
    EXPECT_OK((*model)->Run({tiny.golden.input, 1}, absl::MakeSpan(logits)));
    EXPECT_NEAR(logits[2], tiny.golden.logits[2], 1e-4);
  }
  EXPECT_GT(refused, tried / 10);
}

struct BadModel {
  const char* name;
  std::function<void(TinyModel&)> damage;
  const char* message;
};

void PrintTo(const BadModel& bad, std::ostream* out) { *out << bad.name; }

class BadModelTest : public LoadModelTest, public ::testing::WithParamInterface<BadModel> {};

TEST_P(BadModelTest, IsRefusedByName) {
  TinyModel tiny = MakeTinyModel();
  GetParam().damage(tiny);
  EXPECT_THAT(Load(tiny),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       ::testing::AllOf(HasSubstr("model eurusd-1h version 20180612100000: "),
                                        HasSubstr(GetParam().message))));
}

std::string Program(const std::string& body) {
  return "\ndef forward(self, x: Tensor) -> Tensor:\n    y = torch.linear(x[:, -1], self.weight, "
         "self.bias)\n    " +
         body + "\n";
}

std::vector<BadModel> BadModels() {
  return {
      BadModel{"NanWeight", [](TinyModel& t) { t.weight[1] = std::nanf(""); },
               "tensor weight has values that are not finite"},
      BadModel{"InfiniteBias",
               [](TinyModel& t) { t.bias[0] = std::numeric_limits<float>::infinity(); },
               "tensor bias has values that are not finite"},
      BadModel{"FeatureHash",
               [](TinyModel& t) { t.manifest.feature_set_hash = std::string(64, '0'); },
               "the model was trained with 0000"},
      BadModel{"FeatureSet", [](TinyModel& t) { t.manifest.feature_set = "unknown-v9"; },
               "unknown-v9"},
      BadModel{"GoldenLogit", [](TinyModel& t) { t.golden.logits[2] += 0.001f; },
               "golden window: the logit of buy is"},
      BadModel{"GoldenSize", [](TinyModel& t) { t.golden.input.pop_back(); },
               "golden.json: input has"},
      BadModel{"TwoClasses", [](TinyModel& t) { t.program = Program("return y[:, 0:2]"); },
               "Float [1, 2]"},
      BadModel{"OneRow", [](TinyModel& t) { t.program = Program("return y[0:1]"); },
               "trial run with batch 2: the program gives Float [1, 3]"},
      BadModel{"Double", [](TinyModel& t) { t.program = Program("return y.double()"); },
               "gives Double [1, 3]"},
      BadModel{"NotATensor",
               [](TinyModel& t) {
                 t.program = "\ndef forward(self, x: Tensor) -> int:\n    return 3\n";
               },
               "gives Int instead of a tensor"},
      BadModel{"NoForward",
               [](TinyModel& t) {
                 t.program = "\ndef other(self, x: Tensor) -> Tensor:\n    return x\n";
               },
               "forward"},
      BadModel{"MoreInputs",
               [](TinyModel& t) {
                 t.program = "\ndef forward(self, x: Tensor, y: Tensor) -> Tensor:\n    return x\n";
               },
               "trial run"},
      BadModel{"Raises", [](TinyModel& t) { t.program = Program("return torch.reshape(y, [7])"); },
               "trial run"},
      BadModel{"Divides", [](TinyModel& t) { t.program = Program("return y / 0.0"); },
               "not finite"}};
}

std::string CaseName(const ::testing::TestParamInfo<BadModel>& bad) { return bad.param.name; }

INSTANTIATE_TEST_SUITE_P(All, BadModelTest, ::testing::ValuesIn(BadModels()), CaseName);

TEST_F(LoadModelTest, NeedsProgramAndGoldenWindow) {
  TinyModel tiny = MakeTinyModel();
  ASSERT_OK_AND_ASSIGN(const Files files, tiny.Files());
  for (const char* file : {"model.pt", "golden.json"}) {
    ++tiny.manifest.version;
    Files fewer = files;
    fewer.erase(file);
    EXPECT_THAT(Load(tiny, fewer),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(file)));
  }
}

TEST(TorchScriptArchiveTest, RefusesWhatDoesNotFitTogether) {
  EXPECT_THAT(WriteTorchScript({NamedTensor{"w", {2, 2}, {1, 2, 3}, true}}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w has 3 values")));
  EXPECT_THAT(WriteTorchScript({}, "def forward(self, x: Tensor):\n    return missing(x)\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("missing")));
}

}  // namespace
}  // namespace aifx::model
