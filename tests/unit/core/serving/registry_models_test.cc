// The registry over real versions on disk: whatever is wrong with one, it never serves, the one
// before does, and the reason is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "absl/strings/str_replace.h"
#include "core/serving/registry.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace aifx::serving {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::MakeTinyModel;
using testing::TinyModel;

constexpr int64_t kGood = 20180612100000, kBad = 20180612110000;
constexpr char kModel[] = "eurusd-1h";

class RegistryModelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Add(MakeTinyModel(kGood));
    ASSERT_OK(registry_.SetActive(kModel, kGood, {}));
  }

  void Add(const TinyModel& tiny) {
    ASSERT_OK_AND_ASSIGN(const auto files, tiny.Files());
    ASSERT_OK(store_.Add(tiny.manifest, files));
  }
  fs::path Folder(int64_t version) const {
    return fs::path(folder_ / kModel) / std::to_string(version);
  }
  static std::string Read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  static void Write(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }

  // The version is refused by Refresh and by commands alike, and the good one answers as before.
  void ExpectRefused(int64_t version, const std::string& reason) {
    ASSERT_OK(store_.SetActive(kModel, version));
    registry_.Refresh();
    ExpectGoodServes(version, reason);
    ASSERT_OK(store_.SetActive(kModel, kGood));
    registry_.Refresh();
    EXPECT_EQ(registry_.SetActive(kModel, version, {}).status().code(),
              absl::StatusCode::kFailedPrecondition);
    ExpectGoodServes(version, reason);
    EXPECT_EQ(registry_.Load(kModel, version, {}).status().code(),
              absl::StatusCode::kFailedPrecondition);
    ExpectGoodServes(version, reason);
    EXPECT_EQ(store_.Active(kModel)->version, kGood);
  }
  void ExpectGoodServes(int64_t version, const std::string& reason) {
    EXPECT_FALSE(Acquire(version).ok());
    ASSERT_OK_AND_ASSIGN(const ServedModel served, Acquire(0));
    EXPECT_EQ(served.model->manifest().version, kGood);
    std::vector<float> logits(3);
    const TinyModel tiny = MakeTinyModel(kGood);
    ASSERT_OK(served.model->Run({tiny.golden.input, 1}, absl::MakeSpan(logits)));
    EXPECT_FLOAT_EQ(logits[2], tiny.golden.logits[2]);
    for (const VersionView& view : registry_.List()) {
      if (view.version != version) continue;
      EXPECT_EQ(view.state, VersionState::kFailed);
      EXPECT_THAT(view.reason, HasSubstr(reason));
    }
  }
  absl::StatusOr<ServedModel> Acquire(int64_t version) const {
    return registry_.Acquire({.name = kModel, .version = version},
                             *market::CurrencyPair::Parse("EUR/USD"), market::Timeframe::k1Hour);
  }

  testing::TemporaryFolder folder_;
  model::ModelStore store_{folder_.path()};
  // Runs between a version's files being read and its golden window.
  std::function<void()> between_;
  model::LoadOptions load_options_;
  ModelRegistry registry_{
      store_, base::NullLogger(),
      RegistryOptions{.loader = [this](const model::ModelStore& store, const std::string& name,
                                       int64_t version, const std::function<void()>& checking) {
        load_options_.on_checking = [&] {
          checking();
          if (between_) between_();
        };
        return model::LoadModel(store, name, version, load_options_);
      }}};
};

TEST_F(RegistryModelsTest, FilesTruncatedAtEveryKibibyteOrFlipped) {
  Add(MakeTinyModel(kBad));
  for (const char* file : {"model.pt", "golden.json"}) {
    const fs::path path = Folder(kBad) / file;
    const std::string whole = Read(path);
    for (size_t size = 0; size < whole.size(); size += 1024) {
      Write(path, whole.substr(0, size));
      ExpectRefused(kBad, std::string(file) + " has SHA-256");
    }
    for (size_t byte = 0; byte < whole.size(); byte += 509) {
      std::string flipped = whole;
      flipped[byte] = static_cast<char>(flipped[byte] ^ 0x10);
      Write(path, flipped);
      ExpectRefused(kBad, std::string(file) + " has SHA-256");
    }
    Write(path, whole);
  }
  EXPECT_OK(registry_.SetActive(kModel, kBad, {})) << "mended, it may serve";
}

TEST_F(RegistryModelsTest, ManifestsTruncatedOrWithAWrongChecksum) {
  Add(MakeTinyModel(kBad));
  const fs::path path = Folder(kBad) / "manifest.json";
  const std::string whole = Read(path);
  for (size_t size = 0; size < whole.size(); size += 1024) {
    Write(path, whole.substr(0, size));
    ExpectRefused(kBad, "manifest");
  }
  const std::string checksum = store_.ReadManifest(kModel, kGood)->files.at("model.pt");
  ASSERT_THAT(whole, HasSubstr(checksum));
  Write(path, absl::StrReplaceAll(whole, {{checksum, std::string(64, 'a')}}));
  ExpectRefused(kBad, "model.pt has SHA-256");
}

TEST_F(RegistryModelsTest, WrongContentsWithRightChecksums) {
  const std::vector<std::pair<std::function<void(TinyModel&)>, std::string>> cases = {
      {[](TinyModel& t) { t.weight[1] = std::nanf(""); }, "not finite"},
      {[](TinyModel& t) { t.manifest.feature_set_hash = std::string(64, '0'); }, "was trained with"},
      {[](TinyModel& t) { t.manifest.feature_set = "unknown-v9"; }, "unknown-v9"},
      {[](TinyModel& t) { t.golden.logits[2] += 0.01f; }, "golden window"},
      {[](TinyModel& t) {
         t.program = "\ndef forward(self, x: Tensor) -> Tensor:\n    return torch.linear(x[:, -1], "
                     "self.weight, self.bias).double()\n";
       },
       "Double"},
      {[](TinyModel& t) {
         t.program = "\ndef forward(self, x: Tensor) -> Tensor:\n    return torch.linear(x[:, -1], "
                     "self.weight, self.bias)[:, 0:2]\n";
       },
       "[1, 2]"}};
  int64_t version = kBad;
  for (const auto& [damage, reason] : cases) {
    TinyModel tiny = MakeTinyModel(++version);
    damage(tiny);
    Add(tiny);
    ExpectRefused(version, reason);
  }
}

TEST_F(RegistryModelsTest, LinksAndPathsThatLeadElsewhere) {
  Add(MakeTinyModel(kBad));
  const fs::path path = Folder(kBad) / "model.pt";
  fs::rename(path, folder_ / "elsewhere.pt");
  fs::create_symlink(folder_ / "elsewhere.pt", path);
  ExpectRefused(kBad, "model.pt");
  fs::remove(path);
  fs::rename(folder_ / "elsewhere.pt", path);

  const fs::path manifest = Folder(kBad) / "manifest.json";
  const std::string whole = Read(manifest);
  Write(manifest, absl::StrReplaceAll(whole, {{"\"model.pt\"", "\"../model.pt\""}}));
  ExpectRefused(kBad, "../model.pt");
  Write(manifest, whole);

  constexpr int64_t kLinked = 20180612120000;
  fs::create_directory_symlink(Folder(kBad), Folder(kLinked));
  EXPECT_EQ(registry_.Load(kModel, kLinked, {}).status().code(), absl::StatusCode::kNotFound)
      << "a linked folder is no version";
}

TEST_F(RegistryModelsTest, AFileReplacedWhileItIsLoadedChangesNothing) {
  TinyModel other = MakeTinyModel(kBad);
  other.weight = {3, 2, 1};
  ASSERT_OK_AND_ASSIGN(const auto other_files, other.Files());
  Add(MakeTinyModel(kBad));
  between_ = [&] {
    Write(Folder(kBad) / "next.pt", other_files.at("model.pt"));
    fs::rename(Folder(kBad) / "next.pt", Folder(kBad) / "model.pt");
  };
  ASSERT_OK(registry_.SetActive(kModel, kBad, {}));
  const TinyModel tiny = MakeTinyModel(kBad);
  std::vector<float> logits(3);
  ASSERT_OK((*Acquire(0)).model->Run({tiny.golden.input, 1}, absl::MakeSpan(logits)));
  EXPECT_FLOAT_EQ(logits[2], tiny.golden.logits[2]) << "what was checked is what runs";
  between_ = nullptr;
  ASSERT_OK(registry_.SetActive(kModel, kGood, {}));
  ExpectRefused(kBad, "model.pt has SHA-256");
}

TEST_F(RegistryModelsTest, WithAKeyOnlySignedVersionsServe) {
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  BIO* const pem = BIO_new(BIO_s_mem());
  ASSERT_EQ(PEM_write_bio_PUBKEY(pem, key), 1);
  char* text = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(pem, &text));
  ASSERT_OK_AND_ASSIGN(load_options_.key, model::PublicKey::FromPem({text, size}));
  BIO_free(pem);

  Add(MakeTinyModel(kBad));
  ExpectRefused(kBad, "it is not signed");
  const std::string manifest = Read(Folder(kBad) / "manifest.json");
  std::string signature(64, '\0');
  size_t signature_size = signature.size();
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  ASSERT_EQ(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key), 1);
  ASSERT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()),
                           &signature_size,
                           reinterpret_cast<const unsigned char*>(manifest.data()),
                           manifest.size()),
            1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  std::string wrong = signature;
  wrong[5] = static_cast<char>(wrong[5] ^ 1);
  Write(Folder(kBad) / "manifest.sig", wrong);
  ExpectRefused(kBad, "manifest.sig: the signature is not that of the configured key");
  Write(Folder(kBad) / "manifest.sig", signature);
  Write(Folder(kBad) / "manifest.json", manifest + " ");
  ExpectRefused(kBad, "the signature is not that of the configured key");
  Write(Folder(kBad) / "manifest.json", manifest);
  EXPECT_OK(registry_.SetActive(kModel, kBad, {}));
}

// Bytes in use, not the process's size: that also depends on what else runs.
TEST_F(RegistryModelsTest, MemoryIsFlatAfterAHundredSwaps) {
  Add(MakeTinyModel(kBad));
  const auto swap = [&](int times) {
    for (int i = 0; i < times; ++i) ASSERT_OK(registry_.Rollback(kModel, {}));
    registry_.FlushFreed();
  };
  ASSERT_OK(registry_.SetActive(kModel, kBad, {}));
  swap(10);
  const size_t before = mallinfo2().uordblks;
  swap(100);
  const size_t after = mallinfo2().uordblks;
  EXPECT_LT(after, before + (size_t{64} << 10)) << "a model that stays takes more";
  EXPECT_EQ(registry_.Stats().freed, 111u);
  EXPECT_EQ(registry_.Stats().waiting_to_free, 0u);
}

}  // namespace
}  // namespace aifx::serving
