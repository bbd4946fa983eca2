#ifndef AIFX_SERVER_OPS_FILE_DESCRIPTOR_H_
#define AIFX_SERVER_OPS_FILE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace aifx::ops {

// Owns a file descriptor and closes it.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() { Close(); }

  bool IsOpen() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_FILE_DESCRIPTOR_H_
