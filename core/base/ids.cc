#include "core/base/ids.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace aifx::base {
namespace {

// Random words, asked of the kernel for several ids at once: a call for each word takes longer than
// all the rest of a request's bookkeeping.
class RandomWords {
 public:
  uint32_t Next() {
    if (next_ == words_.size()) {
      if (getentropy(words_.data(), sizeof(words_)) != 0) {
        std::random_device device;
        for (uint32_t& word : words_) word = device();
      }
      next_ = 0;
    }
    return words_[next_++];
  }

 private:
  std::array<uint32_t, 64> words_;  // 256 bytes, the most that getentropy gives
  size_t next_ = words_.size();
};

}  // namespace

std::string NewUuid() {
  thread_local RandomWords random;
  std::array<uint32_t, 4> words;
  for (uint32_t& word : words) word = random.Next();
  words[1] = (words[1] & 0xFFFF0FFFu) | 0x00004000u;
  words[2] = (words[2] & 0x3FFFFFFFu) | 0x80000000u;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%04x%08x", words[0], words[1] >> 16,
                         words[1] & 0xFFFFu, words[2] >> 16, words[2] & 0xFFFFu, words[3]);
}

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash_expected = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash_expected ? text[i] != '-' : !absl::ascii_isxdigit(text[i])) return false;
  }
  return true;
}

}  // namespace aifx::base
