#include "client/cli/backend/needed_libraries.h"

#include <elf.h>

#include <cstring>
#include <optional>

#include "core/base/status_macros.h"

namespace aifx::cli {
namespace {

absl::Status CutShort() { return absl::InvalidArgumentError("the ELF file is cut short"); }

// The T at `offset` of the file.
template <typename T>
absl::StatusOr<T> ReadAt(absl::string_view image, uint64_t offset) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) return CutShort();
  T value;
  std::memcpy(&value, image.data() + offset, sizeof(T));
  return value;
}

absl::StatusOr<std::vector<Elf64_Phdr>> ProgramHeaders(absl::string_view image) {
  AIFX_ASSIGN_OR_RETURN(const auto header, ReadAt<Elf64_Ehdr>(image, 0));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_phentsize != sizeof(Elf64_Phdr)) {
    return absl::InvalidArgumentError("it is not a 64-bit little-endian ELF file");
  }
  std::vector<Elf64_Phdr> headers;
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    AIFX_ASSIGN_OR_RETURN(const auto program,
                          ReadAt<Elf64_Phdr>(image, header.e_phoff + i * sizeof(Elf64_Phdr)));
    headers.push_back(program);
  }
  return headers;
}

// Where the byte at a virtual address is in the file.
std::optional<uint64_t> FileOffset(const std::vector<Elf64_Phdr>& headers, uint64_t address) {
  for (const Elf64_Phdr& program : headers) {
    if (program.p_type == PT_LOAD && address >= program.p_vaddr &&
        address - program.p_vaddr < program.p_filesz) {
      return program.p_offset + (address - program.p_vaddr);
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::string> TextAt(absl::string_view image, uint64_t offset) {
  if (offset >= image.size()) return CutShort();
  const absl::string_view rest = image.substr(offset);
  const size_t end = rest.find('\0');
  if (end == absl::string_view::npos) return CutShort();
  return std::string(rest.substr(0, end));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> NeededLibraries(absl::string_view image) {
  AIFX_ASSIGN_OR_RETURN(const std::vector<Elf64_Phdr> headers, ProgramHeaders(image));
  std::vector<uint64_t> names;  // offsets in the string table
  std::optional<uint64_t> strings;
  for (const Elf64_Phdr& program : headers) {
    if (program.p_type != PT_DYNAMIC) continue;
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= program.p_filesz; at += sizeof(Elf64_Dyn)) {
      AIFX_ASSIGN_OR_RETURN(const auto entry, ReadAt<Elf64_Dyn>(image, program.p_offset + at));
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_NEEDED) names.push_back(entry.d_un.d_val);
      if (entry.d_tag == DT_STRTAB) strings = FileOffset(headers, entry.d_un.d_ptr);
    }
  }
  std::vector<std::string> libraries;
  if (names.empty()) return libraries;
  if (!strings.has_value()) return CutShort();
  for (const uint64_t name : names) {
    AIFX_ASSIGN_OR_RETURN(std::string library, TextAt(image, *strings + name));
    libraries.push_back(std::move(library));
  }
  return libraries;
}

}  // namespace aifx::cli
