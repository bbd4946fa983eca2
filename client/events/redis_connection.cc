#include "client/events/redis_connection.h"

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <signal.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace aifx::events {
namespace {

// What one message may take in hiredis's buffers before the connection is given up.
constexpr size_t kMaxBufferedBytes = 8 << 20;

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, FreeReply>;

void BlockBrokenPipeSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// The words of a command as hiredis takes them.
struct Arguments {
  explicit Arguments(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
  }
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
};

// Nothing for what is no array of strings (integers count as strings).
std::optional<std::vector<std::string>> StringsOf(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return std::nullopt;
  std::vector<std::string> strings;
  for (size_t i = 0; i < reply.elements; ++i) {
    const redisReply& element = *reply.element[i];
    if (element.type == REDIS_REPLY_INTEGER) {
      strings.push_back(absl::StrCat(element.integer));
    } else if (element.type == REDIS_REPLY_STRING) {
      strings.emplace_back(element.str, element.len);
    } else {
      return std::nullopt;
    }
  }
  return strings;
}

}  // namespace

void RedisConnection::FreeContext::operator()(redisContext* context) const { redisFree(context); }

absl::StatusOr<std::unique_ptr<RedisConnection>> RedisConnection::Open(const RedisTarget& target,
                                                                       absl::Duration timeout) {
  BlockBrokenPipeSignal();
  std::unique_ptr<RedisConnection> connection(new RedisConnection(target.ToString()));
  const timeval limit = absl::ToTimeval(timeout);
  connection->context_.reset(redisConnectWithTimeout(target.host.c_str(), target.port, limit));
  if (connection->context_ == nullptr) return absl::UnavailableError("no memory for Redis");
  if (connection->context_->err != 0) return connection->Failure();
  // Not fatal: without them a dead peer is noticed later.
  redisEnableKeepAlive(connection->context_.get());
  if (redisSetTimeout(connection->context_.get(), limit) != REDIS_OK) return connection->Failure();
  if (!target.password.empty()) {
    std::vector<std::string> login = {"AUTH"};
    if (!target.user.empty()) login.push_back(target.user);
    login.push_back(target.password);
    AIFX_RETURN_IF_ERROR(connection->Command(login));
  }
  if (target.database != 0) {
    AIFX_RETURN_IF_ERROR(connection->Command({"SELECT", absl::StrCat(target.database)}));
  }
  return connection;
}

absl::Status RedisConnection::Failure() const {
  return absl::UnavailableError(absl::StrCat(name_, ": ", context_->errstr));
}

absl::Status RedisConnection::Command(const std::vector<std::string>& words) {
  const Arguments arguments(words);
  const ReplyPtr reply(static_cast<redisReply*>(
      redisCommandArgv(context_.get(), static_cast<int>(words.size()),
                       const_cast<const char**>(arguments.texts.data()), arguments.sizes.data())));
  if (reply == nullptr) return Failure();
  if (reply->type != REDIS_REPLY_ERROR) return absl::OkStatus();
  absl::string_view why(reply->str, reply->len);
  // A proxy may repeat the command, with the password, after the error's name.
  if (words[0] == "AUTH") why = why.substr(0, why.find(' '));
  return absl::FailedPreconditionError(absl::StrCat(name_, " refuses ", words[0], ": ", why));
}

absl::Status RedisConnection::Send(const std::vector<std::string>& words) {
  const Arguments arguments(words);
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()),
                             const_cast<const char**>(arguments.texts.data()),
                             arguments.sizes.data()) != REDIS_OK) {
    return Failure();
  }
  for (int done = 0; done == 0;) {
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return Failure();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::vector<std::string>>> RedisConnection::ReadArrays() {
  if (redisBufferRead(context_.get()) != REDIS_OK) return Failure();
  if (context_->reader->len > kMaxBufferedBytes) {
    return absl::UnavailableError(absl::StrCat(name_, ": a message above 8 MiB"));
  }
  std::vector<std::vector<std::string>> arrays;
  while (true) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return Failure();
    const ReplyPtr reply(static_cast<redisReply*>(raw));
    if (reply == nullptr) return arrays;
    if (reply->type == REDIS_REPLY_ERROR) {
      return absl::FailedPreconditionError(
          absl::StrCat(name_, ": ", absl::string_view(reply->str, reply->len)));
    }
    if (auto strings = StringsOf(*reply); strings.has_value()) {
      arrays.push_back(*std::move(strings));
    }
  }
}

int RedisConnection::fd() const { return context_->fd; }

}  // namespace aifx::events
