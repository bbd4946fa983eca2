#include "client/backend/envelope.h"

#include <utility>

namespace aifx::backend {
namespace {

using nlohmann::json;

std::string StringAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The parser keeps what is open on the heap, but copying and writing a document recurse.
constexpr int kMaxNesting = 64;

bool NestsTooDeeply(const std::string& text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxNesting) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::optional<Envelope> ParseEnvelope(const std::string& body) {
  if (NestsTooDeeply(body)) return std::nullopt;
  json root = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return std::nullopt;
  const auto success = root.find("success");
  if (success == root.end() || !success->is_boolean()) return std::nullopt;
  Envelope envelope;
  envelope.success = success->get<bool>();
  if (const auto data = root.find("data"); data != root.end()) envelope.data = std::move(*data);
  if (envelope.success) return envelope;
  const auto error = root.find("error");
  if (error != root.end() && error->is_object()) {  // as documented
    envelope.code = StringAt(*error, "code");
    envelope.message = StringAt(*error, "message");
  } else {  // as deployed
    envelope.code = StringAt(root, "code");
    envelope.message = StringAt(root, "error");
  }
  return envelope;
}

}  // namespace aifx::backend
