// Versions that must not load, whatever is wrong with them.

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tiny_model.h"
#include "tests/unit/core/model/load_model_fixture.h"

namespace aifx::model {
namespace {

using ::aifx::testing::IsOk;
using ::aifx::testing::MakeTinyModel;
using ::aifx::testing::StatusIs;
using ::aifx::testing::TinyModel;
using ::testing::HasSubstr;

class DamagedModelTest : public LoadModelTest {};

TEST_F(DamagedModelTest, AChangedFileIsDataLoss) {
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
TEST_F(DamagedModelTest, TruncatedArchiveIsRefusedAtEveryKibibyte) {
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

TEST_F(DamagedModelTest, FlippedBitsNeverChangeAnAnswer) {
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

TEST_F(DamagedModelTest, NeedsProgramAndGoldenWindow) {
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

}  // namespace
}  // namespace aifx::model
